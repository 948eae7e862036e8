"""Where assignments stand, as of any moment of business time, and how many stand where.

    total = done on time + done late + open in time + open overdue

Cancelled and replaced stand apart and are listed. No share is stored anywhere: whoever shows one shows what was
counted, out of how many, and what remains.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from dienhong.base import clock
from dienhong.directives.lived import LivedAssignment
from dienhong.directives.models import (
    Assignment,
    AssignmentState,
    ClosingException,
    Condition,
    ConditionFreeze,
    Extension,
    ExtensionAnswer,
    State,
)

ON_TIME, LATE, IN_TIME, OVERDUE = "on_time", "late", "in_time", "overdue"
CANCELLED, REPLACED = "cancelled", "replaced"
FOUR = (ON_TIME, LATE, IN_TIME, OVERDUE)
APART = (CANCELLED, REPLACED)


def lived(rows: "QuerySet[Assignment] | None" = None, at: dt.datetime | None = None) -> "QuerySet[LivedAssignment]":
    """Assignments that were issued by then, each with state, present day and standing. `at` is business time: now."""
    moment = at or clock.business_now()
    asked = Assignment.objects.all()
    if rows is not None:
        asked = asked.filter(pk__in=rows.order_by().values("pk"))
    states = AssignmentState.objects.filter(assignment=OuterRef("pk"), business_at__lte=moment).order_by("-pk")
    allowed = ExtensionAnswer.objects.filter(
        extension__assignment=OuterRef("pk"), allowed=True, business_at__lte=moment
    ).order_by("-pk")
    asked = asked.annotate(
        last=Subquery(states.values("pk")[:1]),
        state=Subquery(states.values("state")[:1]),
        state_at=Subquery(states.values("business_at")[:1]),
        done_at=Subquery(states.values("done_at")[:1]),
        due_now=Coalesce(Subquery(allowed.values("due")[:1]), F("due"), output_field=DateField()),
    ).filter(state__isnull=False)
    told = asked.annotate(standing=_standing(moment.astimezone(clock.HANOI).date()), **_flags(moment))
    return cast("QuerySet[LivedAssignment]", told)


def _standing(today: dt.date) -> Case:
    done = TruncDate("done_at", tzinfo=clock.HANOI)
    return Case(
        When(state=State.CANCELLED, then=Value(CANCELLED)),
        When(state=State.REPLACED, then=Value(REPLACED)),
        When(Q(state=State.CLOSED) & (Q(due_now=None) | Q(due_now__gte=done)), then=Value(ON_TIME)),
        When(state=State.CLOSED, then=Value(LATE)),
        When(Q(due_now=None) | Q(due_now__gte=today), then=Value(IN_TIME)),
        default=Value(OVERDUE),
        output_field=CharField(),
    )


def _flags(at: dt.datetime) -> dict[str, object]:
    conditions = Condition.objects.filter(assignment=OuterRef("pk"), business_at__lte=at).order_by("-number")
    granted = ExtensionAnswer.objects.filter(extension__assignment=OuterRef("pk"), allowed=True, business_at__lte=at)
    unanswered = Extension.objects.filter(assignment=OuterRef("pk"), business_at__lte=at).filter(
        Q(answer=None) | Q(answer__business_at__gt=at)
    )
    return {
        "extended": Coalesce(
            Subquery(granted.order_by().values("extension__assignment").annotate(n=Count("pk")).values("n")), 0
        ),
        "by_exception": Exists(ClosingException.objects.filter(change=OuterRef("last"))),
        "conditioned": Exists(conditions),
        "frozen": Exists(ConditionFreeze.objects.filter(business_at__lte=at, condition=Subquery(_newest(at)))),
        "asks_extension": Exists(unanswered),
    }


def _newest(at: dt.datetime) -> "QuerySet[Condition, Any]":
    return (
        Condition.objects.filter(assignment=OuterRef(OuterRef("pk")), business_at__lte=at)
        .order_by("-number")
        .values("pk")[:1]
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """`total` is counted by itself, not added up, so that the identity says something."""

    total: int = 0
    on_time: int = 0
    late: int = 0
    in_time: int = 0
    overdue: int = 0
    cancelled: int = 0
    replaced: int = 0
    by_exception: int = 0
    awaiting: int = 0
    extended: int = 0
    key: int = 0
    no_day: int = 0

    @property
    def done(self) -> int:
        return self.on_time + self.late

    @property
    def open(self) -> int:
        return self.in_time + self.overdue

    @property
    def apart(self) -> int:
        return self.cancelled + self.replaced

    @property
    def holds(self) -> bool:
        """The identity of the four states."""
        return self.total == self.on_time + self.late + self.in_time + self.overdue


_COUNTED = {
    "total": ~Q(state__in=APART),
    **{name: Q(standing=name) for name in (*FOUR, *APART)},
    "by_exception": Q(by_exception=True),
    "awaiting": Q(state=State.MET),
    "extended": Q(extended__gt=0) & ~Q(state__in=APART),
    "key": Q(key=True) & ~Q(state__in=APART),
    "no_day": Q(due_now=None) & ~Q(state__in=APART),
}


def count(rows: "QuerySet[Assignment] | None" = None, at: dt.datetime | None = None) -> Counts:
    """The four states of these assignments in one query."""
    found = lived(rows, at).order_by().aggregate(**_numbers())
    return Counts(**{name: found[f"n_{name}"] for name in _COUNTED})


def _numbers() -> dict[str, Count]:
    """Under names of their own: an annotation is already called by_exception, a field is called key."""
    return {f"n_{name}": Count("pk", filter=each) for name, each in _COUNTED.items()}


def count_by(field: str, rows: "QuerySet[Assignment]", at: dt.datetime | None = None) -> dict[int, Counts]:
    """As `count`, for each value of `field` (lead_id, issuer_id), in one query."""
    asked = lived(rows, at).order_by().values(field)
    found = asked.annotate(**_numbers())
    return {row[field]: Counts(**{name: row[f"n_{name}"] for name in _COUNTED}) for row in found.order_by(field)}
