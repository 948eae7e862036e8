"""A line of the bank's statement against what we captured: agreed, or a difference with an owner.

Inside the caller's transaction. A line stands once, so reading a statement again changes nothing.
"""

import datetime as dt

from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.payments import ledger, matching, providers
from dienhong.payments.differences import close, close_about, open_difference
from dienhong.payments.models import (
    Attempt,
    Capture,
    Difference,
    LineCapture,
    Refund,
    StatementFile,
    StatementLine,
    Suspense,
)
from dienhong.payments.providers.contract import Said
from dienhong.payments.refunding import set_step
from dienhong.payments.states import AttemptStep, RefundStep

Kind = Difference.Kind


def take_line(by: str, line: StatementLine) -> None:
    """A line that was not there before."""
    if line.credit:
        _credit(by, line)
    else:
        _debit(by, line)


def _credit(by: str, line: StatementLine) -> None:
    captures, told_here = _captures(line), False
    if not captures:
        waiting = _waiting(line)
        if waiting is not None:
            _of_waiting(by, line, waiting)
            return
        outcome = ledger.apply(by=by, provider=_provider(line), said=_said(line))
        captures, told_here = list(outcome.captures), True
        if outcome.suspense is not None:
            _of_waiting(by, line, outcome.suspense)
    LineCapture.objects.bulk_create(LineCapture(line=line, capture=each) for each in captures)
    if captures:
        _compare(by, line, captures, told_here)


def _captures(line: StatementLine) -> list[Capture]:
    """Of this money, not yet said by another line: by the bank's number, else by the attempt's reference."""
    free = Capture.objects.filter(match=None).select_related("bill").order_by("pk")
    by_number = free.filter(bank_ref=line.entry_ref, account_number=line.account_number)
    return list(by_number) or list(free.filter(key__in=_references(line)))


def _references(line: StatementLine) -> list[str]:
    return [each for each in (line.end_to_end, *matching.references_in(line.remittance)) if each]


def _waiting(line: StatementLine) -> Suspense | None:
    rows = Suspense.objects.filter(lines=None, key__in=[line.entry_ref, *_references(line)])
    return rows.order_by("pk").first()


def _of_waiting(by: str, line: StatementLine, waiting: Suspense) -> None:
    line.suspense = waiting
    line.save(update_fields=["suspense"])
    if waiting.amount != line.amount:
        open_difference(
            by=by, kind=Kind.AMOUNT, account=line.account_number, key=line.entry_ref, line=line, suspense=waiting,
            detail={"ours": waiting.amount, "theirs": line.amount},
        )  # fmt: skip


def _attempt(line: StatementLine) -> Attempt | None:
    """The attempt whose reference the line carries and whose money has not come under that reference."""
    rows = Attempt.objects.filter(reference__in=_references(line)).exclude(
        reference__in=Capture.objects.filter(key__in=_references(line)).values("key")
    )
    return next((each for each in rows.order_by("pk") if providers.get(each.provider).redirects), None)


def _provider(line: StatementLine) -> str:
    attempt = _attempt(line)
    return attempt.provider if attempt else "vietqr"


def _said(line: StatementLine) -> Said:
    attempt = _attempt(line)
    reference = attempt.reference if attempt else ""
    paid_at = dt.datetime.combine(line.booking_date, dt.time(12), clock.HANOI)
    return Said(
        AttemptStep.CAPTURED, reference, reference or line.entry_ref, line.entry_ref, line.amount, line.account_number,
        line.remittance, paid_at, line.value_date,
    )  # fmt: skip


def _compare(by: str, line: StatementLine, captures: list[Capture], told_here: bool) -> None:
    ours, first = sum(each.amount for each in captures), captures[0]

    def differs(kind: str, detail: dict[str, object], capture: Capture = first) -> Difference:
        return open_difference(
            by=by, kind=kind, account=line.account_number, key=line.entry_ref, line=line, capture=capture, detail=detail
        )

    if told_here:
        made = differs(Kind.NOT_HERE, {"theirs": line.amount})
        close(by=by, difference=made, reason=_("Chỉ sao kê báo khoản này; đã ghi nhận tiền từ sao kê."))
    if ours != line.amount:
        differs(Kind.AMOUNT, {"ours": ours, "theirs": line.amount})
    if first.value_date != line.value_date:
        days: dict[str, object] = {"ours": first.value_date.isoformat(), "theirs": line.value_date.isoformat()}
        differs(Kind.DAY, days)
    for capture in captures:
        close_about(by=by, capture=capture, kind=Kind.NOT_THERE, reason=_("Sao kê sau đã có khoản này."))
        if _paid_before(capture):
            differs(Kind.DOUBLE, {"theirs": line.amount}, capture)


def _paid_before(capture: Capture) -> bool:
    """Whether the bill was paid in full by money that came before this."""
    rows = capture.bill.captures.exclude(pk=capture.pk)
    earlier = [each.amount for each in rows if (each.paid_at, each.pk) < (capture.paid_at, capture.pk)]
    return sum(earlier) >= capture.bill.amount


def _debit(by: str, line: StatementLine) -> None:
    names = [line.end_to_end, *line.remittance.split()]
    refund = Refund.objects.filter(reference__in=names).select_related("bill", "capture").first()
    if refund is None:
        open_difference(
            by=by, kind=Kind.UNKNOWN, account=line.account_number, key=line.entry_ref, line=line,
            detail={"theirs": -line.amount, "why": "unknown_debit"},
        )  # fmt: skip
        return
    line.refund = refund
    line.save(update_fields=["refund"])
    set_step(by, refund, RefundStep.DONE, line.entry_ref)
    if refund.amount != line.amount:
        open_difference(
            by=by, kind=Kind.AMOUNT, account=line.account_number, key=line.entry_ref, line=line,
            capture=refund.capture, detail={"ours": -refund.amount, "theirs": -line.amount},
        )  # fmt: skip


def what_is_missing(by: str, file: StatementFile) -> None:
    """Money we captured for a day that the bank's statements now cover, and that they do not have."""
    covered = StatementFile.objects.filter(account_number=file.account_number).order_by("day").first()
    first = covered.day if covered else file.day
    rows = Capture.objects.filter(
        account_number=file.account_number, match=None, value_date__range=(first, file.day)
    ).select_related("bill")
    for capture in rows.order_by("pk"):
        open_difference(
            by=by, kind=Kind.NOT_THERE, account=file.account_number, key=f"capture:{capture.pk}", capture=capture,
            detail={"ours": capture.amount, "day": capture.value_date.isoformat()},
        )  # fmt: skip
