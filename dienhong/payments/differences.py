"""Opening and closing a difference by the machine; people answer and close by actions.differences."""

from typing import Any

from django.db import transaction

from dienhong.base import clock
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role, Unit
from dienhong.organizations.permissions import holders
from dienhong.payments import conf, queries
from dienhong.payments.models import Answer, Capture, Closing, Difference, StatementLine, Suspense


def open_difference(
    *,
    by: str,
    kind: str,
    account: str,
    key: str,
    line: StatementLine | None = None,
    capture: Capture | None = None,
    suspense: Suspense | None = None,
    detail: dict[str, Any] | None = None,
) -> Difference:
    """Once for each kind, account and key. The owner is the accountant of the collecting unit."""
    unit = capture.bill.unit if capture else queries.account_unit(account)
    today = clock.business_today()
    made, new = Difference.objects.get_or_create(
        kind=kind, account_number=account, key=key,
        defaults={
            "unit": unit, "owner": _owner(unit), "line": line, "capture": capture, "suspense": suspense,
            "detail": detail or {}, "business_at": clock.business_now(),
            "due": queries.work_calendar().add_working_days(today, conf.DIFFERENCE_WORKING_DAYS),
        },
    )  # fmt: skip
    if new:
        record(
            by=by, verb="payments.difference", object_kind="difference", object_id=made.pk,
            unit_id=unit.pk if unit else "", data={"kind": kind, "account": account, "key": key},
        )  # fmt: skip
    return made


def _owner(unit: Unit | None) -> Person | None:
    found = holders(Role.ACCOUNTANT, unit) if unit else []
    return found[0] if found else None


@transaction.atomic
def close(*, by: str, difference: Difference, reason: str) -> None:
    """By the machine, because the thing itself has gone. Repeating changes nothing."""
    _closing, new = Closing.objects.get_or_create(difference=difference, defaults={"reason": reason[:300], "by": by})
    if new:
        Answer.objects.create(difference=difference, text=reason[:500], by=by)
        record(
            by=by, verb="payments.close_difference", object_kind="difference", object_id=difference.pk,
            unit_id=difference.unit_id or "", reason=reason[:300],
        )  # fmt: skip


def close_about(
    *, by: str, reason: str, kind: str = "", suspense: Suspense | None = None, capture: Capture | None = None
) -> None:
    """Close what is open about that money."""
    rows = Difference.objects.filter(closing=None)
    rows = rows.filter(suspense=suspense) if suspense else rows.filter(capture=capture)
    for row in (rows.filter(kind=kind) if kind else rows).order_by("pk"):
        close(by=by, difference=row, reason=reason)
