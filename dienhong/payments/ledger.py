"""The one place where money becomes ours: a capture, or waiting money with a difference. Inside the caller's
transaction; the bills are locked by ascending id before anything is looked at."""

from collections.abc import Iterable
from dataclasses import dataclass

from dienhong.base import clock
from dienhong.journal.actions import record
from dienhong.payments import conf, matching, queries
from dienhong.payments.differences import close_about, open_difference
from dienhong.payments.models import (
    Assignment,
    AttemptState,
    Bill,
    Capture,
    Difference,
    Notice,
    Suspense,
    Verdict,
)
from dienhong.payments.providers.contract import Said
from dienhong.payments.states import AttemptStep, bill_state


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing said. `captures`: the rows of this money, new or known."""

    said: Verdict.Said
    captures: tuple[Capture, ...] = ()
    suspense: Suspense | None = None


def apply(*, by: str, provider: str, said: Said, notice: Notice | None = None) -> Outcome:
    """Write down what a genuine provider said. Repeatable: the same money is known by (provider, key)."""
    found = matching.match(said)
    if said.step != AttemptStep.CAPTURED:
        return _step(found, said)
    if not found.shares:
        return _wait(by, provider, said, found.why)
    return _capture(by, provider, said, found, notice)


def _step(found: matching.Match, said: Said) -> Outcome:
    if found.attempt is None:
        return Outcome(Verdict.Said.UNKNOWN)
    AttemptState.objects.get_or_create(attempt=found.attempt, step=said.step, defaults={"reason": said.reason[:300]})
    return Outcome(Verdict.Said.STEP)


def _capture(by: str, provider: str, said: Said, found: matching.Match, notice: Notice | None) -> Outcome:
    bills = _locked(bill for bill, _amount in found.shares)
    known = tuple(Capture.objects.filter(provider=provider, key=said.key).order_by("pk"))
    if known:
        _agree(by, known, said)
        return Outcome(Verdict.Said.KNOWN, known)
    if found.attempt is not None:
        AttemptState.objects.get_or_create(attempt=found.attempt, step=AttemptStep.CAPTURED)
    made = tuple(
        _one(by, bills[bill.pk], amount, provider, said, found, notice) for bill, amount in found.shares
    )  # fmt: skip
    _no_longer_waiting(by, provider, said.key, made[0].bill)
    return Outcome(Verdict.Said.APPLIED, made)


def _locked(bills: Iterable[Bill]) -> dict[int, Bill]:
    wanted = {each.pk for each in bills}
    rows = Bill.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    return {row.pk: row for row in rows}


def _one(
    by: str, bill: Bill, amount: int, provider: str, said: Said, found: matching.Match, notice: Notice | None
) -> Capture:
    before = queries.state_of(bill)
    capture = Capture.objects.create(
        bill=bill, attempt=found.attempt, provider=provider, key=said.key, bank_ref=said.bank_ref, amount=amount,
        account_number=said.account_number or bill.account_number, content=said.content[:300], matched=found.how,
        paid_at=said.paid_at, value_date=said.value_date or queries.value_date(said.paid_at, conf.CUT_OFF_HOUR),
        notice=notice, business_at=clock.business_now(),
    )  # fmt: skip
    record_captured(by, capture, before)
    return capture


def record_captured(by: str, capture: Capture, before: str) -> None:
    """The event that the case of the bill follows in this same transaction: both happen or neither."""
    bill = capture.bill
    known = queries.facts_of(bill)
    record(
        by=by, verb="payments.captured", object_kind="bill", object_id=bill.pk, unit_id=bill.unit_id,
        from_state=before, to_state=bill_state(known),
        data={
            "owner_kind": bill.owner_kind, "owner_id": bill.owner_id, "code": bill.code, "capture": capture.pk,
            "amount": capture.amount, "outstanding": known.outstanding, "refund_due": known.refund_due,
        },
    )  # fmt: skip


def _agree(by: str, known: tuple[Capture, ...], said: Said) -> None:
    """The same money told with another amount: the first word stands, and somebody has to look."""
    if sum(each.amount for each in known) != said.amount:
        open_difference(
            by=by, kind=Difference.Kind.AMOUNT, account=known[0].account_number, key=said.key, capture=known[0],
            detail={"ours": sum(each.amount for each in known), "theirs": said.amount},
        )  # fmt: skip


def _wait(by: str, provider: str, said: Said, why: str) -> Outcome:
    known = tuple(Capture.objects.filter(provider=provider, key=said.key).order_by("pk"))
    if known:
        return Outcome(Verdict.Said.KNOWN, known)
    suspense, new = Suspense.objects.get_or_create(
        provider=provider, key=said.key,
        defaults={
            "bank_ref": said.bank_ref, "account_number": said.account_number, "amount": said.amount,
            "content": said.content[:300], "paid_at": said.paid_at, "reason": why,
            "value_date": said.value_date or queries.value_date(said.paid_at, conf.CUT_OFF_HOUR),
        },
    )  # fmt: skip
    if new:
        unit = queries.account_unit(said.account_number)
        record(
            by=by, verb="payments.waiting", object_kind="suspense", object_id=suspense.pk,
            unit_id=unit.pk if unit else "", data={"amount": said.amount, "why": why},
        )  # fmt: skip
        open_difference(
            by=by, kind=Difference.Kind.UNKNOWN, account=said.account_number, key=said.key, suspense=suspense,
            detail={"theirs": said.amount, "why": why},
        )  # fmt: skip
    return Outcome(Verdict.Said.SUSPENSE, (), suspense)


def _no_longer_waiting(by: str, provider: str, key: str, bill: Bill) -> None:
    """A clearer notice of money that waited: it has its bill now."""
    row = Suspense.objects.select_for_update(of=("self",)).filter(provider=provider, key=key, assignment=None).first()
    if row is not None:
        Assignment.objects.create(suspense=row, bill=bill, reason="a later notice names the bill", by=by)
        close_about(by=by, suspense=row, reason="a later notice names the bill")
