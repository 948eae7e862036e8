"""The working calendar of this installation: the holidays of `organizations` in the arithmetic of `rules`."""

from dienhong.base.brief import brief
from dienhong.organizations import queries as organizations
from dienhong.rules.workdays import Calendar


def work_calendar() -> Calendar:
    return Calendar(organizations.holidays())


@brief(seconds=2)
def shown_calendar() -> Calendar:
    """For what is only shown: a day off that was put in is known two seconds later. What is due is never judged by it:
    who moves deadlines because of a new day off would not see it."""
    return work_calendar()
