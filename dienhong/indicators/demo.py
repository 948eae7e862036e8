"""Which figures were generated for the demo: every screen, download and answer says so."""

from collections.abc import Iterable, Iterator, Mapping

from dienhong.indicators import queries
from dienhong.indicators.models import Batch, Indicator, Period, Source
from dienhong.indicators.queries import Below, Figure, Moment, Total
from dienhong.rules.expressions import parse, references


def any_of(figures: Iterable[Figure | None]) -> int:
    """How many of the figures a demo generated: by their source, or by the batch that brought them."""
    there = [figure for figure in figures if figure is not None]
    return len(_generated(there))


def of_each(behind: Mapping[int, Iterable[Figure]]) -> set[int]:
    """Of the units (id -> the figures behind its own), those with a generated one among them."""
    rows = {unit: list(figures) for unit, figures in behind.items()}
    generated = set(_generated([figure for figures in rows.values() for figure in figures]))
    return {unit for unit, figures in rows.items() if generated.intersection(figures)}


def _generated(there: list[Figure]) -> list[Figure]:
    sources = set(
        Source.objects.filter(pk__in={figure.source_id for figure in there}, demo=True).values_list("pk", flat=True)
    )
    batches = set(
        Batch.objects.filter(pk__in={figure.batch_id for figure in there}, demo=True).values_list("pk", flat=True)
    )
    return [figure for figure in there if figure.source_id in sources or figure.batch_id in batches]


def behind(made: Total, unit_id: int, at: Moment) -> int:
    """How many of the reported figures behind the unit's total were generated."""
    return any_of(figures_behind(made, unit_id, at))


def figures_behind(made: Total, unit_id: int, at: Moment) -> list[Figure]:
    """Every reported figure that the unit's total was made from, through ratios and formulas."""
    return [figure for figure in _figures(made, unit_id, at) if figure is not None]


def _figures(made: Total, unit_id: int, at: Moment) -> Iterator[Figure | None]:
    if made.figure is not None:
        yield made.figure
    for series in made.leaves:
        period = Period.objects.get(pk=series.period_id)
        below = Below.of(queries.hierarchy_of(unit_id, period), unit_id, period, at)
        yield from queries.level(below, series, made.depth).values()
    for part in made.inputs.values():
        yield from _figures(part, unit_id, at)


def periods_of(
    indicator: Indicator, rows: Iterable[Period], at: Moment, trail: frozenset[str] = frozenset()
) -> set[int]:
    """Ids of the periods in which any figure of the authoritative source, or of what it is made from, was generated."""
    known = list(rows)
    said = queries.authorities(indicator.pk, [row.pk for row in known], at)
    marked = set(Source.objects.filter(pk__in=set(said.values()), demo=True).values_list("pk", flat=True))
    found = {period for period, source in said.items() if source in marked}
    found |= queries.demo_periods(indicator.pk, {p: s for p, s in said.items() if p not in found})
    trail |= {indicator.code}
    left = [row for row in known if row.pk not in found]
    for part in Indicator.objects.filter(code__in=_made_from(indicator, at) - trail) if left else ():
        found |= periods_of(part, left, at, trail)
    return found


def _made_from(indicator: Indicator, at: Moment) -> set[str]:
    """Codes of the sides of a quotient and of what a formula names."""
    entry = queries.entry(indicator.pk, at)
    codes = {entry.numerator, entry.denominator, entry.weight} - {""} if entry else set()
    formulas = [method.formula for method in queries.methods(indicator.pk, at) if method.formula]
    return codes | {ref.code for formula in formulas for ref in references(parse(formula, expects="number"))}
