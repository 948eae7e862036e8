"""Rows of a download that nobody reported: figures made from other indicators, of each unit and of the nation."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from dienhong.indicators import demo, places, queries
from dienhong.indicators.models import Entry, Indicator, Period
from dienhong.indicators.queries import Known, Moment

NATION = "VN"
DIRECT = "direct"


def computed_rows(found: Indicator, at: Moment) -> Iterator[tuple[Known, str]]:
    """Each with how it was made; nothing for an indicator that is only reported."""
    entry, methods = queries.entry(found.pk, at), queries.methods(found.pk, at)
    if entry is None or not queries.is_computed(entry, methods[-1].formula if methods else ""):
        return
    for period in queries.periods_known(found, at):
        yield from _of_units(found, entry, period, at)
        yield from _of_the_nation(found, period, at)


def _of_units(found: Indicator, entry: Entry, period: Period, at: Moment) -> Iterator[tuple[Known, str]]:
    made = queries.of_units(found, period, queries.units_of(found, period, at), at)
    computed = {unit: each for unit, each in made.items() if each.how != DIRECT}
    generated = demo.of_each({unit: each.behind for unit, each in computed.items()})
    for unit, each in sorted(computed.items()):
        figure = each.figure
        yield (
            _row(period, unit, figure.value, figure.empty, figure.stage, figure.known_at, demo=unit in generated),
            each.how,
        )


def _of_the_nation(found: Indicator, period: Period, at: Moment) -> Iterator[tuple[Known, str]]:
    nation = places.unit(NATION, period.last)
    total = queries.total(found, period, nation.pk, as_of=at)
    if total.value is None or total.how == DIRECT or not total.depth:
        return  # one that has its own figures came with the units
    generated = bool(demo.behind(total, nation.pk, at))
    yield (
        _row(period, nation.pk, total.value, 0, total.stage or 0, total.known_at or at.at, demo=generated),
        total.how,
    )


def _row(
    period: Period, unit: int, value: Decimal | None, empty: int, stage: int, known_at: dt.datetime, *, demo: bool
) -> Known:
    return Known(
        period.calendar, period.key, period.first, period.last, unit, "", 0, "", value, empty, stage, 0, known_at, "",
        "", demo,
    )  # fmt: skip
