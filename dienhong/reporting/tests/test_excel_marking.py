"""The marked copy: the same workbook, its wrong cells marked with a note, and a sheet that lists and links them."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from dienhong.base import store
from dienhong.reporting.actions.uploads import take_upload
from dienhong.reporting.excel import marking
from dienhong.reporting.excel.faults import FileFault
from dienhong.reporting.excel.layout import META_SHEET, sheets
from dienhong.reporting.excel.package import open_package
from dienhong.reporting.figures import cells_of
from dienhong.reporting.models import Upload
from dienhong.reporting.tests.conftest import World
from dienhong.reporting.tests.excel_files import SHEET, filled, saved, with_xml

pytestmark = pytest.mark.django_db


def marked(world: World, data: bytes, lang: str = "vi") -> bytes:
    upload: Upload = take_upload(by=world.entry, duty=world.duty(), data=data, name="a.xlsx").upload
    faults = [FileFault.read(stored) for stored in upload.faults]
    assert faults
    pages = sheets(world.regime, cells_of(world.regime))
    return marking.mark(open_package(store.get(upload.digest)), faults, pages, lang)


def opened(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data))


def test_wrong_cells_are_outlined_filled_and_explained_in_place(world: World) -> None:
    book = opened(marked(world, filled(world.duty(), r3_2="1 205")))
    cell = book[SHEET]["C11"]
    assert (cell.value, cell.fill.fgColor.rgb[-6:], cell.border.left.style) == ("1 205", marking.WRONG, "medium")
    assert cell.comment.text == "“1 205” có dấu cách. Nếu là một nghìn hai trăm linh năm, gõ 1205."
    assert book[SHEET]["C10"].comment is None
    assert book[SHEET]["C10"].value == 11881


def test_a_sheet_lists_them_with_links(world: World) -> None:
    book = opened(marked(world, filled(world.duty(), r3_2="1 205", r1="x y")))
    assert book.sheetnames == ["Lỗi", SHEET, META_SHEET]
    page = book["Lỗi"]
    assert page["A1"].value.startswith("2 chỗ cần sửa.")
    assert [page.cell(4, column).value for column in range(1, 6)] == [1, SHEET, "C5", "Tồn từ kỳ trước", "x y"]
    assert page["C5"].hyperlink.location == f"'{SHEET}'!C11"
    assert book.active.title == "Lỗi"


def test_it_speaks_the_readers_language(world: World) -> None:
    book = opened(marked(world, filled(world.duty(), r3_2="1 205"), "en"))
    assert book.sheetnames[0] == "Errors"
    assert "contains a space" in book[SHEET]["C11"].comment.text


def test_everything_else_stays(world: World) -> None:
    def own(book: Workbook) -> None:
        book.create_sheet("Nháp")["B2"] = "=A1*2"

    book = opened(marked(world, filled(world.duty(), own, r3_2="1 205")))
    assert book["Nháp"]["B2"].value == "=A1*2"
    page = book[SHEET]
    assert page.protection.sheet
    assert not page["C11"].protection.locked
    assert page["C6"].value.startswith("=IF(")
    assert len(page.data_validations.dataValidation) == 7
    assert book[META_SHEET].sheet_state == "veryHidden"


def test_nothing_in_the_list_runs_as_a_formula(world: World) -> None:
    book = opened(marked(world, with_xml(filled(world.duty()), "C11", '<c r="C11" t="str"><v>=1+1</v></c>')))
    cell = next(c for row in book["Lỗi"].iter_rows(min_row=4) for c in row if c.value == "=1+1")
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


@pytest.mark.parametrize("formula", ["=cmd|'/c calc'!A1", '=WEBSERVICE("http://a")', "=[1]Sheet1!A1"])
def test_formulas_that_reach_outside_become_text(world: World, formula: str) -> None:
    def own(book: Workbook) -> None:
        book.create_sheet("Nháp")["B2"] = formula

    cell = opened(marked(world, filled(world.duty(), own, r3_2="1 205")))["Nháp"]["B2"]
    assert (cell.value, cell.data_type) == (formula, "s")


def test_a_mended_cell_does_not_stay_red(world: World) -> None:
    book = opened(marked(world, filled(world.duty(), r3_2="1 205", r1="x y")))
    book[SHEET]["C11"].value = 1205
    again = opened(marked(world, saved(book)))
    assert again.sheetnames == ["Lỗi", SHEET, META_SHEET]
    assert again[SHEET]["C11"].comment is None
    assert again[SHEET]["C11"].fill.fgColor.rgb[-6:] == "FFF6D6"
    assert again[SHEET]["C5"].comment.text.count("\n") == 0, "the note is written once, not once more"
    assert again["Lỗi"]["A1"].value.startswith("1 chỗ")


def test_a_note_of_ones_own_stays_above_ours(world: World) -> None:
    from openpyxl.comments import Comment

    def note(book: Workbook) -> None:
        book[SHEET]["C11"].comment = Comment("hỏi lại phòng A", "Lan")

    book = opened(marked(world, filled(world.duty(), note, r3_2="1 205", r1="x y")))
    assert book[SHEET]["C11"].comment.text.startswith("hỏi lại phòng A\n— Diên Hồng —\n“1 205”")
    book[SHEET]["C11"].value = 1205
    assert opened(marked(world, saved(book)))[SHEET]["C11"].comment.text == "hỏi lại phòng A"


def test_a_merged_cell_is_marked_at_its_first_cell(world: World) -> None:
    data = filled(world.duty(), lambda book: book[SHEET].merge_cells("B11:C11"))
    page = opened(marked(world, data))[SHEET]
    assert "B11:C11" in page["B11"].comment.text


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed here")
def test_libreoffice_opens_it(world: World, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(marked(world, filled(world.duty(), r3_2="1 205")))
    command = ["soffice", "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), str(tmp_path / "a.xlsx")]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    assert "C11" in (tmp_path / "a.csv").read_text()
