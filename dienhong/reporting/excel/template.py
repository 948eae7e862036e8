"""The Excel template of one duty: regime version, unit and period, prefilled with what the draft holds."""

import hashlib
import io
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dienhong.base import acts, clock, periods
from dienhong.base.refusal import Refused
from dienhong.base.text import slug
from dienhong.organizations import queries as organizations
from dienhong.reporting import carried, narratives
from dienhong.reporting.actions.duties import effective_due, period_of
from dienhong.reporting.canonical import cell_content
from dienhong.reporting.excel import texts
from dienhong.reporting.excel.faults import say
from dienhong.reporting.excel.formulas import excel_formula
from dienhong.reporting.excel.layout import META_SHEET, TEMPLATE_MARK, Sheet, printed_label, row_number, sheets
from dienhong.reporting.figures import BLANK, Figure, cells_of, earlier_figures, figures
from dienhong.reporting.models import Duty, FormCell, Narrative, RegimeVersion, State, Submission, Version
from dienhong.reporting.states import EDITABLE, state_of
from dienhong.rules.expressions import Ref

Kind = FormCell.Kind
NUMERIC = (Kind.NUMBER, Kind.COMPUTED)
LEGEND = "Ô vàng để nhập. Gõ “-” không phát sinh, “…” chưa có số, “x” không áp dụng; để trống là chưa nhập."
INPUT, EARLIER, HEAD, SUM = ("FFF6D6", "EFEFEF", "DCE6F0", "F4F7FA")
LINE = Side(style="thin", color="B8C0C8")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
CELL_TABLE_ROW, CHOICES_COLUMN = 20, 8  # of the hidden sheet: below the facts, one row a cell, its choices beside


@dataclass(frozen=True, slots=True)
class Template:
    data: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Content:
    """All that a template shows, read once."""

    duty: Duty
    regime_version: RegimeVersion
    unit: str
    receiver: str
    cells: list[FormCell]
    now: dict[str, Figure]
    prev: dict[str, Figure]
    year_before: dict[str, Figure]
    by_key: dict[str, FormCell] = field(default_factory=dict)
    texts: dict[str, Narrative] = field(default_factory=dict)
    carried: frozenset[str] = frozenset()

    @property
    def period(self) -> periods.Period:
        return period_of(self.duty.period)


def draft_of(duty: Duty) -> Version | None:
    """The version of the duty that can still be edited, if there is one."""
    version = (
        Version.objects.filter(submission__duty=duty)
        .select_related("regime_version__regime", "submission__duty__period", "submission__duty__regime")
        .order_by("-number")
        .first()
    )
    return version if version is not None and state_of(version) in EDITABLE else None


def source_of(duty: Duty) -> Version | None:
    """Whose figures a template begins with: the draft, or the returned or withdrawn version a new draft takes over."""
    last = Version.objects.filter(submission__duty=duty).select_related("regime_version").order_by("-number").first()
    carries = (*EDITABLE, State.RETURNED, State.WITHDRAWN)
    return last if last is not None and state_of(last) in carries else None


def form_version(duty: Duty) -> RegimeVersion:
    """The regime version whose form the duty is filled in with: the draft's, else the one a new draft would get."""
    draft = draft_of(duty)
    if draft is not None:
        return draft.regime_version
    found = (
        RegimeVersion.objects.filter(regime=duty.regime, valid_from__lte=duty.period.last).order_by("-number").first()
    )
    if found is None:
        raise Refused("no_form", say("Chế độ báo cáo này chưa có biểu mẫu cho kỳ đã chọn."))
    return found


def template_key(regime_version_digest: str, unit_id: int, calendar: str, key: str) -> str:
    """What a template is for, as one word: equal for every copy of it."""
    return hashlib.sha256(f"{regime_version_digest}\0{unit_id}\0{calendar}\0{key}".encode()).hexdigest()[:32]


def make(duty: Duty) -> Template:
    """The workbook as bytes. Reads only. Raises Refused when the regime has no form for the period."""
    content = _content(duty)
    book = Workbook()
    book.remove(book.worksheets[0])
    shown = sheets(content.regime_version, content.cells)
    for sheet in shown:
        _form_sheet(book.create_sheet(sheet.name), sheet, content)
    asked = texts.sections(content.regime_version.spec)
    if asked:
        cited = next(((one.key, one.address) for one in content.cells if one.kind in NUMERIC), ("r1", "C5"))
        texts.write(book, asked, {key: row.text for key, row in content.texts.items()}, write_text, cited)
    _hidden(book.create_sheet(META_SHEET), content)
    book.security = WorkbookProtection(lockStructure=True)
    book.properties.creator = "Diên Hồng"
    book.properties.title = f"{content.regime_version.name_vi}, {periods.label(content.period, 'vi')}, {content.unit}"
    book.calculation.fullCalcOnLoad = True
    raw = io.BytesIO()
    book.save(raw)
    name = f"{duty.regime.code}-{duty.period.key}-{slug(content.unit)}.xlsx"
    return Template(raw.getvalue(), name)


def _content(duty: Duty) -> Content:
    regime_version = form_version(duty)
    source = source_of(duty)
    cells = cells_of(regime_version)
    # Not saved: the earlier figures ask a version only for its duty.
    asking = Version(submission=Submission(duty=duty), regime_version=regime_version)
    names = organizations.names([duty.unit_id, duty.receiver_id], duty.period.last, "vi")
    now = figures(source, cells) if source else {}
    prev = earlier_figures(asking, cells, "prev")
    begins = carried.figures(regime_version.checks.all(), cells, now, prev)
    return Content(
        duty,
        regime_version,
        names.get(duty.unit_id, ""),
        names.get(duty.receiver_id, ""),
        cells,
        now | begins,
        prev,
        earlier_figures(asking, cells, "year_before"),
        {cell.key: cell for cell in cells},
        narratives.latest(source) if source else {},
        frozenset(begins) | {key for key, figure in now.items() if figure.origin == carried.ORIGIN},
    )


def _form_sheet(page: Worksheet, sheet: Sheet, content: Content) -> None:
    _head(page, sheet, content)
    _column_heads(page, sheet, content)
    for number, row in sheet.rows:
        _row_labels(page, number, row, sheet)
    for cell in sheet.cells.values():
        _cell(page, sheet, cell, content)
    _foot(page, sheet, content)
    _choices(page, sheet, content)
    _page_setup(page, sheet, content)


def _head(page: Worksheet, sheet: Sheet, content: Content) -> None:
    """Title, who and when, due time: above the header row, on as many rows as the form leaves free."""
    due = effective_due(content.duty).astimezone(clock.HANOI)
    plain = content.period
    mark = " (mẫu dựng lại)" if content.regime_version.reconstructed else ""
    lines = [
        str(sheet.form["title"]["vi"]) + mark,
        f"{content.unit} · {periods.label(plain, 'vi')} · số liệu từ {plain.first:%d/%m/%Y} đến {plain.last:%d/%m/%Y}",
        f"{content.regime_version.name_vi} · gửi {content.receiver} trước {due:%H:%M ngày %d/%m/%Y}",
    ]
    room = max(1, sheet.header_row - 1)
    shown = [*lines[: room - 1], " · ".join(lines[room - 1 :])]
    for number, text in enumerate(shown, start=1):
        write_text(page[f"A{number}"], text)
        page[f"A{number}"].font = Font(bold=number == 1, size=13 if number == 1 else 10)


def _column_heads(page: Worksheet, sheet: Sheet, content: Content) -> None:
    short = periods.label(content.period, "vi", short=True)
    unit = (sheet.form.get("unit") or {}).get("vi", "")
    heads = {"A": "Số", "B": f"Chỉ tiêu ({unit})" if unit else "Chỉ tiêu"}
    heads |= {str(column["letter"]): sheet.head(column, short) for column in sheet.columns}
    if sheet.earlier_columns:
        heads |= dict(zip(sheet.earlier_columns, ("Kỳ trước", "Năm trước"), strict=True))
    if sheet.unit_column:
        heads[sheet.unit_column] = "Đơn vị"
    for letter, text in heads.items():
        place = page[f"{letter}{sheet.header_row}"]
        write_text(place, text)
        place.font = Font(bold=True)
        place.fill = PatternFill("solid", fgColor=HEAD)
        place.border = BOX
        right = letter not in ("A", "B", sheet.unit_column)
        place.alignment = Alignment(horizontal="right" if right else "left", vertical="center", wrap_text=True)


def _row_labels(page: Worksheet, number: int, row: dict[str, Any], sheet: Sheet) -> None:
    bold = bool(row.get("heading") or row.get("sum"))
    for letter, text in (("A", str(row.get("number", ""))), ("B", printed_label(row))):
        place = page[f"{letter}{number}"]
        write_text(place, text)
        place.font = Font(bold=bold)
        place.border = BOX
        place.alignment = Alignment(wrap_text=letter == "B", vertical="center")


def _cell(page: Worksheet, sheet: Sheet, cell: FormCell, content: Content) -> None:
    place = page[cell.address]
    place.border = BOX
    figure = content.now.get(cell.key, BLANK)
    if cell.kind == Kind.COMPUTED:
        formula = excel_formula(cell.formula, cell.decimals, lambda ref: _address(ref, cell, sheet, content))
        place.value = formula
        place.font = Font(bold=True)
        place.fill = PatternFill("solid", fgColor=SUM)
    else:
        _put(place, _prefill(figure, cell))
        place.fill = PatternFill("solid", fgColor=carried.COLOUR if cell.key in content.carried else INPUT)
        place.protection = Protection(locked=False)
        _validate(page, cell, cell.key in content.carried)
    _formatted(place, cell)
    if sheet.unit_column:
        beside = page[f"{sheet.unit_column}{place.row}"]
        write_text(beside, cell.unit_vi)
        beside.border = BOX
    if sheet.earlier_columns:
        number = place.row
        for letter, known in zip(sheet.earlier_columns, (content.prev, content.year_before), strict=True):
            beside = page[f"{letter}{number}"]
            _put(beside, _prefill(known.get(cell.key, BLANK), cell))
            _formatted(beside, cell)
            beside.font = Font(color="606870")
            beside.fill = PatternFill("solid", fgColor=EARLIER)
            beside.border = BOX


def _prefill(figure: Figure, cell: FormCell) -> int | float | str | None:
    """A figure as the workbook holds it; what was typed and not understood stands as it was typed."""
    if figure.empty is None:
        return figure.typed or None
    if cell.kind in NUMERIC:
        return cell_content(figure, cell)
    return figure.typed


def _address(ref: Ref, cell: FormCell, sheet: Sheet, content: Content) -> str | None:
    target = content.by_key.get(ref.code)
    if target is None:
        return None
    address = target.address
    if ref.period:
        places = dict(zip(("prev", "year_before"), sheet.earlier_columns or (), strict=False))
        if ref.period not in places or target.sheet != cell.sheet:
            return None
        return f"{places[ref.period]}{row_number(address)}"
    quoted = target.sheet.replace("'", "''")
    return address if target.sheet == cell.sheet else f"'{quoted}'!{address}"


def _formatted(place: Cell, cell: FormCell) -> None:
    if cell.kind in NUMERIC:
        place.number_format = "#,##0" + ("." + "0" * cell.decimals if cell.decimals else "")
        place.alignment = Alignment(horizontal="right", vertical="center")
    elif cell.kind == Kind.DATE:
        place.number_format = "dd/mm/yyyy"
    else:
        place.number_format = "@"
        place.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)


def _put(place: Cell, value: int | float | str | None) -> None:
    if isinstance(value, str):
        write_text(place, value)
    else:
        place.value = value


def write_text(place: Cell | MergedCell, text: str) -> None:
    """Text that stays text: no spreadsheet program runs it as a formula, however it begins."""
    text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)
    place.value = text
    place.data_type = "s"
    if text[:1] in ("=", "+", "@", "\t", "\r"):
        place.quotePrefix = True


def _validate(page: Worksheet, cell: FormCell, begins: bool) -> None:
    if cell.kind == Kind.NUMBER:
        a = cell.address
        marks = ",".join(f'{a}="{mark}"' for mark in ("-", "…", "...", "..", "x", "!"))
        rule = DataValidation(
            type="custom", formula1=f"OR(AND(ISNUMBER({a}),ROUND({a},{cell.decimals})={a}),{marks})", allow_blank=True
        )
        takes = f"số có nhiều nhất {cell.decimals} chữ số thập phân" if cell.decimals else "số nguyên"
        rule.error = f"Ô này nhận {takes}, hoặc “-” không phát sinh, “…” chưa có số, “x” không áp dụng."
    elif cell.kind == Kind.DATE:
        rule = DataValidation(type="date", operator="greaterThan", formula1="1", allow_blank=True)
        rule.error = "Ô này nhận ngày, viết ngày/tháng/năm."
    else:
        return
    rule.errorTitle = "Chưa đúng"
    rule.showErrorMessage = True
    if begins:
        rule.promptTitle, rule.prompt, rule.showInputMessage = carried.TITLE, carried.WORDS, True
    page.add_data_validation(rule)
    rule.add(cell.address)


def _choices(page: Worksheet, sheet: Sheet, content: Content) -> None:
    """Lists to choose from stand on the hidden sheet, since a list inside a rule has at most 255 characters."""
    for row, cell in enumerate(content.cells, start=CELL_TABLE_ROW + 1):
        if cell.sheet != sheet.name or cell.kind != Kind.CHOICE or not cell.choices:
            continue
        last = get_column_letter(CHOICES_COLUMN - 1 + len(cell.choices))
        first = get_column_letter(CHOICES_COLUMN)
        rule = DataValidation(type="list", formula1=f"{META_SHEET}!${first}${row}:${last}${row}", allow_blank=True)
        rule.error = "Chọn một mục trong danh sách."
        rule.showErrorMessage = True
        page.add_data_validation(rule)
        rule.add(cell.address)


def _foot(page: Worksheet, sheet: Sheet, content: Content) -> None:
    guide = (content.regime_version.spec.get("guide") or {}).get("vi", "")
    basis = "; ".join(content.regime_version.spec.get("legal_basis") or [])
    basis = acts.dated(basis, clock.business_today(), "vi")
    begins = content.carried.intersection(cell.key for cell in sheet.cells.values())
    lines = [LEGEND, carried.LEGEND if begins else "", guide, f"Cơ sở pháp lý: {basis}" if basis else ""]
    for number, text in enumerate((line for line in lines if line), start=sheet.last_row + 2):
        write_text(page[f"A{number}"], text)
        page[f"A{number}"].font = Font(size=9, color="404850")
        page[f"A{number}"].alignment = Alignment(wrap_text=True, vertical="top")
        page.merge_cells(f"A{number}:{sheet.last_column}{number}")
        page.row_dimensions[number].height = 13.0 * (1 + len(text) // 95)


def _page_setup(page: Worksheet, sheet: Sheet, content: Content) -> None:
    page.column_dimensions["A"].width = 6
    page.column_dimensions["B"].width = 46
    letters = [str(column["letter"]) for column in sheet.columns] + list(sheet.earlier_columns or ())
    for letter in letters:
        page.column_dimensions[letter].width = 16
    page.freeze_panes = f"C{sheet.header_row + 1}"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.orientation = "landscape" if len(letters) > 4 else "portrait"
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0
    page.print_title_rows = f"{sheet.header_row}:{sheet.header_row}"
    assert page.oddFooter is not None, "openpyxl makes the footer with the sheet"
    page.oddFooter.left.text = f"{content.duty.regime.code} {content.duty.period.key}"
    page.oddFooter.right.text = "Trang &P/&N"
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False  # False: may be done on a protected sheet


def _hidden(page: Worksheet, content: Content) -> None:
    """Keys by which the reader knows the file, then one row a cell: key, sheet, address, kind, the edit shown."""
    page.sheet_state = "veryHidden"
    duty, version = content.duty, content.regime_version
    facts = {
        "kind": TEMPLATE_MARK,
        "template": template_key(version.digest, duty.unit_id, duty.period.calendar, duty.period.key),
        "regime": duty.regime.code,
        "regime_version": version.digest,
        "regime_version_number": str(version.number),
        "unit": str(duty.unit_id),
        "unit_name": content.unit,
        "calendar": duty.period.calendar,
        "period": duty.period.key,
        "period_label": periods.label(content.period, "vi"),
        "made_at": clock.business_now().isoformat(timespec="seconds"),
    }
    for row, (name, value) in enumerate(facts.items(), start=1):
        write_text(page.cell(row, 1), name)
        write_text(page.cell(row, 2), value)
    for column, name in enumerate(("key", "sheet", "address", "kind", "edit"), start=1):
        write_text(page.cell(CELL_TABLE_ROW, column), name)
    for index, cell in enumerate(content.cells):
        row = CELL_TABLE_ROW + 1 + index
        for column, text in enumerate((cell.key, cell.sheet, cell.address, cell.kind), start=1):
            write_text(page.cell(row, column), text)
        page.cell(row, 5).value = content.now.get(cell.key, BLANK).edit_id or 0
        for place, choice in enumerate(cell.choices):
            write_text(page.cell(row, CHOICES_COLUMN + place), choice)
    for row, one in enumerate(texts.sections(version.spec), start=CELL_TABLE_ROW + 1 + len(content.cells)):
        for column, text in enumerate((texts.PREFIX + one.key, texts.SHEET, one.address, "text"), start=1):
            write_text(page.cell(row, column), text)
        known = content.texts.get(one.key)
        page.cell(row, 5).value = known.pk if known else 0
