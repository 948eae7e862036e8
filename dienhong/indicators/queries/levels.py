"""Set-based reading of a whole level of units below one unit, as of a moment. One statement each.

A level is one depth of the hierarchy: the shallowest at which anything is known. Levels are never mixed, so a
province and its communes are never counted together.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from dienhong.base.numbers import Empty
from dienhong.indicators.models import Period
from dienhong.indicators.queries import figures, shelf
from dienhong.indicators.queries.figures import NO_PROOF, Figure
from dienhong.indicators.queries.leaf_series import Series
from dienhong.indicators.queries.moments import Moment


@dataclass(frozen=True, slots=True)
class Below:
    """The units below `unit_id` in a hierarchy on a day, as the hierarchy was known at the moment."""

    hierarchy: str
    unit_id: int
    on: dt.date
    at: Moment

    @classmethod
    def of(cls, hierarchy: str, unit_id: int, period: Period, at: Moment) -> "Below":
        """The hierarchy as it stands on the period's last day."""
        return cls(hierarchy, unit_id, period.last, at)

    def values(self) -> list[Any]:
        return [self.hierarchy, self.unit_id, self.on, self.at.trees, self.at.trees, self.at.trees]

    def kept(self, series: Series) -> dict[int, shelf.Level] | None:
        """depth -> level, where it was read ahead for a board."""
        return shelf.levels(series, self.unit_id, self.hierarchy, self.on, self.at)


# On one day, as of one moment, one pair has one row of the closure. Made once, or each unit of a level is looked up in
# it.
_BELOW = """
below AS MATERIALIZED (
    SELECT descendant_id AS unit_id, depth FROM organizations_ancestry
    WHERE hierarchy_id = (SELECT id FROM organizations_hierarchy WHERE key = %s) AND ancestor_id = %s
      AND validity @> %s::date
      AND CASE WHEN %s::timestamptz IS NULL THEN superseded_at IS NULL
          ELSE known_at <= %s AND (superseded_at IS NULL OR superseded_at > %s) END
)"""
# The publications come by batch, not by figure: thousands of figures of a level lie in some dozens of batches, and the
# planner, which cannot know that, looked each figure's batch up anew.
_LATEST = """
{name}_said AS MATERIALIZED (
    SELECT o.unit_id, o.value, o.empty, o.stage, o.batch_id, o.source_id FROM indicators_observation o
    WHERE o.indicator_id = %s AND o.period_id = %s AND o.breakdown_id = %s AND o.measure = %s AND o.source_id = %s
), {name}_known AS MATERIALIZED (
    SELECT p.batch_id, p.known_at FROM indicators_publication p
    WHERE p.batch_id IN (SELECT batch_id FROM {name}_said) AND p.known_at <= %s
), {name} AS (
    SELECT DISTINCT ON (s.unit_id) s.unit_id, s.value, s.empty, s.stage, s.batch_id, k.known_at, s.source_id,
        CASE WHEN s.empty = 1 THEN 0 ELSE s.value END AS adds
    FROM {name}_said s JOIN {name}_known k USING (batch_id)
    ORDER BY s.unit_id, s.batch_id DESC
)"""
# A retracted value is no value, but it must first win over what it retracts.
_STANDS = "{name}_stands AS (SELECT * FROM {name} WHERE empty <> 9)"


@dataclass(frozen=True, slots=True)
class Sum:
    """A level added up. `without`: units of the level with nothing known; `unknown`: the reporter says so."""

    depth: int
    total: Decimal | None
    reported: int
    values: int
    nothing_arose: int
    not_applicable: int
    stage: int | None
    known_at: dt.datetime | None
    without: tuple[int, ...]
    unknown: tuple[int, ...]


# All depths in one pass, the shallowest at which anything is known taken. The lists come unsorted: sorting is cheaper
# here than there.
_SUM = f"""
WITH {_BELOW}, {_LATEST.format(name="latest")}, {_STANDS.format(name="latest")}
SELECT b.depth, sum(l.adds), count(l.empty), count(l.value), count(*) FILTER (WHERE l.empty = 1),
    count(*) FILTER (WHERE l.empty = 3), min(l.stage), max(l.known_at),
    array_agg(b.unit_id) FILTER (WHERE l.empty IS NULL), array_agg(b.unit_id) FILTER (WHERE l.empty IN (2, 4))
FROM below b LEFT JOIN latest_stands l USING (unit_id)
GROUP BY b.depth HAVING count(l.empty) > 0 ORDER BY b.depth LIMIT 1
"""  # noqa: S608


def add_up(below: Below, series: Series) -> Sum | None:
    """The sum over the shallowest level at which anything is known; None where nothing is known at any."""
    kept = below.kept(series)
    if kept is not None:
        return _added(min(kept), kept[min(kept)]) if kept else None
    with connection.cursor() as cursor:
        cursor.execute(_SUM, [*below.values(), *series.values(below.at)])
        row = cursor.fetchone()
    return None if row is None else Sum(*row[:8], *(tuple(sorted(ids or ())) for ids in row[8:]))


def _added(depth: int, level: shelf.Level) -> Sum:
    """As the statement above says it, of a level that was read ahead."""
    there = [figure for figure in level.values() if figure is not None]
    adding = [figure.adds for figure in there if figure.adds is not None]
    return Sum(
        depth,
        sum(adding, Decimal(0)) if adding else None,
        len(there),
        sum(figure.value is not None for figure in there),
        sum(figure.empty == Empty.NOTHING_AROSE for figure in there),
        sum(figure.empty == Empty.NOT_APPLICABLE for figure in there),
        min(figure.stage for figure in there),
        max(there, key=lambda figure: figure.known).known_at,
        tuple(sorted(unit for unit, figure in level.items() if figure is None)),
        tuple(sorted(unit for unit, figure in level.items() if figure is not None and figure.empty in _NOT_SAID)),
    )


_NOT_SAID = (Empty.UNKNOWN, Empty.SOURCE_DOWN)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two series added up over the units of one level that have both."""

    depth: int
    first: Decimal
    second: Decimal
    product: Decimal
    pairs: int
    stage: int
    known_at: dt.datetime
    without: tuple[int, ...]


_PAIR = f"""
WITH {_BELOW}, {_LATEST.format(name="one")}, {_LATEST.format(name="two")},
both_known AS (
    SELECT unit_id, one.adds AS first, two.adds AS second, least(one.stage, two.stage) AS stage,
        greatest(one.known_at, two.known_at) AS known_at
    FROM one JOIN two USING (unit_id)
    WHERE one.adds IS NOT NULL AND two.adds IS NOT NULL
), level AS (SELECT min(b.depth) AS depth FROM below b JOIN both_known USING (unit_id))
SELECT b.depth, sum(k.first), sum(k.second), sum(k.first * k.second), count(k.unit_id), min(k.stage), max(k.known_at),
    array_agg(b.unit_id ORDER BY b.unit_id) FILTER (WHERE k.unit_id IS NULL)
FROM below b JOIN level USING (depth) LEFT JOIN both_known k USING (unit_id) GROUP BY b.depth
"""  # noqa: S608


def add_up_pairs(below: Below, first: Series, second: Series) -> Pair | None:
    """Numerator and denominator, or value and weight: a unit that lacks one of them counts in neither."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIR, [*below.values(), *first.values(below.at), *second.values(below.at)])
        row = cursor.fetchone()
    return None if row is None else Pair(*row[:7], *(tuple(ids or ()) for ids in row[7:]))


_LEVEL = f"""
WITH {_BELOW}, {_LATEST.format(name="latest")}, {_STANDS.format(name="latest")},
level AS (SELECT coalesce(%s, min(b.depth)) AS depth FROM below b JOIN latest_stands l USING (unit_id))
SELECT b.unit_id, l.value, l.empty, l.stage, l.batch_id, date_part('epoch', l.known_at), l.source_id
FROM below b JOIN level USING (depth) LEFT JOIN latest_stands l USING (unit_id) ORDER BY b.unit_id
"""  # noqa: S608


def level(below: Below, series: Series, depth: int | None = None) -> dict[int, Figure | None]:
    """unit id -> figure, or None where nothing is known, for every unit of the level."""
    kept = below.kept(series)
    if kept is not None and (depth is None or depth in kept):
        return dict(kept[min(kept) if depth is None else depth]) if kept else {}
    with connection.cursor() as cursor:
        cursor.execute(_LEVEL, [*below.values(), *series.values(below.at), depth])
        rows = cursor.fetchall()
    return {row[0]: None if row[2] is None else Figure._make(row[1:] + NO_PROOF) for row in rows}


_ADDING = f"""
WITH {_BELOW}, {_LATEST.format(name="latest")}, {_STANDS.format(name="latest")}
SELECT b.unit_id, l.adds FROM below b JOIN latest_stands l USING (unit_id) WHERE b.depth = %s AND l.adds IS NOT NULL
"""  # noqa: S608


def adding(below: Below, series: Series, depth: int) -> dict[int, Decimal]:
    """unit id -> what it adds, of the units of the level that add anything; a third of the work of whole figures."""
    kept = below.kept(series)
    if kept is not None and depth in kept:
        return figures.adding(kept[depth])
    with connection.cursor() as cursor:
        cursor.execute(_ADDING, [*below.values(), *series.values(below.at), depth])
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Change:
    """How one unit's figure moved between two periods; nothing arose counts as 0."""

    unit_id: int
    now: Decimal
    before: Decimal
    change: Decimal


# `here` stands twice and is therefore made once: the level is the shallowest at which anything is known now.
_CHANGES = f"""
WITH {_BELOW}, {_LATEST.format(name="now")}, {_LATEST.format(name="before")},
here AS MATERIALIZED (SELECT b.depth, n.unit_id, n.adds FROM now n JOIN below b USING (unit_id) WHERE n.empty <> 9)
SELECT here.unit_id, here.adds, before.adds, here.adds - before.adds
FROM here JOIN before USING (unit_id)
WHERE here.depth = coalesce(%s, (SELECT min(depth) FROM here)) AND here.adds IS NOT NULL AND before.adds IS NOT NULL
ORDER BY abs(here.adds - before.adds) DESC, here.unit_id LIMIT %s
"""  # noqa: S608


def largest_changes(below: Below, now: Series, before: Series, n: int, depth: int | None = None) -> list[Change]:
    """The `n` units of the level whose figures moved most, either way; units without one of the two are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, [*below.values(), *now.values(below.at), *before.values(below.at), depth, n])
        return [Change(*row) for row in cursor.fetchall()]


_CHILDREN = """
SELECT a.ancestor_id, a.descendant_id FROM organizations_ancestry a
WHERE a.hierarchy_id = (SELECT id FROM organizations_hierarchy WHERE key = %s) AND a.ancestor_id = ANY(%s)
  AND a.validity @> %s::date
  AND CASE WHEN %s::timestamptz IS NULL THEN a.superseded_at IS NULL
      ELSE a.known_at <= %s AND (a.superseded_at IS NULL OR a.superseded_at > %s) END
  {depth}
"""


def descendants(below: Below, of: Sequence[int], *, depth: int | None = None) -> dict[int, list[int]]:
    """ancestor id -> ids below it, of one depth or of all."""
    query = _CHILDREN.format(depth="" if depth is None else "AND a.depth = %s")
    values: list[Any] = [below.hierarchy, list(of), below.on, below.at.trees, below.at.trees, below.at.trees]
    found: dict[int, list[int]] = {unit: [] for unit in of}
    with connection.cursor() as cursor:
        cursor.execute(query, values if depth is None else [*values, depth])
        for ancestor, unit in cursor.fetchall():
            found[ancestor].append(unit)
    return found
