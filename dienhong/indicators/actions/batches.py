"""Writing observations: one batch, whole or not at all, in the caller's transaction."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from dienhong.base import clock, transactions
from dienhong.base.numbers import Empty
from dienhong.indicators.models import Batch, Evidence, Source
from dienhong.journal.actions import record
from dienhong.organizations.models import Unit
from dienhong.organizations.registry import action

COLUMNS = "indicator_id period_id unit_id breakdown_id measure value empty stage ref typed factor source_id batch_id"
TYPES = ["int8", "int8", "int8", "int8", "int2", "numeric", "int2", "int2", "text", "text", "numeric", "int8", "int8"]
COPY = f"COPY indicators_observation ({', '.join(COLUMNS.split())}) FROM STDIN (FORMAT BINARY)"
Proof = tuple[str, str, str, str]
"""Evidence: kind, key, label, digest."""


class Row(NamedTuple):
    """One observation. `value` is already multiplied by `factor`; it is None exactly where `empty` is not 0."""

    indicator_id: int
    period_id: int
    unit_id: int
    breakdown_id: int
    measure: int
    value: Decimal | None
    empty: int
    stage: int
    ref: str = ""
    typed: str = ""
    factor: Decimal | None = None

    def retracted(self) -> "Row":
        """The same series, from now on without a value."""
        return self._replace(value=None, empty=Empty.RETRACTED, typed="", factor=None)


@action("indicators.write_batch")
def write_batch(
    *,
    by: str,
    source: Source,
    reporter: Unit,
    rows: Iterable[Row],
    evidence: Iterable[Proof],
    approved_by: str = "",
    not_before: dt.date | None = None,
    demo: bool = False,
) -> Batch:
    """Write the rows as one batch with its evidence and journal event; it counts once the publisher names it.

    RuntimeError outside a transaction. IntegrityError for NaN, infinities, more than 20 + 10 digits, a value beside a
    kind of empty, an unknown id, or one series twice: then nothing of the batch is there. Retracting is writing rows
    whose `empty` is 9 (`Row.retracted`).
    """
    batch = open_batch(
        source=source, reporter=reporter, evidence=evidence, approved_by=approved_by, not_before=not_before, demo=demo
    )
    count = 0
    # COPY goes past Django's wrapper: without the first of these, callers would have to know psycopg's errors.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        for row in rows:
            copy.write_row((*row, source.pk, batch.pk))
            count += 1
    close_batch(by=by, batch=batch, rows=count)
    return batch


def open_batch(
    *,
    source: Source,
    reporter: Unit,
    evidence: Iterable[Proof],
    approved_by: str,
    not_before: dt.date | None,
    demo: bool,
) -> Batch:
    """The row of a batch and its evidence. The caller writes the observations and calls `close_batch`."""
    transactions.require("batches.open_batch")
    with connection.cursor() as cursor:
        _queue(cursor, source.pk, reporter.pk)
    batch = Batch.objects.create(
        source=source,
        reporter=reporter,
        approved_by=approved_by,
        not_before=not_before,
        demo=demo,
        played_at=clock.played_moment(),
    )
    Evidence.objects.bulk_create(
        Evidence(batch=batch, kind=kind, key=key, label=label[:300], digest=digest)
        for kind, key, label, digest in evidence
    )
    return batch


@action("indicators.close_batch")
def close_batch(*, by: str, batch: Batch, rows: int) -> None:
    """The batch's journal event, with how many rows it has and the digests of the files that prove it.

    The chain then holds which file was meant: evidence that is made to point to another one does not agree with it.
    """
    files = Evidence.objects.filter(batch=batch).exclude(digest="").values_list("digest", flat=True)
    record(
        by=by,
        verb="indicators.batch_written",
        object_kind="batch",
        object_id=batch.pk,
        unit_id=batch.reporter_id,
        data={"source": batch.source_id, "rows": rows, "demo": batch.demo, "files": sorted(files)},
    )


def _queue(cursor: CursorWrapper, source_id: int, reporter_id: int) -> None:
    """Wait for whoever writes for the same source and reporter.

    The trap: the id comes from the sequence after this lock, so a later id is a later commit on the same series.
    """
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"indicators.batch:{source_id}:{reporter_id}"]
    )
