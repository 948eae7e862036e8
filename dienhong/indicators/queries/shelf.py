"""Figures of many series and units read ahead in one statement, for boards: what is asked afterwards is found here.

`fill` hangs a shelf into a Moment. `totals`, `recipes` and `levels` look there first, so a total made from the shelf
is the same total, by the same rules, as one that is asked alone: a board never says something else than a passport.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from dienhong.indicators.queries.figures import NO_PROOF, Figure
from dienhong.indicators.queries.leaf_series import Series
from dienhong.indicators.queries.moments import Moment
from dienhong.organizations.models import Hierarchy

Level = dict[int, Figure | None]
_SHELF = ("shelf", 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A series of one unit: its own figure, and with a `hierarchy` those of the units below it on the day `on`."""

    series: Series
    unit_id: int
    on: dt.date
    hierarchy: str = ""


@dataclass
class Shelf:
    """`own` and `below` hold nothing for what was asked and is not known; `asked` says what was."""

    asked: set[tuple[Series, int]] = field(default_factory=set)
    hung: set[tuple[Series, int, str, dt.date]] = field(default_factory=set)
    own: dict[tuple[Series, int], Figure] = field(default_factory=dict)
    below: dict[tuple[Series, int, str, dt.date], dict[int, Level]] = field(default_factory=dict)
    demo: set[int] = field(default_factory=set)


def of(at: Moment) -> Shelf | None:
    found: Shelf | None = at.read.get(_SHELF)
    return found


def own(series: Series, unit_ids: Iterable[int], at: Moment) -> dict[int, Figure] | None:
    """unit -> its own figure; None where the shelf was not asked about one of them."""
    shelf, wanted = of(at), list(unit_ids)
    if shelf is None or any((series, unit) not in shelf.asked for unit in wanted):
        return None
    return {unit: shelf.own[series, unit] for unit in wanted if (series, unit) in shelf.own}


def levels(series: Series, unit_id: int, hierarchy: str, on: dt.date, at: Moment) -> dict[int, Level] | None:
    """depth -> unit -> figure, of the depths at which anything is known; None where the shelf was not asked."""
    shelf, key = of(at), (series, unit_id, hierarchy, on)
    return shelf.below.get(key, {}) if shelf is not None and key in shelf.hung else None


# One walk along the index for each series; whose word counts by then is looked up row by row, since the planner knows
# nothing of arrays and would go through all publications for each.
_LATEST = """
SELECT s.no, l.unit_id, l.value, l.empty, l.stage, l.batch_id, date_part('epoch', l.known_at), l.source_id
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::bigint[]) WITH ORDINALITY
    AS s(indicator_id, period_id, breakdown_id, measure, source_id, no)
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (x.unit_id) x.* FROM (
        SELECT o.unit_id, o.value, o.empty, o.stage, o.batch_id, o.source_id,
            (SELECT p.known_at FROM indicators_publication p WHERE p.batch_id = o.batch_id) AS known_at
        FROM indicators_observation o
        WHERE o.indicator_id = s.indicator_id AND o.period_id = s.period_id AND o.breakdown_id = s.breakdown_id
            AND o.measure = s.measure AND o.source_id = s.source_id OFFSET 0
    ) x WHERE x.known_at <= %s ORDER BY x.unit_id, x.batch_id DESC
) l WHERE l.empty <> 9
"""
_TREES = """CASE WHEN %(trees)s::timestamptz IS NULL THEN superseded_at IS NULL
    ELSE known_at <= %(trees)s AND (superseded_at IS NULL OR superseded_at > %(trees)s) END"""
# Which of the units with figures lie below those asked for, and how deep; then every unit of those depths, for who has
# said nothing must be named.
_BELOW = f"""
SELECT hierarchy_id, ancestor_id, descendant_id, depth, validity FROM organizations_ancestry
WHERE hierarchy_id = ANY(%(hierarchies)s) AND ancestor_id = ANY(%(tops)s) AND descendant_id = ANY(%(units)s)
    AND {_TREES}
"""  # noqa: S608
_LEVELS = f"""
SELECT hierarchy_id, ancestor_id, descendant_id, depth, validity FROM organizations_ancestry
WHERE hierarchy_id = ANY(%(hierarchies)s) AND ancestor_id = ANY(%(tops)s) AND depth = ANY(%(depths)s) AND {_TREES}
"""  # noqa: S608
Place = tuple[int, int, Any]  # a unit below, how deep, on which days


def fill(wanted: Iterable[Wanted], at: Moment) -> Shelf:
    """Read all figures in one statement; the places of units in two, and which batches a demo generated in one."""
    shelf: Shelf = at.read.setdefault(_SHELF, Shelf())
    fresh = list(dict.fromkeys(each for each in wanted if not _there(each, shelf)))
    if not fresh:
        return shelf
    figures = _latest(list(dict.fromkeys(each.series for each in fresh)), at)
    for each in fresh:
        shelf.asked.add((each.series, each.unit_id))
        own = figures[each.series].get(each.unit_id)
        if own is not None:
            shelf.own[each.series, each.unit_id] = own
    _hang(shelf, [each for each in fresh if each.hierarchy], figures, at)
    shelf.demo |= _generated({figure.batch_id for level in figures.values() for figure in level.values()})
    return shelf


def _generated(batches: set[int]) -> set[int]:
    """Those of a demo. As one array: thousands of parameters take longer to write out than to look up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM indicators_batch WHERE demo AND id = ANY(%s)", [list(batches)])
        return {row[0] for row in cursor.fetchall()}


def _there(each: Wanted, shelf: Shelf) -> bool:
    if each.hierarchy:
        return (each.series, each.unit_id, each.hierarchy, each.on) in shelf.hung
    return (each.series, each.unit_id) in shelf.asked


def _latest(series: list[Series], at: Moment) -> dict[Series, dict[int, Figure]]:
    """series -> unit -> the figure that stands."""
    names = ("indicator_id", "period_id", "breakdown_id", "measure", "source_id")
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [*([getattr(each, name) for each in series] for name in names), at.at])
        rows = cursor.fetchall()
    found: dict[Series, dict[int, Figure]] = {each: {} for each in series}
    for number, unit, *said in rows:
        found[series[number - 1]][unit] = Figure._make((*said, *NO_PROOF))
    return found


def _hang(shelf: Shelf, wanted: list[Wanted], figures: Mapping[Series, Mapping[int, Figure]], at: Moment) -> None:
    """The levels below each unit, as the tree stands on the day that is asked for."""
    trees = dict(Hierarchy.objects.filter(key__in={each.hierarchy for each in wanted}).values_list("key", "pk"))
    tops = {each.unit_id for each in wanted}
    units = {unit for each in wanted for unit in figures[each.series]}
    below = _places(_BELOW, at, hierarchies=list(trees.values()), tops=list(tops), units=list(units))
    deep = {depth for places in below.values() for _unit, depth, _days in places}
    high = {top for _tree, top in below}
    members = _places(_LEVELS, at, hierarchies=list(trees.values()), tops=list(high), depths=list(deep))
    days: dict[tuple[tuple[int, int], dt.date], tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}
    for each in wanted:
        asked, key = (each.series, each.unit_id, each.hierarchy, each.on), (trees.get(each.hierarchy, 0), each.unit_id)
        shelf.hung.add(asked)
        if key not in below:  # most: a board lists units that have none below them
            shelf.below[asked] = {}
            continue
        if (key, each.on) not in days:
            days[key, each.on] = _on(each.on, below[key]), _on(each.on, members.get(key, []))
        spoken, everyone = days[key, each.on]
        there = figures[each.series]
        levels: dict[int, Level] = {depth: {} for unit, depth in spoken if unit in there}
        for unit, depth in everyone if levels else ():
            if depth in levels:
                levels[depth][unit] = there.get(unit)
        shelf.below[asked] = levels


def _on(day: dt.date, places: list[Place]) -> list[tuple[int, int]]:
    """Those that lie there on that day: unit and depth."""
    return [(unit, depth) for unit, depth, days in places if day in days]


def _places(statement: str, at: Moment, **given: list[int]) -> dict[tuple[int, int], list[Place]]:
    """(hierarchy, unit) -> units below it."""
    found: dict[tuple[int, int], list[Place]] = {}
    if not all(given.values()):
        return found
    with connection.cursor() as cursor:
        cursor.execute(statement, {**given, "trees": at.trees})
        for tree, top, unit, depth, days in cursor.fetchall():
            found.setdefault((tree, top), []).append((unit, depth, days))
    return found
