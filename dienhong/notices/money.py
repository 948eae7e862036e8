"""What follows events of payments: money that is nobody's or too much finds its accountant, a refund its leader.

The payer is told by the room whose case the bill belongs to. Each function may run again: the key of the event keeps a
person from hearing twice.
"""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, override

from dienhong.base.numbers import whole_in_both
from dienhong.journal.models import Event
from dienhong.notices import audience
from dienhong.notices.actions import notify
from dienhong.notices.kinds import Kind, register
from dienhong.notices.reactions import actor_id
from dienhong.organizations.models import Role
from dienhong.payments import queries as money
from dienhong.payments.models import Bill, Refund

BY = "job:reactions"
OVERPAID = "payments.overpaid"
WAITING = "payments.waiting"
ASKED = "payments.refund_asked"
FAILED = "payments.refund_failed"

register(
    Kind(
        OVERPAID,
        _("Tiền nộp thừa"),
        gettext_noop("Khoản thu %(bill)s thừa %(amount)s đồng"),
        gettext_noop("Tiền thừa chưa ai đề nghị hoàn."),
    ),
    Kind(
        WAITING,
        _("Tiền chờ rõ khoản"),
        gettext_noop("%(amount)s đồng vào tài khoản mà chưa rõ nộp cho khoản nào"),
        gettext_noop("Gán cho khoản thu đúng, hoặc giải thích chênh lệch."),
    ),
    Kind(
        ASKED,
        _("Hoàn tiền chờ duyệt"),
        gettext_noop("Chờ duyệt hoàn %(amount)s đồng của khoản thu %(bill)s"),
        gettext_noop("Lý do: %(reason)s"),
        fixed=True,
    ),
    Kind(
        FAILED,
        _("Ngân hàng không hoàn được"),
        gettext_noop("Ngân hàng không hoàn được %(amount)s đồng của khoản thu %(bill)s"),
        gettext_noop("Kiểm tra tài khoản nhận rồi đề nghị lại."),
    ),
)


def overpaid(event: Event) -> None:
    """payments.captured, payments.cancel_bill: to the accountants, where the State holds what nobody owed."""
    bill = Bill.objects.get(pk=event.object_id)
    over = money.facts_of(bill).refund_due
    if over:
        _tell(event, Role.ACCOUNTANT, OVERPAID, {"bill": bill.code, "amount": whole_in_both(over)}, _book(bill))


def waiting(event: Event) -> None:
    """payments.waiting: money whose bill is not known. An account that nobody has is seen in the books alone."""
    _tell(
        event, Role.ACCOUNTANT, WAITING, {"amount": whole_in_both(event.data["amount"])}, reverse("payments:waiting")
    )  # fmt: skip


def refund_asked(event: Event) -> None:
    """payments.ask_refund: to the leaders who may approve; never to the one who asked."""
    refund = Refund.objects.select_related("bill").get(pk=event.data["refund"])
    params = _about(refund) | {"reason": {"vi": _said(refund, "vi"), "en": _said(refund, "en")}}
    _tell(event, Role.LEADER, ASKED, params, reverse("payments:refunds"))


def refund_failed(event: Event) -> None:
    """payments.refund_failed: to the accountants, who ask again or pay otherwise."""
    refund = Refund.objects.select_related("bill").get(pk=event.data["refund"])
    _tell(event, Role.ACCOUNTANT, FAILED, _about(refund), _book(refund.bill))


def _tell(event: Event, role: Role, kind: str, params: dict[str, object], url: str) -> None:
    if not event.unit_id:
        return
    unit = int(event.unit_id)
    to = audience.holders_of(role, [unit])[unit] - {actor_id(event)}
    notify(
        by=BY, to=to, kind=kind, subject=(event.object_kind, event.object_id), params=params, url=url,
        dedupe=f"{kind}:event:{event.pk}",
    )  # fmt: skip


def _about(refund: Refund) -> dict[str, object]:
    return {"bill": refund.bill.code, "amount": whole_in_both(refund.amount)}


def _said(refund: Refund, lang: str) -> str:
    with override(lang):
        return str(refund.get_reason_display())


def _book(bill: Bill) -> str:
    return reverse("payments:book", args=[bill.code])
