"""When a value of a later period can come at all: a day before that closes nothing, whatever anybody does."""

import datetime as dt
from dataclasses import dataclass

from dienhong.base import clock, periods
from dienhong.directives.conditions.basis import Asked
from dienhong.indicators import queries
from dienhong.indicators.models import Period, Source
from dienhong.indicators.queries import Moment
from dienhong.reporting.actions.duties import open_tiers
from dienhong.reporting.due import due_time
from dienhong.reporting.models import Duty, RegimeVersion
from dienhong.reporting.workdays import work_calendar

MOST = 12  # periods looked at: a figure that is known further ahead than that waits for nothing


@dataclass(frozen=True, slots=True)
class Coming:
    """The first later period whose report is to come, or whose figure is not there. `due`: of its report; None where no
    report is laid down, and then `day`, the first that makes sense, is the one after the period's end."""

    period: periods.Period
    due: dt.datetime | None
    day: dt.date


def coming(asked: Asked, period: Period, at: Moment) -> Coming | None:
    """None for an event, and where the figure is known of every period looked at."""
    each, today = periods.following(queries.plain(period)), clock.business_today()
    for _ in range(MOST):
        if each is None:
            return None
        row = Period.objects.filter(calendar=each.calendar, key=each.key).first()
        due = _due(asked, period, each, row, at)
        day = due.astimezone(clock.HANOI).date() if due else each.last + dt.timedelta(days=1)
        made = asked.total(row, at) if row is not None and day < today else None
        if made is None or made.value is None or made.without:
            return Coming(each, due, day)
        each = periods.following(each)
    return None


def _due(asked: Asked, period: Period, each: periods.Period, row: Period | None, at: Moment) -> dt.datetime | None:
    """As its duty says, of a total the last of them; before there are duties, as the regime says."""
    source = queries.speaker(asked.indicator, period, at)
    if source is None or source.kind != Source.Kind.REGIME:
        return None
    owed = Duty.objects.filter(regime__code=source.key.removeprefix("regime:"))
    own = owed.filter(unit=asked.unit_id, period=row).order_by("-due_at").first() if row is not None else None
    if own is not None:
        return own.due_at
    rows = RegimeVersion.objects.filter(regime__code=source.key.removeprefix("regime:"), valid_from__lte=each.last)
    version = rows.order_by("-number").first()
    if version is None:
        return None
    before = owed.filter(unit=asked.unit_id, period=period).order_by("pk").first()
    tiers = [tier for tier in open_tiers(version) if before is None or tier["key"] == before.tier]
    days = work_calendar()
    return max((due_time(tier["due"], each, days) for tier in tiers), default=None)
