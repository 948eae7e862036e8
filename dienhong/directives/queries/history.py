"""What happened to an assignment, in order: states, reports, extensions, parts handed down, when it went one level up,
what the numbers said, freezes."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from dienhong.base import clock
from dienhong.directives.models import (
    Assignment,
    AssignmentState,
    Condition,
    ConditionFreeze,
    ConditionVerdict,
    Extension,
    Progress,
    State,
)
from dienhong.directives.notice_kinds import ESCALATED
from dienhong.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Happened:
    """`kind` names the template's branch; `row` is what it shows, `more` what goes with it where there is any."""

    at: dt.datetime
    kind: str
    row: Any
    more: Any = None


def history(assignment: Assignment) -> list[Happened]:
    """Newest first. Of one moment, a state comes after what brought it about."""
    found: list[Happened] = []
    # That work began is said by the report with which it did.
    states = (
        AssignmentState.objects.filter(assignment=assignment)
        .exclude(state=State.IN_PROGRESS)
        .select_related("by", "verdict__period", "verdict__condition__indicator", "replaced_by__directive", "exception")
    )
    found += [Happened(row.business_at, "state", row, getattr(row, "exception", None)) for row in states.order_by("pk")]
    reports = Progress.objects.filter(assignment=assignment).select_related("by", "unit").prefetch_related("files")
    found += [Happened(row.business_at, "progress", row) for row in reports.order_by("pk")]
    asked = Extension.objects.filter(assignment=assignment).select_related("by", "answer__by")
    for row in asked.order_by("number"):
        found.append(Happened(row.business_at, "extension", row))
        if (answer := getattr(row, "answer", None)) is not None:
            found.append(Happened(answer.business_at, "answer", row))
    found += _of_conditions(assignment)
    given = Assignment.objects.filter(parent=assignment).select_related("directive").order_by("pk")
    found += [Happened(row.business_at, "handed", row) for row in given]
    told: dict[str, Happened] = {}
    for notice in Notice.objects.filter(
        kind=ESCALATED, subject_kind="assignment", subject_id=str(assignment.pk)
    ).select_related("person").order_by("pk"):  # fmt: skip
        told.setdefault(notice.dedupe, Happened(notice.business_at, "escalated", notice, [])).more.append(notice.person)
    found += told.values()
    order = {name: place for place, name in enumerate(
        ("extension", "answer", "progress", "verdict", "condition", "freeze", "handed", "state", "escalated")
    )}  # fmt: skip
    return sorted(found, key=lambda one: (one.at, order[one.kind], one.row.pk), reverse=True)


def _of_conditions(assignment: Assignment) -> list[Happened]:
    given = Condition.objects.filter(assignment=assignment, number__gt=1).select_related("by", "indicator")
    found = [Happened(row.business_at, "condition", row) for row in given.order_by("number")]
    verdicts = ConditionVerdict.objects.filter(condition__assignment=assignment).select_related(
        "period", "condition__indicator"
    )
    found += [Happened(clock.business_at(row.known_at), "verdict", row) for row in verdicts.order_by("pk")]
    freezes = ConditionFreeze.objects.filter(condition__assignment=assignment)
    return found + [Happened(row.business_at, "freeze", row) for row in freezes.order_by("pk")]
