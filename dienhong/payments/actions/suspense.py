"""Waiting money finds its bill."""

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import require
from dienhong.organizations.registry import action
from dienhong.payments import queries
from dienhong.payments.differences import close_about
from dienhong.payments.ledger import record_captured
from dienhong.payments.models import Assignment, Bill, Capture, LineCapture, Suspense


@action("payments.assign_suspense")
@transaction.atomic
def assign_suspense(*, by: Person, suspense: Suspense, bill: Bill, reason: str) -> Capture:
    """Say whose the money is. Needs the role of accountant for the bill's unit. Raises Refused: no reason, already
    given, money of another account."""
    require(by, Role.ACCOUNTANT, bill.unit)
    if not reason.strip():
        raise Refused("no_reason", _("Ghi lý do gán khoản tiền này."))
    bill = Bill.objects.select_for_update(of=("self",)).get(pk=bill.pk)
    row = Suspense.objects.select_for_update(of=("self",)).get(pk=suspense.pk)
    if Assignment.objects.filter(suspense=row).exists():
        raise Refused("assigned", _("Khoản tiền này đã có chủ."))
    if row.account_number not in {"", bill.account_number}:
        raise Refused("wrong_account", _("Tiền vào tài khoản khác với tài khoản của khoản thu này."))
    before = queries.state_of(bill)
    capture = Capture.objects.create(
        bill=bill, provider=row.provider, key=row.key, bank_ref=row.bank_ref, amount=row.amount,
        account_number=row.account_number or bill.account_number, content=row.content, matched="person",
        paid_at=row.paid_at, value_date=row.value_date, business_at=clock.business_now(),
    )  # fmt: skip
    Assignment.objects.create(suspense=row, bill=bill, reason=reason[:300], by=by.actor)
    line = row.lines.order_by("pk").first()
    if line is not None:
        LineCapture.objects.create(line=line, capture=capture)
    close_about(by=by.actor, suspense=row, reason=reason)
    record(
        by=by.actor, verb="payments.assign_suspense", object_kind="bill", object_id=bill.pk, unit_id=bill.unit_id,
        reason=reason[:300], data={"suspense": row.pk, "amount": row.amount},
    )  # fmt: skip
    record_captured(by.actor, capture, before)
    return capture
