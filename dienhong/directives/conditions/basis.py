"""What a figure is made of: formula, unit of measure, scope. Two figures with different bases are not the same thing.

A condition keeps the basis it was given under; a later figure with another one decides nothing.
"""

from dataclasses import dataclass, replace
from typing import Any

from dienhong.indicators import queries
from dienhong.indicators.models import Entry, Indicator, Period
from dienhong.indicators.queries import Ask, Moment, Series
from dienhong.indicators.queries.catalogue import by_code
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Unit
from dienhong.rules.expressions import parse, references

FORMULA, UNIT, SCOPE = "formula", "unit", "scope"
Basis = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One figure: of which indicator, unit, breakdown, measure; the period comes apart, for a condition has several."""

    indicator: Indicator
    unit_id: int
    breakdown_id: int
    measure: int

    def ask(self, period: Period, at: Moment) -> Ask:
        hierarchy = queries.hierarchy_of(self.unit_id, period)
        return Ask(period, self.unit_id, hierarchy, at, self.breakdown_id, self.measure)

    def total(self, period: Period, at: Moment) -> queries.Total:
        return queries.total(
            self.indicator, period, self.unit_id, breakdown_id=self.breakdown_id, measure=self.measure, as_of=at
        )


def basis(asked: Asked, period: Period, at: Moment, *, below: bool) -> Basis:
    """As JSON. `below`: the figure is made from those of units below, so that which ones these are is part of it.

    `period` says of which period it was asked: a method holds from a period on.
    """
    made = {each.pk: _made(each, period, at) for each in indicators_of(asked.indicator, period, at)}
    parts = _children(asked, period) if below else []
    return {
        "period": period.pk,
        FORMULA: {str(pk): found for pk, found in sorted(made.items())},
        UNIT: {str(pk): _measured(pk, at) for pk in sorted(made)},
        SCOPE: {
            "exists": Unit.objects.filter(pk=asked.unit_id, validity__contains=period.last).exists(),
            "below": below,
            "parts": parts,
            "sources": {str(pk): _source(pk, period, at) for pk in sorted(made)},
        },
    }


def changed(before: Basis, now: Basis) -> list[str]:
    """Which of formula, unit and scope are no longer what they were."""
    return [name for name in (FORMULA, UNIT, SCOPE) if before[name] != now[name]]


def made_below(total: queries.Total) -> bool:
    """Whether it was made from figures of units below. A figure that is not there is not."""
    return bool(total.depth)


def _children(asked: Asked, period: Period) -> list[int]:
    hierarchy = queries.hierarchy_of(asked.unit_id, period)
    return sorted(organizations.children(hierarchy, asked.unit_id, period.last).values_list("pk", flat=True))


def indicators_of(indicator: Indicator, period: Period, at: Moment) -> list[Indicator]:
    """The indicator and all it is made from, each once; safe where a formula runs in a circle."""
    found: dict[int, Indicator] = {}
    waiting = [indicator]
    while waiting:
        each = waiting.pop()
        if each.pk not in found:
            found[each.pk] = each
            waiting += [part for code in _named(each, period, at) if (part := by_code(code, at))]
    return list(found.values())


def _named(indicator: Indicator, period: Period, at: Moment) -> list[str]:
    """Codes that its formula and its rule over units name."""
    entry, method = queries.entry(indicator.pk, at), queries.method(indicator.pk, period, at)
    codes = _sides(entry)
    if method is not None and method.formula:
        codes += [ref.code for ref in references(parse(method.formula, expects="number"))]
    return codes


def _sides(entry: Entry | None) -> list[str]:
    if entry is None or entry.agg_units not in ("ratio", "weighted"):
        return []
    return [code for code in (entry.numerator, entry.denominator, entry.weight) if code]


def _made(indicator: Indicator, period: Period, at: Moment) -> list[str]:
    entry, method = queries.entry(indicator.pk, at), queries.method(indicator.pk, period, at)
    said = [str(method.number), method.formula] if method else ["", ""]
    if entry is not None:
        said += [entry.agg_units, entry.agg_periods, entry.numerator, entry.denominator, entry.weight]
    return said


def _measured(indicator_id: int, at: Moment) -> list[str]:
    entry = queries.entry(indicator_id, at)
    return [entry.unit_vi, f"{entry.scale.normalize():f}"] if entry else []


def _source(indicator_id: int, period: Period, at: Moment) -> int | None:
    return queries.authorities(indicator_id, [period.pk], at).get(period.pk)


def leaves(asked: Asked, period: Period, at: Moment) -> set[Series]:
    """Every reported series that the figure of that period can be made from, those of other periods included."""
    return _leaves(asked.indicator, asked.ask(period, at))


def _leaves(indicator: Indicator, ask: Ask) -> set[Series]:
    if indicator.code in ask.trail:
        return set()
    own = ask.series(indicator.pk)
    found = {own} if own else set()
    entry = queries.entry(indicator.pk, ask.at)
    inner = replace(ask, trail=(*ask.trail, indicator.code))
    for code in _sides(entry):
        part = by_code(code, ask.at)
        found |= _leaves(part, inner) if part else set()
    method = queries.method(indicator.pk, ask.period, ask.at)
    if method is None or not method.formula:
        return found
    node = parse(method.formula, expects="number")
    for ref in references(node):
        part, there = by_code(ref.code, ask.at), inner.referred(entry, node, ref)
        found |= _leaves(part, there) if part and there else set()
    return found
