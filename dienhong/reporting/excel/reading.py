"""Reading an uploaded template into cells: what to write, what stays as it is, and everything that is wrong.

Nothing is written here. One fault anywhere and the caller writes nothing at all (uploads.take_upload).
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dienhong.base import numbers, periods
from dienhong.base.number_problems import shorten
from dienhong.base.numbers import Parsed, parse_cell, parse_native, typed_text
from dienhong.organizations.models import Person
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.actions.entry import Typed, read_cell
from dienhong.reporting.excel import compare, draft, texts
from dienhong.reporting.excel.faults import FileFault, Words, both, gettext_noop
from dienhong.reporting.excel.identity import read_identity, require_same
from dienhong.reporting.excel.layout import LABEL_COLUMN, META_SHEET, Sheet, printed_label, row_number, sheets
from dienhong.reporting.excel.package import Package
from dienhong.reporting.excel.values import SheetValues, read_sheets
from dienhong.reporting.figures import cells_of
from dienhong.reporting.models import FormCell, Version

Kind = FormCell.Kind

SHEET_MISSING = gettext_noop(
    "Không thấy trang tính “%(sheet)s”. Trang này có trong mẫu; đừng đổi tên hay xóa. Tải lại mẫu rồi chép số sang."
)
COLUMN_MOVED = gettext_noop(
    "Cột %(column)s phải có tiêu đề “%(expected)s” nhưng ghi “%(found)s”: có cột bị chèn, xóa hay đổi chỗ. "
    "Hoàn tác thay đổi ấy, hoặc tải lại mẫu rồi chép số sang."
)
ROW_MOVED = gettext_noop(
    "Dòng “%(expected)s” phải nằm ở hàng %(row)s nhưng lại ở hàng %(found)s: có dòng bị chèn, xóa hay đổi chỗ. "
    "Hoàn tác thay đổi ấy, hoặc tải lại mẫu rồi chép số sang."
)
LABEL_CHANGED = gettext_noop(
    "Ô này phải ghi “%(expected)s” nhưng ghi “%(found)s”, nên không chắc số bên cạnh thuộc dòng nào. "
    "Ghi lại tên dòng như mẫu."
)
MERGED = gettext_noop("Ô bị gộp trong vùng %(range)s nên không rõ số thuộc dòng nào. Bỏ gộp ô rồi nhập lại từng ô.")
UNCALCULATED = gettext_noop(
    "Ô có công thức nhưng tệp không giữ kết quả. Mở tệp bằng Excel để nó tính, lưu, rồi nộp lại; hoặc gõ thẳng con số."
)
PERCENT = gettext_noop(
    "Ô định dạng phần trăm: màn hình hiện số gấp 100 lần số nằm trong tệp. Đặt lại định dạng Số rồi gõ con số theo "
    "đơn vị của chỉ tiêu."
)
EXPECTED = {
    Kind.DATE: gettext_noop("ngày, viết ngày/tháng/năm"),
    Kind.CHOICE: gettext_noop("một trong: %(choices)s"),
    Kind.TEXT: gettext_noop("chữ"),
    Kind.COMPUTED: gettext_noop("để nguyên, máy tính lấy"),
}
WHOLE = gettext_noop("số nguyên, hoặc - … x")
DECIMALS = gettext_noop("số, nhiều nhất %(decimals)s chữ số thập phân, hoặc - … x")


@dataclass(frozen=True, slots=True)
class Read:
    """One input cell of the file: its text and value as `save_cells` takes them, and how it was understood."""

    cell: FormCell
    typed: Typed
    parsed: Parsed

    @property
    def as_text(self) -> bool:
        """Whether a number stood there as text: Excel then counts it as nothing in its own sums."""
        return self.parsed.value is not None and not isinstance(self.typed.native, Decimal)

    def fault(self, code: str, sentence: Words) -> FileFault:
        return _fault(self.cell, code, sentence, self.typed.text)


@dataclass(slots=True)
class Reading:
    """What came of a file. `typed`, `texts`: cells and sections to be written; `kept`: left as the draft has them;
    `faults`: all that is wrong."""

    typed: dict[str, Typed] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)


def read(
    package: Package,
    version: Version,
    by: Person,
    convention: numbers.Convention | None = None,
    over: draft.Over = "",
) -> Reading:
    """Read the workbook for this draft. Raises BadFile when it is not this report's template at all."""
    cells = cells_of(version.regime_version)
    pages = sheets(version.regime_version, cells)
    asked = texts.sections(version.regime_version.spec)
    found = read_sheets(package, [META_SHEET, *(page.name for page in pages), *([texts.SHEET] if asked else [])])
    identity = read_identity(found[META_SHEET].rows if META_SHEET in found else [])
    require_same(identity, version.submission.duty, version.regime_version)
    reading = Reading()
    inputs: dict[str, Read] = {}
    readable: list[tuple[Sheet, SheetValues, set[int]]] = []
    for page in pages:
        values = found.get(page.name)
        if values is None:
            reading.faults.append(FileFault("sheet_missing", both(SHEET_MISSING, sheet=page.name), page.name))
            continue
        faults, moved = _shape(page, values, period_of(version.submission.duty.period))
        reading.faults += faults
        readable.append((page, values, moved))
        inputs |= _inputs(page, values, moved, convention, reading)
    for page, values, moved in readable:
        reading.faults += compare.computed_cells(page, values, moved, inputs, cells)
    side = draft.Side(version, by, identity, over)
    draft.cells(reading, inputs, side)
    if asked:
        _texts(reading, asked, found.get(texts.SHEET), side)
    reading.faults.sort(key=lambda fault: (fault.sheet, row_number(fault.address), fault.address))
    return reading


def _texts(reading: Reading, asked: list[texts.Section], values: SheetValues | None, side: draft.Side) -> None:
    """The sheet of texts, which a template has where the regime asks for texts."""
    if values is None:
        if any(texts.PREFIX + one.key in side.identity.seen for one in asked):  # made before templates had it: none
            reading.faults.append(FileFault("sheet_missing", both(SHEET_MISSING, sheet=texts.SHEET), texts.SHEET))
        return
    written, faults = texts.read(asked, values)
    reading.faults += faults
    draft.sections(reading, written, asked, side)


def _same_words(one: str, other: str) -> bool:
    return " ".join(unicodedata.normalize("NFC", one).split()) == " ".join(unicodedata.normalize("NFC", other).split())


def _shape(page: Sheet, values: SheetValues, period: periods.Period) -> tuple[list[FileFault], set[int]]:
    """Whether rows and columns stand where the template put them; the rows that do not are not read."""
    faults = []
    short = periods.label(period, "vi", short=True)
    every = {row for row, _ in page.rows}
    for column in page.columns:
        address = f"{column['letter']}{page.header_row}"
        expected, head = page.head(column, short), _text(values.at(address))
        if not _same_words(expected, head):
            said = both(COLUMN_MOVED, column=column["letter"], expected=expected, found=shorten(head))
            faults.append(FileFault("column_moved", said, page.name, address, value=head[:200]))
    if faults:
        return faults, every
    moved = set()
    for row, line in page.rows:
        address, expected = f"{LABEL_COLUMN}{row}", printed_label(line)
        label = _text(values.at(address))
        if _same_words(expected, label):
            continue
        moved.add(row)
        elsewhere = _elsewhere(page, values, row, line)
        if elsewhere:
            said = both(ROW_MOVED, expected=expected, row=row, found=elsewhere)
            faults.append(FileFault("row_moved", said, page.name, address, value=label[:200]))
        else:
            said = both(LABEL_CHANGED, expected=expected, found=shorten(label))
            faults.append(FileFault("label_changed", said, page.name, address, value=label[:200]))
    return faults, moved


def _elsewhere(page: Sheet, values: SheetValues, row: int, line: dict[str, Any]) -> int | None:
    """Another row where this label with its number now stands. Labels repeat ("Quá hạn"), so the number counts."""
    number, label = str(line.get("number", "")), printed_label(line)
    for other in range(1, len(values.rows) + 1):
        here = (values.at(f"A{other}"), values.at(f"{LABEL_COLUMN}{other}"))
        if other != row and all(_same_words(_text(a), b) for a, b in zip(here, (number, label), strict=True)):
            return other
    return None


def _text(value: object) -> str:
    """A value as a person reads it in the cell."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return str(value)


def _inputs(
    page: Sheet, values: SheetValues, moved: set[int], convention: numbers.Convention | None, reading: Reading
) -> dict[str, Read]:
    """The input cells of a sheet that were understood; those that were not go to the faults."""
    out = {}
    for address, cell in page.cells.items():
        if cell.kind == Kind.COMPUTED or row_number(address) in moved:
            continue
        ref = values.merged(address)
        fault = _fault(cell, "merged", both(MERGED, range=ref), ref) if ref else None
        one = None if fault else _read_one(cell, values, convention)
        if one is not None and one.parsed.problem is not None:
            problem = one.parsed.problem
            fault = _fault(cell, problem.kind, {"vi": problem.vi, "en": problem.en}, one.typed.text)
        fault = fault or _odd(cell, values)
        if fault:
            reading.faults.append(fault)
        elif one is not None:
            out[cell.key] = one
    return out


def _odd(cell: FormCell, values: SheetValues) -> FileFault | None:
    """What the value alone does not tell: never calculated, or shown as a percentage."""
    mark = values.mark(cell.address)
    if mark.uncalculated:
        return _fault(cell, "uncalculated", both(UNCALCULATED), mark.typed)
    if mark.percent and cell.kind == Kind.NUMBER and isinstance(values.at(cell.address), float):
        return _fault(cell, "percent_format", both(PERCENT), _text(values.at(cell.address)))
    return None


def _read_one(cell: FormCell, values: SheetValues, convention: numbers.Convention | None) -> Read:
    origin = f"{cell.sheet}!{cell.address}"[:120]
    native = values.mark(cell.address).error or values.at(cell.address)
    text = _text(native)
    if cell.kind == Kind.NUMBER and not isinstance(native, str):
        parsed = parse_native(native, decimals=cell.decimals, excel=True)
        if parsed.value is not None:
            return Read(cell, Typed(typed_text(parsed.value), origin=origin, native=parsed.value), parsed)
        return Read(cell, Typed(text, origin=origin), parsed)
    if cell.kind == Kind.NUMBER:
        return Read(cell, Typed(text, origin=origin), parse_cell(text, decimals=cell.decimals, convention=convention))
    error = values.mark(cell.address).error
    typed = Typed(text, origin=origin)
    return Read(cell, typed, parse_cell(error, decimals=0) if error else read_cell(cell, typed, convention))


def _fault(cell: FormCell, code: str, sentence: Words, value: str) -> FileFault:
    label = {"vi": cell.label_vi, "en": cell.label_en}
    return FileFault(code, sentence, cell.sheet, cell.address, cell.key, label, value[:200], expected(cell))


def expected(cell: FormCell) -> Words:
    """What the cell takes, in a few words."""
    if cell.kind == Kind.NUMBER:
        return both(DECIMALS, decimals=cell.decimals) if cell.decimals else both(WHOLE)
    return both(EXPECTED[Kind(cell.kind)], choices=", ".join(cell.choices))
