"""What the issuer decides: more time or not, done or not yet, open again, cancelled, replaced."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.directives.actions.doing import refuse_open_parts
from dienhong.directives.actions.giving import Wanted, give
from dienhong.directives.actions.issuing import Task, _assign, due_of
from dienhong.directives.actions.states import enter, last, lock, needed, require_state
from dienhong.directives.conditions.basis import Asked
from dienhong.directives.models import OPEN, Assignment, AssignmentState, Condition, Directive, ExtensionAnswer, State
from dienhong.directives.permissions import require_issuer, require_judge
from dienhong.indicators import queries
from dienhong.journal.actions import record
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action


@action("directives.answer_extension")
@transaction.atomic
def answer_extension(
    *, by: Person, assignment: Assignment, allow: bool, due: dt.date | None = None, reason: str = ""
) -> ExtensionAnswer:
    """Allow the request that waits, until the day that was asked for or an earlier one, or refuse it with a reason."""
    assignment = lock(assignment)
    require_judge(by, assignment)
    require_state(assignment, OPEN)
    asked = assignment.extensions.filter(answer=None).first()
    if asked is None:
        raise Refused("nothing_asked", _("Không có đề nghị gia hạn nào đang chờ."))
    day = (due or asked.new_due) if allow else None
    if day is not None and not asked.old_due < day <= asked.new_due:
        raise Refused(
            "day_outside",
            _("Hạn cho phép nằm sau %(old)s và không muộn hơn ngày được xin, %(new)s.")
            % {"old": f"{asked.old_due:%d/%m/%Y}", "new": f"{asked.new_due:%d/%m/%Y}"},
        )
    _within_whole(assignment, day)
    said = reason.strip() if allow else needed(reason, _("Nêu lý do không gia hạn, ít nhất một câu."))
    made = ExtensionAnswer.objects.create(
        extension=asked, allowed=allow, due=day, reason=said, by=by, business_at=clock.business_now()
    )
    record(
        by=by.actor,
        verb="directives.answer_extension",
        object_kind="assignment",
        object_id=assignment.pk,
        unit_id=assignment.lead_id,
        to_state="allowed" if allow else "denied",
        reason=said,
        data={"number": asked.number, "old": asked.old_due.isoformat(), "new": day.isoformat() if day else None},
    )
    return made


def _within_whole(part: Assignment, day: dt.date | None) -> None:
    """A part is due no later than the whole; of a whole that is overdue, on any day, as when it was handed on."""
    whole = due_of(part.parent) if part.parent else None
    if day is not None and whole is not None and day > whole >= clock.business_today():
        raise Refused(
            "part_later",
            _(
                "Hạn của phần việc không muộn hơn hạn của việc gốc, %(day)s; "
                "cần thêm ngày thì xin gia hạn việc gốc trước."
            )
            % {"day": f"{whole:%d/%m/%Y}"},
        )


@action("directives.close")
@transaction.atomic
def close(*, by: Person, assignment: Assignment, reason: str = "") -> AssignmentState:
    """The issuer sees that it is done. Done counts from when the unit said so, not from this act.

    Where the unit said nothing, a reason is needed. Refused where a number decides, and while parts are open.
    """
    assignment = lock(assignment)
    require_judge(by, assignment)
    now = require_state(assignment, OPEN)
    if assignment.conditions.exists():
        raise Refused(
            "number_decides",
            _("Nhiệm vụ này tự đóng khi con số đạt điều kiện. Muốn đóng khi chưa đạt, ký đóng ngoại lệ."),
        )
    refuse_open_parts(assignment)
    said = reason.strip()
    if now.state != State.MET:
        said = needed(reason, _("Đơn vị chưa báo xong; nêu vì sao vẫn đóng."))
    done = now.business_at if now.state == State.MET else clock.business_now()
    return enter(
        by=by, assignment=assignment, state=State.CLOSED, verb="directives.close", reason=said, done_at=done,
        data={"done_at": done.isoformat()},
    )  # fmt: skip


@action("directives.reopen")
@transaction.atomic
def reopen(*, by: Person, assignment: Assignment, reason: str) -> AssignmentState:
    """Not done after all: what the unit called done, or what was closed, is open again; with a reason.

    A condition on a number begins anew: only a value sent after this counts.
    """
    assignment = lock(assignment)
    require_judge(by, assignment)
    require_state(assignment, [State.MET, State.CLOSED])
    said = needed(reason, _("Nêu lý do mở lại, ít nhất một câu."))
    held = _newest(assignment)
    if held is not None:
        give(by=by, assignment=assignment, wanted=_as_given(held), follows=held, anew=True)
    return enter(by=by, assignment=assignment, state=State.REOPENED, verb="directives.reopen", reason=said)


@action("directives.cancel")
@transaction.atomic
def cancel(*, by: Person, assignment: Assignment, reason: str) -> AssignmentState:
    """It need not be done any more: it leaves the total and is listed apart, with its reason; so do its open parts."""
    assignment = lock(assignment)
    require_issuer(by, assignment.issuer)
    require_state(assignment, OPEN)
    said = needed(reason, _("Nêu lý do hủy, ít nhất một câu."))
    _cancel_parts(by, assignment, said)
    return enter(by=by, assignment=assignment, state=State.CANCELLED, verb="directives.cancel", reason=said)


def _cancel_parts(by: Person, whole: Assignment, reason: str) -> None:
    """What was handed on falls with the whole, whoever handed it on: who orders the whole need not wait for them."""
    for row in Assignment.objects.filter(parent=whole).order_by("pk"):
        part = lock(row)
        if last(part).state in OPEN:
            _cancel_parts(by, part, reason)
            enter(
                by=by, assignment=part, state=State.CANCELLED, verb="directives.cancel", reason=reason,
                data={"whole": whole.pk},
            )  # fmt: skip


@action("directives.replace")
@transaction.atomic
def replace(*, by: Person, assignment: Assignment, task: Task, reason: str) -> Assignment:
    """Another assignment takes its place in the same directive; this one leaves the total and is listed apart, its
    open parts are cancelled."""
    assignment = lock(assignment)
    require_issuer(by, assignment.issuer)
    require_state(assignment, OPEN)
    said = needed(reason, _("Nêu lý do thay, ít nhất một câu."))
    _cancel_parts(by, assignment, said)
    directive = Directive.objects.select_for_update(of=("self",)).get(pk=assignment.directive_id)
    made = _assign(by, directive, assignment.issuer, task, parent=assignment.parent)
    enter(
        by=by, assignment=assignment, state=State.REPLACED, verb="directives.replace", reason=said, replaced_by=made,
        data={"by": made.pk},
    )  # fmt: skip
    return made


@action("directives.restate")
@transaction.atomic
def restate(*, by: Person, assignment: Assignment, wanted: Wanted) -> Condition:
    """Say the condition anew, for the figure as it is made today. Values sent since the first one was given count."""
    assignment = lock(assignment)
    require_issuer(by, assignment.issuer)
    require_state(assignment, OPEN)
    held = _newest(assignment)
    if held is None:
        raise Refused("no_condition", _("Nhiệm vụ này không có điều kiện trên con số."))
    made = give(by=by, assignment=assignment, wanted=wanted, follows=held)
    record(
        by=by.actor,
        verb="directives.restate",
        object_kind="assignment",
        object_id=assignment.pk,
        unit_id=assignment.issuer_id,
        data={
            "condition": made.pk,
            "before": held.pk,
            "was": f"{held.comparison} {held.target.normalize():f}",
            "now": f"{made.comparison} {made.target.normalize():f}",
        },
    )
    return made


def _newest(assignment: Assignment) -> Condition | None:
    return assignment.conditions.select_related("indicator", "period").order_by("-number").first()


def _as_given(held: Condition) -> Wanted:
    asked = Asked(queries.indicator_of(held.indicator_id), held.unit_id, held.breakdown_id, held.measure)
    return Wanted(asked, held.period, held.comparison, held.target, held.scope, held.direction)
