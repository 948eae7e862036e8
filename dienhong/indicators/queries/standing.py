"""Of which periods the nation and its provinces have figures: what a page of an indicator opens on."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import connection

from dienhong.indicators.models import Entry, Indicator, Period
from dienhong.indicators.queries import catalogue, recipes
from dienhong.indicators.queries.asking import Ask
from dienhong.indicators.queries.computed import asked_of
from dienhong.indicators.queries.figures import TOTAL, speaks, total_breakdown
from dienhong.indicators.queries.leaf_series import Series
from dienhong.indicators.queries.moments import Moment

# One step into the index for each unit of each series: communes and other sources of the same period are not read.
_GIVEN = """
SELECT s.place, u.unit_id
FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::bigint[])
    AS s(place, indicator_id, period_id, breakdown_id, measure, source_id)
CROSS JOIN unnest(%s::bigint[]) AS u(unit_id)
CROSS JOIN LATERAL (
    SELECT o.empty FROM indicators_observation o JOIN indicators_publication p ON p.batch_id = o.batch_id
    WHERE o.indicator_id = s.indicator_id AND o.period_id = s.period_id AND o.unit_id = u.unit_id
        AND o.breakdown_id = s.breakdown_id AND o.measure = s.measure AND o.source_id = s.source_id
        AND p.known_at <= %s
    ORDER BY o.batch_id DESC LIMIT 1
) latest
WHERE latest.empty <> 9
"""


def given(
    indicator: Indicator, rows: Sequence[Period], units: Sequence[int], at: Moment, breakdown_id: int = TOTAL
) -> dict[int, set[int]]:
    """period id -> those of the units that have a figure of their own, or all that makes one; periods without any are
    left out. Only the source that speaks counts."""
    entry = catalogue.entry(indicator.pk, at)
    needed = {row.pk: _leaves(indicator, entry, asked_of(row, 0, at, breakdown_id)) for row in rows}
    flat = [(place, each) for place, row in enumerate(rows) for each in needed[row.pk]]
    if not flat or not units:
        return {}
    columns = [
        [place for place, _each in flat],
        *([getattr(each, name) for _place, each in flat] for name in Series.__dataclass_fields__),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, [*columns, list(units), at.at])
        said = cursor.fetchall()
    count: dict[tuple[int, int], int] = {}
    for place, unit in said:
        count[place, unit] = count.get((place, unit), 0) + 1
    found: dict[int, set[int]] = {}
    for (place, unit), parts in count.items():
        period = rows[place].pk
        if parts == len(needed[period]):
            found.setdefault(period, set()).add(unit)
    return found


def _leaves(indicator: Indicator, entry: Entry | None, ask: Ask) -> list[Series]:
    """The series that a unit's own figure is made from; none where nobody speaks for a side."""
    sides = [indicator]
    if entry is not None and ask.series(indicator.pk) is None and entry.agg_units == "ratio":
        parts = [catalogue.by_code(code, ask.at) for code in (entry.numerator, entry.denominator)]
        sides = [part for part in parts if part is not None]
    made = [recipes.recipe(side, replace(ask, trail=())) for side in sides]
    if None in made:
        return []
    return list(dict.fromkeys(series for each in made if each for series in each.leaves.values()))


_PARTS = """
SELECT DISTINCT o.breakdown_id FROM unnest(%s::bigint[], %s::bigint[]) AS w(period_id, source_id)
JOIN indicators_observation o ON o.indicator_id = %s AND o.period_id = w.period_id AND o.source_id = w.source_id
WHERE o.breakdown_id <> %s ORDER BY o.breakdown_id
"""


def parts_said(indicator: Indicator, rows: Sequence[Period], at: Moment) -> list[int]:
    """The breakdowns of which the source that speaks said anything in these periods; the total is none of them."""
    said = {row.pk: source for row in rows if (source := speaks(indicator.pk, row, at)) is not None}
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [list(said), list(said.values()), indicator.pk, total_breakdown(at)])
        return [row[0] for row in cursor.fetchall()]
