"""The texts of a report in its workbook: one sheet, a row a section of the outline, beside the forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

from dienhong.reporting.excel.faults import FileFault, both, gettext_noop
from dienhong.reporting.excel.values import SheetValues

SHEET = "Thuyết minh"
PREFIX = "section:"
HEAD_ROW, TITLE_COLUMN, TEXT_COLUMN = 4, "B", "C"
MOST = 20_000  # characters of a section, as narratives.MOST; a cell of Excel holds 32,767
HINT = (
    "Dẫn số của biểu bằng mã ô trong ngoặc nhọn: {%(key)s} theo ô %(address)s, {%(key)s@prev} là kỳ trước, "
    "{%(key)s=140} là số viết tay, được so với ô. Xuống dòng trong ô: Alt + Enter."
)
INPUT, HEADS = "FFF6D6", "DCE6F0"
_LINE = Side(style="thin", color="B8C0C8")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)

TITLE_CHANGED = gettext_noop(
    "Ô này phải ghi “%(expected)s” nhưng ghi “%(found)s”, nên không chắc lời bên cạnh thuộc mục nào. "
    "Ghi lại tên mục như mẫu."
)
NOT_TEXT = gettext_noop("Ô này nhận chữ, không nhận công thức. Chép nội dung rồi dán bằng “Chỉ giá trị”.")
TOO_LONG = gettext_noop("Mục này dài %(have)s ký tự; tối đa %(most)s. Đưa phần dài vào phụ lục.")
EXPECTED = gettext_noop("chữ, tối đa %(most)s ký tự")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the outline and the cell of its text."""

    key: str
    title: dict[str, str]
    required: bool
    guide: str
    address: str

    @property
    def printed(self) -> str:
        """What stands in the column of titles; the reader looks for exactly this."""
        return self.title["vi"] + (" (bắt buộc)" if self.required else "")


def sections(spec: Mapping[str, Any]) -> list[Section]:
    return [
        Section(
            one["key"],
            one["title"],
            bool(one["required"]),
            (one.get("guide") or {}).get("vi", ""),
            f"{TEXT_COLUMN}{HEAD_ROW + place}",
        )
        for place, one in enumerate(spec.get("outline") or [], start=1)
    ]


def plain(text: str) -> str:
    """As a text is kept: lines end alike, nothing blank around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def write(book: Workbook, asked: list[Section], known: Mapping[str, str], put: Any, cell: tuple[str, str]) -> None:
    """The sheet with the texts that stand; `put(cell, text)` writes text that no program runs as a formula.

    `cell`: key and address of one, to show how a text cites a figure.
    """
    page = book.create_sheet(SHEET)
    put(page["A1"], "Phần lời của báo cáo")
    page["A1"].font = Font(bold=True, size=13)
    put(page["A2"], HINT % {"key": cell[0], "address": cell[1]})
    page["A2"].font = Font(size=9, color="404850")
    for letter, text in (("A", "Số"), (TITLE_COLUMN, "Mục"), (TEXT_COLUMN, "Nội dung"), ("D", "Viết gì")):
        head = page[f"{letter}{HEAD_ROW}"]
        put(head, text)
        head.font, head.fill, head.border = Font(bold=True), PatternFill("solid", fgColor=HEADS), _BOX
    for number, one in enumerate(asked, start=1):
        row = HEAD_ROW + number
        for letter, text in (("A", str(number)), (TITLE_COLUMN, one.printed), ("D", one.guide)):
            put(page[f"{letter}{row}"], text)
            page[f"{letter}{row}"].border = _BOX
            page[f"{letter}{row}"].alignment = Alignment(wrap_text=True, vertical="top")
        place = page[one.address]
        put(place, known.get(one.key, ""))
        place.number_format = "@"
        place.fill, place.border = PatternFill("solid", fgColor=INPUT), _BOX
        place.alignment = Alignment(wrap_text=True, vertical="top")
        place.protection = Protection(locked=False)
        page.row_dimensions[row].height = 90
    _page(page)


def _page(page: Worksheet) -> None:
    for letter, width in (("A", 6), (TITLE_COLUMN, 30), (TEXT_COLUMN, 90), ("D", 40)):
        page.column_dimensions[letter].width = width
    page.freeze_panes = f"A{HEAD_ROW + 1}"
    page.page_setup.paperSize, page.page_setup.orientation = 9, "landscape"
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False  # False: may be done on a protected sheet


def read(asked: list[Section], values: SheetValues) -> tuple[dict[str, str], list[FileFault]]:
    """The text of each section whose row stands where the template put it, and what is wrong with the others."""
    found, faults = {}, []
    for one in asked:
        row = one.address.removeprefix(TEXT_COLUMN)
        title = str(values.at(f"{TITLE_COLUMN}{row}") or "")
        mark, text = values.mark(one.address), plain(str(values.at(one.address) or ""))
        if " ".join(title.split()) != " ".join(one.printed.split()):
            said = both(TITLE_CHANGED, expected=one.printed, found=title[:60])
            faults.append(FileFault("label_changed", said, SHEET, f"{TITLE_COLUMN}{row}", value=title[:200]))
        elif mark.error or mark.formula or mark.uncalculated:
            faults.append(fault(one, "formula", both(NOT_TEXT), mark.error or text))
        elif len(text) > MOST:
            faults.append(fault(one, "too_long", both(TOO_LONG, have=len(text), most=MOST), text))
        else:
            found[one.key] = text
    return found, faults


def fault(one: Section, code: str, sentence: dict[str, str], value: str) -> FileFault:
    expected = both(EXPECTED, most=MOST)
    return FileFault(code, sentence, SHEET, one.address, PREFIX + one.key, one.title, value[:200], expected)


def unmark(page: Worksheet, asked: list[Section], author: str) -> None:
    """Take back the marks of an earlier marked copy."""
    for one in asked:
        cell = page[one.address]
        if cell.comment is not None and cell.comment.author == author:
            cell.comment = None
            cell.fill, cell.border = PatternFill("solid", fgColor=INPUT), _BOX
