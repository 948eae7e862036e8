"""Who has no figure though it was due: by the duties of its regime, or by the day on which it is to be published."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dienhong.base import clock, periods
from dienhong.indicators import coverage, queries
from dienhong.indicators.actions import ensure_period
from dienhong.indicators.models import Period, Source
from dienhong.indicators.queries import Moment
from dienhong.reporting.due import due_time
from dienhong.reporting.workdays import work_calendar
from dienhong.rules.workdays import Calendar
from dienhong.watch.models import AlertRuleVersion

FILE = Path(__file__).parents[1] / "data" / "releases.yaml"
LOOKED_BACK = 400  # days: what was due before is nobody's alarm any more


@dataclass(frozen=True, slots=True)
class Missing:
    period_id: int
    due: dt.datetime


@cache
def releases() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def release_rule(code: str, period: periods.Period) -> dict[str, Any] | None:
    """The day on which a published figure of that period is due; None where no day is laid down."""
    for row in releases():
        fits = code in row["codes"] and period.kind in row["kinds"]
        if fits and row.get("from", period.first) <= period.first <= row.get("to", period.first):
            return dict(row["due"])
    return None


def silent(version: AlertRuleVersion, units: list[int], at: Moment) -> dict[int, Missing]:
    """unit -> the newest period of which its figure was due so many working days ago and is not there."""
    today, days = clock.business_today(), work_calendar()
    found: dict[int, Missing] = {}
    for row in _periods(version, today):
        for unit, due in _due(version, row, units, at, days).items():
            late = days.working_days_between(due.astimezone(clock.HANOI).date(), today)
            if due < clock.business_now() and late >= version.duration and unit not in found:
                found[unit] = Missing(row.pk or ensure_period(row.calendar, row.key).pk, due)
    return found


def _periods(version: AlertRuleVersion, today: dt.date) -> list[Period]:
    """Those that ended or began lately, newest first, also where nobody spoke of them yet."""
    start = today - dt.timedelta(days=LOOKED_BACK)
    rows = {
        row.key: row
        for row in Period.objects.filter(
            calendar=version.calendar, kind=version.period_kind, last__gte=start, first__lte=today
        ).order_by("pk")
    }
    if version.calendar != "event":
        for each in periods.periods(version.calendar, version.period_kind, start, today):
            if each.key not in rows:
                rows[each.key] = Period(
                    calendar=each.calendar, kind=each.kind, key=each.key, first=each.first, last=each.last
                )
    return sorted(rows.values(), key=lambda row: row.first, reverse=True)


def _due(
    version: AlertRuleVersion, row: Period, units: list[int], at: Moment, days: Calendar
) -> dict[int, dt.datetime]:
    """unit -> when its figure of the period was due, of those that have none."""
    source = queries.speaker(version.indicator, row, at)
    if source is not None and source.kind == Source.Kind.REGIME:
        if row.pk is None:
            return {}
        there = queries.of_units(version.indicator, row, units, at, version.breakdown_id)
        owed = coverage.owing(source, row, there, None, units)
        missing = [each for each in (owed.owing if owed else ()) if each.state in ("missing", "returned")]
        return {each.unit_id: each.due for each in missing if each.due is not None}
    rule = release_rule(version.indicator.code, queries.plain(row))
    if rule is None:
        return {}
    there = queries.of_units(version.indicator, row, units, at, version.breakdown_id) if row.pk else {}
    due = due_time(rule, queries.plain(row), days)
    return {unit: due for unit in units if unit not in there}
