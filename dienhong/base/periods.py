"""Periods: calendar + kind + key, with their own first and last day. Calendars never mix silently.

Calendars:
- `decree09`: the windows of Article 12 of Decree 09/2019/NĐ-CP, from the 15th of the month before to the 14th of the
  last month. Keys 2020-M07, 2020-Q2, 2020-H1, 2020-9M, 2020-Y. Nine months are a provincial addition to the decree.
- `calendar`: the same kinds and keys on whole calendar months.
- `week_thu`: weeks from Thursday to Wednesday (market management, Circular 55/2020/TT-BCT), key 2020-W33: the ISO
  number of the week that its Thursday lies in.
- `day`: key 2020-08-19.
- `event`: the n-th report about one event, key EV-<slug>-<n>; its days come with it, see `event`.

Plain Python, no Django: `rules` uses it.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from dienhong.base.period_labels import days_text, label, title

__all__ = [
    "CALENDARS",
    "KINDS",
    "CalendarsMixed",
    "DeadlineRule",
    "Period",
    "PeriodError",
    "covers",
    "days_text",
    "deadline",
    "deadline_rule",
    "distance",
    "event",
    "following",
    "label",
    "parts",
    "period",
    "period_at",
    "periods",
    "previous",
    "title",
    "year_before",
]
FIRST_YEAR, LAST_YEAR = 1900, 2199
KINDS = ("day", "week", "month", "quarter", "half_year", "nine_month", "year", "event")
_MONTHLY_KINDS = ("month", "quarter", "half_year", "nine_month", "year")
CALENDARS: dict[str, tuple[str, ...]] = {
    "decree09": _MONTHLY_KINDS,
    "calendar": _MONTHLY_KINDS,
    "week_thu": ("week",),
    "day": ("day",),
    "event": ("event",),
}
CUT_OFF_DAY = 14  # decree09: the last day of a window; the next one begins on the 15th
# Months per period. Nine months begin every year anew, so they alone leave a gap (October to December).
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "nine_month": 9, "year": 12}
_PER_YEAR = {"month": 12, "quarter": 4, "half_year": 2, "nine_month": 1, "year": 1}
_PREFIX = {"M": "month", "Q": "quarter", "H": "half_year"}
_MONTHLY_KEY = re.compile(r"([0-9]{4})-(?:(M)(0[1-9]|1[0-2])|(Q)([1-4])|(H)([12])|(9M)|(Y))")
_WEEK_KEY = re.compile(r"([0-9]{4})-W(0[1-9]|[1-4][0-9]|5[0-3])")
_EVENT_KEY = re.compile(r"EV-([a-z0-9]+(?:-[a-z0-9]+)*)-([1-9][0-9]*)")
_DAY = dt.timedelta(days=1)


class PeriodError(ValueError):
    """A key, calendar or kind that does not exist, or that cannot be asked this."""


class CalendarsMixed(PeriodError):
    """Two calendars in one computation: a month of Decree 09 is not a calendar month."""


@dataclass(frozen=True, slots=True)
class Period:
    """One period; `first` and `last` are both inside. Make it with `period` or `event`, not by hand."""

    calendar: str
    kind: str
    key: str
    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def order(self) -> str:
        """ASCII, sorts by time within one calendar; a longer period comes after those that end with it."""
        return f"{self.calendar}|{self.last:%Y-%m-%d}|{KINDS.index(self.kind)}|{_event_number(self.key):06d}"

    def __lt__(self, other: "Period") -> bool:
        _same_calendar(self, other)
        return self.order < other.order

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A day of the month that lies `months_after` the period's last month; moving it off holidays is for `rules`."""

    day: int
    months_after: int
    basis: str
    confirmed: bool = True


TO_GOVERNMENT = DeadlineRule(25, 0, "Nghị định 09/2019/NĐ-CP, Điều 13")
# The decree knows no nine-month report; provinces ask for one, and its date here follows by analogy.
TO_GOVERNMENT_NINE_MONTH = DeadlineRule(25, 0, "theo cách của Nghị định 09/2019/NĐ-CP, Điều 13", confirmed=False)


def deadline_rule(p: Period) -> DeadlineRule:
    """The default rule for reports to the Government; PeriodError outside decree09 (a regime then says its own)."""
    if p.calendar != "decree09":
        raise PeriodError(f"Decree 09/2019 sets no deadline for calendar {p.calendar!r}: the regime must state it.")
    return TO_GOVERNMENT_NINE_MONTH if p.kind == "nine_month" else TO_GOVERNMENT


def deadline(p: Period, rule: DeadlineRule | None = None) -> dt.date:
    """The day the rule names, not moved for weekends or holidays."""
    rule = rule or deadline_rule(p)
    month = p.last.year * 12 + p.last.month - 1 + rule.months_after
    return dt.date(month // 12, month % 12 + 1, rule.day)


def _bad(sentence: str) -> NoReturn:
    raise PeriodError(sentence)


def _require(calendar: str, kind: str) -> None:
    if calendar not in CALENDARS:
        _bad(f"{calendar!r} is not a calendar: use one of {', '.join(CALENDARS)}.")
    if kind not in CALENDARS[calendar]:
        _bad(f"Calendar {calendar!r} has no kind {kind!r}: it has {', '.join(CALENDARS[calendar])}.")


def _same_calendar(a: Period, b: Period) -> None:
    if a.calendar != b.calendar:
        raise CalendarsMixed(f"{a.key} is of calendar {a.calendar!r}, {b.key} of {b.calendar!r}: they do not compare.")


def _event_number(key: str) -> int:
    match = _EVENT_KEY.fullmatch(key)
    return int(match[2]) if match else 0


def _month_start(calendar: str, index: int) -> dt.date:
    """First day of month `index` = year * 12 + month - 1."""
    if calendar == "calendar":
        return dt.date(index // 12, index % 12 + 1, 1)
    return dt.date((index - 1) // 12, (index - 1) % 12 + 1, CUT_OFF_DAY + 1)


def _monthly(calendar: str, kind: str, year: int, number: int) -> Period:
    """`number` counts from 1 within the year and may run over either end."""
    year, zero = divmod(year * _PER_YEAR[kind] + number - 1, _PER_YEAR[kind])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        _bad(f"Year {year} lies outside {FIRST_YEAR}–{LAST_YEAR}.")
    suffix = {
        "month": f"M{zero + 1:02d}",
        "quarter": f"Q{zero + 1}",
        "half_year": f"H{zero + 1}",
        "nine_month": "9M",
        "year": "Y",
    }[kind]
    start = year * 12 + zero * _MONTHS[kind]
    last = _month_start(calendar, start + _MONTHS[kind]) - _DAY
    return Period(calendar, kind, f"{year:04d}-{suffix}", _month_start(calendar, start), last)


def _number(p: Period) -> tuple[int, int]:
    """Year and number within the year, from the key: 2020-M07 -> (2020, 7)."""
    suffix = p.key[5:]
    return int(p.key[:4]), 1 if suffix in ("Y", "9M") else int(suffix[1:])


def _week_of(day: dt.date) -> Period:
    thursday = day - dt.timedelta(days=(day.weekday() - 3) % 7)
    year, week, _ = thursday.isocalendar()
    return Period("week_thu", "week", f"{year:04d}-W{week:02d}", thursday, thursday + 6 * _DAY)


def _week(key: str) -> Period:
    match = _WEEK_KEY.fullmatch(key) or _bad(f"{key!r} is not a week key: write 2020-W33.")
    try:
        return _week_of(dt.date.fromisocalendar(int(match[1]), int(match[2]), 4))
    except ValueError:
        return _bad(f"{key!r}: year {match[1]} has no week {match[2]}.")


def _day(key: str) -> Period:
    try:
        day = dt.datetime.strptime(key, "%Y-%m-%d").date()
    except ValueError:
        return _bad(f"{key!r} is not a day: write 2020-08-19.")
    if day.isoformat() != key:
        _bad(f"{key!r} is not a day key: write {day.isoformat()}.")
    return Period("day", "day", key, day, day)


def event(slug: str, n: int, first: dt.date, last: dt.date) -> Period:
    """The n-th report about an event, with the days it covers; PeriodError on a bad slug or reversed days."""
    key = f"EV-{slug}-{n}"
    if not _EVENT_KEY.fullmatch(key):
        _bad(f"{key!r} is not an event key: write EV-<slug>-<n>, the slug in a-z, 0-9 and single hyphens, n from 1.")
    if last < first:
        _bad(f"{key}: its last day {last} lies before its first {first}.")
    return Period("event", "event", key, first, last)


def period(calendar: str, key: str) -> Period:
    """The period of this key; PeriodError with a sentence when there is none. Events: use `event`."""
    if calendar == "week_thu":
        found = _week(key)
    elif calendar == "day":
        found = _day(key)
    elif calendar == "event":
        _bad(f"{key!r}: the days of an event do not follow from its key; call event(slug, n, first, last).")
    else:
        _require(calendar, "month")
        match = _MONTHLY_KEY.fullmatch(key) or _bad(
            f"{key!r} is not a key of calendar {calendar!r}: write 2020-M07, 2020-Q2, 2020-H1, 2020-9M or 2020-Y."
        )
        year, *groups = (g for g in match.groups() if g is not None)
        kind = {"9M": "nine_month", "Y": "year"}.get(groups[0]) or _PREFIX[groups[0]]
        found = _monthly(calendar, kind, int(year), int(groups[1]) if len(groups) > 1 else 1)
    if not FIRST_YEAR <= int(found.key[:4]) <= LAST_YEAR:
        _bad(f"{key!r}: year outside {FIRST_YEAR}–{LAST_YEAR}.")
    return found


def period_at(calendar: str, kind: str, day: dt.date) -> Period | None:
    """The period of this kind that the day falls in; None only in the gap after nine months."""
    _require(calendar, kind)
    if calendar == "event":
        _bad("Which event a day belongs to does not follow from the calendar.")
    if calendar == "week_thu":
        return _week_of(day)
    if calendar == "day":
        return period("day", day.isoformat())
    index = day.year * 12 + day.month - 1
    if calendar == "decree09" and day.day > CUT_OFF_DAY:
        index += 1
    year, month = divmod(index, 12)
    if kind == "nine_month":
        return _monthly(calendar, kind, year, 1) if month < 9 else None
    return _monthly(calendar, kind, year, month // _MONTHS[kind] + 1)


def _walk(calendar: str, kind: str, start: dt.date, end: dt.date) -> Iterator[Period]:
    here = period_at(calendar, kind, start) or _monthly(calendar, kind, start.year + 1, 1)
    while here.first <= end:
        yield here
        here = _step(here, 1)


def periods(calendar: str, kind: str, start: dt.date, end: dt.date) -> tuple[Period, ...]:
    """Every period of the kind that holds at least one day from `start` to `end`, both inside, in order."""
    return tuple(_walk(calendar, kind, start, end)) if start <= end else ()


def _step(p: Period, n: int) -> Period:
    if p.calendar == "week_thu":
        return _week_of(p.first + 7 * n * _DAY)
    if p.calendar == "day":
        return _day((p.first + n * _DAY).isoformat())
    year, number = _number(p)
    return _monthly(p.calendar, p.kind, year, number + n)


def previous(p: Period) -> Period | None:
    """The period of the same kind just before (nine months: of last year); None for events."""
    return None if p.calendar == "event" else _step(p, -1)


def following(p: Period) -> Period | None:
    """The period of the same kind just after; None for events."""
    return None if p.calendar == "event" else _step(p, 1)


def year_before(p: Period) -> Period | None:
    """The same period one year earlier; None where there is none: events, 29 February, a 53rd week."""
    if p.calendar == "event":
        return None
    try:
        return period(p.calendar, f"{int(p.key[:4]) - 1:04d}{p.key[4:]}")
    except PeriodError:
        return None


def parts(p: Period, kind: str) -> tuple[Period, ...]:
    """The shorter periods of the same calendar that tile `p` exactly; PeriodError where they would not."""
    if kind not in CALENDARS[p.calendar]:
        raise CalendarsMixed(f"{p.key} of calendar {p.calendar!r} has no parts of kind {kind!r}: another calendar's.")
    found = (p,) if kind == p.kind else periods(p.calendar, kind, p.first, p.last)
    whole = found[0].first == p.first and found[-1].last == p.last and sum(part.days for part in found) == p.days
    return found if whole else _bad(f"{p.key} does not divide into periods of kind {kind!r}.")


def covers(p: Period, q: Period) -> bool:
    """Does `p` hold every day of `q`? Raises CalendarsMixed across calendars."""
    _same_calendar(p, q)
    return p.first <= q.first and q.last <= p.last


def distance(a: Period, b: Period) -> int:
    """How many periods from `a` to `b` (negative when b is earlier); both of one calendar and kind."""
    _same_calendar(a, b)
    if a.kind != b.kind or a.calendar == "event":
        _bad(f"{a.key} and {b.key} are not counted in one kind of period.")
    if a.calendar in ("week_thu", "day"):
        return (b.first - a.first).days // a.days
    (year_a, number_a), (year_b, number_b) = _number(a), _number(b)
    return (year_b - year_a) * _PER_YEAR[a.kind] + number_b - number_a
