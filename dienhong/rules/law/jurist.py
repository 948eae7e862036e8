"""The law as a jurist reads it: every parameter with its rows, articles and what nobody has confirmed yet."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from dienhong.rules.law import words
from dienhong.rules.law.faults import LawFault
from dienhong.rules.law.parameters import Law, Row, Series


@dataclass(frozen=True)
class JuristRow:
    id: str
    since: str
    until: str | None
    value: str | bool | None
    shown: Mapping[str, str]
    article: Mapping[str, str]
    remark: str
    unconfirmed: bool


@dataclass(frozen=True)
class JuristParameter:
    id: str
    description: Mapping[str, str]
    unit: str
    remark: str
    rows: tuple[JuristRow, ...]

    @property
    def unconfirmed(self) -> int:
        return sum(row.unconfirmed for row in self.rows)


@dataclass(frozen=True)
class TableRow:
    """A row of a table that a decision issued. `cells` are in the order of the table's columns."""

    id: str
    cells: tuple[str, ...]
    remark: str = ""


@dataclass(frozen=True)
class Table:
    """A table of prices or places as one decision issued it. `until` is the first day on which it no longer holds."""

    title: Mapping[str, str]
    decision: str
    since: str
    until: str | None
    remark: Mapping[str, str]
    columns: tuple[Mapping[str, str], ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class Worked:
    """A worked case as it comes out now. `differences` is empty where it is as expected."""

    key: str
    say: str
    on: str
    expected: str
    computed: str
    differences: tuple[str, ...]


@dataclass(frozen=True)
class JuristView:
    """All of one file, in its order. `json()` is plain data for a screen."""

    file: str
    parameters: tuple[JuristParameter, ...]

    @property
    def unconfirmed(self) -> tuple[JuristRow, ...]:
        return tuple(row for one in self.parameters for row in one.rows if row.unconfirmed)

    def json(self) -> dict[str, Any]:
        return asdict(self) | {"rows": sum(len(one.rows) for one in self.parameters),
                               "unconfirmed": len(self.unconfirmed)}  # fmt: skip


def _row(row: Row, unit: str) -> JuristRow:
    value = row.value
    if isinstance(value, Fraction):
        shown = {language: words.figure(value, unit, language) for language in words.LANGUAGES}
    elif isinstance(value, bool):
        shown = {"vi": "có", "en": "yes"} if value else {"vi": "không", "en": "no"}
    else:
        shown = {"vi": value or "hết hiệu lực", "en": value or "ended"}
    plain = str(value) if isinstance(value, Fraction) else value
    article = {language: words.article(row.article, language) for language in words.LANGUAGES}
    until = row.until.isoformat() if row.until else None
    return JuristRow(row.id, row.since.isoformat(), until, plain, shown, article, row.remark, row.unconfirmed)


def _parameter(law: Law, series: Series) -> JuristParameter:
    return JuristParameter(series.id, description(law, series), series.unit, series.remark,
                           tuple(_row(row, series.unit) for row in series.rows))  # fmt: skip


def description(law: Law, series: Series) -> Mapping[str, str]:
    """Its own, or that of the nearest node above that has one."""
    if series.description:
        return series.description
    names = series.id.split(".")
    for length in range(len(names) - 1, 0, -1):
        try:
            found = law[".".join(names[:length])]
        except LawFault:  # a bracket's number is no path: look further up
            found = law.root
        if found.description:
            return found.description
    return {"vi": series.id, "en": series.id}


def view(law: Law) -> JuristView:
    return JuristView(law.file, tuple(_parameter(law, series) for series in law.every()))
