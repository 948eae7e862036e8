"""A difference is answered by whoever keeps the books of the unit, then closed."""

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import holds, require
from dienhong.organizations.registry import action
from dienhong.payments.models import Answer, Closing, Difference


@action("payments.answer_difference")
@transaction.atomic
def answer_difference(*, by: Person, difference: Difference, text: str) -> Answer:
    """Say what is behind it. Raises Refused without words or when it is closed."""
    row = _open(by, difference)
    if not text.strip():
        raise Refused("no_answer", _("Ghi lời giải thích."))
    made = Answer.objects.create(difference=row, text=text.strip()[:500], by=by.actor)
    record(
        by=by.actor, verb="payments.answer_difference", object_kind="difference", object_id=row.pk,
        unit_id=row.unit_id or "", reason=text.strip()[:300],
    )  # fmt: skip
    return made


@action("payments.close_difference")
@transaction.atomic
def close_difference(*, by: Person, difference: Difference, reason: str) -> Closing:
    """Raises Refused: nobody answered yet, no reason, closed before."""
    row = _open(by, difference)
    if not reason.strip():
        raise Refused("no_reason", _("Ghi lý do đóng."))
    if not row.answers.exists():
        raise Refused("not_answered", _("Chưa ai giải thích chênh lệch này; giải thích rồi mới đóng."))
    made = Closing.objects.create(difference=row, reason=reason.strip()[:300], by=by.actor)
    record(
        by=by.actor, verb="payments.close_difference", object_kind="difference", object_id=row.pk,
        unit_id=row.unit_id or "", reason=reason.strip()[:300],
    )  # fmt: skip
    return made


def _open(by: Person, difference: Difference) -> Difference:
    if difference.unit is not None:
        require(by, Role.ACCOUNTANT, difference.unit)
    elif not holds(by, Role.ACCOUNTANT):
        raise NotPermitted("not_permitted", _("Cần vai trò “Kế toán thu phí”."))
    row = Difference.objects.select_for_update(of=("self",)).get(pk=difference.pk)
    if Closing.objects.filter(difference=row).exists():
        raise Refused("closed", _("Chênh lệch này đã đóng."))
    return row
