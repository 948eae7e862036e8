"""Office hours as data, and counting working time by the minute.

An office may change its hours from a day on, and may open on a Saturday morning without that day counting: only the
calendar says which days count.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dienhong.rules.workdays import Calendar

_DAY = dt.timedelta(days=1)
_ZERO = dt.timedelta(0)
Span = tuple[dt.time, dt.time]


@dataclass(frozen=True)
class OfficeDay:
    """`spans`: when the office works, in order. `same_day_before`: a same-day procedure accepted from then on is due on
    the next working day. `minutes`: how much one working day is when a limit in days is counted by the hour."""

    spans: tuple[Span, ...]
    same_day_before: dt.time
    minutes: int

    @property
    def end(self) -> dt.time:
        return self.spans[-1][1]

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "OfficeDay":
        """{"spans": ["08:00-12:00", "13:00-17:00"], "same_day_before": "15:00", "day_minutes": 480}.

        Without day_minutes a day is as long as its spans. ValueError says what is wrong.
        """
        spans = tuple(_span(text) for text in said["spans"])
        edges = [edge for span in spans for edge in span]
        if not spans or any(a >= b for a, b in pairwise(edges)):
            raise ValueError(f"office hours {said['spans']!r}: write spans in order, as 08:00-12:00, not touching.")
        length = int(sum((_length(span) for span in spans), _ZERO).total_seconds() // 60)
        before = dt.time.fromisoformat(said.get("same_day_before", "15:00"))
        return cls(spans, before, int(said.get("day_minutes", length)))


def _span(text: str) -> Span:
    start, sep, end = text.partition("-")
    if not sep:
        raise ValueError(f"office hours {text!r}: write a span as 08:00-12:00.")
    return dt.time.fromisoformat(start.strip()), dt.time.fromisoformat(end.strip())


def _length(span: Span) -> dt.timedelta:
    return dt.datetime.combine(dt.date.min, span[1]) - dt.datetime.combine(dt.date.min, span[0])


class OfficeHours:
    """The hours of one office, by the day they began."""

    def __init__(self, changes: Sequence[tuple[dt.date, OfficeDay]]) -> None:
        if not changes:
            raise ValueError("office hours: give at least one day's hours.")
        self.changes = tuple(sorted(changes, key=lambda change: change[0]))

    @classmethod
    def read(cls, said: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> "OfficeHours":
        """One description, or several with `since: 2021-01-01` each."""
        parts = [said] if isinstance(said, Mapping) else list(said)
        return cls([(dt.date.fromisoformat(str(part.get("since", "0001-01-01"))), OfficeDay.read(part))
                    for part in parts])  # fmt: skip

    def on(self, day: dt.date) -> OfficeDay:
        held = [hours for since, hours in self.changes if since <= day]
        return held[-1] if held else self.changes[0][1]

    def end(self, day: dt.date) -> dt.datetime:
        """The end of working hours of that day, on which a limit in days ends."""
        return dt.datetime.combine(day, self.on(day).end)

    def spans(self, day: dt.date, calendar: Calendar) -> list[tuple[dt.datetime, dt.datetime]]:
        if not calendar.is_working(day):
            return []
        return [(dt.datetime.combine(day, a), dt.datetime.combine(day, b)) for a, b in self.on(day).spans]

    def between(self, start: dt.datetime, end: dt.datetime, calendar: Calendar) -> dt.timedelta:
        """Working time from start to end; negative when end lies before start."""
        if end < start:
            return -self.between(end, start, calendar)
        total, day = _ZERO, start.date()
        while day <= end.date():
            for opens, closes in self.spans(day, calendar):
                total += max(min(closes, end) - max(opens, start), _ZERO)
            day += _DAY
        return total

    def after(self, start: dt.datetime, length: dt.timedelta, calendar: Calendar) -> dt.datetime:
        """The moment at which `length` of working time has passed: 17:00 rather than 08:00 of the next day.

        No length gives the start itself, or the next moment of work where the office is closed.
        """
        left, day = length, start.date()
        while True:
            for opens, closes in self.spans(day, calendar):
                begins = max(opens, start)
                if begins <= closes and (begins < closes or not left) and closes - begins >= left:
                    return begins + left
                left -= max(closes - begins, _ZERO)
            day += _DAY


USUAL = OfficeHours.read({"spans": ["08:00-12:00", "13:00-17:00"], "same_day_before": "15:00"})
