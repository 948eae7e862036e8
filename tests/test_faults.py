"""What may go wrong with a public service, and what becomes of the dossier. Which test shows what:

| fault | of the part | of the dossier |
|---|---|---|
| notice lost | payments `test_notices::test_lost_and_asked_for`, `test_reconciliation::test_missing_here…` | here |
| notice doubled, at once | payments `test_doubled`, `test_at_once`, `test_any_order` | here, `test_way` |
| notice late | payments `test_a_late_notice_after_the_statement`, `test_capture_after_expiry` | here |
| notice forged | payments `test_forged`, `test_no_field_can_be_changed`; exchange `test_inbox` | here |
| before the redirect | payments `test_before_the_redirect`, `test_notice_before_the_answer_to_init` | here |
| too little, too much, nameless | payments `test_partial…`, `test_over_payment`, `test_money_without…` | here |
| bank down | payments `test_bank_down`, `test_bank_down_is_said`, `test_the_bank_does_not_know_the_end` | here |
| browser closed while filling in | portal `test_a_browser_closed_after_any_page…`, `test_apply_browser` | the same |
| browser closed while paying | payments `test_a_browser_closed_at_each_step…` | here, `test_kill_services` |
| two officers on one dossier | dossiers `test_way`, `test_officer`, `test_process_steps` | the same |
| upload cut | dossiers `test_forms_uploads`, config `test_whole_body` | `test_kill_services::test_a_line_cut…` |
| kill -9, twenty times | config `test_embedded`, `tests/test_kill.py` (reporting) | `test_kill_services` |
| police down, their word lost, forged | exchange `test_outbox` | config `test_dossiers_telling`, `test_kill_services` |
| files that are not what they say | dossiers `test_forms_uploads`, portal `test_apply` | `test_doors` |
| XSS, CSRF, another's dossier | each room's own tests | every address: `test_doors` |

The tests here: a person pays, their browser is closed, and each fault of the bank ends in one signed receipt and one
signed result, or in nothing at all.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from dienhong.base import clock
from dienhong.config.reactions import REACTIONS
from dienhong.documents.models import Issued
from dienhong.dossiers import money
from dienhong.dossiers.actions import answering, deciding
from dienhong.dossiers.models import Dossier, Status
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message
from dienhong.dossiers.tests.desk import NOON, Desk
from dienhong.journal.models import Event
from dienhong.payments import actions, queries, receipts
from dienhong.payments.models import Bill, Capture
from dienhong.payments.tests.conftest import PlayBank, play, qr  # noqa: F401
from dienhong.portal.tests import applying

BY = "job:test"
MOST = dt.timedelta(0)


@pytest.fixture
def desk(ground_database: None, settings: Any, tmp_path: Any) -> Iterator[Desk]:
    settings.DEMO, settings.STORE = True, tmp_path
    with clock.played(NOON):
        yield Desk()


def to_pay(desk: Desk, number: int) -> tuple[Dossier, Bill]:
    dossier = desk.filed(chassis_no=f"RLMAUFADL8{number:07d}")
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    persist.step(dossier, message("register_answered", f"x{number}"), by=BY, facts={"register_match": True})
    bill = money.standing(dossier)
    assert bill is not None
    return dossier, bill


def after(bill: Bill) -> None:
    """What the queue does after commit."""
    for event in Event.objects.filter(verb="payments.captured", object_id=str(bill.pk)):
        assert receipts.follow in [each.function for each in REACTIONS[event.verb]]
        receipts.follow(event)
        receipts.follow(event)  # at least once


def stands(dossier: Dossier) -> tuple[int, int, int]:
    """Status, signed receipts, signed results."""
    papers = Issued.objects.filter(owner_id=str(dossier.pk))
    return (
        Dossier.objects.get(pk=dossier.pk).status, papers.filter(kind="fee_receipt").count(),
        papers.filter(kind="fee_confirmation").count(),
    )  # fmt: skip


def press(desk: Desk, bill: Bill) -> str:
    """The payer, signed in, chooses the platform; gives the page the browser is sent to."""
    answer = applying.client(desk.citizen).post(f"/payments/{bill.code}/begin/", {"provider": "gateway"}, follow=True)
    return str(answer.content.decode())


NOTHING, ALL = (Status.TO_PAY, 0, 0), (Status.DONE, 1, 1)
# How the money is paid, the bank's fault, what stands once the bank has said what it says by itself.
WAYS = [
    ("vietqr", "doubled", ALL), ("gateway", "doubled", ALL), ("gateway", "before_redirect", ALL),
    ("gateway", "lost", NOTHING), ("vietqr", "lost", NOTHING), ("gateway", "forged", NOTHING),
    ("vietqr", "forged", NOTHING), ("gateway", "timeout", NOTHING), ("vietqr", "cut", ALL),
]  # fmt: skip


def test_each_fault_of_a_bank_ends_in_one_receipt_and_one_result(desk: Desk, play: PlayBank) -> None:  # noqa: F811
    for number, (how, fault, expected) in enumerate(WAYS):
        what = f"{how} {fault}"
        dossier, bill = to_pay(desk, number)
        play.fault(*([fault] if fault else []))
        if how == "vietqr":
            play.pay(qr(bill))
        else:
            assert "gateway/pay" in press(desk, bill), what
            play.follow(bill.shares.latest("pk").attempt)  # and nobody goes back with what the bank gave along
        play.bring()
        after(bill)
        assert stands(dossier) == expected, what
        play.well()
        if fault == "timeout":
            play.bank.settle(bill.shares.latest("pk").attempt.reference)
        actions.poll(by=BY, older=MOST)
        actions.pull_statements(by=BY, day=NOON.date())
        after(bill)
        assert stands(dossier) == ALL, f"{what}: the query or the statement finds it"
        assert Capture.objects.filter(bill=bill).count() == 1, what
    play.bank.books._db.execute("UPDATE message SET done = 0, due = 0")
    play.bring()  # everything again, long afterwards
    receipts.make_missing()
    assert Capture.objects.count() == len(WAYS)
    assert Issued.objects.filter(kind="fee_receipt").count() == len(WAYS)


def test_too_little_too_much_and_too_late(desk: Desk, play: PlayBank) -> None:  # noqa: F811
    """Part of the money moves nothing; more than all is owed back; money after a withdrawal stays money."""
    part, bill = to_pay(desk, 21)
    play.pay(qr(bill), amount=bill.amount - 1)
    play.bring()
    after(bill)
    assert stands(part) == (Status.TO_PAY, 1, 0), "money has its receipt at once"
    play.pay(qr(bill), amount=3)
    play.bring()
    after(bill)
    assert stands(part) == (Status.DONE, 2, 1)
    assert queries.facts_of(bill).refund_due == 2

    late, bill = to_pay(desk, 22)
    payload = qr(bill)
    answering.withdraw(by=desk.citizen, dossier=late)
    deciding.answer_withdrawal(by=desk.officer, place=desk.place(late, "withdrawal"), grant=True)
    play.pay(payload)
    play.bring()
    after(bill)
    assert stands(late) == (Status.STOPPED, 1, 0), "received, and a receipt says so"
    assert queries.facts_of(bill).refund_due == bill.amount


def test_money_that_comes_while_somebody_wants_to_withdraw_is_not_forgotten(desk: Desk, play: PlayBank) -> None:  # noqa: F811
    """The process waits for something else at that moment, and goes on from the money once it comes back."""
    dossier, bill = to_pay(desk, 41)
    answering.withdraw(by=desk.citizen, dossier=dossier)
    play.pay(qr(bill))
    play.bring()
    after(bill)
    assert stands(dossier) == (Status.WITHDRAWAL, 1, 0)
    answering.take_back(by=desk.citizen, dossier=dossier)
    assert stands(dossier) == ALL

    waits, bill = to_pay(desk, 42)
    answering.withdraw(by=desk.citizen, dossier=waits)
    with clock.played(NOON + dt.timedelta(days=40)):  # the bill lapsed meanwhile; the next one can be paid
        deciding.answer_withdrawal(by=desk.officer, place=desk.place(waits, "withdrawal"), grant=False, reason="Đã ký.")
        fresh = money.standing(waits)
        assert fresh is not None
        assert (stands(waits), queries.state_of(bill), queries.state_of(fresh)) == (NOTHING, "expired", "new")


def test_a_bank_that_is_down_leaves_the_dossier_where_it_was(desk: Desk, play: PlayBank) -> None:  # noqa: F811
    dossier, bill = to_pay(desk, 31)
    play.fault("down")
    assert "Bạn chưa mất tiền" in press(desk, bill)
    assert stands(dossier) == NOTHING
    assert "Chờ bạn nộp tiền" in applying.client(desk.citizen).get(f"/portal/mine/{dossier.code}/").content.decode()
    play.well()
    press(desk, bill)
    play.follow(bill.shares.latest("pk").attempt)
    forged = Client().post("/payments/notices/gateway/", '{"MaThamChieu": "x"}', content_type="application/json")
    assert forged.status_code == 400
    assert stands(dossier) == NOTHING
    play.bring()
    after(bill)
    assert stands(dossier) == ALL
