"""Money back: two people, never more than came, to where it came from, done once."""

import pytest

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal.models import Event
from dienhong.organizations.models import Role
from dienhong.organizations.tests import worlds
from dienhong.payments import actions, owners, queries, sentences
from dienhong.payments.actions.refunds import reasons_for
from dienhong.payments.models import Capture, Refund
from dienhong.payments.tests.conftest import ACCOUNT, PlayBank, Scene, begin, qr, state

BY = "job:test"


@pytest.fixture
def paid(scene: Scene, play: PlayBank) -> Capture:
    play.pay(qr(scene.bill(1000)))
    play.bring()
    return Capture.objects.get()


def ask(scene: Scene, capture: Capture, amount: int = 1000, reason: str = "refused_dossier") -> Refund:
    return actions.ask_refund(by=scene.accountant, capture=capture, amount=amount, reason=reason)


def test_asked_approved_sent_done(scene: Scene, play: PlayBank, paid: Capture) -> None:
    refund = ask(scene, paid)
    assert state(paid.bill) == "refunding"
    assert actions.send_refunds(by=BY) == 0, "not without a second person"
    actions.approve_refund(by=scene.leader, refund=refund)
    assert actions.send_refunds(by=BY) == 1
    assert state(paid.bill) == "refunded"
    assert actions.send_refunds(by=BY) == 0
    [row] = play.bank.books.ask("SELECT * FROM movement WHERE payer = ?", ACCOUNT)
    assert (row["amount"], row["end_to_end"]) == (1000, refund.reference)
    said = Event.objects.get(verb="payments.refund_done")
    assert (said.from_state, said.to_state) == ("refunding", "refunded")


def test_over_the_gateway(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill(1000)
    play.fault("over")
    play.follow(begin(bill))
    play.bring()
    refund = ask(scene, Capture.objects.get(), 501, "overpayment")
    actions.approve_refund(by=scene.leader, refund=refund)
    assert actions.send_refunds(by=BY) == 1
    assert state(bill) == "captured"


@pytest.mark.parametrize("amount", [0, -1, 1001, 10**12])
def test_never_more_than_came(scene: Scene, paid: Capture, amount: int) -> None:
    with pytest.raises(Refused) as refused:
        ask(scene, paid, amount)
    assert refused.value.code == "too_much"


def test_what_is_already_asked_counts(scene: Scene, paid: Capture) -> None:
    ask(scene, paid, 600)
    with pytest.raises(Refused) as refused:
        ask(scene, paid, 401)
    assert "400" in refused.value.sentence
    ask(scene, paid, 400)


def test_only_the_excess_goes_back_as_overpaid(scene: Scene, play: PlayBank) -> None:
    """Requested, approved and paid refunds all count; another reason says what follows for the paper that stands."""
    bill = scene.bill(32_940_000)
    play.pay(qr(bill), 33_000_000)
    play.bring()
    capture = Capture.objects.get()
    assert queries.owed_back(scene.accountant) == [(bill, 60_000)]
    assert queries.owed_back(worlds.person()) == []
    for reason in ("overpayment", "double_payment"):
        with pytest.raises(Refused) as refused:
            ask(scene, capture, 70_000, reason)
        assert "60.000" in refused.value.sentence
    refund = ask(scene, capture, 60_000, "overpayment")
    assert queries.owed_back(scene.accountant) == [], "it is asked back: the list of refunds has it"
    for _step in ("asked", "approved", "paid"):
        with pytest.raises(Refused):
            ask(scene, capture, 1, "overpayment")
        if _step == "asked":
            actions.approve_refund(by=scene.leader, refund=refund)
        else:
            actions.send_refunds(by=BY)
    assert sentences.what_follows(queries.facts_of(bill), "05/2020/TB") == ""
    exempt = ask(scene, capture, 940_000, "exemption_found")
    follows = sentences.what_follows(queries.facts_of(bill), "05/2020/TB")
    assert "940.000" in follows
    assert "05/2020/TB" in follows
    Refund.objects.filter(pk=exempt.pk).update(reason="overpayment")  # one asked before the rule
    with pytest.raises(Refused) as refused:
        actions.approve_refund(by=scene.leader, refund=exempt)
    assert refused.value.code == "no_excess"


def test_a_reason_must_be_true_of_the_case(scene: Scene, paid: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a case that has its result neither refusal nor withdrawal is offered or taken; unknown cases offer both."""
    known = queries.facts_of(paid.bill)
    every = {key for key, _said in reasons_for(paid.bill, known)}
    assert {"refused_dossier", "withdrawn_before_acceptance"} <= every
    assert "overpayment" not in every, "nothing was paid too much"
    monkeypatch.setattr(owners, "ending", lambda bill: "")
    assert {key for key, _said in reasons_for(paid.bill, known)} == {"wrong_bill", "exemption_found"}
    with pytest.raises(Refused) as refused:
        ask(scene, paid, 1)
    assert refused.value.code == "not_so"
    monkeypatch.setattr(owners, "ending", lambda bill: owners.REFUSED)
    ask(scene, paid, 1)


def test_declined_frees_the_amount(scene: Scene, paid: Capture) -> None:
    refund = ask(scene, paid)
    with pytest.raises(Refused):
        actions.decline_refund(by=scene.leader, refund=refund, reason=" ")
    actions.decline_refund(by=scene.leader, refund=refund, reason="Chưa đủ căn cứ")
    assert state(paid.bill) == "captured"
    assert queries.facts_of(paid.bill).refundable == 1000
    with pytest.raises(Refused) as refused:
        actions.approve_refund(by=scene.leader, refund=refund)
    assert refused.value.code == "decided"


def test_nobody_approves_their_own(scene: Scene, paid: Capture) -> None:
    worlds.grant(scene.accountant, Role.LEADER, scene.unit)
    refund = ask(scene, paid)
    with pytest.raises(NotPermitted) as refused:
        actions.approve_refund(by=scene.accountant, refund=refund)
    assert refused.value.code == "own_refund"


def test_a_bank_that_is_down_is_asked_again(scene: Scene, play: PlayBank, paid: Capture) -> None:
    refund = ask(scene, paid)
    actions.approve_refund(by=scene.leader, refund=refund)
    play.fault("down")
    assert actions.send_refunds(by=BY) == 0
    assert state(paid.bill) == "refunding"
    play.well()
    assert actions.send_refunds(by=BY) == 1


def test_a_crash_after_the_bank_paid_back(scene: Scene, play: PlayBank, paid: Capture) -> None:
    """The bank had carried it out and we did not hear: asked again, it moves no second time."""
    refund = ask(scene, paid)
    actions.approve_refund(by=scene.leader, refund=refund)
    play.bank.give_back(refund.reference, 1000, paid.bank_ref, paid.paid_at)
    assert actions.send_refunds(by=BY) == 1
    assert len(play.bank.books.ask("SELECT * FROM movement WHERE payer = ?", ACCOUNT)) == 1


def test_a_bank_that_refuses(scene: Scene, play: PlayBank, paid: Capture) -> None:
    refund = ask(scene, paid)
    actions.approve_refund(by=scene.leader, refund=refund)
    play.fault("refuse")
    assert actions.send_refunds(by=BY) == 0
    assert queries.refund_step(refund) == "failed"
    assert state(paid.bill) == "captured"
    play.well()
    again = ask(scene, paid)
    assert again.reference != refund.reference
