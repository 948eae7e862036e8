"""Rows that pages ask for again and again, kept in this process: those that never change for a minute, others for 5 s.

The trap: a row that is missing is asked for each time, for it may come any moment; one that was made in a transaction
may go again with it, and come again with another number.
"""

from dienhong.base.brief import brief
from dienhong.indicators.models import Breakdown, Indicator, Member, Period, Source

SECONDS = 60.0


@brief(SECONDS, settled=True)
def _period(calendar: str, key: str) -> Period:
    return Period.objects.get(calendar=calendar, key=key)


def period(calendar: str, key: str) -> Period | None:
    """The period's row; None where nothing was said of it yet."""
    try:
        return _period(calendar, key)
    except Period.DoesNotExist:
        return None


@brief(5, settled=True)
def calendars_of(key: str) -> frozenset[str]:
    """The calendars that have a period written so of which anything was said: 2020-Q2 is of two."""
    return frozenset(Period.objects.filter(key=key).values_list("calendar", flat=True))


@brief(SECONDS)
def period_by_id(pk: int) -> Period:
    """Period.DoesNotExist otherwise."""
    return Period.objects.get(pk=pk)


@brief(SECONDS, settled=True)
def _breakdown(key: str) -> int:
    return Breakdown.objects.values_list("pk", flat=True).get(key=key)


def breakdown_of(key: str) -> int | None:
    """Id of the combination of members that is written so; None where nobody ever spoke of it."""
    try:
        return _breakdown(key)
    except Breakdown.DoesNotExist:
        return None


@brief(SECONDS)
def breakdown_text(pk: int) -> str:
    """How the combination is written. Breakdown.DoesNotExist otherwise."""
    return str(Breakdown.objects.values_list("key", flat=True).get(pk=pk))


@brief(5, settled=True)  # a member's name may be put right
def members_of(pk: int) -> tuple[Member, ...]:
    """The members of a combination in the order of their code lists."""
    return tuple(Member.objects.filter(breakdowns=pk).order_by("code_list_id", "position"))


@brief(5)
def source(pk: int) -> Source:
    """Not to be changed by who asks. Source.DoesNotExist otherwise."""
    return Source.objects.get(pk=pk)


@brief(5, settled=True)
def indicator(code: str) -> Indicator:
    """With its field. Indicator.DoesNotExist otherwise."""
    return Indicator.objects.select_related("field").get(code=code)


@brief(5)
def indicator_by_id(pk: int) -> Indicator:
    """With its field. Indicator.DoesNotExist otherwise."""
    return Indicator.objects.select_related("field").get(pk=pk)
