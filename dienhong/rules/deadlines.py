"""When a dossier is due: the limit, the day of acceptance, pauses with their cause, days off, office hours.

Two rules, chosen by the procedure. A (default) counts whole working days after the day of acceptance and ends with
office hours. B is true to the hour: N days are N office days of working minutes from the minute of acceptance. Limits
in hours and in parts of a day are counted by B under either rule. Grounds: Civil Code 2015 art. 147-148, Decree
61/2018 (unconfirmed articles); Decision 766/QĐ-TTg for what is not counted.

Moments are Vietnamese local time; aware ones are turned into it and come back aware.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from dienhong.rules.office_hours import USUAL, OfficeHours
from dienhong.rules.workdays import Calendar, add_months

Unit = Literal["working_day", "working_hour", "calendar_day", "month", "same_day", "none"]
UNITS: tuple[Unit, ...] = get_args(Unit)
Rule = Literal["A", "B"]
CAUSES = {"5": "supplement", "6": "financial_duty", "7": "withdrawal_asked"}  # national status -> what is waited for
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_DAY = dt.timedelta(days=1)
_HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Limit:
    """How long: `Limit(3, "working_day")`, `Limit(0, "same_day")`, `Limit(0, "none")` for a procedure without one.

    `restart`: counting begins anew when the papers come back, instead of going on.
    """

    amount: Fraction | int
    unit: Unit
    restart: bool = False

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"unit {self.unit!r} of a limit is not known; write one of {', '.join(UNITS)}.")
        if self.amount < 0 or (self.unit in ("calendar_day", "month") and Fraction(self.amount).denominator != 1):
            raise ValueError(
                f"a limit of {self.amount} {self.unit} cannot be counted: write a whole number, not below 0."
            )

    @property
    def by_the_hour(self) -> bool:
        """Whether only rule B has a meaning."""
        return self.unit == "working_hour" or (self.unit == "working_day" and Fraction(self.amount).denominator != 1)


@dataclass(frozen=True, slots=True)
class Pause:
    """From the request until what was asked for came in; `end` None: still waited for. `cause`: status 5, 6 or 7."""

    start: dt.datetime
    end: dt.datetime | None
    cause: str = "5"

    def __post_init__(self) -> None:
        if self.cause not in CAUSES:
            raise ValueError(f"cause {self.cause!r} of a pause is not known; write one of {', '.join(CAUSES)}.")
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a pause ends ({self.end}) before it begins ({self.start}).")


@dataclass(frozen=True, slots=True)
class Due:
    """`at`: the due moment; None without a limit, and while a pause is open (`waiting` says for what).

    `counted`: the pauses that moved it (a request after the due moment moves nothing). `provisional`: the calendar
    does not know the days off of a year that was counted.
    """

    at: dt.datetime | None
    rule: Rule
    counted: tuple[Pause, ...] = ()
    waiting: str = ""
    provisional: bool = False


def local(moment: dt.datetime) -> dt.datetime:
    """Vietnamese wall-clock time without a zone."""
    return moment if moment.tzinfo is None else moment.astimezone(HANOI).replace(tzinfo=None)


def joined(pauses: Iterable[Pause]) -> list[Pause]:
    """In order, overlapping ones as one that keeps the first cause: an hour is waited for once."""
    made: list[Pause] = []
    for pause in sorted(
        (Pause(local(p.start), p.end and local(p.end), p.cause) for p in pauses), key=lambda p: p.start
    ):
        last = made[-1] if made else None
        if last is not None and (last.end is None or pause.start < last.end):
            end = None if last.end is None or pause.end is None else max(last.end, pause.end)
            made[-1] = Pause(last.start, end, last.cause)
        else:
            made.append(pause)
    return made


class _Count:
    """One way of counting: what is left after a pause, and when what is left ends."""

    def __init__(self, limit: Limit, accepted: dt.datetime, calendar: Calendar, hours: OfficeHours) -> None:
        self.limit, self.calendar, self.hours = limit, calendar, hours
        self.begin(accepted)

    def begin(self, moment: dt.datetime) -> None:
        """The whole limit from a moment on."""
        raise NotImplementedError

    def due(self) -> dt.datetime:
        raise NotImplementedError

    def resume(self, pause: Pause, end: dt.datetime) -> None:
        """What was used up to the request stays used."""
        raise NotImplementedError


class _WorkingDays(_Count):
    """Rule A. The day of the request is used; the day on which the papers came in is not counted, as at acceptance."""

    def begin(self, moment: dt.datetime) -> None:
        self.day, self.left = self.calendar.move(moment.date(), "next"), int(self.limit.amount)

    def due(self) -> dt.datetime:
        return self.hours.end(self.calendar.add_working_days(self.day, self.left))

    def resume(self, pause: Pause, end: dt.datetime) -> None:
        used = max(self.calendar.working_days_between(self.day, pause.start.date()), 0)
        self.left = max(self.left - used, 0)
        self.day = max(self.day, self.calendar.move(end.date(), "next"))


class _Dates(_Count):
    """Calendar days and months: to a date, moved off days off; what was left at the request is left after it."""

    def begin(self, moment: dt.datetime) -> None:
        whole = int(self.limit.amount)
        day = moment.date()
        self.last = add_months(day, whole) if self.limit.unit == "month" else day + whole * _DAY

    def due(self) -> dt.datetime:
        return self.hours.end(self.calendar.move(self.last, "next"))

    def resume(self, pause: Pause, end: dt.datetime) -> None:
        self.last = end.date() + max(self.last - pause.start.date(), dt.timedelta(0))


class _SameDay(_Count):
    """Accepted before the hour of the office: today; from then on, or on a day off: the next working day."""

    def begin(self, moment: dt.datetime) -> None:
        day = moment.date()
        late = self.calendar.is_working(day) and moment.time() >= self.hours.on(day).same_day_before
        self.day = self.calendar.due(day, 1) if late else self.calendar.move(day, "next")

    def due(self) -> dt.datetime:
        return self.hours.end(self.day)

    def resume(self, pause: Pause, end: dt.datetime) -> None:
        before = self.day
        self.begin(end)
        self.day = max(self.day, before)


class _Minutes(_Count):
    """Rule B: working minutes from the minute of acceptance; pauses add theirs."""

    def begin(self, moment: dt.datetime) -> None:
        self.moment = moment
        day = self.hours.on(moment.date()).minutes if self.limit.unit == "working_day" else _HOUR_MINUTES
        self.left = dt.timedelta(seconds=float(Fraction(self.limit.amount) * day * 60))

    def due(self) -> dt.datetime:
        return self.hours.after(self.moment, self.left, self.calendar)

    def resume(self, pause: Pause, end: dt.datetime) -> None:
        start = max(pause.start, self.moment)
        self.left -= min(self.hours.between(self.moment, start, self.calendar), self.left)
        self.moment = max(self.moment, end)


def _count(limit: Limit, accepted: dt.datetime, calendar: Calendar, hours: OfficeHours, rule: Rule) -> _Count:
    if limit.by_the_hour or (limit.unit == "working_day" and rule == "B"):
        return _Minutes(limit, accepted, calendar, hours)
    kinds: dict[str, type[_Count]] = {"working_day": _WorkingDays, "same_day": _SameDay}
    return kinds.get(limit.unit, _Dates)(limit, accepted, calendar, hours)


def due(
    limit: Limit,
    accepted_at: dt.datetime,
    pauses: Sequence[Pause],
    calendar: Calendar,
    office_hours: OfficeHours = USUAL,
    rule: Rule = "A",
) -> Due:
    """The due moment. Without a limit there is none; while a pause is open there is none yet."""
    if rule not in ("A", "B"):
        raise ValueError(f"rule {rule!r} is not known; write A or B.")
    used: Rule = "B" if limit.by_the_hour else rule
    if limit.unit == "none":
        return Due(None, used)
    counted: list[Pause] = []
    count = _count(limit, local(accepted_at), calendar, office_hours, rule)
    for pause in _since(local(accepted_at), joined(pauses)):
        if pause.start > count.due():
            break
        counted.append(pause)
        if pause.end is None:
            return Due(None, used, tuple(counted), CAUSES[pause.cause])
        if limit.restart:
            count.begin(pause.end)
        else:
            count.resume(pause, pause.end)
    at = count.due()
    years = range(local(accepted_at).year, at.year + 1)
    provisional = not all(calendar.covers(dt.date(year, 1, 1)) for year in years)
    return Due(_as(at, accepted_at), used, tuple(counted), "", provisional)


def _since(accepted: dt.datetime, pauses: Iterable[Pause]) -> Iterable[Pause]:
    """The clock had not started before acceptance: what was waited for until then is no pause."""
    for pause in pauses:
        if pause.end is None or pause.end > accepted:
            yield Pause(max(pause.start, accepted), pause.end, pause.cause)


def _as(moment: dt.datetime, like: dt.datetime) -> dt.datetime:
    return moment if like.tzinfo is None else moment.replace(tzinfo=HANOI)


@dataclass(frozen=True, slots=True)
class Moved:
    """A due moment before and after a change of the calendar, and why; `changed` days lie in between."""

    old: dt.datetime | None
    new: dt.datetime | None
    changed: tuple[dt.date, ...]
    reason: dict[str, str]

    @property
    def moves(self) -> bool:
        return self.old != self.new


def recomputed(
    limit: Limit,
    accepted_at: dt.datetime,
    pauses: Sequence[Pause] = (),
    *,
    before: Calendar,
    after: Calendar,
    decision: str,
    office_hours: OfficeHours = USUAL,
    rule: Rule = "A",
) -> Moved:
    """Days off declared late (`decision`: its number): the due moment under both calendars, with the reason to tell.

    For open dossiers only: a closed one keeps its verdict.
    """
    sides = [due(limit, accepted_at, pauses, one, office_hours, rule).at for one in (before, after)]
    ends = [local(side).date() for side in sides if side is not None]
    first = local(accepted_at).date()
    days = [first + n * _DAY for n in range((max(ends) - first).days + 1)] if ends else []
    changed = tuple(day for day in days if before.is_working(day) != after.is_working(day))
    said = ", ".join(f"{day:%d/%m/%Y}" for day in changed)
    reason = {
        "vi": f"Ngày làm việc thay đổi theo {decision}: {said}." if changed else "",
        "en": f"Working days changed by {decision}: {said}." if changed else "",
    }
    return Moved(sides[0], sides[1], changed, reason)


@dataclass(frozen=True, slots=True)
class Remaining:
    """Working time left, below zero when late. `share` of the whole is None when the whole is unknown."""

    minutes: int
    working_days: int
    share: Fraction | None = None

    @property
    def late(self) -> bool:
        return self.minutes < 0


def remaining(
    due_at: dt.datetime,
    now: dt.datetime,
    *,
    calendar: Calendar,
    office_hours: OfficeHours = USUAL,
    whole: dt.timedelta | None = None,
) -> Remaining:
    """From now to the due moment, in working minutes and in working days (today not counted).

    A moment past due outside office hours is late by at least one minute: it is never shown as in time.
    """
    at, moment = local(due_at), local(now)
    minutes = int(office_hours.between(moment, at, calendar).total_seconds() // 60)
    if moment > at:
        minutes = min(minutes, -1)
    share = Fraction(minutes * 60, int(whole.total_seconds())) if whole else None
    return Remaining(minutes, calendar.working_days_between(moment.date(), at.date()), share)
