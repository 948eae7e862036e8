"""What a total may look at, named before it is made: for boards, which read all of it in one statement."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dienhong.indicators.models import Entry, Indicator, Period
from dienhong.indicators.queries import catalogue, figures, recipes
from dienhong.indicators.queries.asking import Ask
from dienhong.indicators.queries.leaf_series import Series
from dienhong.indicators.queries.moments import Moment
from dienhong.indicators.queries.shelf import Wanted
from dienhong.rules.expressions import parse, references

Named = tuple[Series, dt.date]


def wanted(
    indicator: Indicator,
    rows: Iterable[Period],
    units: Iterable[tuple[int, str]],
    at: Moment,
    breakdown_id: int = figures.TOTAL,
    measure: int = 0,
) -> list[Wanted]:
    """What the totals of these units (id, hierarchy; "" for its own figures alone) in these periods are made from."""
    breakdown, there = breakdown_id or figures.total_breakdown(at), list(units)
    found: dict[Wanted, None] = {}
    for row in rows:
        named = dict.fromkeys(_named(indicator, Ask(row, 0, "", at, breakdown, measure)))
        for series, on in named:
            found |= dict.fromkeys(Wanted(series, unit, on, hierarchy) for unit, hierarchy in there)
    return list(found)


def _named(indicator: Indicator, ask: Ask) -> Iterator[Named]:
    """The series, each with the day on which the units below are those of it, as `totals` goes through them."""
    if indicator.code in ask.trail:
        return
    series = ask.series(indicator.pk)
    if series is not None:
        yield series, ask.period.last
    entry = catalogue.entry(indicator.pk, ask.at)
    if entry is None:
        return
    inner = replace(ask, trail=(*ask.trail, indicator.code))
    sides = {"ratio": (entry.numerator, entry.denominator), "weighted": (entry.weight,)}.get(entry.agg_units, ())
    for part in catalogue.by_codes([code for code in sides if code], ask.at):
        made = recipes.recipe(part, ask)
        yield from ((leaf, ask.period.last) for leaf in (made.leaves.values() if made else ()))
        yield from _named(part, inner)
    yield from _of_formula(indicator, entry, inner)


def _of_formula(indicator: Indicator, entry: Entry, ask: Ask) -> Iterator[Named]:
    method = catalogue.method(indicator.pk, ask.period, ask.at)
    if method is None or not method.formula:
        return
    made = recipes.recipe(indicator, replace(ask, trail=ask.trail[:-1]))
    yield from ((leaf, ask.period.last) for leaf in (made.leaves.values() if made else ()))
    node = parse(method.formula, expects="number")
    for ref in references(node):
        part, there = catalogue.by_code(ref.code, ask.at), ask.referred(entry, node, ref)
        if part and there:
            yield from _named(part, there)
