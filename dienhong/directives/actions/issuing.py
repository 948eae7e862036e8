"""Issuing a directive with what it asks of units; handing a part of one's own assignment on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.directives.actions.giving import Wanted, give, moment_of_acting
from dienhong.directives.actions.states import enter, lock, needed, require_state
from dienhong.directives.conditions.basis import Asked
from dienhong.directives.models import OPEN, Assignment, AssignmentUnit, Directive, Origin, State
from dienhong.directives.permissions import require_issuer, require_lead, require_within_reach
from dienhong.indicators import queries
from dienhong.indicators.models import Period
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.registry import action

MOST_TASKS = 200


@dataclass(frozen=True, slots=True)
class Document:
    """The paper it is born from."""

    number: str
    date: dt.date
    issuer: str


@dataclass(frozen=True, slots=True)
class Task:
    """What one lead unit is asked to do; `with_units` co-operate."""

    lead: Unit
    content: str
    due: dt.date | None = None
    with_units: Sequence[Unit] = field(default=())
    key: bool = False
    condition: Wanted | None = None


@action("directives.issue")
@transaction.atomic
def issue(
    *,
    by: Person,
    issuer: Unit,
    title: str,
    tasks: Sequence[Task],
    document: Document | None = None,
    figure: tuple[Asked, Period] | None = None,
    check: str = "",
    demo: bool = False,
) -> Directive:
    """A directive of the unit, born from exactly one of a document, a figure or a cross-check. A leader of it may.

    Raises Refused with what is missing or out of order, NotPermitted for who may not or a unit out of reach; then
    nothing was saved.
    """
    require_issuer(by, issuer)
    if [document is not None, figure is not None, bool(check)].count(True) != 1:
        raise Refused("origin", _("Chỉ đạo sinh ra từ một văn bản, một con số hoặc một kết quả đối chiếu; chọn một."))
    title = needed(title, _("Viết trích yếu: chỉ đạo này về việc gì."))[:300]
    now = clock.business_now()
    directive = Directive.objects.create(
        issuer=issuer,
        year=now.year,
        number=_next_number(issuer, now.year),
        title=title,
        issued_by=by,
        business_at=now,
        demo=demo,
        **_origin(document, figure, check),
    )
    record(
        by=by.actor,
        verb="directives.issue",
        object_kind="directive",
        object_id=directive.pk,
        unit_id=issuer.pk,
        data={"origin": directive.origin, "number": directive.code, "tasks": len(tasks), "check": check},
    )
    for task in tasks:
        _assign(by, directive, issuer, task)
    return directive


@action("directives.assign")
@transaction.atomic
def assign(*, by: Person, directive: Directive, task: Task) -> Assignment:
    """One more assignment of a directive. A leader of the unit that issued it may."""
    directive = Directive.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=directive.pk)
    require_issuer(by, directive.issuer)
    return _assign(by, directive, directive.issuer, task)


@action("directives.sub_assign")
@transaction.atomic
def sub_assign(*, by: Person, assignment: Assignment, task: Task) -> Assignment:
    """Hand a part of one's own assignment on to a unit below. A leader of its lead unit may, until it is closed.

    The part is due no later than the whole; of a whole that is overdue, on any day to come.
    """
    assignment = lock(assignment)
    require_lead(by, assignment)
    require_state(assignment, OPEN)
    whole = due_of(assignment)
    if whole is not None and (task.due is None or task.due > whole >= clock.business_today()):
        raise Refused(
            "part_later",
            _("Hạn của phần việc giao xuống không muộn hơn hạn của nhiệm vụ, %(day)s.") % {"day": f"{whole:%d/%m/%Y}"},
        )
    directive = Directive.objects.select_for_update(of=("self",)).get(pk=assignment.directive_id)
    return _assign(by, directive, assignment.lead, task, parent=assignment)


def due_of(assignment: Assignment) -> dt.date | None:
    """The day that holds: the last one that was allowed, else the one as issued."""
    allowed = assignment.extensions.filter(answer__allowed=True).order_by("-number")
    return allowed.values_list("answer__due", flat=True).first() or assignment.due


def _assign(by: Person, directive: Directive, issuer: Unit, task: Task, parent: Assignment | None = None) -> Assignment:
    content = needed(task.content, _("Viết việc phải làm, ít nhất một câu."))
    _units_fit(issuer, task)
    if task.due is not None and task.due < clock.business_today():
        raise Refused("due_past", _("Hạn %(day)s đã qua; chọn ngày từ hôm nay.") % {"day": f"{task.due:%d/%m/%Y}"})
    number = (directive.assignments.aggregate(last=Max("number"))["last"] or 0) + 1
    if number > MOST_TASKS:
        raise Refused("too_many", _("Một chỉ đạo có nhiều nhất %(most)d nhiệm vụ.") % {"most": MOST_TASKS})
    made = Assignment.objects.create(
        directive=directive,
        number=number,
        parent=parent,
        issuer=issuer,
        lead=task.lead,
        content=content,
        due=task.due,
        key=task.key,
        business_at=clock.business_now(),
    )
    AssignmentUnit.objects.bulk_create(AssignmentUnit(assignment=made, unit=unit) for unit in task.with_units)
    condition = give(by=by, assignment=made, wanted=task.condition) if task.condition else None
    enter(
        by=by,
        assignment=made,
        state=State.ISSUED,
        verb="directives.assigned",
        data={
            "directive": directive.pk,
            "due": task.due.isoformat() if task.due else None,
            "with": [unit.pk for unit in task.with_units],
            "condition": condition.pk if condition else None,
            "parent": parent.pk if parent else None,
        },
    )
    return made


def _units_fit(issuer: Unit, task: Task) -> None:
    """The trap: a unit named twice would be refused by the database with words for nobody."""
    named = [task.lead, *task.with_units]
    if len({unit.pk for unit in named}) < len(named):
        raise Refused("unit_twice", _("Một đơn vị chỉ đứng một lần: hoặc chủ trì, hoặc phối hợp."))
    if issuer.pk in {unit.pk for unit in named}:
        raise Refused("to_itself", _("Không giao việc cho chính đơn vị mình."))
    today = clock.business_today()
    ended = [unit for unit in named if today not in unit.validity]
    if ended:
        raise Refused("unit_ended", _("Có đơn vị không còn tồn tại vào hôm nay; chọn đơn vị kế thừa."))
    require_within_reach(issuer, task.lead)


def _next_number(issuer: Unit, year: int) -> int:
    """One after the other for each issuer and year, without gaps: whoever issues waits for who issues before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"directives.number:{issuer.pk}:{year}"]
        )
    last = Directive.objects.filter(issuer=issuer, year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _origin(document: Document | None, figure: tuple[Asked, Period] | None, check: str) -> dict[str, object]:
    if document is not None:
        return {
            "origin": Origin.DOCUMENT,
            "document_number": needed(document.number, _("Ghi số, ký hiệu văn bản."), 1)[:60],
            "document_date": document.date,
            "document_issuer": needed(document.issuer, _("Ghi cơ quan hoặc người ban hành văn bản."), 2)[:200],
        }
    if figure is not None:
        asked, period = figure
        at = moment_of_acting()
        return {
            "origin": Origin.FIGURE,
            "indicator": asked.indicator,
            "period": period,
            "unit_id": asked.unit_id,
            "breakdown_id": asked.breakdown_id or queries.total_breakdown(at),
            "measure": asked.measure,
            "seen_at": at.at,
        }
    return {"origin": Origin.CHECK, "check_id": check[:80]}
