"""When a timer fires and when a task is due: `P1D`, `PT8H`, `1 working_day`, `8 working_hour`, `@due_at`.

Written in the drawing as <timeDuration>, as dienhong:due, or as <timeDate> with the name of a fact (here `@name`). A
duration of ISO 8601 is calendar time; working days and hours follow the calendar of public offices.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dienhong.base.clock import HANOI
from dienhong.rules.workdays import Calendar, add_months

_ISO: Final = re.compile(r"P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?")
_WORDS: Final = re.compile(r"(\d{1,4}) (working_day|working_hour|day|month|hour|minute)")
_FACT: Final = re.compile(r"@([A-Za-z_]\w{0,59})")
# Office hours where the service's own deadline rule does not say otherwise (rule B of the deadline tables).
OFFICE: Final = ((dt.time(8), dt.time(12)), (dt.time(13), dt.time(17)))


class LimitError(ValueError):
    """The text is no limit."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`count` of `unit`, or the moment that the fact `fact` holds."""

    count: int = 0
    unit: str = ""
    fact: str = ""


def read(text: str) -> Limit:
    """Raises LimitError."""
    text = text.strip()
    if found := _FACT.fullmatch(text):
        return Limit(fact=found[1])
    if found := _WORDS.fullmatch(text):
        return Limit(int(found[1]), found[2])
    found = _ISO.fullmatch(text)
    if not found or not any(found.groups()) or text.endswith("T"):
        raise LimitError(text)
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    return Limit(((weeks * 7 + days) * 24 + hours) * 60 + minutes, "minute")


def moment(text: str, start: dt.datetime, facts: Mapping[str, Any], calendar: Calendar) -> dt.datetime | None:
    """When it comes, counted from `start` (aware), Hanoi. None where the fact has no moment yet."""
    limit = read(text)
    start = start.astimezone(HANOI)
    if limit.fact:
        return _moment_of(facts.get(limit.fact))
    if limit.unit == "minute":
        return start + dt.timedelta(minutes=limit.count)
    if limit.unit == "hour":
        return start + dt.timedelta(hours=limit.count)
    if limit.unit == "day":
        return start + dt.timedelta(days=limit.count)
    if limit.unit == "month":
        return dt.datetime.combine(add_months(start.date(), limit.count), start.timetz())
    if limit.unit == "working_day":
        last = calendar.due(start.date(), limit.count)
        return dt.datetime.combine(last, OFFICE[-1][1], HANOI)
    return _working_minutes(start, limit.count * 60, calendar)


def _moment_of(value: Any) -> dt.datetime | None:
    if value is None or value == "":
        return None
    found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return found.astimezone(HANOI)


def _working_minutes(start: dt.datetime, minutes: int, calendar: Calendar) -> dt.datetime:
    """The minute at which so much office time has gone by."""
    left, day = dt.timedelta(minutes=minutes), start.date()
    while True:
        if calendar.is_working(day):
            for opens, closes in OFFICE:
                begin = max(start, dt.datetime.combine(day, opens, HANOI))
                end = dt.datetime.combine(day, closes, HANOI)
                if begin < end and left <= end - begin:
                    return begin + left
                left -= max(end - begin, dt.timedelta(0))
        day += dt.timedelta(days=1)
