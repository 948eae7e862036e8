"""Money comes, whatever happens to the notice about it: each fault of a bank, one by one, against the play bank."""

import datetime as dt
import json

import pytest

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.journal.models import Event
from dienhong.payments import actions, queries
from dienhong.payments.models import Capture, Difference, Notice, Suspense, Verdict
from dienhong.payments.providers.contract import Raw
from dienhong.payments.tests.conftest import NOON, PlayBank, Scene, begin, ledger, qr, returned, state

BY = "job:test"
NOW = dt.timedelta(0)


def test_by_code(scene: Scene, play: PlayBank) -> None:
    """The QR text of the bill, the bank's own words around it, a notice: one capture, one event with the owner."""
    bill = scene.bill()
    ref = play.pay(qr(bill))
    assert state(bill) == "new"
    assert play.bring() == 1
    capture = Capture.objects.get()
    assert (capture.bill, capture.amount, capture.bank_ref, capture.matched) == (bill, 32_940_000, ref, "code")
    assert bill.code in capture.content
    assert state(bill) == "captured"
    event = Event.objects.get(verb="payments.captured")
    assert (event.data["owner_kind"], event.data["owner_id"]) == ("case", bill.owner_id)
    assert (event.from_state, event.to_state, event.unit_id) == ("new", "captured", str(scene.unit.pk))
    assert event.data["outstanding"] == 0
    assert "Mẫu" not in json.dumps(event.data, ensure_ascii=False), "no name of a person in the journal"


def test_by_the_gateway(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill()
    attempt = begin(bill)
    assert state(bill) == "sent"
    back = returned(play.follow(attempt))
    assert back["MaThamChieu"] == attempt.reference
    assert state(bill) == "sent", "what a browser brings back is not believed"
    play.bring()
    assert state(bill) == "captured"
    assert Capture.objects.get().attempt == attempt


def test_each_attempt_has_its_own_reference(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill()
    first, second = begin(bill), begin(bill)
    assert first.reference != second.reference
    assert len(first.reference) <= 35, "EndToEndId of a statement holds no more"
    assert first.address.startswith(play.address)


def test_lost_and_asked_for(scene: Scene, play: PlayBank) -> None:
    """The payer's browser is gone, no notice came: the query finds it, once the attempt is old enough."""
    play.fault("lost")
    bill = scene.bill()
    attempt = begin(bill)
    play.follow(attempt)
    assert play.bring() == 0
    assert actions.poll(by=BY) == 0, "younger than half an hour: not asked yet"
    assert actions.poll(by=BY, older=NOW) == 1
    assert state(bill) == "captured"
    assert Notice.objects.get().source == "query"
    assert actions.poll(by=BY, older=NOW) == 0, "it has its end"


def test_asked_between_half_an_hour_and_three_days(scene: Scene, play: PlayBank) -> None:
    attempt = begin(scene.bill())
    limits = (dt.timedelta(minutes=30), dt.timedelta(days=3))
    for age, asked in ((29, 0), (31, 1), (3 * 1440 - 1, 1), (3 * 1440 + 1, 0)):
        type(attempt).objects.filter(pk=attempt.pk).update(at=clock.record_now() - dt.timedelta(minutes=age))
        assert queries.open_attempts(*limits).count() == asked, age


def test_doubled(scene: Scene, play: PlayBank) -> None:
    play.fault("doubled")
    one, two = scene.bill(), scene.bill()
    play.pay(qr(one))
    play.follow(begin(two))
    assert play.bring() == 4
    assert (ledger(one), ledger(two)) == (one.amount, two.amount)
    assert Event.objects.filter(verb="payments.captured").count() == 2


def test_notice_and_query_tell_of_the_same_money(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill()
    attempt = begin(bill)
    play.follow(attempt)
    actions.poll(by=BY, older=NOW)
    play.bring()
    assert ledger(bill) == bill.amount
    assert sorted(Verdict.objects.values_list("said", flat=True)) == ["applied", "known"]


@pytest.mark.parametrize("provider", ["vietqr", "gateway"])
def test_forged(scene: Scene, play: PlayBank, provider: str) -> None:
    play.fault("forged")
    bill = scene.bill()
    if provider == "vietqr":
        play.pay(qr(bill))
    else:
        play.follow(begin(bill))
    assert play.bring() == 0
    assert play.heard == [400]
    assert not Capture.objects.exists()
    assert Verdict.objects.get().said == "forged"
    assert Event.objects.filter(verb="payments.forged_notice").count() == 1


@pytest.mark.parametrize("field", ["SoTien", "MaThamChieu", "MaLoi", "MaGiaoDich"])
def test_no_field_can_be_changed(scene: Scene, play: PlayBank, field: str) -> None:
    bill = scene.bill()
    play.fault("before_redirect")
    back = returned(play.follow(begin(bill)))
    Verdict.objects.all().delete()
    Capture.objects.all().delete()
    raw = Raw(json.dumps(back | {field: back[field] + "0"}))
    assert actions.take_notice(by="partner:gateway", provider="gateway", raw=raw).said == "forged"
    assert not ledger(bill)


def test_before_the_redirect(scene: Scene, play: PlayBank) -> None:
    play.fault("before_redirect")
    bill = scene.bill()
    play.follow(begin(bill))
    assert state(bill) == "captured"


def test_notice_before_the_answer_to_init(scene: Scene, play: PlayBank, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attempt is kept before the platform is asked, so money that is faster than its answer finds it."""
    bill = scene.bill()
    wish = play.bank.wish

    def paid_at_once(fields: dict[str, object], ticket: str) -> str:
        made = wish(fields, ticket)
        play.bank.pay_wish(ticket)
        return made

    monkeypatch.setattr(play.bank, "wish", paid_at_once)
    begin(bill)
    play.bring()
    assert state(bill) == "captured"


def test_bank_down(scene: Scene, play: PlayBank) -> None:
    play.fault("down")
    bill = scene.bill()
    with pytest.raises(Refused) as refused:
        begin(bill)
    assert refused.value.code == "provider_down"
    assert state(bill) == "failed"
    assert actions.poll(by=BY, older=NOW) == 0
    play.well()
    play.follow(begin(bill))
    play.bring()
    assert state(bill) == "captured"


def test_the_bank_does_not_know_the_end(scene: Scene, play: PlayBank) -> None:
    """Pending until asked again; the end comes by query."""
    play.fault("timeout")
    bill = scene.bill()
    attempt = begin(bill)
    play.follow(attempt)
    actions.poll(by=BY, older=NOW)
    assert state(bill) == "pending"
    play.well()
    play.bank.settle(attempt.reference)
    actions.poll(by=BY, older=NOW)
    assert state(bill) == "captured"


def test_refused_by_the_payer_then_paid(scene: Scene, play: PlayBank) -> None:
    """Captured after failed counts; failed after captured does not."""
    bill = scene.bill()
    refused, paid = begin(bill), begin(bill)
    play.follow(refused, good=False)
    play.bring()
    assert state(bill) == "sent"
    play.follow(paid)
    play.bring()
    assert state(bill) == "captured"
    late = begin(scene.bill())
    play.follow(late, good=False)
    play.bring()
    assert state(bill) == "captured"


def test_failed_notice_after_the_money(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill()
    attempt = begin(bill)
    play.follow(attempt)
    play.bring()
    row = play.bank.books.ask("SELECT * FROM wish")[0]
    fields = play.bank._confirmation({**dict(row), "state": "4"})
    verdict = actions.take_notice(by="partner:gateway", provider="gateway", raw=Raw(json.dumps(fields)))
    assert verdict.said == "step"
    assert state(bill) == "captured"


@pytest.mark.parametrize("provider", ["vietqr", "gateway"])
def test_partial_then_the_rest(scene: Scene, play: PlayBank, provider: str) -> None:
    play.fault("partial")
    bill = scene.bill(1001)
    if provider == "vietqr":
        play.pay(qr(bill))
    else:
        play.follow(begin(bill))
    play.bring()
    assert (state(bill), ledger(bill)) == ("partial", 500)
    event = Event.objects.filter(verb="payments.captured").latest("id")
    assert (event.to_state, event.data["outstanding"]) == ("partial", 501)
    play.well()
    play.pay(qr(bill))
    play.bring()
    assert (state(bill), ledger(bill)) == ("captured", 1001), "the code asks for what is left"


def test_over_payment(scene: Scene, play: PlayBank) -> None:
    play.fault("over")
    bill = scene.bill(1000)
    play.pay(qr(bill))
    play.bring()
    assert state(bill) == "overpaid"
    assert queries.facts_of(bill).refund_due == 501


def test_two_attempts_both_captured(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill(1000)
    one, two = begin(bill), begin(bill)
    play.follow(one)
    play.follow(two)
    play.bring()
    assert (state(bill), ledger(bill), queries.facts_of(bill).refund_due) == ("overpaid", 2000, 1000)


def test_capture_after_expiry(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill(1000, expires_at=NOON + dt.timedelta(days=30))
    payload = qr(bill)
    with clock.played(NOON + dt.timedelta(days=31)):
        assert state(bill) == "expired"
        with pytest.raises(Refused) as refused:
            begin(bill)
        assert refused.value.code == "expired"
        play.pay(payload)
        play.bring()
        assert state(bill) == "captured"


def test_money_after_withdrawal_and_after_exemption(scene: Scene, play: PlayBank) -> None:
    """A fee that became 0, before or after the money: all of it is owed back."""
    before, after = scene.bill(1000), scene.bill(2000)
    payload = qr(after)
    play.pay(qr(before))
    play.bring()
    for bill in (before, after):
        actions.cancel_bill(by=BY, bill=bill, reason="Được miễn")
    assert (state(before), state(after)) == ("overpaid", "cancelled")
    play.pay(payload)
    play.bring()
    assert [queries.facts_of(each).refund_due for each in (before, after)] == [1000, 2000]


def test_content_cut_by_the_bank(scene: Scene, play: PlayBank) -> None:
    """A cut code counts where one bill alone begins so and asks for exactly that; otherwise the money waits."""
    play.fault("cut")
    bill = scene.bill(1000)
    play.pay(qr(bill))
    play.bring()
    assert Capture.objects.get().matched == "cut"
    other = scene.bill(2000)
    play.pay(qr(other), amount=1999)
    play.bring()
    assert state(other) == "new"
    assert Suspense.objects.get().reason == "cut_reference"


def test_two_bills_in_one_transfer(scene: Scene, play: PlayBank) -> None:
    one, two = scene.bill(1000), scene.bill(2000)
    attempt = begin(one, two, provider="vietqr")
    from dienhong.payments import codes_shown

    play.pay(codes_shown.payload([one, two], attempt))
    play.bring()
    assert (ledger(one), ledger(two)) == (1000, 2000)
    assert state(one) == state(two) == "captured"
    assert Event.objects.filter(verb="payments.captured").count() == 2


def test_two_codes_written_by_hand_into_one_transfer(scene: Scene, play: PlayBank) -> None:
    one, two = scene.bill(1000), scene.bill(2000)
    from dienhong.payments.providers.vietqr.payload import Transfer, build

    play.pay(build(Transfer(one.bank_bin, one.account_number, 3100, f"{one.code} {two.code}")))
    play.bring()
    assert (ledger(one), ledger(two)) == (1000, 2100), "what is over stays with the last"
    assert (state(one), state(two)) == ("captured", "overpaid")


def test_several_bills_over_the_gateway(scene: Scene, play: PlayBank) -> None:
    one, two = scene.bill(1000), scene.bill(2000)
    play.fault("partial")
    play.follow(begin(one, two))
    play.bring()
    assert (ledger(one), ledger(two)) == (1000, 500)


def test_money_without_a_code_waits(scene: Scene, play: PlayBank) -> None:
    from dienhong.payments.providers.vietqr.payload import Transfer, build

    scene.bill(1000)
    play.pay(build(Transfer("970436", scene.bill().account_number, 1000, "TIEN GI DO")))
    play.bring()
    waiting = Suspense.objects.get()
    assert (waiting.amount, waiting.reason, state(scene.bill())) == (1000, "no_reference", "new")
    difference = Difference.objects.get()
    assert (difference.kind, difference.owner, difference.unit) == (
        "unknown_reference", scene.accountant, scene.unit,
    )  # fmt: skip
    assert difference.due == dt.date(2020, 8, 24), "two working days from Thursday"


def test_a_bill_s_code_with_money_in_another_account(scene: Scene, play: PlayBank) -> None:
    from dienhong.payments.providers.vietqr.payload import Transfer, build

    bill = scene.bill(1000)
    play.pay(build(Transfer("970436", "9999888877776", 1000, bill.code)))
    play.bring()
    assert Suspense.objects.get().reason == "wrong_account"
    assert state(bill) == "new"


def test_a_reference_nobody_knows(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill(1000)
    attempt = begin(bill)
    play.follow(attempt)
    attempt.shares.all().delete()
    attempt.steps.all().delete()
    attempt.delete()
    play.bring()
    assert Suspense.objects.get().reason == "unknown_reference"
    assert state(bill) == "new"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "nothing", '{"MaXacThuc": 1}', "\x00", "\ud800".encode("utf-8", "replace").decode()]
)
@pytest.mark.parametrize("provider", ["vietqr", "gateway"])
def test_rubbish_is_kept_and_does_nothing(scene: Scene, play: PlayBank, provider: str, text: str) -> None:
    assert not play.send(provider, text, "x")
    assert Verdict.objects.get().said in {"forged", "unreadable"}
    assert not Capture.objects.exists()


def test_an_unknown_provider_has_no_address(scene: Scene, play: PlayBank) -> None:
    assert not play.send("nobody", "{}", "")
    assert play.heard == [404]
    assert not Notice.objects.exists()


def test_a_crash_after_the_raw_notice(scene: Scene, play: PlayBank, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notice is kept by itself; what a crash cut off is judged by the next poll."""
    from dienhong.payments import ledger as books

    bill = scene.bill(1000)
    play.pay(qr(bill))
    with monkeypatch.context() as broken:
        broken.setattr(books, "record_captured", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            play.bring()
    assert (Notice.objects.count(), Capture.objects.count(), Verdict.objects.count()) == (1, 0, 0)
    assert actions.finish_notices(by=BY) == 1
    assert state(bill) == "captured"
    assert actions.finish_notices(by=BY) == 0
