"""What the fast reader does not say of a sheet: formulas without a result, error cells, merged ranges, percent formats.

The trap: python-calamine gives an error cell (#DIV/0!) and a formula that was never calculated as an empty string,
which would be read as a cleared cell. And it lays out one dense block up to the farthest cell: a cell at XFD1048576
would take all memory, so far cells are refused here first.
"""

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from openpyxl.utils import column_index_from_string, get_column_letter

from dienhong.reporting.excel.faults import BadFile, gettext_noop
from dienhong.reporting.excel.package import DAMAGED, MEDIA, Package

FARTHEST_ROW, FARTHEST_COLUMN = 5000, 256
TOO_FAR = gettext_noop(
    "Trang tính “%(sheet)s” có dữ liệu ở ô %(address)s, rất xa biểu báo cáo. Xóa phần thừa rồi nộp lại, "
    "hoặc chép số sang mẫu mới tải về."
)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
RANGE = re.compile(rf"{ADDRESS.pattern}:{ADDRESS.pattern}")
BUILT_IN_PERCENT = {9, 10}


@dataclass(frozen=True, slots=True)
class Mark:
    """What is odd about a cell: an error's text, a formula, one with no result, a percent format. `typed`: the formula
    as it is written, where the file says it in this cell."""

    error: str = ""
    formula: bool = False
    uncalculated: bool = False
    typed: str = ""
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """One sheet: odd cells by address, and merged ranges as written (A1:B2)."""

    marks: dict[str, Mark] = field(default_factory=dict)
    merged: tuple[str, ...] = ()


def sheet_parts(package: Package) -> dict[str, str]:
    """Sheet name -> name of its part. Raises BadFile for a workbook that does not hold together."""
    book = _tree(package.parts["xl/workbook.xml"])
    relations = _tree(package.parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    found: dict[str, str] = {}
    for one in book.iter():
        if _tag(one) == "sheet":
            target = targets.get(one.get(RELATION), "")
            found[one.get("name", "")] = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    # Pictures were let through unread (package.py), so no sheet may hide among them.
    if not found or any(part not in package.parts or part.startswith(MEDIA) for part in found.values()):
        raise BadFile("damaged", DAMAGED)
    return found


def scan(package: Package, part: str, sheet: str) -> Scan:
    """Read one sheet's XML for what is odd. Raises BadFile for far cells and broken XML."""
    percent = _percent_styles(package)
    marks: dict[str, Mark] = {}
    merged: list[str] = []
    try:
        for kind, address, element in _elements(package.parts[part]):
            if kind == "mergeCell":
                merged += [address] if RANGE.fullmatch(address) else []
                continue
            _refuse_far(address, sheet)
            odd = _mark(element, percent)
            if odd != Mark():
                marks[address] = odd
    except (ET.ParseError, ValueError) as error:
        raise BadFile("damaged", DAMAGED) from error
    return Scan(marks, tuple(merged))


def _elements(xml: bytes) -> Iterator[tuple[str, str, ET.Element]]:
    """Cells that hold something, and merges. A writer may leave out addresses: then a cell follows the last one."""
    row = column = 0
    for event, element in ET.iterparse(io.BytesIO(xml), events=("start", "end")):  # noqa: S314
        tag = _tag(element)
        if event == "start":
            if tag == "row":
                row, column = int(element.get("r") or row + 1), 0
            continue
        if tag == "c":
            match = ADDRESS.fullmatch(element.get("r") or "")
            column = column_index_from_string(match[1]) if match else column + 1
            address = match[0] if match else f"{get_column_letter(column)}{row}"
            if len(element):
                yield "c", address, element
            element.clear()
        elif tag == "mergeCell":
            yield "mergeCell", element.get("ref", ""), element
        elif tag == "row":
            element.clear()


def _mark(cell: ET.Element, percent: frozenset[int]) -> Mark:
    value = formula = False
    text = typed = ""
    for child in cell:
        value = value or (_tag(child) in ("v", "is") and bool("".join(child.itertext())))
        formula = formula or _tag(child) == "f"
        typed = f"={child.text}" if _tag(child) == "f" and child.text else typed
        text = (child.text or "") if _tag(child) == "v" else text
    kind = cell.get("t", "n")
    style = cell.get("s", "")
    return Mark(
        error=text if kind == "e" else "",
        formula=formula,
        # A text formula that gives "" is calculated all the same: its cell is of type str.
        uncalculated=formula and not value and kind != "str",
        typed=typed[:200],
        percent=style.isdigit() and int(style) in percent,
    )


def _refuse_far(address: str, sheet: str) -> None:
    match = ADDRESS.fullmatch(address)
    if match is None or int(match[2]) > FARTHEST_ROW or column_index_from_string(match[1]) > FARTHEST_COLUMN:
        raise BadFile("too_far", TOO_FAR, sheet=sheet, address=address)


def _percent_styles(package: Package) -> frozenset[int]:
    """Numbers of the cell styles that show percents: the value 0.45 reads 45% there."""
    tree = _tree(package.parts.get("xl/styles.xml", b"<none/>"))
    own = BUILT_IN_PERCENT | {
        _number(one.get("numFmtId"))
        for one in tree.iter()
        if _tag(one) == "numFmt" and "%" in re.sub(r'"[^"]*"|\\.', "", one.get("formatCode", ""))
    }
    styles: list[ET.Element] = list(next((one for one in tree if _tag(one) == "cellXfs"), []))
    return frozenset(index for index, style in enumerate(styles) if _number(style.get("numFmtId")) in own)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def _tree(xml: bytes) -> ET.Element:
    try:
        return ET.fromstring(xml)  # noqa: S314
    except ET.ParseError as error:
        raise BadFile("damaged", DAMAGED) from error


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
