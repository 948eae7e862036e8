"""One dossier from filing to the signed result, and every way it may leave the straight one."""

from collections.abc import Iterator
from typing import Any

import pytest

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.documents.models import Issued
from dienhong.dossiers import computing, demo, money, papers
from dienhong.dossiers.actions import answering, deciding, handling
from dienhong.dossiers.actions.deciding import Missing
from dienhong.dossiers.models import ClockEvent, Dossier, Place, Status, Stop
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message
from dienhong.dossiers.queries import story
from dienhong.dossiers.tests.desk import NOON, Desk, capture
from dienhong.exchange.models import Outbox
from dienhong.journal.models import Event
from dienhong.organizations.models import Role
from dienhong.payments import queries as bills
from dienhong.payments.models import CollectingAccount

SCAN = [Missing("Phiếu xuất xưởng", "Ảnh mờ, không đọc được số khung.", "slip_copy", "NĐ 140/2016, Điều 10 khoản 3")]


@pytest.fixture
def desk(ground_database: None, settings: Any) -> Iterator[Desk]:
    settings.DEMO = True
    with clock.played(NOON):
        yield Desk()


def kinds(dossier: Dossier) -> list[str]:
    return [paper.kind for paper in papers.papers_of(dossier)]


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("version").get(pk=dossier.pk)


def agreed(dossier: Dossier) -> None:
    """The police register found nothing against the vehicle."""
    persist.step(dossier, message("register_answered", "x"), by="job:test", facts={"register_match": True})


def test_the_straight_way(desk: Desk) -> None:
    dossier = desk.filed()
    assert dossier.status == Status.NEW
    assert dossier.code.startswith("G12.18.01-200820-")
    assert computing.latest(dossier).amount == 32_940_000
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    dossier = fresh(dossier)
    assert dossier.due_at.astimezone(clock.HANOI).isoformat() == "2020-08-21T17:00:00+07:00"
    agreed(dossier)
    assert fresh(dossier).status == Status.TO_PAY
    bill = money.standing(dossier)
    assert (bill.amount, bill.budget_sub_item) == (32_940_000, "2802")
    capture(bill)
    dossier = fresh(dossier)
    assert dossier.status == Status.DONE
    assert dossier.finished_at is not None
    assert "fee_confirmation" in kinds(dossier)
    row = Outbox.objects.get(partner__key="police_registration", kind="FeePaidData")
    persist.step(dossier, message("result_delivered", str(row.message.uid)), by="job:test")
    dossier = fresh(dossier)
    assert (dossier.status, dossier.closed_at is not None) == (Status.HANDED_OVER, True)
    assert not Place.objects.filter(dossier=dossier).exists()
    verbs = set(Event.objects.filter(object_kind="dossier", object_id=str(dossier.pk)).values_list("verb", flat=True))
    assert {"dossiers.file", "dossiers.decide", "dossiers.step"} <= verbs


def test_money_that_comes_twice_moves_it_once(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    agreed(dossier)
    bill = money.standing(dossier)
    capture(bill, 10_000_000)
    assert fresh(dossier).status == Status.TO_PAY
    capture(bill, 22_940_000)
    assert fresh(dossier).status == Status.DONE
    capture(bill)
    assert kinds(dossier).count("fee_confirmation") == 1


def test_a_supplement_before_acceptance_and_one_after(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=SCAN)
    assert fresh(dossier).status == Status.SUPPLEMENT
    data = dossier.contents.get().data
    answering.supplement(by=desk.citizen, dossier=dossier, data={**data, "year_made": 2019})
    assert fresh(dossier).status == Status.NEW
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    before = fresh(dossier).due_at
    deciding.ask_supplement(by=desk.officer, dossier=dossier, items=SCAN, days=10)
    assert ClockEvent.objects.filter(dossier=dossier).latest("pk").kind == ClockEvent.Kind.PAUSE
    with clock.played(NOON.replace(day=26)):
        data = dossier.contents.latest("number").data
        answering.supplement(by=desk.citizen, dossier=dossier, data={**data, "colour": "đỏ"})
    dossier = fresh(dossier)
    assert dossier.status == Status.IN_PROCESS
    assert dossier.due_at > before
    assert [row.number for row in dossier.contents.order_by("number")] == [1, 2, 3]


def test_a_refusal_needs_its_ground(desk: Desk) -> None:
    dossier = desk.filed()
    place = desk.place(dossier, "accept_check")
    with pytest.raises(Refused) as refused:
        deciding.refuse(by=desk.clerk, place=place, reason="Không thuộc địa bàn.", basis=" ")
    assert [fault.where for fault in refused.value.faults] == ["basis"]
    assert fresh(dossier).status == Status.NEW
    deciding.refuse(by=desk.clerk, place=place, reason="Không thuộc địa bàn.", basis="NĐ 140/2016, Điều 10 khoản 2")
    dossier = fresh(dossier)
    assert (dossier.status, kinds(dossier)) == (Status.NOT_ACCEPTED, ["refusal"])
    with pytest.raises(Refused):
        deciding.accept(by=desk.clerk, place=place)


def test_a_model_outside_the_table_is_fixed_by_an_officer(desk: Desk) -> None:
    dossier = desk.filed(brand="Mẫu", model="Chưa có", model_code=None)
    assert computing.latest(dossier).amount is None
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    agreed(dossier)
    place = desk.place(dossier, "fix_base")
    with pytest.raises(Refused) as refused:
        deciding.decide(by=desk.officer, place=place, outcome="invoice", answers={"tax_office_price": "năm trăm"})
    assert refused.value.faults[0].typed == "năm trăm"
    deciding.decide(by=desk.officer, place=place, outcome="invoice", answers={"tax_office_price": "600.000.000"})
    assert fresh(dossier).status == Status.TO_PAY
    assert money.standing(dossier).amount == 36_000_000
    told = [each.words for each in story.history(fresh(dossier))[0]]
    assert "quyết định: Theo hóa đơn hợp pháp (Xác định giá tính lệ phí)" in told, told


def test_withdrawing_taking_it_back_and_being_let_go(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    answering.withdraw(by=desk.citizen, dossier=dossier, reason="Bán lại xe.")
    assert fresh(dossier).status == Status.WITHDRAWAL
    answering.take_back(by=desk.citizen, dossier=dossier)
    assert fresh(dossier).status == Status.IN_PROCESS
    answering.withdraw(by=desk.citizen, dossier=dossier)
    deciding.answer_withdrawal(by=desk.officer, place=desk.place(dossier, "withdrawal"), grant=True)
    assert fresh(dossier).status == Status.STOPPED
    assert Stop.objects.get(dossier=dossier).code == Stop.Code.WITHDRAWN


def test_who_may_not(desk: Desk) -> None:
    dossier = desk.filed()
    place = desk.place(dossier, "accept_check")
    for stranger in (desk.officer, desk.citizen, desk.other):
        with pytest.raises(NotPermitted):
            deciding.accept(by=stranger, place=place)
    with pytest.raises(NotPermitted):
        answering.withdraw(by=desk.other, dossier=dossier)


def test_two_officers_on_one_place(desk: Desk) -> None:
    second = desk.person("clerk2", "one_stop_clerk")
    dossier = desk.filed()
    place = desk.place(dossier, "accept_check")
    handling.claim(by=desk.clerk, place=place)
    with pytest.raises(Refused, match="clerk Mẫu"):
        handling.claim(by=second, place=place)
    with pytest.raises(Refused):
        deciding.accept(by=second, place=place)
    handling.release(by=desk.leader, place=place)
    deciding.accept(by=second, place=place)
    assert Issued.objects.filter(kind="receipt").count() == 1


def test_filing_twice_files_once(desk: Desk) -> None:
    import uuid

    from dienhong.dossiers.actions.filing import Filing, take
    from dienhong.dossiers.actions.loading import current
    from dienhong.dossiers.tests.desk import FADIL

    filing = Filing(current("vehicle_registration_fee"), FADIL, uuid.uuid4(), {})
    first, second = take(by=desk.citizen, filing=filing), take(by=desk.citizen, filing=filing)
    assert first.pk == second.pk
    assert Dossier.objects.count() == 1


def test_the_demo_s_accountant_answers_for_the_demo_s_account(desk: Desk) -> None:
    CollectingAccount.objects.all().delete()
    demo.accounts()
    demo.accounts()
    accountant = desk.person("ke-toan", Role.ACCOUNTANT)
    [account] = bills.accounts_for(accountant)
    assert account.unit == bills.account_unit(account.number) == desk.unit
    assert bills.account_for(desk.unit, "charge", NOON.date()) == account
    assert CollectingAccount.objects.values("number").distinct().count() == CollectingAccount.objects.count()
