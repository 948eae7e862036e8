"""Working days of Vietnamese public offices: Monday to Friday, less the days off, plus the Saturdays worked for them.

Source of the kinds: Labour Code 2012 art. 115 and 2019 art. 111-112 (holiday, comp_off); the yearly announcements on
swapped days (swap_off, swap_work). Dates only: hours of the day belong to the rules on time limits.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

Policy = Literal["keep", "next", "previous"]

OFF = frozenset({"holiday", "comp_off", "swap_off"})
WORKED = frozenset({"swap_work"})
_DAY = timedelta(days=1)
_SATURDAY = 5


class Calendar:
    """The working days that follow from one table of dated exceptions.

    `holidays`: date -> holiday | comp_off | swap_off (not worked) or swap_work (worked although a day of the week-end).
    Raises ValueError for any other kind.
    """

    def __init__(self, holidays: Mapping[date, str]) -> None:
        for day, kind in holidays.items():
            if kind not in OFF | WORKED:
                expected = ", ".join(sorted(OFF | WORKED))
                raise ValueError(f"{day:%Y-%m-%d}: kind {kind!r} of a holiday is not known; write one of {expected}.")
        self._kinds = dict(holidays)
        self._years = frozenset(day.year for day in self._kinds)

    def covers(self, day: date) -> bool:
        """Whether the table knows days off of that year: where not, a computed date is provisional and must say so."""
        return day.year in self._years

    def is_working(self, day: date) -> bool:
        kind = self._kinds.get(day)
        if kind is None:
            return day.weekday() < _SATURDAY
        return kind in WORKED

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after `day` (before it, if negative); `day` itself is not counted. 0 gives `day`."""
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            if self.is_working(day):
                left -= 1
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start`, up to and including `end`; negative when `end` lies before `start`."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(start + _DAY * offset) for offset in range(1, (end - start).days + 1))

    def move(self, day: date, policy: Policy) -> date:
        """`day` if it is worked or the policy is `keep`; otherwise the nearest working day after or before it."""
        if policy not in ("keep", "next", "previous"):
            raise ValueError(f"policy {policy!r} is not known; write keep, next or previous.")
        if policy == "keep":
            return day
        step = _DAY if policy == "next" else -_DAY
        while not self.is_working(day):
            day += step
        return day

    def due(self, start: date, count: int) -> date:
        """The last day of a limit of `count` working days: a start on a day off counts as the next working day."""
        return self.add_working_days(self.move(start, "next"), count)


def add_months(day: date, count: int) -> date:
    """The same day `count` months on; the last day of the month where that month is shorter (31 Aug + 1 = 30 Sep)."""
    month = day.year * 12 + day.month - 1 + count
    first = date(month // 12, month % 12 + 1, 1)
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(first.replace(day=1) + _DAY * (day.day - 1), following - _DAY)
