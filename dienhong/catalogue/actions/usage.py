"""Counts of views and filings by day: they rank what is found and what the home page shows."""

import datetime as dt
from collections.abc import Mapping

from django.db import connection, transaction

from dienhong.catalogue.models import Counted
from dienhong.journal.actions import record
from dienhong.organizations.registry import action

ADD = (
    "INSERT INTO catalogue_usage (procedure_id, day, kind, count)"
    " SELECT p.id, %s, %s, said.count FROM unnest(%s::text[], %s::int[]) AS said (code, count)"
    " JOIN catalogue_procedure p ON p.code = said.code ORDER BY p.id"
    " ON CONFLICT (procedure_id, day, kind) DO UPDATE SET count = catalogue_usage.count + excluded.count"
)


@action("catalogue.count")
@transaction.atomic
def count(*, by: str, counts: Mapping[str, int], kind: str, day: dt.date) -> int:
    """Add to the day's counts, by procedure code; codes that nobody knows are left out. Returns how many counted.

    Called with many at once (a worker's views, a day's filings), never once a page. The stamp stays: ranking is
    refreshed when the index is read again, not at every count.
    """
    if kind not in Counted.values:
        raise ValueError(f"{kind} is not counted")
    if any(number < 0 for number in counts.values()):
        raise ValueError("counts do not fall")
    with connection.cursor() as cursor:
        cursor.execute(ADD, [day, kind, list(counts), list(counts.values())])
        done = int(cursor.rowcount)
    if done:
        record(
            by=by, verb="catalogue.count", object_kind="procedure", object_id="*",
            data={"kind": kind, "day": day.isoformat(), "procedures": done, "count": sum(counts.values())},
        )  # fmt: skip
    return done
