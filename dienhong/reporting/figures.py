"""The figures of a version: what was typed, what is computed, and the same cells of other periods."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from graphlib import TopologicalSorter

from django.db import connection

from dienhong.base import periods
from dienhong.base.brief import brief
from dienhong.base.number_problems import MAX_INTEGER_DIGITS
from dienhong.base.numbers import Empty, Problem
from dienhong.indicators.models import Period
from dienhong.reporting.models import CheckRule, Edit, FormCell, RegimeVersion, Version
from dienhong.rules import expressions
from dienhong.rules.expressions import Reason


@dataclass(frozen=True, slots=True)
class Figure:
    """What stands in a cell. `empty` None: not yet entered, or `problem` says why it is not understood."""

    typed: str = ""
    value: Decimal | None = None
    empty: int | None = None
    problem: str = ""
    origin: str = ""
    edit_id: int | None = None

    @property
    def given(self) -> bool:
        return self.empty is not None

    @property
    def given_for_rules(self) -> Decimal | Reason | None:
        if self.empty is None:
            return None
        return self.value if self.empty == Empty.NONE else Reason.read(self.empty)


BLANK = Figure()


# The form and the checks of a version of a regime never change: a new folder makes a new version.
SECONDS = 60.0


@brief(SECONDS)
def form_of(regime_version: int) -> tuple[FormCell, ...]:
    """The cells of the form, with indicator and breakdown, in the order of the form. Not to be changed by who asks."""
    return tuple(FormCell.objects.filter(regime_version=regime_version).select_related("indicator", "breakdown"))


@brief(SECONDS)
def checks_of(regime_version: int) -> tuple[CheckRule, ...]:
    """The checks in their order. Not to be changed by who asks."""
    return tuple(CheckRule.objects.filter(regime_version=regime_version))


def cells_of(regime_version: RegimeVersion) -> list[FormCell]:
    return list(form_of(regime_version.pk))


def typed_figures(version: Version, until: dt.datetime | None = None) -> dict[str, Figure]:
    """The latest edit of each cell, by cell key; `until`, a moment of record time: as it stood then."""
    edits = Edit.objects.filter(version=version, **({"at__lte": until} if until else {}))
    latest = edits.order_by("cell_id", "-pk").distinct("cell_id")
    keys = {cell.pk: cell.key for cell in form_of(version.regime_version_id)}
    return {
        keys[edit.cell_id]: Figure(edit.typed, edit.value, edit.empty, edit.problem, edit.origin, edit.pk)
        for edit in latest
    }


def figures(
    version: Version, cells: Iterable[FormCell] | None = None, until: dt.datetime | None = None
) -> dict[str, Figure]:
    """Every cell of the version by key: typed ones as they stand (or stood), computed ones computed."""
    cells = list(cells) if cells is not None else cells_of(version.regime_version)
    found = typed_figures(version, until)
    out = {cell.key: found.get(cell.key, BLANK) for cell in cells if cell.kind != FormCell.Kind.COMPUTED}
    for cell in in_order(cells):
        out[cell.key] = compute(cell, out)
    return out


def in_order(cells: Iterable[FormCell]) -> list[FormCell]:
    """The computed cells, each after those it reads: a total may stand above its parts, and a share above the total."""
    computed = {cell.key: cell for cell in cells if cell.kind == FormCell.Kind.COMPUTED}
    reads = {
        key: {ref.code for ref in expressions.reads(cell.formula)} & computed.keys() for key, cell in computed.items()
    }
    return [computed[key] for key in TopologicalSorter(reads).static_order()]


def compute(cell: FormCell, known: dict[str, Figure]) -> Figure:
    """The computed cell from the others: exact, rounded once at the cell's precision. Formulas refer upwards or down,
    never to another computed cell that refers back (judged when the folder loads)."""
    node = expressions.parse(cell.formula)
    inputs = {ref.key: known.get(ref.code, BLANK).given_for_rules for ref in expressions.reads(cell.formula)}
    result = expressions.evaluate(node, inputs)
    value = result.rounded(cell.decimals)
    if result.empty == Reason.TOO_LONG or (value and value.adjusted() >= MAX_INTEGER_DIGITS):
        return Figure(problem="too_many_digits")
    if value is not None:
        return Figure(value=value, empty=Empty.NONE)
    if result.empty in (Reason.NOT_ENTERED,):
        return BLANK
    if result.empty == Reason.DIVISION_BY_ZERO:
        return Figure(empty=Empty.NOT_APPLICABLE)
    return Figure(empty=int(result.empty))


SAME_CELLS = """
SELECT DISTINCT ON (o.indicator_id, o.breakdown_id, o.measure)
       o.indicator_id, o.breakdown_id, o.measure, o.value, o.empty
FROM indicators_observation o
JOIN indicators_publication p ON p.batch_id = o.batch_id
JOIN indicators_source s ON s.id = o.source_id AND s.key = %s
WHERE o.indicator_id = ANY(%s) AND o.unit_id = %s AND o.period_id = %s
ORDER BY o.indicator_id, o.breakdown_id, o.measure, o.batch_id DESC
"""


def earlier_figures(version: Version, cells: list[FormCell], which: str) -> dict[str, Figure]:
    """The unit's published figures of the same cells for the previous period ("prev") or last year ("year_before")."""
    duty = version.submission.duty
    key = earlier_key(duty.period, which)
    row = Period.objects.filter(calendar=duty.period.calendar, key=key).first() if key else None
    if row is None:
        return {}
    series = {(c.indicator_id, c.breakdown_id, int(c.measure)): c.key for c in cells if c.indicator_id}
    with connection.cursor() as cursor:
        cursor.execute(
            SAME_CELLS, [f"regime:{duty.regime.code}", sorted({key[0] for key in series}), duty.unit_id, row.pk]
        )
        return {
            series[(indicator, breakdown, measure)]: Figure(value=value, empty=empty)
            for indicator, breakdown, measure, value, empty in cursor.fetchall()
            if (indicator, breakdown, measure) in series and empty != Empty.RETRACTED
        }


def earlier_key(period: Period, which: str) -> str:
    """The key of the period before or a year before, or "". Of an event: the report before this one."""
    if period.calendar == "event":
        stem, _, number = period.key.rpartition("-")
        return f"{stem}-{int(number) - 1}" if which == "prev" and int(number) > 1 else ""
    now = periods.period(period.calendar, period.key)
    then = periods.previous(now) if which == "prev" else periods.year_before(now)
    return then.key if then else ""


def word_problem(cell: FormCell, text: str) -> Problem | None:
    """Why a choice or a date is not understood; None: it is, or the cell takes any words."""
    if cell.kind == FormCell.Kind.CHOICE and text not in cell.choices:
        choices = ", ".join(cell.choices)
        return Problem(
            "choice", vi=f"“{text}” không có trong các lựa chọn: {choices}.", en=f"“{text}” is not one of: {choices}."
        )
    if cell.kind == FormCell.Kind.DATE and _date(text) is None:
        return Problem(
            "date",
            vi=f"“{text}” không phải ngày; viết ngày/tháng/năm, ví dụ 19/08/2020. Chưa biết ngày thì để trống.",
            en=f"“{text}” is not a date; write dd/mm/yyyy, as 19/08/2020. Leave it blank while the day is unknown.",
        )
    return None


def _date(text: str) -> dt.date | None:
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None
