"""Filling templates in tests as a person with a spreadsheet program would, and building files that no one should."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook, load_workbook

from dienhong.reporting.excel import template
from dienhong.reporting.models import Duty

SHEET = "Biểu II.06a"
ADDRESSES = {"r1": "C5", "r2.1": "C7", "r2.2": "C8", "r3.1": "C10", "r3.2": "C11", "r4.1": "C13", "r4.2": "C14"}
GOOD = {"r1": 594, "r2.1": 4112, "r2.2": 8792, "r3.1": 11881, "r3.2": 1205, "r4.1": 412, "r4.2": "-"}


def filled(duty: Duty, change: Callable[[Workbook], None] | None = None, **cells: Any) -> bytes:
    """The duty's template with good figures; `r3_2=…` changes one, `change` anything else."""
    book = load_workbook(io.BytesIO(template.make(duty).data))
    for key, value in (GOOD | {name.replace("_", "."): value for name, value in cells.items()}).items():
        book[SHEET][ADDRESSES[key]].value = value
    if change:
        change(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The workbook with its parts changed by hand."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def with_xml(data: bytes, address: str, xml: str) -> bytes:
    """The first sheet's cell replaced by raw XML, e.g. an error value that no writer offers."""
    import re

    def change(parts: dict[str, bytes]) -> None:
        part = "xl/worksheets/sheet1.xml"
        text, count = re.subn(rf'<c r="{address}"[^>]*?(/>|>.*?</c>)', xml, parts[part].decode(), flags=re.DOTALL)
        assert count == 1, f"{address} stands {count} times"
        parts[part] = text.encode()

    return repacked(data, change)
