"""The uploaded workbook once more, with every wrong cell marked and a sheet that lists what is wrong.

What was in the file stays; only links to other files are dropped, and formulas that reach outside become text.
"""

import io
import re
from collections.abc import Sequence

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dienhong.reporting.excel import texts
from dienhong.reporting.excel.faults import FileFault, both, gettext_noop
from dienhong.reporting.excel.layout import Sheet
from dienhong.reporting.excel.package import Package
from dienhong.reporting.excel.template import BOX, HEAD, INPUT, SUM, write_text
from dienhong.reporting.models import FormCell

AUTHOR = "Diên Hồng"
BELOW_ANOTHER = f"\n— {AUTHOR} —\n"
LIST_SHEET = {"vi": "Lỗi", "en": "Errors"}
RED = Side(style="medium", color="B3261E")
WRONG_BOX = Border(left=RED, right=RED, top=RED, bottom=RED)
WRONG = "FBDAD7"
# A pipe is DDE; [1] is another workbook, whose link was dropped; the rest fetch or run something.
REACHES_OUT = re.compile(
    r"\||\[\d+\]|\b(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|IMPORT\w+|EXEC|DDE)\s*\(", re.IGNORECASE
)
TITLE = gettext_noop("%(n)s chỗ cần sửa. Sửa ngay trên tệp này rồi nộp lại; chưa ô nào được ghi vào báo cáo.")
COLUMNS = (
    (gettext_noop("Số"), 6),
    (gettext_noop("Trang tính"), 18),
    (gettext_noop("Ô"), 8),
    (gettext_noop("Chỉ tiêu"), 32),
    (gettext_noop("Tệp ghi"), 18),
    (gettext_noop("Cần"), 26),
    (gettext_noop("Sai gì, làm gì"), 70),
)


class CannotMarkError(Exception):
    """The workbook can be read but not written again; the list of faults on screen remains."""


def mark(
    package: Package, faults: list[FileFault], pages: list[Sheet], lang: str, asked: Sequence[texts.Section] = ()
) -> bytes:
    """The marked copy (xlsx bytes), sentences in `lang`. Raises CannotMarkError."""
    try:
        book = load_workbook(io.BytesIO(package.packed()), keep_links=False)
        for name in LIST_SHEET.values():
            if name in book.sheetnames and not any(page.name == name for page in pages):
                del book[name]
        _disarm(book)
        for page in pages:
            if page.name in book.sheetnames:
                _unmark(book[page.name], page)
        if asked and texts.SHEET in book.sheetnames:
            texts.unmark(book[texts.SHEET], list(asked), AUTHOR)
        for fault in faults:
            if fault.address and fault.sheet in book.sheetnames:
                _mark_cell(book[fault.sheet], fault, lang)
        _list(book, faults, lang)
        raw = io.BytesIO()
        book.save(raw)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise CannotMarkError(str(error)) from error
    return raw.getvalue()


def _disarm(book: Workbook) -> None:
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f" and REACHES_OUT.search(str(getattr(cell.value, "text", cell.value))):
                    write_text(cell, str(getattr(cell.value, "text", cell.value)))


def _unmark(page: Worksheet, sheet: Sheet) -> None:
    """Take back the marks of an earlier copy, so that a mended cell does not stay red."""
    for row in page.iter_rows(max_row=sheet.last_row):
        for cell in row:
            if isinstance(cell, MergedCell) or cell.comment is None or cell.comment.author != AUTHOR:
                continue
            theirs, parted, _ours = cell.comment.text.partition(BELOW_ANOTHER)
            cell.comment = Comment(theirs, "") if parted else None
            known = sheet.cells.get(cell.coordinate)
            colour = INPUT if known else HEAD if cell.row == sheet.header_row else None
            colour = SUM if known and known.kind == FormCell.Kind.COMPUTED else colour
            cell.fill = PatternFill("solid", fgColor=colour) if colour else PatternFill()
            cell.border = BOX


def _mark_cell(page: Worksheet, fault: FileFault, lang: str) -> None:
    cell = page[fault.address]
    if isinstance(cell, MergedCell):  # only the first cell of a merged range can carry anything
        cell = _first_of(page, fault.address)
    cell.fill = PatternFill("solid", fgColor=WRONG)
    cell.border = WRONG_BOX
    text = fault.sentence[lang]
    if cell.comment:
        text = cell.comment.text + ("\n" if cell.comment.author == AUTHOR else BELOW_ANOTHER) + text
    cell.comment = Comment(text, AUTHOR, height=140, width=340)


def _first_of(page: Worksheet, address: str) -> Cell:
    ranges = (one for one in page.merged_cells.ranges if address in one)
    first = next(ranges)
    found = page.cell(first.min_row, first.min_col)
    assert isinstance(found, Cell), "the first cell of a merged range is a cell"
    return found


def _list(book: Workbook, faults: list[FileFault], lang: str) -> None:
    page = book.create_sheet(LIST_SHEET[lang], 0)
    write_text(page["A1"], both(TITLE, n=len(faults))[lang])
    page["A1"].font = Font(bold=True, size=13)
    for column, (head, width) in enumerate(COLUMNS, start=1):
        cell = page.cell(3, column)
        write_text(cell, both(head)[lang])
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=HEAD)
        page.column_dimensions[cell.column_letter].width = width
    for number, fault in enumerate(faults, start=1):
        row = 3 + number
        said = (fault.sheet, fault.address, fault.label.get(lang, ""), fault.value, fault.expected.get(lang, ""))
        page.cell(row, 1).value = number
        for column, text in enumerate((*said, fault.sentence[lang]), start=2):
            write_text(page.cell(row, column), text)
            page.cell(row, column).alignment = Alignment(wrap_text=True, vertical="top")
        if fault.sheet and fault.address:
            _link(page.cell(row, 3), fault)
    page.freeze_panes = "A4"
    page.page_setup.paperSize, page.page_setup.orientation = 9, "landscape"
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToHeight = 0
    page.print_title_rows = "3:3"
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is page


def _link(cell: Cell, fault: FileFault) -> None:
    quoted = fault.sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{fault.address}")
    cell.font = Font(color="0B57D0", underline="single")
