"""Steps of a refund that the bank tells, and how a refund stands in the journal."""

from django.db import transaction

from dienhong.journal.actions import record
from dienhong.payments import queries
from dienhong.payments.models import Bill, Refund, RefundState
from dienhong.payments.states import RefundStep


@transaction.atomic
def set_step(by: str, refund: Refund, step: RefundStep, bank_ref: str = "", reason: str = "") -> None:
    """What the bank said of a refund, once each; in the journal with the bill's state before and after."""
    Bill.objects.select_for_update(of=("self",)).get(pk=refund.bill_id)
    before = queries.state_of(refund.bill)
    RefundState.objects.get_or_create(refund=refund, step=RefundStep.SENT)
    _row, new = RefundState.objects.get_or_create(
        refund=refund, step=step, defaults={"bank_ref": bank_ref, "reason": reason}
    )
    if new and step != RefundStep.SENT:
        record_refund(by, f"payments.refund_{step}", refund, reason, before)


def record_refund(by: str, verb: str, refund: Refund, reason: str = "", before: str = "") -> None:
    bill = refund.bill
    record(
        by=by, verb=verb, object_kind="bill", object_id=bill.pk, unit_id=bill.unit_id, reason=reason[:300],
        from_state=before, to_state=queries.state_of(bill),
        data={
            "refund": refund.pk, "amount": refund.amount, "reason": refund.reason,
            "owner_kind": bill.owner_kind, "owner_id": bill.owner_id,
        },
    )  # fmt: skip
