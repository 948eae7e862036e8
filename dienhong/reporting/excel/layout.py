"""Where things stand on a sheet of a template. Data cells have the same address as in the canonical workbook."""

from dataclasses import dataclass
from typing import Any

from openpyxl.utils import column_index_from_string, get_column_letter

from dienhong.reporting.models import FormCell, RegimeVersion

META_SHEET = "_dienhong"
TEMPLATE_MARK = "template"
NUMBER_COLUMN, LABEL_COLUMN = "A", "B"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form of a regime version as a sheet: its rows, its columns, and its cells by address."""

    form: dict[str, Any]
    cells: dict[str, FormCell]

    @property
    def name(self) -> str:
        return str(self.form["sheet"])

    @property
    def header_row(self) -> int:
        return int(self.form["first_row"]) - 1

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Columns as the form says them; a form that names none has one, C (as regime_files reads it)."""
        return list(self.form.get("columns") or [{"key": "v", "letter": "C", "label": {"vi": "", "en": ""}}])

    @property
    def rows(self) -> list[tuple[int, dict[str, Any]]]:
        """(row number on the sheet, row of the form), headings included."""
        return [(self.header_row + 1 + index, row) for index, row in enumerate(self.form["rows"])]

    @property
    def last_row(self) -> int:
        return self.header_row + len(self.form["rows"])

    @property
    def earlier_columns(self) -> tuple[str, str] | None:
        """Letters of the last period and last year, beside the one column of figures; None where there are more."""
        if len(self.columns) != 1:
            return None
        at = column_index_from_string(self.columns[0]["letter"])
        return get_column_letter(at + 1), get_column_letter(at + 2)

    def head(self, column: dict[str, Any], period_short: str) -> str:
        """What stands above a column of figures: its label, or the period where it is the only one."""
        return period_short if len(self.columns) == 1 else str(column["label"]["vi"])

    @property
    def unit_column(self) -> str | None:
        """Letter of the units of measure, where each row has its own; else the head of the sheet says it."""
        if self.earlier_columns is None or self.form.get("unit"):
            return None
        return get_column_letter(column_index_from_string(self.earlier_columns[1]) + 1)

    @property
    def last_column(self) -> str:
        return self.unit_column or (self.earlier_columns or (str(self.columns[-1]["letter"]),))[-1]


def sheets(regime_version: RegimeVersion, cells: list[FormCell]) -> list[Sheet]:
    return [
        Sheet(form, {cell.address: cell for cell in cells if cell.form == form["key"]})
        for form in regime_version.spec["forms"]
    ]


def printed_label(row: dict[str, Any]) -> str:
    """What stands in column B of a row; the reader looks for exactly this."""
    words = row.get("label") or row.get("heading") or ""
    return str(words.get("vi", "") if isinstance(words, dict) else words)


def row_number(address: str) -> int:
    """8 of C8; 0 of no address."""
    return int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)
