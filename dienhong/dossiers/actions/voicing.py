"""Rating and complaint: what the applicant thinks, and the unit's answer."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.dossiers.models import Complaint, Dossier, Rating, Status
from dienhong.dossiers.permissions import require, require_theirs
from dienhong.dossiers.timekeeping import calendar
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action

RATE_WITHIN = dt.timedelta(days=30)  # design of the domain page, section 10
ANSWER_WITHIN = 15  # working days from sending (note on score 766)
LONGEST = 4000


@action("dossiers.rate")
@transaction.atomic
def rate(*, by: Person, dossier: Dossier, grade: int, comment: str = "") -> Rating:
    """Once a dossier, within thirty days of its end; a reason where one is not satisfied. The officer sees no name."""
    require_theirs(by, dossier)
    now = clock.business_now()
    if dossier.status not in (Status.HANDED_OVER, Status.STOPPED, Status.NOT_ACCEPTED) or dossier.closed_at is None:
        raise Refused("not_yet", _("Đánh giá được khi hồ sơ đã khép lại."))
    if now > dossier.closed_at + RATE_WITHIN:
        raise Refused("too_late", _("Đã quá 30 ngày từ khi hồ sơ khép lại."))
    if grade not in Rating.Grade.values:
        raise Refused("no_grade", _("Chọn một mức hài lòng."))
    if grade == Rating.Grade.UNSATISFIED and not comment.strip():
        raise Refused("no_reason", _("Ghi điều chưa hài lòng để cơ quan sửa."))
    try:
        with transaction.atomic():
            row = Rating.objects.create(dossier=dossier, grade=grade, comment=comment[:LONGEST], business_at=now)
    except IntegrityError:
        raise Refused("once", _("Hồ sơ này đã được đánh giá.")) from None
    # No actor's name beside the grade in the journal: the officer does not see who.
    record(
        by="job:rating", verb="dossiers.rate", object_kind="dossier", object_id=dossier.pk, unit_id=dossier.unit_id,
        data={"grade": int(grade)},
    )  # fmt: skip
    return row


@action("dossiers.complain")
@transaction.atomic
def complain(*, by: Person, dossier: Dossier, about: str, text: str) -> Complaint:
    """Feedback about a rule or about conduct. Complaints by law (khiếu nại, tố cáo) are procedures of their own."""
    require_theirs(by, dossier)
    if about not in Complaint.About.values or not text.strip():
        raise Refused("empty", _("Chọn điều muốn phản ánh và ghi nội dung."))
    now = clock.business_now()
    due = dt.datetime.combine(calendar().due(now.date(), ANSWER_WITHIN), dt.time(17), tzinfo=clock.HANOI)
    row = Complaint.objects.create(
        dossier=dossier, person=by, about=about, text=text[:LONGEST], business_at=now, due_at=due
    )
    record(
        by=by.actor, verb="dossiers.complain", object_kind="dossier", object_id=dossier.pk, unit_id=dossier.unit_id,
        data={"complaint": row.pk, "about": about},
    )  # fmt: skip
    return row


@action("dossiers.answer_complaint")
@transaction.atomic
def answer_complaint(*, by: Person, complaint: Complaint, text: str) -> Complaint:
    """The unit's leader answers, once."""
    row = Complaint.objects.select_for_update().get(pk=complaint.pk)
    require(by, Role.LEADER, row.dossier)
    if row.answered_at is not None:
        raise Refused("once", _("Phản ánh này đã được trả lời."))
    if not text.strip():
        raise Refused("empty", _("Ghi câu trả lời."))
    row.answer, row.answered_by, row.answered_at = text[:LONGEST], by, clock.business_now()
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    record(
        by=by.actor, verb="dossiers.answer_complaint", object_kind="dossier", object_id=row.dossier_id,
        unit_id=row.dossier.unit_id, data={"complaint": row.pk},
    )  # fmt: skip
    return row
