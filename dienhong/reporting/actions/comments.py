"""Remarks at a cell of a report, between those of one unit who enter, sign and send it."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action
from dienhong.reporting.models import CellComment, Submission, Version
from dienhong.reporting.permissions import OWN_ROLES, require
from dienhong.reporting.states import lock

MOST = 1000


@action("reporting.add_comment")
@transaction.atomic
def add_comment(*, by: Person, version: Version, cell_key: str, text: str) -> CellComment:
    """Leave a remark at a cell. It stays with the report through all its versions and never leaves the unit."""
    version = lock(version)
    duty = version.submission.duty
    require(by, OWN_ROLES, duty.unit, duty.regime.code)
    text = text.strip()
    if not text:
        raise Refused("no_text", _("Lời trao đổi đang trống; viết một câu."))
    if len(text) > MOST:
        raise Refused("too_long", _("Lời trao đổi dài quá %(most)d ký tự; viết ngắn lại.") % {"most": MOST})
    if not version.regime_version.cells.filter(key=cell_key).exists():
        raise Refused("no_cell", _("Biểu này không có ô ấy."))
    comment = CellComment.objects.create(submission=version.submission, cell_key=cell_key, text=text, by=by)
    record(
        by=f"person:{by.pk}",
        verb="reporting.add_comment",
        object_kind="version",
        object_id=version.pk,
        unit_id=duty.unit_id,
        data={"cell": cell_key, "comment": comment.pk},
    )
    return comment


def comments_of(submission: Submission) -> QuerySet[CellComment]:
    """Every remark of the report, oldest first."""
    return submission.comments.select_related("by").order_by("pk")
