"""Of which indicators anything is known, and for which periods: one walk along the index, whatever its size."""

from django.db import connection

from dienhong.base import clock
from dienhong.indicators.models import Period
from dienhong.indicators.queries.computed import joined_in
from dienhong.indicators.queries.known import by_speakers
from dienhong.indicators.queries.moments import AsOf, moment

_PAIRS = """
WITH RECURSIVE step AS (
    (SELECT indicator_id, period_id FROM indicators_observation ORDER BY indicator_id, period_id LIMIT 1)
    UNION ALL
    SELECT next.indicator_id, next.period_id FROM step CROSS JOIN LATERAL (
        SELECT indicator_id, period_id FROM indicators_observation o
        WHERE (o.indicator_id, o.period_id) > (step.indicator_id, step.period_id)
        ORDER BY o.indicator_id, o.period_id LIMIT 1
    ) next
)
SELECT indicator_id, period_id FROM step
"""


def spoken(as_of: AsOf = None) -> dict[int, list[Period]]:
    """indicator id -> its periods that are over and of which the source that speaks said anything, oldest first; of a
    computed one those in which everything it is made from was said."""
    at = moment(as_of)
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS)
        pairs = cursor.fetchall()
    over = Period.objects.filter(pk__in={period for _i, period in pairs}, last__lt=clock.business_today())
    rows = over.in_bulk()
    found: dict[int, list[Period]] = {}
    for indicator, period in pairs:
        if period in rows:
            found.setdefault(indicator, []).append(rows[period])
    for periods in found.values():
        periods.sort(key=lambda row: (row.last, row.first))
    return joined_in(by_speakers(found, at), at)
