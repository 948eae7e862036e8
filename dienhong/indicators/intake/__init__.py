"""Bulk intake: any number of values in a handful of statements, with every check that single cells go through.

All or nothing: one wrong cell and no value is written; the answer lists every wrong cell (up to MOST) with its place,
its text and what was expected. What only warns is listed beside the batch.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from dienhong.indicators.actions import Proof, close_batch, open_batch
from dienhong.indicators.intake import checks as between
from dienhong.indicators.intake import statements
from dienhong.indicators.intake.checks import Check
from dienhong.indicators.intake.sentences import Problem
from dienhong.indicators.intake.statements import Convention
from dienhong.indicators.models import Batch, Source, Stage
from dienhong.organizations.models import CodeScheme, Unit
from dienhong.organizations.registry import action

__all__ = ["MOST", "Check", "Convention", "Outcome", "Problem", "Sent", "take_in"]
MOST = 1000  # problems that are listed; beyond it they are counted


class Sent(NamedTuple):
    """One cell as it was sent. `breakdown` like area=urban;sex=female sorted by list, "" for the total."""

    ref: str
    unit: str
    period: str
    indicator: str
    typed: str
    breakdown: str = ""
    measure: int = 0


@dataclass(frozen=True)
class Outcome:
    """`batch` None: refused, or a dry run. `left_out`: errors beyond those listed."""

    batch: Batch | None
    values: int
    blank: int
    errors: list[Problem]
    warnings: list[Problem]
    left_out: int = 0


@action("indicators.take_in")
@transaction.atomic
def take_in(
    *,
    by: str,
    source: Source,
    reporter: Unit,
    cells: Iterable[Sent],
    calendar: str,
    evidence: Iterable[Proof],
    scheme: str = "gso",
    convention: Convention = "plain",
    checks: Sequence[Check] = (),
    stage: Stage = Stage.OFFICIAL,
    approved_by: str = "",
    not_before: dt.date | None = None,
    demo: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Take in all cells as one batch, or none. `dry_run` says what would happen and writes nothing.

    Periods must be open (`ensure_period`); units are found by `scheme` on the last day of each row's period.
    """
    with connection.cursor() as cursor:
        # Enough for the hashes of some 100,000 rows; for this transaction only.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        for table in ("intake_raw", "intake_entry", "intake_cell", "intake_before", "intake_wide"):
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        _lay_out(cursor, cells, calendar, scheme, convention)
        _all, blank, wrong, good = _counts(cursor)
        errors = _errors(cursor)
        warnings: list[Problem] = []
        if not wrong and not errors:
            between.look_back(cursor, source, checks)
            found = between.run(cursor, checks, MOST)
            errors = [problem for problem in found if problem.severity == "error"]
            warnings = [problem for problem in found if problem.severity != "error"] + _jumps(cursor)
        if errors or dry_run:
            return Outcome(None, good, blank, errors, warnings, max(0, wrong - len(errors)))
        batch = open_batch(
            source=source,
            reporter=reporter,
            evidence=evidence,
            approved_by=approved_by,
            not_before=not_before,
            demo=demo,
        )
        cursor.execute(statements.WRITE, {"source": source.pk, "batch": batch.pk, "stage": int(stage)})
        close_batch(by=by, batch=batch, rows=good)
    return Outcome(batch, good, blank, [], warnings)


def _lay_out(cursor: CursorWrapper, cells: Iterable[Sent], calendar: str, scheme: str, convention: Convention) -> None:
    cursor.execute(statements.RAW)
    with connection.wrap_database_errors, cursor.copy(statements.COPY_RAW) as copy:
        copy.set_types(statements.RAW_TYPES)
        for line, cell in enumerate(cells, 1):
            copy.write_row(
                (line, cell.ref, cell.unit, cell.period, cell.indicator, cell.breakdown, cell.measure, cell.typed)
            )
    cursor.execute("ANALYZE intake_raw")
    cursor.execute(statements.ENTRIES)
    cursor.execute("ANALYZE intake_entry")
    query = statements.CELLS.format(pattern=statements.PATTERNS[convention], bare=statements.BARE[convention])
    scheme_id = CodeScheme.objects.values_list("pk", flat=True).get(key=scheme)
    cursor.execute(query, {"calendar": calendar, "scheme": scheme_id})
    cursor.execute("ANALYZE intake_cell")


def _counts(cursor: CursorWrapper) -> tuple[int, int, int, int]:
    cursor.execute(statements.COUNTS)
    row: tuple[int, int, int, int] = cursor.fetchone()
    return row


def _errors(cursor: CursorWrapper) -> list[Problem]:
    cursor.execute(statements.PROBLEMS, [MOST])
    names = ("unit", "period", "indicator", "breakdown", "decimals", "minimum", "maximum")
    found = [Problem.of(*row[:4], **dict(zip(names, row[4:], strict=True))) for row in cursor.fetchall()]
    cursor.execute(statements.TWICE, [MOST])
    found += [Problem.of(line, ref, typed, "twice", first=first) for line, ref, typed, first in cursor.fetchall()]
    return found


def _jumps(cursor: CursorWrapper) -> list[Problem]:
    """Changes since the period before beyond the catalogue's threshold."""
    cursor.execute(statements.JUMPS, [MOST])
    return [
        Problem.of(line, ref, typed, "jump", "warning", before=before, threshold=threshold)
        for line, ref, typed, before, threshold in cursor.fetchall()
    ]
