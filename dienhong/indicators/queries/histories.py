"""What a series, or a sum, was at each moment it changed; and what other sources say of the same thing."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from dienhong.indicators.queries.figures import Figure
from dienhong.indicators.queries.leaf_series import Series
from dienhong.indicators.queries.moments import Moment

_OTHERS = """
SELECT DISTINCT ON (o.source_id) o.value, o.empty, o.stage, o.batch_id,
    date_part('epoch', p.known_at), o.source_id
FROM indicators_observation o JOIN indicators_publication p ON p.batch_id = o.batch_id
WHERE o.indicator_id = %s AND o.period_id = %s AND o.unit_id = %s AND o.breakdown_id = %s AND o.measure = %s
    AND o.source_id <> %s AND p.known_at <= %s
ORDER BY o.source_id, o.batch_id DESC
"""


def other_sources(series: Series, unit_id: int, at: Moment) -> list[Figure]:
    """The figures of all other sources for the same indicator, unit, period, breakdown and measure."""
    with connection.cursor() as cursor:
        cursor.execute(
            _OTHERS,
            [
                series.indicator_id,
                series.period_id,
                unit_id,
                series.breakdown_id,
                series.measure,
                series.source_id,
                at.at,
            ],
        )
        return [figure for figure in (Figure(*row) for row in cursor.fetchall()) if figure.empty != 9]


@dataclass(frozen=True, slots=True)
class SumVersion:
    """A sum as it stood after one moment of publication. `first`: units heard of for the first time then; `batches`:
    of each of `changed`, the batch that changed it."""

    number: int
    known_at: dt.datetime
    value: Decimal
    reported: int
    first: tuple[int, ...]
    changed: tuple[int, ...]
    batch_id: int
    batches: tuple[int, ...] = ()


# A batch that was published after a later one of its series never counted: the running maximum leaves it out.
# The publications come by batch, as in levels._LATEST.
_SUMS = """
WITH cells AS MATERIALIZED (
    SELECT o.unit_id, o.batch_id, o.empty, o.value FROM indicators_observation o
    WHERE o.indicator_id = %s AND o.period_id = %s AND o.breakdown_id = %s AND o.measure = %s AND o.source_id = %s
        AND o.unit_id = ANY(%s::bigint[])
), published AS MATERIALIZED (
    SELECT p.batch_id, p.known_at, p.seq FROM indicators_publication p
    WHERE p.batch_id IN (SELECT batch_id FROM cells) AND p.known_at <= %s
), said AS (
    SELECT o.unit_id, o.batch_id, o.empty, p.known_at, p.seq, CASE WHEN o.empty = 1 THEN 0 ELSE o.value END AS adds,
        max(o.batch_id) OVER (PARTITION BY o.unit_id ORDER BY p.known_at, p.seq) AS latest
    FROM cells o JOIN published p USING (batch_id)
), steps AS (
    SELECT known_at, seq, unit_id, batch_id, coalesce(adds, 0) - coalesce(lag(adds) OVER series, 0) AS delta,
        (empty <> 9)::int - coalesce(lag((empty <> 9)::int) OVER series, 0) AS heard,
        lag(batch_id) OVER series AS before
    FROM said WHERE batch_id = latest WINDOW series AS (PARTITION BY unit_id ORDER BY known_at, seq)
), moments AS (
    SELECT known_at, sum(delta) AS delta, sum(heard) AS heard, max(batch_id) AS batch_id,
        array_agg(unit_id ORDER BY unit_id) FILTER (WHERE before IS NULL) AS first,
        array_agg(unit_id ORDER BY unit_id) FILTER (WHERE before IS NOT NULL) AS changed,
        array_agg(batch_id ORDER BY unit_id) FILTER (WHERE before IS NOT NULL) AS batches
    FROM steps GROUP BY known_at
)
SELECT row_number() OVER running, known_at, sum(delta) OVER running, (sum(heard) OVER running)::int,
    first, changed, batch_id, batches
FROM moments WINDOW running AS (ORDER BY known_at) ORDER BY known_at DESC LIMIT %s OFFSET %s
"""


def sum_versions(series: Series, unit_ids: list[int], at: Moment, most: int, *, skip: int = 0) -> list[SumVersion]:
    """`most` versions of a sum over the units, newest first after `skip`; each moment of publication is one."""
    *named, until = series.values(at)
    # As text: writing out a list of eleven thousand one by one takes as long as a third of the statement.
    units = "{" + ",".join(map(str, unit_ids)) + "}"
    values = [*named, units, until, most, skip]
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)
        rows = cursor.fetchall()
    return [
        SumVersion(
            row[0], row[1], row[2], row[3], tuple(row[4] or ()), tuple(row[5] or ()), row[6], tuple(row[7] or ())
        )
        for row in rows
    ]
