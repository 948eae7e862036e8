"""The state follows from sums and sets: every rule of the page, and no order in which it could matter."""

import pytest

from dienhong.payments import sentences
from dienhong.payments.states import (
    AttemptStep,
    BillState,
    Facts,
    RefundStep,
    attempt_state,
    bill_state,
    refund_state,
)

F = frozenset


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(100), BillState.NEW),
        (Facts(100, attempts=F({AttemptStep.BEGUN})), BillState.NEW),
        (Facts(100, attempts=F({AttemptStep.SENT})), BillState.SENT),
        (Facts(100, attempts=F({AttemptStep.SENT, AttemptStep.PENDING})), BillState.PENDING),
        (Facts(100, attempts=F({AttemptStep.FAILED})), BillState.FAILED),
        (Facts(100, attempts=F({AttemptStep.FAILED, AttemptStep.SENT})), BillState.SENT),
        (Facts(100, expired=True), BillState.EXPIRED),
        (Facts(100, expired=True, attempts=F({AttemptStep.SENT})), BillState.EXPIRED),
        (Facts(100, expired=True, attempts=F({AttemptStep.PENDING})), BillState.PENDING),
        (Facts(100, 100), BillState.CAPTURED),
        (Facts(100, 100, expired=True), BillState.CAPTURED),
        (Facts(100, 100, attempts=F({AttemptStep.FAILED})), BillState.CAPTURED),
        (Facts(100, 40), BillState.PARTIAL),
        (Facts(100, 40, expired=True), BillState.PARTIAL),
        (Facts(100, 140), BillState.OVERPAID),
        (Facts(100, 200), BillState.OVERPAID),
        (Facts(100, cancelled=True), BillState.CANCELLED),
        (Facts(100, 100, cancelled=True), BillState.OVERPAID),
        (Facts(100, 200, refunding=100), BillState.REFUNDING),
        (Facts(100, 200, refunded=100), BillState.CAPTURED),
        (Facts(100, 100, refunded=100), BillState.REFUNDED),
        (Facts(100, 100, refunded=40), BillState.CAPTURED),
    ],
)
def test_state_of(facts: Facts, state: BillState) -> None:
    assert bill_state(facts) == state


def test_sums() -> None:
    facts = Facts(100, 130, refunding=10, refunded=5)
    assert (facts.outstanding, facts.refund_due, facts.refundable) == (0, 15, 115)
    assert Facts(100, 30).outstanding == 70
    assert Facts(100, 30, cancelled=True).outstanding == 0
    assert Facts(100, 30, cancelled=True).refund_due == 30


def test_the_strongest_step_counts() -> None:
    assert attempt_state({"failed", "captured", "sent"}) == AttemptStep.CAPTURED
    assert attempt_state({"failed", "pending"}) == AttemptStep.FAILED
    assert attempt_state(set()) == AttemptStep.BEGUN
    assert refund_state({"asked", "approved", "failed", "done"}) == RefundStep.DONE
    assert refund_state({"asked"}) == RefundStep.ASKED


def test_money_that_was_owed_and_went_back_is_said() -> None:
    part, over = Facts(100, 100, refunded=30), Facts(100, 130, refunded=30)
    assert (part.given_back_of_due, over.given_back_of_due, Facts(100, 130, refunded=50).given_back_of_due) == (
        30,
        0,
        20,
    )
    assert sentences.tag(part) == ("đã hoàn một phần", "late")
    assert sentences.tag(over) == ("đã nộp đủ", "good")
    assert sentences.spoken(bill_state(part), part).title == "Đã nộp, đã hoàn một phần"
    assert Facts(100, 60, refunded=10).given_back_of_due == 0, "too little came: it says so anyway"
