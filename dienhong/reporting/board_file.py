"""The receiver's board as a file: every unit that owes, one row each, whatever the screen was filtered by."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from dienhong.base import clock

WIDTHS = (12, 44, 24, 18, 18, 12, 26, 8)


def heads() -> list[str]:
    return [
        _("Mã đơn vị"),
        _("Đơn vị"),
        _("Nhóm"),
        _("Hạn"),
        _("Gửi lần đầu"),
        _("Ngày làm việc muộn"),
        _("Giai đoạn"),
        _("Bản"),
    ]


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a mark, so that Excel reads it; moments as 17:00 25/06/2020."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads())
    writer.writerows([[_text(value) for value in row] for row in rows])
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(rows: Iterable[Sequence[object]], title: str) -> bytes:
    """One sheet, moments as dates that can be sorted, the head in view when scrolling."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "".join(each for each in title if each not in r"[]:*?/\\")[:31] or "1"
    sheet.append(heads())
    for row in rows:
        sheet.append([_naive(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGH"[number]].width = width
    for line in sheet.iter_rows(min_row=2, min_col=4, max_col=5):
        for cell in line:
            cell.number_format = "hh:mm dd/mm/yyyy"
    for line in sheet.iter_rows(min_row=2, max_col=2):
        for cell in line:
            cell.data_type = "s"  # a name that begins with = is no formula
    sheet.freeze_panes = "C2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(value: object) -> str:
    if hasattr(value, "astimezone"):
        return f"{value.astimezone(clock.HANOI):%H:%M %d/%m/%Y}"
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _naive(value: object) -> object:
    """Excel knows no time zones: Hanoi's clock."""
    return value.astimezone(clock.HANOI).replace(tzinfo=None) if hasattr(value, "astimezone") else value
