"""Checks between cells, in the expression language, compiled to one statement over all units and periods."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper

from dienhong.indicators.breakdowns import key_of
from dienhong.indicators.intake import statements
from dienhong.indicators.intake.sentences import Problem
from dienhong.indicators.models import Breakdown, Indicator, Measure, Period, Source
from dienhong.indicators.queries import shifted
from dienhong.rules.expressions import Node, Ref, compile_sql, parse, references


@dataclass(frozen=True, slots=True)
class Check:
    """An expression over catalogue codes of one unit and period: "[08.001] = [08.002] + [08.003]"."""

    key: str
    expression: str
    vi: str
    en: str
    severity: str = "error"

    @property
    def node(self) -> Node:
        return parse(self.expression, expects="truth")


def look_back(cursor: CursorWrapper, source: Source, checks: Sequence[Check]) -> None:
    """Lay out intake_before: of every indicator here, the figures one period and, where a check asks, one year ago."""
    shifts = {"prev"} | {ref.period for check in checks for ref in references(check.node) if ref.period}
    cursor.execute("SELECT DISTINCT period_id FROM intake_cell WHERE period_id IS NOT NULL")
    rows = Period.objects.in_bulk([row[0] for row in cursor.fetchall()]).values()
    found = [(row.pk, shift, other.pk) for row in rows for shift in sorted(shifts) if (other := shifted(row, shift))]
    cursor.execute("SELECT array_agg(indicator_id) FROM intake_entry")
    indicators = cursor.fetchone()[0] or []
    values: dict[str, Any] = {
        "periods": [row[0] for row in found],
        "shifts": [row[1] for row in found],
        "others": [row[2] for row in found],
        "indicators": indicators,
        "source": source.pk,
    }
    cursor.execute(statements.BEFORE, values)
    cursor.execute("ANALYZE intake_before")


def run(cursor: CursorWrapper, checks: Sequence[Check], most: int) -> list[Problem]:
    """Every unit and period at which a check is false. What cannot be told (a part is missing) is not a failure."""
    refs = tuple(dict.fromkeys(ref for check in checks for ref in references(check.node)))
    if not refs:
        return []
    columns = _spread(cursor, refs)
    found: list[Problem] = []
    for check in checks:
        made = compile_sql(check.node, columns)
        tables = f"intake_wide w {_joins(refs)} {made.joins}"
        query = f"SELECT w.line, w.ref FROM {tables} WHERE NOT {made.truth} ORDER BY 1 LIMIT %s"  # noqa: S608
        cursor.execute(query, [most])
        found += [
            Problem(line, ref, "", check.key, check.vi, check.en, check.severity) for line, ref in cursor.fetchall()
        ]
    return found


def _spread(cursor: CursorWrapper, refs: Sequence[Ref]) -> dict[str, tuple[str, str]]:
    """One row for each unit and period, a column for each reference of this period; those looked back at are joined."""
    columns: dict[str, tuple[str, str]] = {}
    listed = ""
    for place, ref in enumerate(refs):
        if ref.period:
            columns[ref.key] = (f"b{place}.value", f"coalesce(b{place}.empty, 7)")
            continue
        where = f"FILTER (WHERE {_series(ref, 'c')})"
        listed += f", max(c.value) {where} AS v{place}, coalesce(max(c.empty) {where}, 7) AS e{place}"
        columns[ref.key] = (f"w.v{place}", f"w.e{place}")
    cursor.execute(statements.WIDE.format(columns=listed))
    cursor.execute("ANALYZE intake_wide")
    return columns


def _joins(refs: Sequence[Ref]) -> str:
    return " ".join(
        f"LEFT JOIN intake_before b{place} ON b{place}.unit_id = w.unit_id AND b{place}.period_id = w.period_id"
        f" AND b{place}.shift = '{_shift(ref)}' AND {_series(ref, f'b{place}')}"
        for place, ref in enumerate(refs)
        if ref.period
    )


def _shift(ref: Ref) -> str:
    if ref.period not in ("prev", "year_before"):
        raise ValueError(f"{ref.key}: @{ref.period} is not a period that a check can look back to.")
    return ref.period


def _series(ref: Ref, alias: str) -> str:
    """Ids as numbers: nothing of the expression's text goes into the statement."""
    indicator = Indicator.objects.values_list("pk", flat=True).get(code=ref.code)
    breakdown = Breakdown.objects.values_list("pk", flat=True).get(key=key_of(dict(ref.breakdown)))
    measure = Measure[ref.measure.upper()].value if ref.measure else 0
    return (
        f"{alias}.indicator_id = {int(indicator)} AND {alias}.breakdown_id = {int(breakdown)}"
        f" AND {alias}.measure = {int(measure)}"
    )
