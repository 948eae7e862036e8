"""The state of a bill, from what is written down about it and nothing else: plain Python, no table.

Every input is a sum or a set, so the order in which notices came, and how often, cannot matter. Source of the rules:
captured after failed or expired counts, failed after captured does not, a lower amount is a part payment, a higher one
is captured and a refund is due.
"""

from dataclasses import dataclass
from enum import StrEnum


class BillState(StrEnum):
    NEW = "new"
    SENT = "sent"
    PENDING = "pending"
    CAPTURED = "captured"
    PARTIAL = "partial"
    OVERPAID = "overpaid"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class AttemptStep(StrEnum):
    """What is known of an attempt. The strongest step counts, whenever it came."""

    BEGUN = "begun"
    SENT = "sent"
    PENDING = "pending"
    FAILED = "failed"
    CAPTURED = "captured"


class RefundStep(StrEnum):
    ASKED = "asked"
    DECLINED = "declined"
    APPROVED = "approved"
    SENT = "sent"
    FAILED = "failed"
    DONE = "done"


_ATTEMPT = list(AttemptStep)  # weakest first
_REFUND = list(RefundStep)
GIVEN_UP = {RefundStep.DECLINED, RefundStep.FAILED}
PAID = {BillState.CAPTURED, BillState.OVERPAID}


def attempt_state(steps: set[str]) -> AttemptStep:
    return max((AttemptStep(each) for each in steps), key=_ATTEMPT.index, default=AttemptStep.BEGUN)


def refund_state(steps: set[str]) -> RefundStep:
    return max((RefundStep(each) for each in steps), key=_REFUND.index, default=RefundStep.ASKED)


@dataclass(frozen=True, slots=True)
class Facts:
    """Sums in đồng. `refunding`: refunds asked, approved or sent; `refunded`: done."""

    amount: int
    captured: int = 0
    refunding: int = 0
    refunded: int = 0
    attempts: frozenset[AttemptStep] = frozenset()
    cancelled: bool = False
    expired: bool = False

    @property
    def due(self) -> int:
        """What the bill asks for: nothing once it is cancelled."""
        return 0 if self.cancelled else self.amount

    @property
    def outstanding(self) -> int:
        return max(0, self.due - self.captured)

    @property
    def refund_due(self) -> int:
        """Money that nobody owed and nobody yet asked back."""
        return max(0, self.captured - self.refunded - self.refunding - self.due)

    @property
    def given_back_of_due(self) -> int:
        """What of money that was owed has gone back: the bill was paid in full once, and no longer is."""
        return (
            max(0, min(self.refunded, self.due - (self.captured - self.refunded))) if self.captured >= self.due else 0
        )

    @property
    def refundable(self) -> int:
        """The most a new refund may take."""
        return self.captured - self.refunded - self.refunding


def bill_state(facts: Facts) -> BillState:
    return _with_money(facts) if facts.captured else _without_money(facts)


def _with_money(facts: Facts) -> BillState:
    if facts.refunding:
        return BillState.REFUNDING
    if facts.refunded >= facts.captured:
        return BillState.REFUNDED
    if facts.captured < facts.due:
        return BillState.PARTIAL
    return BillState.OVERPAID if facts.captured - facts.refunded > facts.due else BillState.CAPTURED


def _without_money(facts: Facts) -> BillState:
    if facts.cancelled:
        return BillState.CANCELLED
    if AttemptStep.PENDING in facts.attempts:
        return BillState.PENDING
    if facts.expired:
        return BillState.EXPIRED
    if AttemptStep.SENT in facts.attempts:
        return BillState.SENT
    return BillState.FAILED if AttemptStep.FAILED in facts.attempts else BillState.NEW
