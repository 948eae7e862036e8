"""The working calendar of this installation: the holidays of `organizations` in the arithmetic of `rules`."""

from dienhong.organizations import queries as organizations
from dienhong.rules.workdays import Calendar


def work_calendar() -> Calendar:
    return Calendar(organizations.holidays())
