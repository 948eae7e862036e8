"""Where two sources say different things of the same series: never averaged, never hidden, listed for both owners."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count

from dienhong.indicators.models import Voice
from dienhong.indicators.queries import catalogue
from dienhong.indicators.queries.moments import AsOf, Moment, moment

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Side:
    source_id: int
    reporter_id: int
    value: Decimal
    batch_id: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """One series of which two sources say different figures, at the indicator's digits. Nothing arose counts as 0."""

    indicator_id: int
    period_id: int
    unit_id: int
    breakdown_id: int
    measure: int
    one: Side
    two: Side

    @property
    def apart_percent(self) -> Decimal | None:
        """How far the second lies from the first; None from 0."""
        if not self.one.value:
            return None
        return round((self.two.value - self.one.value) / abs(self.one.value) * 100, 1)


_CONFLICTS = """
WITH latest AS (
    SELECT DISTINCT ON (o.indicator_id, o.period_id, o.unit_id, o.breakdown_id, o.measure, o.source_id)
        o.indicator_id, o.period_id, o.unit_id, o.breakdown_id, o.measure, o.source_id, o.batch_id, o.empty,
        CASE WHEN o.empty = 1 THEN 0 ELSE o.value END AS adds
    FROM indicators_observation o JOIN indicators_publication p ON p.batch_id = o.batch_id
    WHERE o.indicator_id = ANY(%s) AND (%s::bigint[] IS NULL OR o.period_id = ANY(%s)) AND p.known_at <= %s
    ORDER BY o.indicator_id, o.period_id, o.unit_id, o.breakdown_id, o.measure, o.source_id, o.batch_id DESC
), said AS (SELECT * FROM latest WHERE empty <> 9 AND adds IS NOT NULL)
SELECT {columns}
FROM said a JOIN said b USING (indicator_id, period_id, unit_id, breakdown_id, measure)
JOIN unnest(%s::bigint[], %s::integer[]) AS digits(indicator_id, decimals) USING (indicator_id)
WHERE a.source_id < b.source_id AND round(a.adds, digits.decimals) <> round(b.adds, digits.decimals)
"""
_ROWS = _CONFLICTS.format(
    columns="indicator_id, period_id, unit_id, breakdown_id, measure, a.source_id, ba.reporter_id, a.adds, a.batch_id,"
    " b.source_id, bb.reporter_id, b.adds, b.batch_id"
).replace(
    "WHERE a.source_id",
    "JOIN indicators_batch ba ON ba.id = a.batch_id JOIN indicators_batch bb ON bb.id = b.batch_id"
    " JOIN indicators_period per ON per.id = period_id WHERE a.source_id",
)


def _compared(indicator_ids: Iterable[int] | None) -> list[int]:
    """The indicators of which more than one source has ever spoken."""
    rows = Voice.objects.values("indicator").annotate(sources=Count("source")).filter(sources__gt=1)
    if indicator_ids is not None:
        rows = rows.filter(indicator__in=list(indicator_ids))
    return list(rows.values_list("indicator", flat=True))


def _values(ids: list[int], at: Moment, periods: list[int] | None = None) -> list[Any]:
    entries = catalogue.entries(ids, at)
    return [ids, periods, periods, at.at, list(entries), [entry.decimals for entry in entries.values()]]


def conflicts(
    indicator_ids: Iterable[int] | None = None, as_of: AsOf = None, period_ids: Iterable[int] | None = None
) -> list[Conflict]:
    """The newest MOST of them, of the latest periods first; of all indicators unless named. Of named periods all."""
    at, ids = moment(as_of), _compared(indicator_ids)
    if not ids:
        return []
    of = None if period_ids is None else list(period_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"{_ROWS} ORDER BY per.last DESC, indicator_id, unit_id, breakdown_id LIMIT %s",
                       [*_values(ids, at, of), MOST if of is None else None])  # fmt: skip
        return [_conflict(row) for row in cursor.fetchall()]


def _conflict(row: tuple[Any, ...]) -> Conflict:
    indicator, period, unit, breakdown, measure = row[:5]
    return Conflict(indicator, period, unit, breakdown, measure, Side(*row[5:9]), Side(*row[9:13]))


def count_conflicts(indicator_id: int, as_of: AsOf = None) -> int:
    at, ids = moment(as_of), _compared([indicator_id])
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_CONFLICTS.format(columns="count(*)"), _values(ids, at))
        return int(cursor.fetchone()[0])
