"""Where assignments stand, as of any moment of business time, and how many stand where.

    total = done on time + done late + open in time + open overdue

Cancelled and replaced stand apart and are listed. No share is stored anywhere: whoever shows one shows what was
counted, out of how many, and what remains.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any, cast

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
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
    Progress,
    State,
)

ON_TIME, LATE, IN_TIME, OVERDUE = "on_time", "late", "in_time", "overdue"
CANCELLED, REPLACED = "cancelled", "replaced"
FOUR = (ON_TIME, LATE, IN_TIME, OVERDUE)
APART = (CANCELLED, REPLACED)
COUNTED_FLAGS = frozenset({"extended", "by_exception", "was_overdue"})
ALL_FLAGS = COUNTED_FLAGS | {"conditioned", "frozen", "asks_extension", "waits_on"}


def lived(
    rows: "QuerySet[Assignment] | None" = None, at: dt.datetime | None = None, flags: Collection[str] = ALL_FLAGS
) -> "QuerySet[LivedAssignment]":
    """Assignments that were issued by then, each with state, present day, standing and these of its flags. `at` is
    business time: now."""
    moment = at or clock.business_now()
    asked = Assignment.objects.all()
    if rows is not None:
        asked = asked.filter(pk__in=rows.order_by().values("pk"))
    newest = AssignmentState.objects.filter(assignment=OuterRef("pk"), business_at__lte=moment).order_by("-pk")
    allowed = ExtensionAnswer.objects.filter(
        extension__assignment=OuterRef("pk"), allowed=True, business_at__lte=moment
    ).order_by("-pk")
    # The trap: an annotation is written out wherever it is used. A joined row is looked up once, a subquery each time.
    asked = asked.filter(states__pk=Subquery(newest.values("pk")[:1])).annotate(
        last=F("states__pk"),
        state=F("states__state"),
        state_at=F("states__business_at"),
        done_at=F("states__done_at"),
        due_now=Coalesce(Subquery(allowed.values("due")[:1]), F("due"), output_field=DateField()),
    )
    told = asked.annotate(
        standing=_standing(moment.astimezone(clock.HANOI).date()),
        **{name: each for name, each in _flags(moment).items() if name in flags},
    )
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
    granted = granted.annotate(day=TruncDate("business_at", tzinfo=clock.HANOI))
    reports = Progress.objects.filter(assignment=OuterRef("pk"), business_at__lte=at).order_by("-pk")
    unanswered = Extension.objects.filter(assignment=OuterRef("pk"), business_at__lte=at).filter(
        Q(answer=None) | Q(answer__business_at__gt=at)
    )
    return {
        "extended": Coalesce(
            Subquery(granted.order_by().values("extension__assignment").annotate(n=Count("pk")).values("n")), 0
        ),
        "was_overdue": Exists(granted.filter(day__gt=F("extension__old_due"))),
        "by_exception": Exists(ClosingException.objects.filter(change=OuterRef("last"))),
        "conditioned": Exists(conditions),
        "frozen": Exists(ConditionFreeze.objects.filter(business_at__lte=at, condition=Subquery(_newest(at)))),
        "asks_extension": Exists(unanswered),
        "waits_on": Subquery(reports.values("waiting_for")[:1]),
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
    parts: int = 0
    was_overdue: int = 0

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


def count(rows: "QuerySet[Assignment] | None" = None, at: dt.datetime | None = None) -> Counts:
    """The four states of these assignments in one query: grouped, for each expression of a filter is computed anew."""
    asked = lived(rows, at, COUNTED_FLAGS).order_by()
    asked = asked.annotate(
        no_day=ExpressionWrapper(Q(due=None), BooleanField()),
        part=ExpressionWrapper(Q(parent__isnull=False), BooleanField()),
    )
    names = ("standing", "state", "extended", "by_exception", "key", "no_day", "part", "was_overdue")
    groups = asked.values(*names).annotate(n=Count("pk"))
    numbers = dict.fromkeys((each.name for each in fields(Counts)), 0)
    for group in groups.order_by("standing"):
        inside = group["state"] not in APART
        holds = {
            "total": inside,
            group["standing"]: True,
            "by_exception": group["by_exception"],
            "awaiting": group["state"] == State.MET,
            "extended": inside and group["extended"] > 0,
            "key": inside and group["key"],
            "no_day": inside and group["no_day"],
            "parts": inside and group["part"],
            "was_overdue": inside and group["was_overdue"],
        }
        for name in (name for name, held in holds.items() if held):
            numbers[name] += group["n"]
    return Counts(**numbers)


def count_by(field: str, rows: "QuerySet[Assignment]", at: dt.datetime | None = None) -> dict[int, Counts]:
    """How many stand where, for each value of `field` (lead_id, issuer_id), in one query. Of the flags nothing is said,
    and the total is the sum of the four."""
    told = lived(rows, at, ()).order_by().values_list(field, "standing").annotate(n=Count("pk"))
    found: dict[int, dict[str, int]] = {}
    for value, standing, number in told.order_by(field, "standing"):
        found.setdefault(value, {})[standing] = number
    return {value: Counts(**each, total=sum(each.get(name, 0) for name in FOUR)) for value, each in found.items()}
