"""Why a figure is another one now: by unit, by revision and by scope, in parts that add up to the last digit.

Two states of one figure are held against each other: two periods as known at one moment, or one period as known at two.
A sum moves by its units; a ratio by numerator and denominator of each unit (identity at midpoints, decision 0009); a
formula by its inputs (mean over all orders). Scope is told apart: units or inputs that stand on one side only.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from dienhong.base.numbers import Empty
from dienhong.indicators import queries
from dienhong.indicators.models import Entry, Indicator, Period
from dienhong.indicators.queries import Ask, Below, Moment, SeriesKey, Total, kept
from dienhong.rules.decomposition import of_formula, of_ratio, of_sum, rounded_parts
from dienhong.rules.expressions import Reason, evaluate, parse, rounded

Sides = tuple[Fraction, Fraction]
FEW = 2  # parts that need no digit more than the rate has
MOST_INPUTS = 8  # of a formula: every order of more would take too long
BOTH, CAME, WENT = "both", "came", "went"


@dataclass(frozen=True)
class State:
    """A figure in one period as known at one moment; `parts`: unit -> numerator and denominator (of a sum, value
    and 0). `inputs`: of a formula, by reference."""

    row: Period
    at: Moment
    made: Total
    parts: Mapping[int, Sides] = field(default_factory=dict)
    inputs: Mapping[str, Total] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One contribution in the indicator's unit. `key` is a unit id or an input's reference; `top` and `bottom` split
    that of a ratio."""

    key: int | str
    scope: str
    whole: Decimal
    top: Decimal | None = None
    bottom: Decimal | None = None


@dataclass(frozen=True)
class Explained:
    """`how`: sum, ratio, weighted, formula, own (one reported figure), or apart where the two are not made alike.
    `digits`: of the figures and of their change; `decimals`: of the parts, one more where many share a rate."""

    before: State
    now: State
    change: Decimal
    how: str
    parts: tuple[Part, ...]
    digits: int
    decimals: int

    def subtotal(self, scope: str) -> Decimal:
        return sum((part.whole for part in self.parts if part.scope == scope), Decimal(0))


def explain(key: SeriesKey, at: Moment, *, than: str = "prev", before: dt.datetime | None = None) -> Explained | None:
    """Against the period `than` (prev, year_before) as known at the same moment, or with `before` (record time)
    against what was known of the same period then. None where one of the two is not known."""
    indicator = queries.indicator_of(key.indicator_id)
    entry, row = queries.entry(indicator.pk, at), kept.period_by_id(key.period_id)
    old = row if before else queries.shifted(row, than)
    if entry is None or old is None:
        return None
    then = queries.moment(before) if before else at
    states = [_state(indicator, entry, each, moment, key) for each, moment in ((old, then), (row, at))]
    values = [_value(state.made) for state in states]
    if values[0] is None or values[1] is None:
        return None
    change = values[1] - values[0]
    # A sum may carry more digits than the catalogue prints: the parts go as deep as the figures do.
    digits = max(entry.decimals, *(_digits(value) for value in values if value is not None))
    how, exact = _parts(indicator, entry, *states)
    # Of a rate, 63 parts would else be nearly all 0; two sides of one are not.
    decimals = digits + (how in ("ratio", "weighted") and len(exact) > FEW)
    parts = _rounded(states, how, exact, change, decimals)
    return Explained(states[0], states[1], change, how, parts, digits, decimals)


def _value(made: Total) -> Decimal | None:
    return Decimal(0) if made.value is None and made.empty == Empty.NOTHING_AROSE else made.value


def _digits(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def _state(indicator: Indicator, entry: Entry, row: Period, at: Moment, key: SeriesKey) -> State:
    made = queries.total(indicator, row, key.unit_id, breakdown_id=key.breakdown_id, measure=key.measure, as_of=at)
    hierarchy = queries.hierarchy_of(key.unit_id, row)
    breakdown = key.breakdown_id or queries.total_breakdown(at)
    ask = Ask(row, key.unit_id, hierarchy, at, breakdown, key.measure)
    if made.how == "sum" and len(made.leaves) == 1:
        level = queries.level(ask.below(), made.leaves[0], made.depth)
        there = {unit: figure.adds for unit, figure in level.items() if figure is not None}
        sums = {unit: (Fraction(adds), Fraction(0)) for unit, adds in there.items() if adds is not None}
        return State(row, at, made, sums)
    if made.paired and made.depth:
        return State(row, at, made, _pairs(indicator, entry, ask, ask.below(), made))
    return State(row, at, made, inputs=made.inputs)


def _pairs(indicator: Indicator, entry: Entry, ask: Ask, below: Below, made: Total) -> dict[int, Sides]:
    """unit -> numerator and denominator; of a weighted mean value × weight and weight."""
    codes = (indicator.code, entry.weight) if made.how == "weighted" else (entry.numerator, entry.denominator)
    levels = []
    for part in queries.by_codes(codes, ask.at):
        recipe = queries.recipe(part, ask)
        if recipe is None:
            return {}
        levels.append(queries.recipe_level(recipe, below, made.depth or 1)[0])
    found = {}
    for unit, first in levels[0].items():
        second = levels[1].get(unit)
        if first is None or second is None or first.adds is None or second.adds is None:
            continue
        top, bottom = Fraction(first.adds), Fraction(second.adds)
        found[unit] = (top * bottom if made.how == "weighted" else top, bottom)
    return found


Exact = dict[int | str, tuple[Fraction, Fraction | None]]


def _parts(indicator: Indicator, entry: Entry, before: State, now: State) -> tuple[str, Exact]:
    """(how, key -> exact contribution with, of a ratio, its denominator's share)."""
    if before.made.how != now.made.how or bool(before.parts) != bool(now.parts):
        return "apart", {}
    how = now.made.how
    if how == "sum" and now.parts:
        olds, news = ({unit: sides[0] for unit, sides in state.parts.items()} for state in (before, now))
        return how, {unit: (moved, None) for unit, moved in of_sum(olds, news).items()}
    if now.parts:
        scale = Fraction(1) if how == "weighted" else Fraction(entry.scale)
        try:
            moved = of_ratio(before.parts, now.parts)
        except ValueError:
            return "apart", {}
        return how, {unit: (each.whole * scale, each.bottom * scale) for unit, each in moved.items()}
    if how == "ratio":
        return how, _of_two(entry, before, now)
    if how == "formula":
        return how, _of_inputs(indicator, before, now)
    return ("own" if how == "direct" else "apart"), {}


def _of_two(entry: Entry, before: State, now: State) -> Exact:
    """A ratio of two figures of the unit itself: what each of them did."""
    sides = []
    for state in (before, now):
        pair = [
            _value(state.inputs[code]) if code in state.inputs else None
            for code in (entry.numerator, entry.denominator)
        ]
        if pair[0] is None or not pair[1]:
            return {}
        sides.append({0: (Fraction(pair[0]), Fraction(pair[1]))})
    effect, scale = of_ratio(sides[0], sides[1])[0], Fraction(entry.scale)
    return {entry.numerator: (effect.top * scale, None), entry.denominator: (effect.bottom * scale, None)}


def _of_inputs(indicator: Indicator, before: State, now: State) -> Exact:
    names = list({**before.inputs, **now.inputs})
    method = queries.method(indicator.pk, now.row, now.at)
    if method is None or not method.formula or len(names) > MOST_INPUTS:
        return {}
    node = parse(method.formula, expects="number")

    def value(newer: frozenset[str]) -> Fraction | None:
        given = {}
        for name in names:
            each = (now if name in newer else before).inputs.get(name)
            empty = each.empty if each is not None and each.empty is not None else int(Reason.NOT_ENTERED)
            given[name] = (None, empty) if each is None or each.value is None else (each.value, 0)
        return evaluate(node, given).number

    found = of_formula(names, value)
    return {} if found is None else {name: (moved, None) for name, moved in found.items()}


def _rounded(states: list[State], how: str, exact: Exact, change: Decimal, decimals: int) -> tuple[Part, ...]:
    """Each part in the last digit; those of a ratio also split, the denominator's share taking what rounding leaves."""
    if not exact:
        return (Part("", BOTH, change),) if change or how in ("own", "apart") else ()
    whole = rounded_parts({key: moved for key, (moved, _bottom) in exact.items()}, change, decimals)
    made = []
    for key, (_moved, bottom) in exact.items():
        under = None if bottom is None else rounded(bottom, decimals)
        top = None if under is None else whole[key] - under
        made.append(Part(key, _scope(states, key), whole[key], top, under))
    return tuple(sorted(made, key=lambda part: (-abs(part.whole), str(part.key))))


def _scope(states: list[State], key: int | str) -> str:
    there = [
        key in state.parts if isinstance(key, int) else key in state.inputs and state.inputs[key].how != "nothing"
        for state in states
    ]
    return BOTH if all(there) or not any(there) else CAME if there[1] else WENT
