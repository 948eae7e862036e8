"""Figures of many series and units read ahead in one statement, for boards: what is asked afterwards is found here.

`fill` hangs a shelf into a Moment. `totals`, `recipes` and `levels` look there first, so a total made from the shelf
is the same total, by the same rules, as one that is asked alone: a board never says something else than a passport.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from dienhong.indicators.models import Batch
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


# `latest`: the last word on each unit of each series; `hung`: those of them that lie below a unit asked for, by depth;
# `level`: every unit of such a depth, for who has said nothing must be named.
_TREES = """validity @> {day} AND CASE WHEN %(trees)s::timestamptz IS NULL THEN a.superseded_at IS NULL
    ELSE a.known_at <= %(trees)s AND (a.superseded_at IS NULL OR a.superseded_at > %(trees)s) END"""
_FILL = f"""
WITH s AS MATERIALIZED (
    SELECT * FROM unnest(%(indicators)s::bigint[], %(periods)s::bigint[], %(breakdowns)s::bigint[], %(measures)s::int[],
        %(sources)s::bigint[]) WITH ORDINALITY AS s(indicator_id, period_id, breakdown_id, measure, source_id, no)
), q AS MATERIALIZED (
    SELECT * FROM unnest(%(numbers)s::bigint[], %(units)s::bigint[], %(hierarchies)s::bigint[], %(days)s::date[])
        AS q(no, unit_id, hierarchy_id, on_day)
), latest AS MATERIALIZED (
    SELECT DISTINCT ON (s.no, o.unit_id) s.no, o.unit_id, o.value, o.empty, o.stage, o.batch_id,
        date_part('epoch', p.known_at) AS known, o.source_id
    FROM s JOIN indicators_observation o ON o.indicator_id = s.indicator_id AND o.period_id = s.period_id
        AND o.breakdown_id = s.breakdown_id AND o.measure = s.measure AND o.source_id = s.source_id
    JOIN indicators_publication p ON p.batch_id = o.batch_id
    WHERE p.known_at <= %(at)s ORDER BY s.no, o.unit_id, o.batch_id DESC
), stands AS MATERIALIZED (SELECT * FROM latest WHERE empty <> 9),
hung AS MATERIALIZED (
    SELECT q.no, q.unit_id AS top, q.hierarchy_id, q.on_day, a.depth, t.unit_id, t.value, t.empty, t.stage, t.batch_id,
        t.known, t.source_id
    FROM q JOIN stands t USING (no) JOIN organizations_ancestry a ON a.ancestor_id = q.unit_id
        AND a.descendant_id = t.unit_id AND a.hierarchy_id = q.hierarchy_id AND a.{_TREES.format(day="q.on_day")}
    WHERE q.hierarchy_id IS NOT NULL
), depths AS (SELECT DISTINCT no, top, hierarchy_id, on_day, depth FROM hung)
SELECT q.no, q.unit_id, NULL::bigint, NULL::date, 0, t.unit_id, t.value, t.empty, t.stage, t.batch_id, t.known,
    t.source_id
FROM (SELECT DISTINCT no, unit_id FROM q) q JOIN stands t ON t.no = q.no AND t.unit_id = q.unit_id
UNION ALL
SELECT d.no, d.top, d.hierarchy_id, d.on_day, d.depth, a.descendant_id, h.value, h.empty, h.stage, h.batch_id, h.known,
    h.source_id
FROM depths d JOIN organizations_ancestry a ON a.ancestor_id = d.top AND a.depth = d.depth
    AND a.hierarchy_id = d.hierarchy_id AND a.{_TREES.format(day="d.on_day")}
LEFT JOIN hung h ON h.no = d.no AND h.top = d.top AND h.hierarchy_id = d.hierarchy_id AND h.on_day = d.on_day
    AND h.depth = d.depth AND h.unit_id = a.descendant_id
"""  # noqa: S608


def fill(wanted: Iterable[Wanted], at: Moment) -> Shelf:
    """Read all of it in one statement, and in a second one which batches a demo generated."""
    shelf = at.read.setdefault(_SHELF, Shelf())
    fresh = list(dict.fromkeys(each for each in wanted if not _there(each, shelf)))
    if not fresh:
        return shelf  # type: ignore[no-any-return]
    trees = dict(Hierarchy.objects.values_list("key", "pk"))
    keys = {pk: key for key, pk in trees.items()}
    series = list(dict.fromkeys(each.series for each in fresh))
    with connection.cursor() as cursor:
        cursor.execute(_FILL, _values(fresh, series, trees, at))
        rows = cursor.fetchall()
    for each in fresh:
        shelf.asked.add((each.series, each.unit_id))
        if each.hierarchy:
            shelf.hung.add((each.series, each.unit_id, each.hierarchy, each.on))
    for row in rows:
        _put(shelf, row, series, keys)
    _mark(shelf, {row[9] for row in rows if row[9] is not None})
    return shelf  # type: ignore[no-any-return]


def _there(each: Wanted, shelf: Shelf) -> bool:
    if each.hierarchy:
        return (each.series, each.unit_id, each.hierarchy, each.on) in shelf.hung
    return (each.series, each.unit_id) in shelf.asked


def _values(fresh: list[Wanted], series: list[Series], trees: Mapping[str, int], at: Moment) -> dict[str, Any]:
    numbers = {each: number for number, each in enumerate(series, 1)}
    return {
        "indicators": [each.indicator_id for each in series],
        "periods": [each.period_id for each in series],
        "breakdowns": [each.breakdown_id for each in series],
        "measures": [each.measure for each in series],
        "sources": [each.source_id for each in series],
        "numbers": [numbers[each.series] for each in fresh],
        "units": [each.unit_id for each in fresh],
        "hierarchies": [trees.get(each.hierarchy) for each in fresh],
        "days": [each.on for each in fresh],
        "at": at.at,
        "trees": at.trees,
    }


def _put(shelf: Shelf, row: tuple[Any, ...], series: list[Series], keys: Mapping[int, str]) -> None:
    number, top, hierarchy, on, depth, unit, *said = row
    figure = None if said[1] is None else Figure._make((*said, *NO_PROOF))
    if hierarchy is None:
        if figure is not None:
            shelf.own[series[number - 1], top] = figure
        return
    key = (series[number - 1], top, keys[hierarchy], on)
    shelf.below.setdefault(key, {}).setdefault(depth, {})[unit] = figure


def _mark(shelf: Shelf, batches: set[int]) -> None:
    if batches:
        shelf.demo |= set(Batch.objects.filter(pk__in=batches, demo=True).values_list("pk", flat=True))
