"""The computed cells of a file against our own computation of them."""

from decimal import Decimal
from typing import TYPE_CHECKING

from dienhong.base.numbers import EXACT, Empty, empty_label, format_number, parse_cell, parse_native
from dienhong.reporting.excel.faults import FileFault, Words, both, gettext_noop
from dienhong.reporting.excel.layout import Sheet, row_number
from dienhong.reporting.excel.values import SheetValues
from dienhong.reporting.figures import BLANK, Figure, compute, in_order
from dienhong.reporting.models import FormCell
from dienhong.rules import expressions

if TYPE_CHECKING:
    from dienhong.reporting.excel.reading import Read

DIFFERS = gettext_noop(
    "Tệp ghi %(theirs)s, còn tính từ các ô thành phần được %(ours)s. Mở tệp bằng Excel cho nó tính lại; nếu vẫn lệch "
    "thì sửa ô thành phần, đừng gõ đè ô tính."
)
TYPED_OVER = gettext_noop(
    "Ô này do máy tính từ các ô thành phần, không gõ vào được; tệp ghi %(theirs)s, còn các ô thành phần cho %(ours)s. "
    "Gõ số vào các ô thành phần."
)
ERROR = gettext_noop(
    "Ô tính báo lỗi %(theirs)s, còn tính từ các ô thành phần được %(ours)s. Tải lại mẫu để có công thức đúng rồi chép "
    "số sang."
)
LEFT_ALONE = gettext_noop("để nguyên, máy tính lấy")
NOT_ENOUGH = gettext_noop("chưa đủ số để tính")
EXCEL_DIGITS = 15


def computed_cells(
    page: Sheet, values: SheetValues, moved: set[int], inputs: dict[str, "Read"], cells: list[FormCell]
) -> list[FileFault]:
    """A fault for each computed cell whose value in the file is not ours, rounded as the form rounds.

    Where an input is wrong, or is a number stored as text (Excel adds it as 0), the file's sum says nothing: skipped.
    """
    ours = _ours(inputs, cells)
    telling = _telling(inputs, cells)
    faults = []
    for address, cell in page.cells.items():
        if cell.kind == FormCell.Kind.COMPUTED and cell.key in telling and row_number(address) not in moved:
            fault = _judge(cell, values, ours[cell.key])
            faults += [fault] if fault else []
    return faults


def _ours(inputs: dict[str, "Read"], cells: list[FormCell]) -> dict[str, Figure]:
    """Every computed cell from the file's own inputs, not from the draft's."""
    known: dict[str, Figure] = {}
    for key, one in inputs.items():
        kind = one.parsed.kind
        known[key] = Figure(one.typed.text, one.parsed.value, None if kind is None else int(kind))
    for cell in in_order(cells):
        known[cell.key] = compute(cell, known)
    return known


def _telling(inputs: dict[str, "Read"], cells: list[FormCell]) -> set[str]:
    """Keys of the computed cells that Excel had a fair chance to compute as we do."""
    fair = {key for key, one in inputs.items() if not one.as_text}
    for cell in in_order(cells):
        refs = expressions.references(expressions.parse(cell.formula))
        if all(ref.code in fair and not ref.period for ref in refs):
            fair.add(cell.key)
    return fair


def _judge(cell: FormCell, values: SheetValues, ours: Figure) -> FileFault | None:
    mark, native = values.mark(cell.address), values.at(cell.address)
    if mark.error:
        return _fault(cell, "formula_error", ERROR, mark.error, {"vi": mark.error, "en": mark.error}, ours)
    if native is None or isinstance(native, bool):
        return None
    parsed = parse_cell(native, decimals=None) if isinstance(native, str) else None
    parsed = parsed or parse_native(native, decimals=None, excel=True)
    if parsed.value is not None and _equal(parsed.value, ours, cell.decimals):
        return None
    if parsed.value is None and (parsed.kind is not None or mark.formula):
        return None  # a mark of empty, or what a formula shows meanwhile: ours counts, nothing typed is lost
    if mark.formula:
        return None if ours == BLANK else _fault(cell, "computed_differs", DIFFERS, native, _shown(parsed.value), ours)
    theirs = _shown(parsed.value) if parsed.value is not None else {"vi": str(native)[:40], "en": str(native)[:40]}
    return _fault(cell, "computed_typed_over", TYPED_OVER, native, theirs, ours)


def _equal(value: Decimal, ours: Figure, decimals: int) -> bool:
    if ours.value is None:
        return ours.empty == Empty.NOTHING_AROSE and value == 0
    if len(ours.value.normalize().as_tuple().digits) > EXCEL_DIGITS:
        return bool(abs(value - ours.value) <= abs(ours.value) / 10 ** (EXCEL_DIGITS - 1))
    same: bool = value.quantize(Decimal(1).scaleb(-decimals), context=EXACT) == ours.value
    return same


def _shown(value: Decimal | None) -> Words:
    return {lang: "?" if value is None else format_number(value, None, lang) for lang in ("vi", "en")}


def _fault(cell: FormCell, code: str, text: str, native: object, theirs: Words, ours: Figure) -> FileFault:
    if ours.value is not None:
        mine = {lang: format_number(ours.value, cell.decimals, lang) for lang in ("vi", "en")}
    elif ours.empty:
        mine = {lang: empty_label(Empty(ours.empty), lang) for lang in ("vi", "en")}
    else:
        mine = both(NOT_ENOUGH)
    return FileFault(
        code,
        both(text, theirs=theirs, ours=mine),
        cell.sheet,
        cell.address,
        cell.key,
        {"vi": cell.label_vi, "en": cell.label_en},
        str(native)[:200],
        both(LEFT_ALONE),
    )
