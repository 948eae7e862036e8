"""What a unit's own figure of an indicator is made from: one series that somebody reports, or a formula over several.

With it a computed indicator is read like a reported one: over a level of units, over many units at once, in pairs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from dienhong.indicators.models import Indicator
from dienhong.indicators.queries import catalogue, figures, levels, shelf
from dienhong.indicators.queries.asking import Ask
from dienhong.indicators.queries.figures import Figure
from dienhong.indicators.queries.leaf_series import Series
from dienhong.indicators.queries.levels import Below, Pair
from dienhong.indicators.queries.moments import Moment
from dienhong.rules.expressions import Node, Reason, Ref, evaluate, parse, references, rounded
from dienhong.rules.expressions.nodes import Call, Op

DIGITS = 10  # of a stored value


@dataclass(frozen=True)
class Recipe:
    """`node` over `leaves`, by reference key. A reference without a leaf is one that nobody ever spoke of."""

    node: Node
    leaves: Mapping[str, Series]

    @property
    def series(self) -> Series | None:
        """The series, where it is nothing but one: reported, or a view on a part of one that is."""
        return self.leaves.get(self.node.key) if isinstance(self.node, Ref) else None


def recipe(indicator: Indicator, ask: Ask) -> Recipe | None:
    """None where nobody speaks for it and it has no formula; also where the formula leads back to itself."""
    series = ask.series(indicator.pk)
    if series is not None:
        leaf = _leaf(series)
        return Recipe(leaf, {leaf.key: series})
    method = None if indicator.code in ask.trail else catalogue.method(indicator.pk, ask.period, ask.at)
    if method is None or not method.formula:
        return None
    node, entry = parse(method.formula, expects="number"), catalogue.entry(indicator.pk, ask.at)
    inner = replace(ask, trail=(*ask.trail, indicator.code))
    leaves: dict[str, Series] = {}
    instead: dict[Ref, Node] = {}
    for ref in references(node):
        part, there = catalogue.by_code(ref.code, ask.at), inner.referred(entry, node, ref)
        found = recipe(part, there) if part and there else None
        if found is not None:
            instead[ref] = found.node
            leaves |= found.leaves
    return Recipe(_put(node, instead), leaves) if leaves else None


def _leaf(series: Series) -> Ref:
    """A name that no two series share."""
    return Ref(f"{series.indicator_id}.{series.period_id}.{series.breakdown_id}.{series.measure}.{series.source_id}")


def _put(node: Node, instead: Mapping[Ref, Node]) -> Node:
    if isinstance(node, Ref):
        return instead.get(node, node)
    if isinstance(node, Op | Call):
        return replace(node, args=tuple(_put(arg, instead) for arg in node.args))
    return node


def joined(made: Recipe, found: Mapping[str, Mapping[int, Figure | None]], units: Iterable[int]) -> dict[int, Figure]:
    """unit -> figure by the recipe, from the figures of its leaves; units of which nothing is known are left out."""
    if made.series is not None and isinstance(made.node, Ref):
        given = found[made.node.key]
        return {unit: figure for unit in units if (figure := given.get(unit)) is not None}
    keys = [ref.key for ref in references(made.node)]
    result = {}
    for unit in units:
        parts = {key: found[key].get(unit) if key in found else None for key in keys}
        figure = _figure(made.node, parts)
        if figure is not None:
            result[unit] = figure
    return result


def _figure(node: Node, parts: Mapping[str, Figure | None]) -> Figure | None:
    """Evaluated for one unit; its batch and source are those of the part that came last."""
    there = [part for part in parts.values() if part is not None]
    if not there:
        return None
    given = {key: (part.value, part.empty) if part else (None, int(Reason.NOT_ENTERED)) for key, part in parts.items()}
    made = evaluate(node, given)
    if made.number is None and made.empty >= Reason.DIVISION_BY_ZERO:
        return None
    newest = max(there, key=lambda part: (part.known, part.batch_id))
    value = None if made.number is None else rounded(made.number, DIGITS)
    return newest._replace(value=value, empty=int(made.empty), stage=min(part.stage for part in there))


def own(made: Recipe, units: list[int], at: Moment) -> dict[int, Figure]:
    """unit -> the figure it has of its own."""
    return own_parts(made, units, at)[0]


def own_parts(made: Recipe, units: list[int], at: Moment) -> tuple[dict[int, Figure], dict[int, list[Figure]]]:
    """unit -> the figure it has of its own, and the reported figures behind it."""
    found = {
        key: {unit: figure for (_period, unit), figure in cells_of(series, units, at).items()}
        for key, series in made.leaves.items()
    }
    behind = {unit: [each[unit] for each in found.values() if unit in each] for unit in units}
    return joined(made, found, units), behind


def cells_of(series: Series, units: list[int], at: Moment, *, proof: bool = False) -> dict[tuple[int, int], Figure]:
    kept = None if proof else shelf.own(series, units, at)
    if kept is not None:
        return {(series.period_id, unit): figure for unit, figure in kept.items()}
    return figures.cells(
        series.indicator_id,
        [series.period_id],
        units,
        breakdown_id=series.breakdown_id,
        measure=series.measure,
        source_id=series.source_id,
        as_of=at,
        proof=proof,
    )


def level(made: Recipe, below: Below, depth: int) -> tuple[dict[int, Figure | None], list[Figure]]:
    """unit -> figure, or None, for every unit of the level; and every reported figure behind them."""
    found = {key: levels.level(below, series, depth) for key, series in made.leaves.items()}
    units = sorted({unit for each in found.values() for unit in each})
    there = joined(made, found, units)
    behind = [figure for each in found.values() for figure in each.values() if figure]
    return {unit: there.get(unit) for unit in units}, behind


def adding(made: Recipe, below: Below, depth: int) -> dict[int, Decimal]:
    """unit -> what it adds, of the units of the level that add anything."""
    if made.series is not None:
        return levels.adding(below, made.series, depth)
    return figures.adding(level(made, below, depth)[0])


_DEPTHS = f"""
WITH {levels._BELOW}, {levels._LATEST.format(name="latest")}, {levels._STANDS.format(name="latest")}
SELECT DISTINCT b.depth FROM below b JOIN latest_stands l USING (unit_id)
"""  # noqa: S608


def _depths(made: Recipe, below: Below) -> set[int]:
    """The depths at which anything is known of a part of it."""
    found: set[int] = set()
    asked = []
    for series in made.leaves.values():
        kept = below.kept(series)
        if kept is None:
            asked.append(series)
        else:
            found |= kept.keys()
    if not asked:
        return found
    with connection.cursor() as cursor:
        for series in asked:
            cursor.execute(_DEPTHS, [*below.values(), *series.values(below.at)])
            found |= {row[0] for row in cursor.fetchall()}
    return found


def add_up_pairs(below: Below, first: Recipe, second: Recipe) -> Pair | None:
    """Both over the units of the shallowest level at which any unit has both; in one statement where both are plain."""
    if first.series and second.series and None in (below.kept(first.series), below.kept(second.series)):
        return levels.add_up_pairs(below, first.series, second.series)
    for depth in sorted(_depths(first, below) & _depths(second, below)):
        one, two = level(first, below, depth)[0], level(second, below, depth)[0]
        made = _pair(depth, one, two)
        if made is not None:
            return made
    return None


def _pair(depth: int, one: Mapping[int, Figure | None], two: Mapping[int, Figure | None]) -> Pair | None:
    pairs = {unit: (a, b) for unit, a in one.items() if a and a.adds is not None and (b := two.get(unit))}
    both = {unit: (a, b, a.adds, b.adds) for unit, (a, b) in pairs.items() if a.adds is not None and b.adds is not None}
    if not both:
        return None
    rows = list(both.values())
    newest = max((max(a, b, key=lambda part: part.known) for a, b, _x, _y in rows), key=lambda part: part.known)
    product = sum((Fraction(x) * Fraction(y) for _a, _b, x, y in rows), Fraction(0))
    return Pair(
        depth,
        sum((x for _a, _b, x, _y in rows), Decimal(0)),
        sum((y for _a, _b, _x, y in rows), Decimal(0)),
        rounded(product, 2 * DIGITS),
        len(rows),
        min(min(a.stage, b.stage) for a, b, _x, _y in rows),
        newest.known_at,
        tuple(sorted({*one, *two} - set(both))),
    )
