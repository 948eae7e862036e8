"""The canonical form of a version: a digest of its content, and the one workbook that is kept by its hash.

However a version came in, on sending it is written as this workbook; a passport's leaf is a cell of it.
The bytes depend on nothing but the content, so the same content has the same hash.
"""

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

from dienhong.base.numbers import Empty, empty_mark, parse_cell, parse_native
from dienhong.reporting.explanations import counting
from dienhong.reporting.figures import BLANK, Figure, cells_of, figures
from dienhong.reporting.models import FormCell, Narrative, Version

META_SHEET = "_dienhong"
# Excel and its readers keep 15 digits; a longer figure is stored as text so that none is lost.
EXACT_DIGITS = 15
EPOCH = (2000, 1, 1, 0, 0, 0)


def narratives(version: Version) -> dict[str, str]:
    """The latest text of each section."""
    rows = Narrative.objects.filter(version=version).order_by("section", "-pk").distinct("section")
    return {row.section: row.text for row in rows}


def content(version: Version) -> dict[str, Any]:
    """What an approval takes responsibility for: regime version, unit, period, every figure, every text."""
    duty = version.submission.duty
    cells = cells_of(version.regime_version)
    now = figures(version, cells)
    return {
        "regime": duty.regime.code,
        "regime_version": version.regime_version.digest,
        "unit": duty.unit_id,
        "period": [duty.period.calendar, duty.period.key],
        "cells": {cell.key: _plain(now.get(cell.key, BLANK)) for cell in cells},
        "narratives": narratives(version),
        "explanations": {one.key: one.text for one in counting(version, now).values()},
    }


def _plain(figure: Figure) -> list[Any]:
    value = None if figure.value is None else format(figure.value.normalize(), "f")
    return [figure.typed, value, figure.empty]


def content_digest(version: Version) -> str:
    data = json.dumps(content(version), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(data.encode()).hexdigest()


def workbook(version: Version, unit_name: str, meta: dict[str, str]) -> bytes:
    """The canonical workbook (xlsx bytes) of the version's figures and texts."""
    book = Workbook()
    if book.active:
        book.remove(book.active)
    cells = cells_of(version.regime_version)
    now = figures(version, cells)
    for form in version.regime_version.spec["forms"]:
        _form_sheet(book, version, form, [cell for cell in cells if cell.form == form["key"]], now, unit_name)
    texts = narratives(version)
    if texts:
        sheet = book.create_sheet("Thuyết minh")
        for row, (section, text) in enumerate(sorted(texts.items()), start=1):
            sheet.cell(row, 1, section)
            sheet.cell(row, 2, _safe_text(text)).alignment = Alignment(wrap_text=True, vertical="top")
    hidden = book.create_sheet(META_SHEET)
    hidden.sheet_state = "hidden"
    for row, (name, value) in enumerate(sorted(meta.items()), start=1):
        hidden.cell(row, 1, name)
        hidden.cell(row, 2, value)
    return _bytes(book)


def _form_sheet(
    book: Workbook,
    version: Version,
    form: dict[str, Any],
    cells: list[FormCell],
    now: dict[str, Figure],
    unit_name: str,
) -> None:
    sheet = book.create_sheet(form["sheet"])
    duty = version.submission.duty
    sheet["A1"] = form["title"]["vi"]
    sheet["A1"].font = Font(bold=True, size=13)
    sheet["A2"] = f"{unit_name} · {duty.period.key} · {version.regime_version.name_vi}"
    first = form["first_row"]
    sheet.cell(first - 1, 1, "Số")
    sheet.cell(first - 1, 2, "Chỉ tiêu")
    for column in form["columns"]:
        sheet[f"{column['letter']}{first - 1}"] = column["label"]["vi"]
    for index, row in enumerate(form["rows"]):
        sheet.cell(first + index, 1, str(row.get("number", "")))
        sheet.cell(first + index, 2, row["label"]["vi"])
    for cell in cells:
        place = sheet[cell.address]
        place.value = cell_content(now.get(cell.key, BLANK), cell)
        place.alignment = Alignment(horizontal="right" if cell.kind in ("number", "computed") else "left")
    sheet.column_dimensions["B"].width = 48


def cell_content(figure: Figure, cell: FormCell) -> int | float | str | None:
    """What is written into the workbook's cell: a number if Excel can hold it exactly, else its text."""
    if figure.empty is None:
        return None
    if cell.kind not in (FormCell.Kind.NUMBER, FormCell.Kind.COMPUTED):
        return _safe_text(figure.typed)
    if figure.value is None:
        return empty_mark(Empty(figure.empty))
    digits = len(figure.value.normalize().as_tuple().digits)
    if digits > EXACT_DIGITS:
        return format(figure.value, "f").replace(".", ",")
    return int(figure.value) if figure.value == figure.value.to_integral_value() else float(figure.value)


def _safe_text(text: str) -> str:
    """Text that a spreadsheet program will not run as a formula."""
    text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _bytes(book: Workbook) -> bytes:
    """Save with fixed times, so that the same content gives the same bytes."""
    book.properties.creator = "Diên Hồng"
    book.properties.created = book.properties.modified = dt.datetime(*EPOCH)
    raw = io.BytesIO()
    book.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _fixed_times(data)
            new.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _fixed_times(core: bytes) -> bytes:
    import re

    return re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", core)


def read_cells(data: bytes, refs: Iterable[str]) -> dict[str, tuple[Decimal | None, int]]:
    """Figures read again from a canonical workbook, by `sheet!address`: (value, kind of empty). For "Recompute now"."""
    book = load_workbook(io.BytesIO(data), data_only=True)
    out: dict[str, tuple[Decimal | None, int]] = {}
    for ref in refs:
        sheet, _, address = ref.rpartition("!")
        raw = book[sheet][address].value
        if isinstance(raw, str):
            parsed = parse_cell(raw, decimals=None, convention="dot_thousands")
        else:
            parsed = parse_native(raw, decimals=None)
        out[ref] = (parsed.value, Empty.UNKNOWN if parsed.kind is None else int(parsed.kind))
    return out
