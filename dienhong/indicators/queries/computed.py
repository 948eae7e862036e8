"""Computed indicators (rates, formulas) asked like reported ones: for which periods, of which units, from what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db import connection

from dienhong.base import periods
from dienhong.indicators.breakdowns import key_of
from dienhong.indicators.models import Entry, Indicator, Method, Period, Source
from dienhong.indicators.queries import catalogue, figures, kept, known, recipes
from dienhong.indicators.queries.asking import Ask, plain
from dienhong.indicators.queries.catalogue import BEST, by_then
from dienhong.indicators.queries.figures import Figure
from dienhong.indicators.queries.moments import Moment
from dienhong.rules.expressions import Ref, parse, references, rounded


@dataclass(frozen=True, slots=True)
class Made:
    """The figure that a unit has of its own. `how`: direct, ratio or formula; `behind`: what was reported for it."""

    figure: Figure
    how: str
    behind: tuple[Figure, ...]


def asked_of(period: Period, unit_id: int, at: Moment, breakdown_id: int = figures.TOTAL) -> Ask:
    """A unit in a period, without a hierarchy: for what units have of their own."""
    return Ask(period, unit_id, "", at, breakdown_id or figures.total_breakdown(at), 0)


def of_units(
    indicator: Indicator, period: Period, units: list[int], at: Moment, breakdown_id: int = figures.TOTAL
) -> dict[int, Made]:
    """unit -> the figure it reported, else the one that its own reported figures make. Nothing comes from below."""
    ask, entry = asked_of(period, 0, at, breakdown_id), catalogue.entry(indicator.pk, at)
    found: dict[int, Made] = {}
    series = ask.series(indicator.pk)
    if series is not None:
        cells = recipes.cells_of(series, units, at)
        found = {unit: Made(figure, "direct", (figure,)) for (_period, unit), figure in cells.items()}
    left = [unit for unit in units if unit not in found]
    if entry is None or not left:
        return found
    if entry.agg_units == "ratio":
        return found | _quotients(entry, ask, left)
    return found if series is not None else _by_formula(indicator, entry, ask, left)


def _quotients(entry: Entry, ask: Ask, units: list[int]) -> dict[int, Made]:
    sides = [recipes.recipe(Indicator.objects.get(code=code), ask) for code in (entry.numerator, entry.denominator)]
    if None in sides:
        return {}
    (one, from_one), (two, from_two) = (recipes.own_parts(side, units, ask.at) for side in sides if side)
    found = {}
    for unit in units:
        top, bottom = one.get(unit), two.get(unit)
        if top is None or bottom is None or top.adds is None or not bottom.adds:
            continue
        exact = Fraction(top.adds) / Fraction(bottom.adds) * Fraction(entry.scale)
        newest = max(top, bottom, key=lambda part: (part.known, part.batch_id))
        figure = newest._replace(value=rounded(exact, entry.decimals), empty=0, stage=min(top.stage, bottom.stage))
        found[unit] = Made(figure, "ratio", (*from_one[unit], *from_two[unit]))
    return found


def _by_formula(indicator: Indicator, entry: Entry, ask: Ask, units: list[int]) -> dict[int, Made]:
    made = recipes.recipe(indicator, ask)
    if made is None:
        return {}
    there, behind = recipes.own_parts(made, units, ask.at)
    return {
        unit: Made(
            figure if figure.value is None else figure._replace(value=rounded(Fraction(figure.value), entry.decimals)),
            "formula",
            tuple(behind[unit]),
        )
        for unit, figure in there.items()
    }


def is_computed(entry: Entry, formula: str) -> bool:
    """Whether figures of it are made from other indicators where nobody reports them."""
    return entry.agg_units == "ratio" or bool(formula)


def speaker(indicator: Indicator, period: Period, at: Moment) -> Source | None:
    """The source of the indicator, or of the first of those it is made from."""
    entry, ask = catalogue.entry(indicator.pk, at), asked_of(period, 0, at)
    made = recipes.recipe(indicator, ask)
    if made is None and entry is not None and entry.numerator:
        made = recipes.recipe(Indicator.objects.get(code=entry.numerator), ask)
    series = next(iter(made.leaves.values())) if made else None
    return kept.source(series.source_id) if series else None


_UNITS = """
SELECT DISTINCT unit_id FROM indicators_observation
WHERE indicator_id = %s AND period_id = %s AND breakdown_id = %s AND measure = %s AND source_id = %s
"""


def units_of(indicator: Indicator, period: Period, at: Moment) -> list[int]:
    """The units that have a figure of the first of the series it is made from: whose own figure may be made."""
    entry, ask = catalogue.entry(indicator.pk, at), asked_of(period, 0, at)
    of = Indicator.objects.get(code=entry.numerator) if entry and entry.agg_units == "ratio" else indicator
    made = recipes.recipe(of, ask)
    if made is None:
        return []
    one = next(iter(made.leaves.values()))
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, [one.indicator_id, one.period_id, one.breakdown_id, one.measure, one.source_id])
        return sorted(row[0] for row in cursor.fetchall())


def parts_of(entry: Entry, formula: str) -> tuple[Ref, ...]:
    """What a figure is made from where nobody reports it: both sides of a rate, or what the formula names."""
    if entry.agg_units == "ratio":
        return Ref(entry.numerator), Ref(entry.denominator)
    return references(parse(formula, expects="number")) if formula and entry.agg_units != "weighted" else ()


def periods_known(indicator: Indicator, at: Moment) -> list[Period]:
    """Periods that have begun, of which a figure was reported or all that makes one, oldest first."""
    return periods_of_many([indicator.pk], at)[indicator.pk]


def periods_of_many(indicator_ids: Iterable[int], at: Moment) -> dict[int, list[Period]]:
    """The same of many indicators, in a number of questions that grows with the depth of their formulas alone."""
    wanted = list(indicator_ids)
    involved = learn(wanted, at)
    spoken = known.by_speakers(known.begun_of({*wanted, *involved}), at)
    formulas = {pk: row.formula for pk, (_entry, row) in involved.items() if row}
    walk = _Walk(spoken, {pk: entry for pk, (entry, _row) in involved.items()}, formulas)
    return {pk: sorted(walk.periods(pk).values(), key=lambda row: (row.last, row.first, row.pk)) for pk in wanted}


def learn(indicator_ids: Iterable[int], at: Moment) -> dict[int, tuple[Entry, Method | None]]:
    """The indicators and everything they are made from, down to what is reported: what the catalogue says of each,
    read level by level and kept in the Moment."""
    found: dict[int, tuple[Entry, Method | None]] = {}
    left = set(indicator_ids)
    while left:
        catalogue.read_ahead(left, at)
        codes: set[str] = set()
        for pk in left:
            entry, methods = catalogue.entry(pk, at), catalogue.methods(pk, at)
            if entry is not None:
                found[pk] = (entry, methods[-1] if methods else None)
                codes |= {ref.code for ref in parts_of(entry, methods[-1].formula if methods else "")}
                codes |= {entry.weight} - {""}
        left = {row.pk for row in catalogue.by_codes(codes, at)} - found.keys()
    return found


_SAID = """
SELECT w.indicator_id, w.period_id, w.key FROM unnest(%s::bigint[], %s::bigint[], %s::text[])
    AS w(indicator_id, period_id, key)
JOIN indicators_breakdown b ON b.key = w.key
WHERE EXISTS (SELECT 1 FROM indicators_observation o WHERE o.indicator_id = w.indicator_id
    AND o.period_id = w.period_id AND o.breakdown_id = b.id)
"""


def with_breakdown(wanted: Iterable[tuple[int, int, str]]) -> set[tuple[int, int, str]]:
    """Of (indicator id, period id, key of a breakdown) those of which anything was ever said, in one statement."""
    rows = sorted(wanted)
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [list(column) for column in zip(*rows, strict=True)])
        return set(cursor.fetchall())


def joined_in(spoken: Mapping[int, list[Period]], at: Moment) -> dict[int, list[Period]]:
    """`spoken` (indicator id -> its periods that are over) with those of computed indicators, for the whole catalogue:
    a fixed number of questions, whatever its size."""
    entries = catalogue.entries(as_of=at)
    newest = by_then(Method.objects, at).order_by("indicator_id", *BEST).distinct("indicator_id")
    formulas = dict(newest.values_list("indicator_id", "formula"))
    walk = _Walk(spoken, entries, formulas)
    found = dict(spoken)
    for pk in entries:
        rows = walk.periods(pk)
        if rows:
            found[pk] = sorted(rows.values(), key=lambda row: (row.last, row.first))
    return found


class _Walk:
    """Through the catalogue's formulas, each indicator once."""

    def __init__(
        self, spoken: Mapping[int, list[Period]], entries: Mapping[int, Entry], formulas: Mapping[int, str]
    ) -> None:
        self.spoken, self.entries = spoken, entries
        self.ids = {entry.indicator.code: pk for pk, entry in entries.items()}
        self.refs = {pk: parts_of(entry, formulas.get(pk, "")) for pk, entry in entries.items()}
        self.done: dict[int, dict[int, Period]] = {}
        self.said = with_breakdown(
            (self.ids[ref.code], row.pk, key_of(dict(ref.breakdown)))
            for refs in self.refs.values()
            for ref in refs
            if ref.breakdown and ref.code in self.ids
            for row in spoken.get(self.ids[ref.code], ())
        )

    def periods(self, pk: int) -> dict[int, Period]:
        if pk not in self.done:
            own = {row.pk: row for row in self.spoken.get(pk, ())}
            self.done[pk] = own  # what leads back here in a circle sees what was reported
            self.done[pk] = {**self._made(pk), **own}
        return self.done[pk]

    def _made(self, pk: int) -> dict[int, Period]:
        joined: dict[int, Period] | None = None
        for ref in sorted(self.refs.get(pk, ()), key=lambda each: each.period != ""):
            there = self._part(ref)
            plain_keys = {(row.calendar, row.key) for row in there.values()}
            joined = there if joined is None else joined
            joined = {
                at: row
                for at, row in joined.items()
                if (at in there if not ref.period else _before(row, ref.period) in plain_keys)
            }
        return joined or {}

    def _part(self, ref: Ref) -> dict[int, Period]:
        pk = self.ids.get(ref.code)
        rows = self.periods(pk) if pk else {}
        if not ref.breakdown:
            return rows
        key = key_of(dict(ref.breakdown))
        return {at: row for at, row in rows.items() if (pk, at, key) in self.said}


def _before(row: Period, how: str) -> tuple[str, str] | None:
    if row.calendar == "event":
        return None
    other = {"prev": periods.previous, "year_before": periods.year_before}[how](plain(row))
    return None if other is None else (other.calendar, other.key)
