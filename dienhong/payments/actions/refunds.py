"""Money goes back: asked by one person, approved by another, sent to the account it came from."""

import logging

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.numbers import format_number
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import require
from dienhong.organizations.registry import action
from dienhong.payments import owners, providers, queries
from dienhong.payments.models import Bill, Capture, Refund, RefundState
from dienhong.payments.providers.contract import RefundOrder, Unreachable
from dienhong.payments.refunding import record_refund, set_step
from dienhong.payments.states import Facts, RefundStep

log = logging.getLogger("dienhong.payments")
# What was paid beyond what was due; every other reason takes money that was owed when it came.
EXCESS = {Refund.Reason.OVERPAYMENT, Refund.Reason.DOUBLE}
# Reasons that say how the case ended: not for one that ended otherwise.
ENDINGS = {Refund.Reason.REFUSED: owners.REFUSED, Refund.Reason.WITHDRAWN: owners.WITHDRAWN}


def reasons_for(bill: Bill, known: Facts) -> list[tuple[str, str]]:
    """(key, words) of the reasons that are true of the bill and its case."""
    ended = owners.ending(bill)
    return [
        (str(each), str(each.label))
        for each in Refund.Reason
        if not (each in EXCESS and not known.refund_due) and _true_of(each, ended)
    ]


def _true_of(reason: Refund.Reason, ended: str | None) -> bool:
    """Of a case that ended so (owners.ending), as far as anybody can say."""
    return ended is None or ENDINGS.get(reason, ended) == ended


@action("payments.ask_refund")
@transaction.atomic
def ask_refund(*, by: Person, capture: Capture, amount: int, reason: str, note: str = "") -> Refund:
    """Ask that so much of this money goes back. Needs the role of accountant. Raises Refused: more than is left of
    it, more than nobody owed where that is the reason, no known reason. The bill is locked, so two requests at once
    never exceed what was captured."""
    require(by, Role.ACCOUNTANT, capture.bill.unit)
    if reason not in Refund.Reason.values:
        raise Refused("no_reason", _("Chọn lý do hoàn tiền."))
    bill = Bill.objects.select_for_update(of=("self",)).get(pk=capture.bill_id)
    if not _true_of(Refund.Reason(reason), owners.ending(bill)):
        raise Refused("not_so", _("Hồ sơ không kết thúc như lý do này nói. Chọn lý do khác."))
    known = queries.facts_of(bill)
    most = min(known.refundable, queries.refundable(capture))
    if reason in EXCESS and amount > known.refund_due:
        raise Refused(
            "no_excess",
            _("Lý do này chỉ hoàn được số nộp thừa: còn %(most)s đồng chưa ai đề nghị hoàn.")
            % {"most": format_number(min(known.refund_due, most), 0, get_language() or "vi")},
        )
    if not 0 < amount <= most:
        raise Refused(
            "too_much",
            _("Hoàn được nhiều nhất %(most)s đồng, là số đã thu trừ số đã hoàn và đang chờ hoàn.")
            % {"most": format_number(most, 0, get_language() or "vi")},
        )
    refund = Refund.objects.create(
        bill=bill, capture=capture, reference=f"HT{bill.code}{clock.record_now():%y%m%d%H%M%S%f}", amount=amount,
        reason=reason, note=note[:300], asked_by=by, business_at=clock.business_now(),
    )  # fmt: skip
    RefundState.objects.create(refund=refund, step=RefundStep.ASKED, person=by)
    record_refund(by.actor, "payments.ask_refund", refund, note)
    return refund


@action("payments.approve_refund")
@transaction.atomic
def approve_refund(*, by: Person, refund: Refund) -> None:
    """The second pair of eyes: a leader of the unit who did not ask. Raises NotPermitted, or Refused if decided."""
    row = _undecided(by, refund)
    known = queries.facts_of(row.bill)
    if row.reason in EXCESS and known.refundable < known.due:
        # The open requests together, this one among them, would leave less than is due.
        raise Refused("no_excess", _("Các đề nghị hoàn tiền của khoản này vượt số nộp thừa; không duyệt được."))
    RefundState.objects.create(refund=row, step=RefundStep.APPROVED, person=by)
    record_refund(by.actor, "payments.approve_refund", row)


@action("payments.decline_refund")
@transaction.atomic
def decline_refund(*, by: Person, refund: Refund, reason: str) -> None:
    row = _undecided(by, refund)
    if not reason.strip():
        raise Refused("no_reason", _("Ghi lý do không duyệt."))
    RefundState.objects.create(refund=row, step=RefundStep.DECLINED, person=by, reason=reason.strip()[:300])
    record_refund(by.actor, "payments.decline_refund", row, reason)


def _undecided(by: Person, refund: Refund) -> Refund:
    require(by, Role.LEADER, refund.bill.unit)
    if refund.asked_by_id == by.pk:
        raise NotPermitted("own_refund", _("Người đề nghị không tự duyệt hoàn tiền; cần một lãnh đạo khác."))
    Bill.objects.select_for_update(of=("self",)).get(pk=refund.bill_id)
    row = Refund.objects.select_for_update(of=("self",)).get(pk=refund.pk)
    if queries.refund_step(row) != RefundStep.ASKED:
        raise Refused("decided", _("Đề nghị hoàn tiền này đã được quyết định."))
    return row


@action("payments.send_refunds")
def send_refunds(*, by: str) -> int:
    """Give each approved refund to its provider; its reference makes a repetition harmless there. Returns how many are
    done. A bank that is down is asked again next time."""
    steps = RefundState.objects.filter(step__in=[RefundStep.DONE, RefundStep.FAILED]).values("refund")
    approved = RefundState.objects.filter(step=RefundStep.APPROVED).values("refund")
    rows = Refund.objects.filter(pk__in=approved).exclude(pk__in=steps).select_related("capture", "bill")
    return sum(_send(by, refund) for refund in rows.order_by("pk"))


def _send(by: str, refund: Refund) -> bool:
    capture = refund.capture
    order = RefundOrder(
        refund.reference, refund.amount, capture.bank_ref, capture.account_number, f"HOAN TIEN {refund.reference}",
        clock.business_now(),
    )  # fmt: skip
    try:
        said = providers.get(capture.provider).refund(order)
    except Unreachable as error:
        log.warning("refund %s: %s", refund.pk, error)
        return False
    if said.done is None:
        set_step(by, refund, RefundStep.SENT)
        return False
    set_step(by, refund, RefundStep.DONE if said.done else RefundStep.FAILED, said.bank_ref, said.reason)
    return said.done
