"""The values of an uploaded workbook by address, from the fast reader, with what the reader keeps silent about."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries
from python_calamine import CalamineError, CalamineWorkbook

from dienhong.reporting.excel.faults import BadFile
from dienhong.reporting.excel.package import DAMAGED, Package
from dienhong.reporting.excel.scan import Mark, Scan, scan, sheet_parts

PLAIN = Mark()


@dataclass(frozen=True, slots=True)
class SheetValues:
    """One sheet: rows of values from A1 on, and its oddities."""

    rows: Sequence[Sequence[object]]
    scan: Scan

    def at(self, address: str) -> object:
        """The value: str, float, bool, date, datetime, time, timedelta; None where the cell holds nothing."""
        letters, row = coordinate_from_string(address)
        column = column_index_from_string(letters)
        if row > len(self.rows) or column > len(self.rows[row - 1]):
            return None
        value = self.rows[row - 1][column - 1]
        return None if value == "" else value

    def mark(self, address: str) -> Mark:
        return self.scan.marks.get(address, PLAIN)

    def merged(self, address: str) -> str:
        """The merged range of more than one cell in which the address lies, or ""."""
        letters, row = coordinate_from_string(address)
        column = column_index_from_string(letters)
        for ref in self.scan.merged:
            left, top, right, bottom = (side or 0 for side in range_boundaries(ref))
            if left <= column <= right and top <= row <= bottom and (left, top) != (right, bottom):
                return ref
        return ""


def read_sheets(package: Package, names: list[str]) -> dict[str, SheetValues]:
    """The named sheets that the workbook has. Raises BadFile when it is broken or lays cells far out."""
    parts = sheet_parts(package)
    wanted = [name for name in names if name in parts]
    scans = {name: scan(package, parts[name], name) for name in wanted}
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(package.packed())) as book:
            return {
                name: SheetValues(book.get_sheet_by_name(name).to_python(skip_empty_area=False), scans[name])
                for name in wanted
            }
    except BaseException as error:
        # A panic of the Rust reader on a broken file is no Exception in Python, yet says no more than "damaged".
        if isinstance(error, CalamineError) or type(error).__name__ == "PanicException":
            raise BadFile("damaged", DAMAGED) from error
        raise
