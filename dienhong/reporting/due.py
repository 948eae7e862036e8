"""When a report is due: the rule of a tier, a period, and the calendar of working days. No database.

A rule is one of {day: 25} of the period's last month, {month: 1, day: 31} of its last year, {after_days: 3} after its
last day, or none of these: the last day itself. With `at` (HH:MM in Hanoi) and `policy` keep | next | previous.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dienhong.base import clock, periods
from dienhong.rules.workdays import Calendar

DEFAULT_HOUR, DEFAULT_POLICY = "17:00", "next"


def nominal(rule: Mapping[str, Any], period: periods.Period) -> dt.datetime:
    """The moment the rule names, not moved off days without work. ValueError for a day the month does not have."""
    if "after_days" in rule:
        day = period.last + dt.timedelta(days=int(rule["after_days"]))
    elif "month" in rule:
        day = dt.date(period.last.year, int(rule["month"]), int(rule["day"]))
    elif "day" in rule:
        day = period.last.replace(day=int(rule["day"]))
    else:
        day = period.last
    hour, minute = (int(part) for part in str(rule.get("at", DEFAULT_HOUR)).split(":"))
    return dt.datetime.combine(day, dt.time(hour, minute), clock.HANOI)


def due_time(rule: Mapping[str, Any], period: periods.Period, holidays: Calendar) -> dt.datetime:
    """The due moment of a tier, moved off a day without work as the rule's policy says."""
    moment = nominal(rule, period)
    day = holidays.move(moment.date(), rule.get("policy", DEFAULT_POLICY))
    return dt.datetime.combine(day, moment.timetz())
