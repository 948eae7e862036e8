"""Which periods are to be counted now: the running day, what has ended and is not settled, what late money touched."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Min

from dienhong.base import clock, periods
from dienhong.dossiers import papers
from dienhong.dossiers.models import Counting, Dossier
from dienhong.payments.models import Capture

SETTLED = dt.timedelta(minutes=2)  # a transaction that began by then has ended
LATE_MONEY = dt.timedelta(days=35)  # how far back a notice told late moves a figure by itself
DAY = ("day", "day")
LONG = tuple((calendar, kind) for calendar in ("calendar", "decree09") for kind in ("month", "quarter", "year"))


@dataclass(frozen=True, slots=True)
class Due:
    """A period and the moment (business time) as of which it is to be counted."""

    period: periods.Period
    as_of: dt.datetime


def due(now: dt.datetime | None = None, *, again: bool = False) -> Iterator[Due]:
    """In the order in which they can be counted: days first. Nothing before the first dossier was filed.

    A day that runs is counted anew each time; a longer period that runs, only up to the last midnight. `again`: also
    what is settled.
    """
    began = Dossier.objects.aggregate(first=Min("submitted_at"))["first"]
    if began is None:
        return
    settled = (now or clock.business_now()) - SETTLED
    first, today = began.astimezone(clock.HANOI).date(), settled.astimezone(clock.HANOI).date()
    counted = {(row.period.calendar, row.period.key): row.as_of for row in _countings(first)}
    told = _told(today)
    for calendar, kind in (DAY, *LONG):
        for period in periods.periods(calendar, kind, first, today):
            end = clock.midnight(period.last + dt.timedelta(days=1))
            as_of = settled if settled >= end or kind == "day" else clock.midnight(today)
            if as_of <= clock.midnight(period.first):
                continue
            before = counted.get((calendar, period.key))
            if again or before is None or before < min(end, as_of) or _moved(period, before, as_of, told):
                yield Due(period, as_of)


def _countings(first: dt.date) -> list[Counting]:
    return list(Counting.objects.filter(period__last__gte=first).select_related("period"))


def _told(today: dt.date) -> list[tuple[dt.date, dt.datetime]]:
    """(value date, when it was told) of the money of the last weeks that was told on a later day."""
    rows = Capture.objects.filter(bill__owner_kind=papers.OWNER, value_date__range=(today - LATE_MONEY, today))
    said = rows.order_by("pk").values_list("value_date", "business_at")
    return [(day, at) for day, at in said if at.astimezone(clock.HANOI).date() > day]


def _moved(
    period: periods.Period, before: dt.datetime, as_of: dt.datetime, told: list[tuple[dt.date, dt.datetime]]
) -> bool:
    """Whether money of the period was told since it was counted."""
    return any(day in period and before <= at < as_of for day, at in told)
