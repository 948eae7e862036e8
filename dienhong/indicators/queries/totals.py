"""The figure of a unit: its own where it has one, else made from what lies below, by the catalogue's rule.

Nothing is estimated: what is missing or unknown is named, and stands in no sum. What may not be added is refused
with the reason.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from dienhong.base.brief import brief
from dienhong.base.numbers import Empty
from dienhong.indicators.models import Entry, Indicator, Period
from dienhong.indicators.queries import catalogue, figures, levels, recipes, shelf
from dienhong.indicators.queries.asking import Ask
from dienhong.indicators.queries.figures import Figure, SeriesKey
from dienhong.indicators.queries.leaf_series import Series
from dienhong.indicators.queries.levels import Below, Change
from dienhong.indicators.queries.moments import AsOf, moment
from dienhong.organizations.models import Link
from dienhong.rules.expressions import Reason, evaluate, parse, references, rounded

How = Literal["direct", "sum", "ratio", "weighted", "formula", "nothing"]
ADMINISTRATIVE = "administrative"
HIERARCHIES = (ADMINISTRATIVE, "six_regions", "new_regions", "sector")


@dataclass(frozen=True, slots=True)
class Words:
    vi: str
    en: str

    def get(self, lang: str) -> str:
        return self.en if lang == "en" else self.vi


@dataclass(frozen=True)
class Total:
    """`value` None with `refusal`: may not be made. None with `empty`: why. None with neither: nothing is known.

    `depth`: how far below the parts lie. `inputs`: the totals behind a ratio, a weighted mean or a formula, by their
    reference, each with its `key`. A sum is exact; a quotient is rounded once, at the indicator's decimals. `leaves`:
    the series that were added up; `paired`: made over the units of one level that have both sides.
    """

    how: How
    value: Decimal | None = None
    empty: int | None = None
    stage: int | None = None
    known_at: dt.datetime | None = None
    figure: Figure | None = None
    depth: int | None = None
    reported: int = 0
    without: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    inputs: dict[str, "Total"] = field(default_factory=dict)
    refusal: Words | None = None
    leaves: tuple[Series, ...] = ()
    paired: bool = False
    key: SeriesKey | None = None

    @property
    def shown(self) -> Decimal | Empty | None:
        """For the template tags: the value, the kind of empty, or None where nothing has come."""
        if self.value is not None:
            return self.value
        return Empty(self.empty) if self.empty in Empty._value2member_map_ and self.empty else None


def total(
    indicator: Indicator,
    period: Period,
    unit_id: int,
    *,
    hierarchy: str = "",
    breakdown_id: int = figures.TOTAL,
    measure: int = 0,
    as_of: AsOf = None,
) -> Total:
    """The figure of the unit in the period, direct or made from below.

    Without a named hierarchy: the administrative one, or for a unit that has nothing below it there, such as a
    region, the first one in which it has.
    """
    at = moment(as_of)
    breakdown = breakdown_id or figures.total_breakdown(at)
    if not hierarchy:
        read = (f"hierarchy {period.last}", unit_id)
        hierarchy = at.read[read] = at.read.get(read) or hierarchy_of(unit_id, period)
    return _total(indicator, Ask(period, unit_id, hierarchy, at, breakdown, measure))


def hierarchy_of(unit_id: int, period: Period, among: Sequence[str] = HIERARCHIES) -> str:
    """The first of the hierarchies in which something lies below the unit on the period's last day."""
    return _hierarchy_of(unit_id, period.last, tuple(among))


@brief(5, settled=True)
def _hierarchy_of(unit_id: int, on: dt.date, among: tuple[str, ...]) -> str:
    links = Link.objects.filter(parent=unit_id, hierarchy__key__in=among, validity__contains=on, superseded_at=None)
    there = set(links.values_list("hierarchy__key", flat=True))
    return next((key for key in among if key in there), ADMINISTRATIVE)


def _total(indicator: Indicator, ask: Ask) -> Total:
    if indicator.code in ask.trail:
        return Total("nothing", refusal=_circle(indicator.code))
    direct = _direct(indicator, ask)
    if direct:
        return direct
    entry = catalogue.entry(indicator.pk, ask.at)
    if entry is None:
        return Total("nothing")
    ask = replace(ask, trail=(*ask.trail, indicator.code))
    if entry.agg_units == "sum" and not ask.own:
        made = _sum(indicator, ask)
        return made if made.how != "nothing" else _formula(indicator, entry, ask) or made
    if entry.agg_units == "ratio":
        return _ratio(entry, ask)
    if entry.agg_units == "weighted":
        return _weighted(indicator, entry, ask)
    return _formula(indicator, entry, ask) or Total("nothing", refusal=refusal(entry))


def _direct(indicator: Indicator, ask: Ask) -> Total | None:
    series = ask.series(indicator.pk)
    if series is None:
        return None
    kept = shelf.own(series, [ask.unit_id], ask.at)
    key = figures.SeriesKey(indicator.pk, ask.period.pk, ask.unit_id, ask.breakdown_id, ask.measure, series.source_id)
    found = figures.figure(key, ask.at) if kept is None else kept.get(ask.unit_id)
    if found is None:
        return None
    return Total("direct", found.value, found.empty or None, found.stage, found.known_at, found, depth=0, reported=1)


def _sum(indicator: Indicator, ask: Ask) -> Total:
    series = ask.series(indicator.pk)
    made = levels.add_up(ask.below(), series) if series else None
    if made is None:
        return Total("nothing")
    empty = None
    if not made.values:
        empty = int(
            Empty.NOTHING_AROSE if made.nothing_arose else Empty.UNKNOWN if made.unknown else Empty.NOT_APPLICABLE
        )
    return Total(
        "sum",
        made.total if made.values else None,
        empty,
        made.stage,
        made.known_at,
        depth=made.depth,
        reported=made.reported,
        without=made.without,
        unknown=made.unknown,
        leaves=(series,) if series else (),
    )


def _ratio(entry: Entry, ask: Ask) -> Total:
    """Numerator and denominator over the same units; where the unit has both of its own, those."""
    sides = [_named(code, ask) for code in (entry.numerator, entry.denominator)]
    own = [_own(part, ask) for part in sides]
    if not all(own) and not ask.own:
        pair = _pair(sides[0], sides[1], ask)
        if pair is not None:
            made = _quotient(entry, "ratio", Fraction(pair.first), Fraction(pair.second), entry.scale)
            parts = (_side(pair, pair.first, sides[0], ask), _side(pair, pair.second, sides[1], ask))
            return _over_pairs(made, pair, dict(zip((entry.numerator, entry.denominator), parts, strict=True)))
    totals = [mine or replace(_total(part, ask), key=ask.key(part)) for mine, part in zip(own, sides, strict=True)]
    inputs = dict(zip((entry.numerator, entry.denominator), totals, strict=True))
    lacking = next((each for each in totals if each.value is None and each.empty != Empty.NOTHING_AROSE), None)
    if lacking:
        return Total("nothing", empty=lacking.empty, refusal=lacking.refusal, inputs=inputs)
    if all(each.depth for each in totals):
        return Total("nothing", refusal=_APART, inputs=inputs)
    upper, lower = (Fraction(each.value or 0) for each in totals)
    made = _quotient(entry, "ratio", upper, lower, entry.scale)
    return replace(made, inputs=inputs, **_joined(totals))


def _named(code: str, ask: Ask) -> Indicator:
    found = catalogue.by_code(code, ask.at)
    assert found is not None, "the catalogue is refused where it names a code that is not there"
    return found


def _own(part: Indicator, ask: Ask) -> Total | None:
    """The unit's own figure of a side, by its formula where nobody reports it; None where a part of it is not in."""
    made = _direct(part, ask)
    if made is None and ask.series(part.pk) is None:
        entry = catalogue.entry(part.pk, ask.at)
        made = _formula(part, entry, replace(ask, own=True, trail=(*ask.trail, part.code))) if entry else None
        made = made if made and (made.value is not None or made.empty == Empty.NOTHING_AROSE) else None
    return None if made is None else replace(made, key=ask.key(part))


def _side(pair: levels.Pair, value: Decimal, part: Indicator, ask: Ask) -> Total:
    made = recipes.recipe(part, ask)
    leaves = tuple(made.leaves.values()) if made else ()
    return Total(
        "sum", value, None, pair.stage, pair.known_at, depth=pair.depth, reported=pair.pairs, leaves=leaves,
        key=ask.key(part),
    )  # fmt: skip


def _over_pairs(made: Total, pair: levels.Pair, inputs: dict[str, Total]) -> Total:
    return replace(
        made, stage=pair.stage, known_at=pair.known_at, depth=pair.depth, reported=pair.pairs,
        without=pair.without, inputs=inputs, paired=True,
    )  # fmt: skip


def _weighted(indicator: Indicator, entry: Entry, ask: Ask) -> Total:
    weight = _named(entry.weight, ask)
    pair = None if ask.own else _pair(indicator, weight, ask)
    if pair is None:
        return Total("nothing")
    made = _quotient(entry, "weighted", Fraction(pair.product), Fraction(pair.second), Decimal(1))
    return _over_pairs(made, pair, {entry.weight: _side(pair, pair.second, weight, ask)})


def _pair(first: Indicator, second: Indicator, ask: Ask) -> levels.Pair | None:
    one, two = recipes.recipe(first, ask), recipes.recipe(second, ask)
    return recipes.add_up_pairs(ask.below(), one, two) if one and two else None


def _quotient(entry: Entry, how: How, top: Fraction, bottom: Fraction, scale: Decimal) -> Total:
    if bottom == 0:
        return Total(how, refusal=_ZERO)
    return Total(how, rounded(top / bottom * Fraction(scale), entry.decimals))


def _formula(indicator: Indicator, entry: Entry, ask: Ask) -> Total | None:
    """By the method's formula over totals of what it names; None where it has none."""
    method = catalogue.method(indicator.pk, ask.period, ask.at)
    if method is None or not method.formula:
        return None
    node = parse(method.formula, expects="number")
    inputs: dict[str, Total] = {}
    for ref in references(node):
        part, there = catalogue.by_code(ref.code, ask.at), ask.referred(entry, node, ref)
        inputs[ref.key] = Total("nothing")
        if part and there:
            inputs[ref.key] = replace(_total(part, there), key=there.key(part))
    result = evaluate(node, {key: (each.value, _reason(each)) for key, each in inputs.items()})
    known = [each for each in inputs.values() if each.how != "nothing"]
    if result.number is None:
        refused = next((each.refusal for each in inputs.values() if each.refusal), None)
        zero = _ZERO if result.empty is Reason.DIVISION_BY_ZERO else None
        empty = int(result.empty) if result.empty < Reason.DIVISION_BY_ZERO else None
        return Total("formula" if known else "nothing", empty=empty, inputs=inputs, refusal=refused or zero)
    return replace(Total("formula", result.rounded(entry.decimals), inputs=inputs), **_joined(known))


def _reason(each: Total) -> int:
    if each.value is not None:
        return 0
    return each.empty if each.empty is not None else int(Reason.NOT_ENTERED)


def _joined(parts: list[Total]) -> dict[str, Any]:
    """What totals say together: the lowest stage, the latest word, everything that is missing."""
    without = tuple(sorted({unit for each in parts for unit in each.without}))
    return {
        "stage": min((each.stage for each in parts if each.stage), default=None),
        "known_at": max((each.known_at for each in parts if each.known_at), default=None),
        "without": without,
        "reported": min((each.reported for each in parts), default=0),
        "depth": max((each.depth or 0 for each in parts), default=None),
    }


def largest_changes(
    indicator_id: int,
    period: Period,
    previous_period: Period,
    units_under: int,
    n: int = 10,
    *,
    hierarchy: str = ADMINISTRATIVE,
    depth: int | None = None,
    breakdown_id: int = figures.TOTAL,
    measure: int = 0,
    as_of: AsOf = None,
) -> list[Change]:
    """The units below `units_under` whose figures moved most between two periods, in one statement.

    `depth` picks the level (administrative: 1 provinces); None the shallowest at which anything is known.
    """
    at = moment(as_of)
    sources = figures.authorities(indicator_id, [period.pk, previous_period.pk], at)
    if len(sources) < len({period.pk, previous_period.pk}):
        return []
    breakdown = breakdown_id or figures.total_breakdown()
    now, before = (
        Series(indicator_id, row.pk, breakdown, measure, sources[row.pk]) for row in (period, previous_period)
    )
    return levels.largest_changes(Below.of(hierarchy, units_under, period, at), now, before, n, depth)


_APART = Words("không đơn vị nào có cả hai vế nên không chia được", "no unit has both sides, so there is no quotient")
_ZERO = Words("mẫu số bằng 0 nên không chia được", "the denominator is 0, so there is no quotient")
_WHY = {
    "growth": Words("tốc độ tăng không cộng, cũng không lấy bình quân được", "growth rates neither add up nor average"),
    "index": Words("chỉ số không cộng, cũng không lấy bình quân được", "indices neither add up nor average"),
    "rank": Words("thứ hạng không cộng được", "ranks do not add up"),
    "ratio": Words("tỷ lệ này thiếu tử số hoặc mẫu số", "this ratio lacks its numerator or denominator"),
}
_NEVER = Words(
    "danh mục không cho cộng chỉ tiêu này qua các đơn vị", "the catalogue does not let this indicator add over units"
)


def refusal(entry: Entry) -> Words:
    """Why the indicator is not made from its parts."""
    why = _WHY.get(entry.nature, _NEVER)
    return Words(
        f"Không tính từ các đơn vị: {why.vi}. Chỉ hiện số mà chính đơn vị này công bố.",
        f"Not made from the parts: {why.en}. Only a figure of the unit itself is shown.",
    )


def _circle(code: str) -> Words:
    return Words(f"Công thức của {code} dẫn trở về chính nó.", f"The formula of {code} leads back to itself.")
