"""Which periods and rows are known of an indicator: for lists, charts and downloads."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction

from dienhong.base import clock
from dienhong.indicators.models import Period, Voice
from dienhong.indicators.queries import figures
from dienhong.indicators.queries.moments import AsOf, Moment, moment

# One step into the index for each period, instead of reading every row of the indicators.
_PERIODS = """
SELECT w.indicator_id, step.period_id FROM unnest(%(indicators)s::bigint[]) AS w(indicator_id) CROSS JOIN LATERAL (
    WITH RECURSIVE step(period_id) AS (
        SELECT (SELECT min(period_id) FROM indicators_observation WHERE indicator_id = w.indicator_id)
        UNION ALL
        SELECT (SELECT min(period_id) FROM indicators_observation
                WHERE indicator_id = w.indicator_id AND period_id > step.period_id)
        FROM step WHERE step.period_id IS NOT NULL
    )
    SELECT period_id FROM step WHERE period_id IS NOT NULL
) step
"""


def begun_of(indicator_ids: Iterable[int]) -> dict[int, list[Period]]:
    """indicator id -> periods that have begun and about which anybody ever said anything, oldest first; the rest waits
    for its day."""
    wanted = sorted(indicator_ids)
    with connection.cursor() as cursor:
        cursor.execute(_PERIODS, {"indicators": wanted})
        pairs = cursor.fetchall()
    rows = Period.objects.filter(pk__in={period for _one, period in pairs}, first__lte=clock.business_today())
    known = rows.in_bulk()
    found: dict[int, list[Period]] = {indicator: [] for indicator in wanted}
    for indicator, period in pairs:
        if period in known:
            found[indicator].append(known[period])
    for each in found.values():
        each.sort(key=lambda row: (row.last, row.first))
    return found


# An exact probe where the speaker said something: it stops at the first row of the period that is the speaker's. The
# trap: written as EXISTS it becomes a join that reads every row of the table.
_SPOKE = """
SELECT w.indicator_id, w.period_id FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
    AS w(indicator_id, period_id, source_id)
CROSS JOIN LATERAL (SELECT 1 FROM indicators_observation o WHERE o.indicator_id = w.indicator_id
    AND o.period_id = w.period_id AND o.source_id = w.source_id LIMIT 1) said
"""


def by_speakers(spoken: Mapping[int, list[Period]], at: Moment) -> dict[int, list[Period]]:
    """Of indicators and the periods about which anybody said anything, those in which the source that speaks did.

    Another source, such as a count of this site's own dossiers, stands beside a figure and is none. Where one source
    alone has ever spoken nothing is searched; of all others in one statement.
    """
    voices: dict[int, set[int]] = {}
    for indicator, source in Voice.objects.filter(indicator__in=list(spoken)).values_list("indicator", "source"):
        voices.setdefault(indicator, set()).add(source)
    speakers = figures.all_speakers(spoken, at)
    found: dict[int, list[Period]] = {}
    unsure: list[tuple[int, int, int]] = []
    for indicator, rows in spoken.items():
        for row in rows:
            speaker = next((each for days, each in speakers.get(indicator, ()) if row.first in days), None)
            if speaker is None:
                continue
            found.setdefault(indicator, []).append(row)
            if voices.get(indicator) != {speaker}:
                unsure.append((indicator, row.pk, speaker))
    if not unsure:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_SPOKE, [list(column) for column in zip(*unsure, strict=True)])
        silent = {pair[:2] for pair in unsure} - set(cursor.fetchall())
    kept = {pk: [row for row in rows if (pk, row.pk) not in silent] for pk, rows in found.items()}
    return {pk: rows for pk, rows in kept.items() if rows}


_DEMO = """
SELECT o.period_id FROM unnest(%s::bigint[], %s::bigint[]) AS said(period_id, source_id)
CROSS JOIN LATERAL (
    SELECT o.period_id FROM indicators_observation o JOIN indicators_batch b ON b.id = o.batch_id
    WHERE o.indicator_id = %s AND o.period_id = said.period_id AND o.source_id = said.source_id AND b.demo LIMIT 1
) o
"""


def demo_periods(indicator_id: int, sources: Mapping[int, int]) -> set[int]:
    """Of the periods (id -> source id), those in which a batch of generated figures spoke."""
    with connection.cursor() as cursor:
        cursor.execute(_DEMO, [list(sources), list(sources.values()), indicator_id])
        return {row[0] for row in cursor.fetchall()}


class Known(NamedTuple):
    """One row of a download: the value that holds, of every source, unit, period, breakdown and measure."""

    calendar: str
    period: str
    first: dt.date
    last: dt.date
    unit_id: int
    breakdown: str
    measure: int
    source: str
    value: Decimal | None
    empty: int
    stage: int
    batch_id: int
    known_at: dt.datetime
    ref: str
    typed: str
    demo: bool


_ROWS = """
SELECT per.calendar, per.key, per.first, per.last, l.unit_id, b.key, l.measure, s.key, l.value, l.empty, l.stage,
    l.batch_id, l.known_at, l.ref, l.typed,
    s.demo OR l.generated
FROM (
    SELECT DISTINCT ON (o.period_id, o.unit_id, o.breakdown_id, o.measure, o.source_id) o.*, p.known_at,
        bat.demo AS generated
    FROM indicators_observation o JOIN indicators_publication p ON p.batch_id = o.batch_id
    JOIN indicators_batch bat ON bat.id = o.batch_id
    WHERE o.indicator_id = %s AND p.known_at <= %s
    ORDER BY o.period_id, o.unit_id, o.breakdown_id, o.measure, o.source_id, o.batch_id DESC
) l
JOIN indicators_period per ON per.id = l.period_id JOIN indicators_breakdown b ON b.id = l.breakdown_id
JOIN indicators_source s ON s.id = l.source_id
WHERE l.empty <> 9 ORDER BY l.period_id, l.unit_id, l.breakdown_id, l.measure, l.source_id
"""


def rows_of(indicator_id: int, as_of: AsOf = None) -> Iterator[Known]:
    """Every row that holds, streamed by a server-side cursor inside a transaction of its own."""
    at = moment(as_of)
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS, [indicator_id, at.at])
        for row in cursor:
            yield Known(*row)
