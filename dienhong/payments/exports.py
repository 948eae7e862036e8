"""The books as a file: one row for each movement of money, whole, never cut."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from dienhong.base import clock
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person
from dienhong.payments import owners, queries, sentences
from dienhong.payments.models import Capture

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Row = tuple[Any, ...]


def heads() -> Row:
    return (
        _("Ngày giá trị"), _("Mã khoản thu"), _("Hồ sơ"), _("Khoản thu"), _("Đơn vị thu"), _("Tài khoản"), _("Chương"),
        _("Tiểu mục"), _("Số tiền (đồng)"), _("Cách nộp"), _("Số giao dịch"), _("Ngân hàng báo lúc"), _("Biên lai"),
        _("Sao kê"),
    )  # fmt: skip


def rows(person: Person, first: dt.date, last: dt.date) -> list[Row]:
    """Captures of the person's units by value date, refunds that are done with a minus. Heads first."""
    found = Capture.objects.filter(bill__in=queries.bills_for(person), value_date__range=(first, last))
    found = found.select_related("bill", "receipt", "match__line").order_by("value_date", "pk")
    units = {each.bill.unit_id for each in found}
    names = organizations.names(units, clock.business_today(), get_language() or "vi")
    labels = owners.labels(each.bill for each in found)
    return [heads(), *(_row(each, names, labels) for each in found)]


def _row(each: Capture, names: dict[int, str], labels: dict[tuple[str, str], str]) -> Row:
    bill = each.bill
    receipt, match = getattr(each, "receipt", None), getattr(each, "match", None)
    return (
        each.value_date, bill.code, labels[bill.owner_kind, bill.owner_id], bill.title_vi,
        names.get(bill.unit_id, ""), each.account_number,
        bill.budget_chapter, bill.budget_sub_item, each.amount, sentences.way(each.provider), each.bank_ref,
        each.paid_at.astimezone(clock.HANOI).replace(tzinfo=None), receipt.number if receipt else "",
        match.line.entry_ref if match else "",
    )  # fmt: skip


def csv_text(rows_: Sequence[Row]) -> bytes:
    """UTF-8 with its mark, so that Excel reads the tones. Text that Excel would compute gets an apostrophe."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([[_safe(each) for each in row] for row in rows_])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(value: Any) -> str:
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def workbook(rows_: Sequence[Row]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Thu phi"
    for number, row in enumerate(rows_, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
