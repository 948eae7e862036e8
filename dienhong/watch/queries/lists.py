"""Differences, questions and alerts with where they stand, filtered and in order."""

import datetime as dt
from dataclasses import dataclass
from typing import cast

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from dienhong.base import clock
from dienhong.indicators.models import Indicator
from dienhong.indicators.queries import SeriesKey, search
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person
from dienhong.watch.lived import StatedAlert, StatedDifference
from dienhong.watch.models import (
    STANDING,
    WAITING,
    Alert,
    AlertStand,
    AlertState,
    Difference,
    DifferenceState,
    Question,
    Reading,
    Stand,
)
from dienhong.watch.permissions import own_differences

SHOWN = ("standing", "waiting", "overdue", "answered", "agreed", "closed", "all")
ALERTS_SHOWN = ("open", "raised", "known", "explained", "closed", "all")
QUESTIONS_SHOWN = ("waiting", "overdue", "answered", "all")


def stated(rows: "QuerySet[Difference] | None" = None) -> "QuerySet[StatedDifference]":
    """Differences with state, since when, day of the answer, and what both sides say now."""
    states = DifferenceState.objects.filter(difference=OuterRef("pk")).order_by("-pk")
    readings = Reading.objects.filter(difference=OuterRef("pk")).order_by("-pk")
    asked = Difference.objects.all() if rows is None else rows
    found = asked.annotate(
        state=Subquery(states.values("state")[:1]),
        state_at=Subquery(states.values("business_at")[:1]),
        due_now=Subquery(states.values("due")[:1]),
        **{name: Subquery(readings.values(name)[:1]) for name in ("left", "right", "left_batch", "right_batch")},
    )
    return cast("QuerySet[StatedDifference]", found)


def differences(
    by: Person, *, show: str = "standing", kind: str = "", check: str = "", mine: bool = False, text: str = ""
) -> "QuerySet[StatedDifference]":
    """The oldest day first. `text`: its code, a word or code of an indicator, or the name of a unit or of its owner."""
    rows = own_differences(by) if mine else Difference.objects.all()
    if kind:
        rows = rows.filter(kind=kind)
    if check:
        rows = rows.filter(check_key=check)
    if text:
        rows = rows.filter(_named(text))
    found = stated(rows)
    chosen = {
        "standing": Q(state__in=STANDING),
        "waiting": Q(state__in=WAITING),
        "overdue": Q(state__in=WAITING, due_now__lt=clock.business_today()),
        "answered": Q(state=Stand.ANSWERED),
        "agreed": Q(state=Stand.AGREED),
        "closed": Q(state=Stand.CLOSED),
    }
    if show in chosen:
        found = found.filter(chosen[show])
    return found.select_related("indicator", "period").order_by("due_now", "-pk")


def _named(text: str) -> Q:
    number = text.upper().removeprefix("DC-")
    if number.isdecimal() and len(number) < 12:
        return Q(pk=int(number))
    ids = [entry.indicator_id for entry in search(text)[:200]]
    named = Q(indicator__in=Indicator.objects.filter(Q(pk__in=ids) | Q(code__iexact=text)).values("pk"))
    places = organizations.units_called(text, clock.business_today()) or organizations.search_units(text, limit=200)
    units = {unit.pk for unit, _name in places}
    return named | Q(unit__in=units) | Q(owner__in=units) if units else named


@dataclass(frozen=True, slots=True)
class Counts:
    """`total` standing ones = waiting in time + overdue + answered."""

    total: int = 0
    in_time: int = 0
    overdue: int = 0
    answered: int = 0
    agreed: int = 0
    closed: int = 0


def count(rows: "QuerySet[Difference] | None" = None) -> Counts:
    today = clock.business_today()
    late = Q(state__in=WAITING, due_now__lt=today)
    found = stated(rows).order_by().aggregate(
        n_total=Count("pk", filter=Q(state__in=STANDING)),
        n_in_time=Count("pk", filter=Q(state__in=WAITING) & ~late),
        n_overdue=Count("pk", filter=late),
        n_answered=Count("pk", filter=Q(state=Stand.ANSWERED)),
        n_agreed=Count("pk", filter=Q(state=Stand.AGREED)),
        n_closed=Count("pk", filter=Q(state=Stand.CLOSED)),
    )  # fmt: skip
    return Counts(**{name.removeprefix("n_"): number for name, number in found.items()})


def beside(indicator: int, period: int, unit: int, breakdown: int, measure: int) -> list[StatedDifference]:
    """What is open or agreed of one figure: it stands beside it."""
    same = Difference.objects.filter(
        indicator=indicator, period=period, unit=unit, breakdown=breakdown, measure=measure
    )
    return list(stated(same).exclude(state=Stand.CLOSED).order_by("pk")) if same.exists() else []


def of_batch(batch: int, but: SeriesKey) -> list[StatedDifference]:
    """What is open or agreed of the figures that one batch brought, as last read, without that one figure's own."""
    rows = Difference.objects.filter(readings__left_batch=batch).exclude(
        indicator=but.indicator_id, period=but.period_id, unit=but.unit_id, breakdown=but.breakdown_id,
        measure=but.measure,
    )  # fmt: skip
    found = set(rows.order_by().values_list("pk", flat=True))
    if not found:  # as with most figures; the state of a difference is a long question
        return []
    asked = Difference.objects.filter(pk__in=found)
    return list(stated(asked).filter(left_batch=batch).exclude(state=Stand.CLOSED).order_by("pk"))


def questions(rows: QuerySet[Question], show: str) -> QuerySet[Question]:
    """The ones due first stand first; answered ones, the newest."""
    rows = rows.select_related("indicator", "period", "answer", "batch")
    if show == "answered":
        return rows.exclude(answer=None).order_by("-answer__business_at", "-pk")
    if show in ("waiting", "overdue"):
        rows = rows.filter(answer=None)
    if show == "overdue":
        rows = rows.filter(due__lt=clock.business_today())
    return rows.order_by("due", "pk") if show != "all" else rows.order_by("-business_at", "-pk")


def stated_alerts(rows: "QuerySet[Alert]") -> "QuerySet[StatedAlert]":
    states = AlertState.objects.filter(alert=OuterRef("pk")).order_by("-pk")
    found = Alert.objects.filter(pk__in=rows.order_by().values("pk")).annotate(
        state=Subquery(states.values("state")[:1]), state_at=Subquery(states.values("business_at")[:1])
    )
    return cast("QuerySet[StatedAlert]", found)


def alerts(rows: "QuerySet[Alert]", *, show: str = "open", rule: int = 0, severity: int = 0) -> "QuerySet[StatedAlert]":
    """The gravest and newest first."""
    found = stated_alerts(rows)
    if rule:
        found = found.filter(rule=rule)
    if severity:
        found = found.filter(version__severity=severity)
    if show == "open":
        found = found.filter(closed_at=None)
    elif show in AlertStand.values:
        found = found.filter(state=show)
    ordered = found.select_related("version__indicator", "period", "rule", "escalation")
    return ordered.order_by("-version__severity", "-business_at", "-pk")


def age_in_days(since: dt.datetime) -> int:
    """Whole days of business time."""
    return (clock.business_today() - since.astimezone(clock.HANOI).date()).days
