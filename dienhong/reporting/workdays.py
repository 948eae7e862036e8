"""The working calendar of this installation: the holidays of `organizations` in the arithmetic of `rules`."""

from dienhong.base.brief import brief
from dienhong.organizations import queries as organizations
from dienhong.rules.workdays import Calendar


@brief(seconds=2)
def work_calendar() -> Calendar:
    """A day off that was put in is known two seconds later."""
    return Calendar(organizations.holidays())
