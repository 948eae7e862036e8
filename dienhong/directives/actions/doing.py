"""What the lead unit does with an assignment: take it on, report, ask for more time, say that it is done."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.directives import evidence
from dienhong.directives.actions.issuing import due_of
from dienhong.directives.actions.states import enter, lock, needed, require_state
from dienhong.directives.models import OPEN, Assignment, AssignmentState, EvidenceFile, Extension, Progress, State
from dienhong.directives.permissions import doing_for, require_doer, require_lead
from dienhong.directives.queries.standing import lived
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.registry import action

WORKING = (State.ISSUED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.REOPENED)


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it came in."""

    name: str
    data: bytes


@action("directives.acknowledge")
@transaction.atomic
def acknowledge(*, by: Person, assignment: Assignment) -> AssignmentState:
    """The lead unit has read it and takes it on. Its officers and leader may; once."""
    assignment = lock(assignment)
    require_doer(by, assignment)
    require_state(assignment, [State.ISSUED, State.REOPENED])
    return enter(by=by, assignment=assignment, state=State.ACKNOWLEDGED, verb="directives.acknowledge")


@action("directives.report")
@transaction.atomic
def report(
    *,
    by: Person,
    assignment: Assignment,
    text: str,
    files: Sequence[Handed] = (),
    waiting_for: Unit | None = None,
    document: tuple[str, dt.date | None] = ("", None),
) -> Progress:
    """Report progress, with evidence. People of the lead unit and of those that co-operate may, until it is closed.

    The lead unit's first report also takes the assignment on. Files lie on disk before the rows that name them commit.
    """
    assignment = lock(assignment)
    unit = doing_for(by, assignment)
    now = require_state(assignment, OPEN)
    made = Progress.objects.create(
        assignment=assignment,
        unit=unit,
        text=needed(text, _("Viết tiến độ: đã làm gì, còn gì.")),
        waiting_for=waiting_for,
        document_number=document[0].strip()[:60],
        document_date=document[1],
        by=by,
        business_at=clock.business_now(),
    )
    kept = [evidence.keep(each.data, each.name) for each in files]
    EvidenceFile.objects.bulk_create(
        EvidenceFile(progress=made, name=one.name, kind=one.kind, size=one.size, digest=one.digest, scanned=one.scanned)
        for one in kept
    )
    record(
        by=by.actor,
        verb="directives.report",
        object_kind="assignment",
        object_id=assignment.pk,
        unit_id=unit.pk,
        data={"progress": made.pk, "files": [one.digest for one in kept],
              "waiting_for": waiting_for.pk if waiting_for else None},
    )  # fmt: skip
    if unit.pk == assignment.lead_id and now.state in (State.ISSUED, State.ACKNOWLEDGED, State.REOPENED):
        enter(by=by, assignment=assignment, state=State.IN_PROGRESS, verb="directives.begin")
    return made


@action("directives.ask_extension")
@transaction.atomic
def ask_extension(*, by: Person, assignment: Assignment, new_due: dt.date, reason: str) -> Extension:
    """Ask the issuer for a later day. A leader of the lead unit may; one request at a time."""
    assignment = lock(assignment)
    require_lead(by, assignment)
    require_state(assignment, WORKING)
    due = due_of(assignment)
    if due is None:
        raise Refused("no_day", _("Nhiệm vụ này không có hạn nên không cần gia hạn."))
    if new_due <= due or new_due < clock.business_today():
        raise Refused(
            "not_later",
            _("Hạn mới phải sau hạn đang có, %(day)s, và không ở quá khứ.") % {"day": f"{due:%d/%m/%Y}"},
        )
    if assignment.extensions.filter(answer=None).exists():
        raise Refused("asked_already", _("Đã có một đề nghị gia hạn chờ bên giao trả lời."))
    made = Extension.objects.create(
        assignment=assignment,
        number=assignment.extensions.count() + 1,
        old_due=due,
        new_due=new_due,
        reason=needed(reason, _("Nêu lý do xin gia hạn, ít nhất một câu.")),
        by=by,
        business_at=clock.business_now(),
    )
    record(
        by=by.actor,
        verb="directives.ask_extension",
        object_kind="assignment",
        object_id=assignment.pk,
        unit_id=assignment.lead_id,
        reason=made.reason,
        data={"number": made.number, "old": due.isoformat(), "new": new_due.isoformat()},
    )
    return made


@action("directives.say_met")
@transaction.atomic
def say_met(*, by: Person, assignment: Assignment, text: str) -> AssignmentState:
    """The lead unit says that it is done; it stays open until the issuer has seen to it. Its leader may.

    Refused where a number decides, and while parts that were handed on are open.
    """
    assignment = lock(assignment)
    require_lead(by, assignment)
    require_state(assignment, WORKING)
    if assignment.conditions.exists():
        raise Refused(
            "number_decides",
            _("Nhiệm vụ này do con số quyết định: nó tự đóng khi số gửi sau đạt điều kiện. Vẫn báo cáo tiến độ được."),
        )
    refuse_open_parts(assignment)
    said = needed(text, _("Viết kết quả: đã làm xong gì, ở văn bản nào."))
    return enter(by=by, assignment=assignment, state=State.MET, verb="directives.say_met", reason=said)


def refuse_open_parts(assignment: Assignment) -> None:
    left = lived(Assignment.objects.filter(parent=assignment)).filter(state__in=OPEN).count()
    if left:
        raise Refused(
            "parts_open",
            ngettext(
                "Còn %(n)d phần việc đã giao xuống chưa đóng; đóng hoặc hủy phần ấy trước.",
                "Còn %(n)d phần việc đã giao xuống chưa đóng; đóng hoặc hủy các phần ấy trước.",
                left,
            )
            % {"n": left},
        )
