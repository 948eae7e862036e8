"""The texts of a report through Excel: prefilled in the template, read back from the file, never lost on the way."""

import io
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from dienhong.base import store
from dienhong.organizations.models import Role
from dienhong.reporting import actions, narratives
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.actions.uploads import Taken, take_upload
from dienhong.reporting.excel import marking, template, texts
from dienhong.reporting.excel.faults import FileFault
from dienhong.reporting.excel.package import open_package
from dienhong.reporting.models import Narrative, Version
from dienhong.reporting.narratives import save_narrative
from dienhong.reporting.tests.conftest import World, person
from dienhong.reporting.tests.excel_files import saved

pytestmark = pytest.mark.django_db
HAZARDS, RESULTS, PLAN = "C5", "C6", "C8"
LINES = "=Không phải công thức.\nDòng hai: “{r14}” hộ, {r2=140} xã & <b>.\n- gạch đầu dòng"


def opened(version: Version) -> Workbook:
    return load_workbook(io.BytesIO(template.make(version.submission.duty).data))


def take(world: World, version: Version, book: Workbook, by: Any = None, **more: Any) -> Taken:
    duty = version.submission.duty
    return take_upload(by=by or world.entry, duty=duty, data=saved(book), name="KH.xlsx", **more)


def standing(version: Version) -> dict[str, str]:
    return {key: row.text for key, row in narratives.latest(version).items()}


def test_a_text_goes_out_and_comes_back_as_it_was(plan: Any) -> None:
    world, version = plan
    save_narrative(by=world.entry, version=version, section="hazards", text=LINES)
    book = opened(version)
    page = book[texts.SHEET]
    assert (page[HAZARDS].value, page[HAZARDS].data_type, page[RESULTS].value) == (LINES, "s", None)
    assert page["B5"].value == "Đặc điểm thiên tai và rủi ro trong năm (bắt buộc)"
    assert [cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked] == [
        f"C{row}" for row in range(5, 11)
    ]
    page[RESULTS].value, page[PLAN].value = LINES[1:], "Di dời tiếp."
    upload = take(world, version, book).upload
    assert (upload.outcome, upload.faults, upload.cells) == ("taken", [], 2)
    assert standing(version) == {"hazards": LINES, "results": LINES[1:], "plan": "Di dời tiếp."}
    assert Narrative.objects.filter(version=version).count() == 3, "what did not change is no new row"
    actions.submit(by=world.entry, version=version)
    again = opened(version)[texts.SHEET]
    assert again[HAZARDS].value in (None, ""), "a report on its way is no longer filled in"


def test_a_text_cleared_in_the_file_is_cleared_and_one_written_since_is_kept(plan: Any) -> None:
    world, version = plan
    save_narrative(by=world.entry, version=version, section="hazards", text="Bão.")
    book = opened(version)
    save_narrative(by=world.entry, version=version, section="plan", text="Viết trên lưới.")
    book[texts.SHEET][HAZARDS].value = None
    upload = take(world, version, book).upload
    assert (upload.outcome, upload.cells, upload.kept) == ("taken", 1, 1)
    assert standing(version) == {"hazards": "", "plan": "Viết trên lưới."}


def test_a_text_written_on_screen_since_is_not_overwritten_unasked(plan: Any) -> None:
    world, version = plan
    book = opened(version)
    save_narrative(by=world.entry, version=version, section="plan", text="Viết trên lưới.")
    book[texts.SHEET][PLAN].value = "Viết trong tệp."
    asked = take(world, version, book).upload
    assert [(one["code"], one["sheet"], one["address"]) for one in asked.faults] == [("typed_since", texts.SHEET, PLAN)]
    assert standing(version)["plan"] == "Viết trên lưới."
    assert take(world, version, book, over="grid").upload.kept == 1
    assert standing(version)["plan"] == "Viết trên lưới."
    take(world, version, book, over="file")
    assert standing(version)["plan"] == "Viết trong tệp."
    book = opened(version)
    book[texts.SHEET][PLAN].value = "Viết lại trong tệp."
    assert take(world, version, book).upload.outcome == "taken", "a template that shows the text asks nothing"


def test_what_a_colleague_wrote_since_is_a_conflict(plan: Any) -> None:
    world, version = plan
    book = opened(version)
    colleague = person("nhap-2", Role.ENTRY_OFFICER, world.unit)
    save_narrative(by=colleague, version=version, section="plan", text="Của tôi.")
    book[texts.SHEET][PLAN].value = "Viết trong tệp."
    faults = take(world, version, book, over="file").upload.faults
    assert [one["code"] for one in faults] == ["conflict"]
    assert "nhap-2 đã sửa ô này thành “Của tôi.”" in faults[0]["sentence"]["vi"]


def spoil(book: Workbook, what: str) -> None:
    page = book[texts.SHEET]
    if what == "no sheet":
        del book[texts.SHEET]
    elif what == "title":
        page["B6"].value = "Mục khác"
    elif what == "formula":
        page[PLAN].value = "=1+1"
    elif what == "long":
        page[PLAN].value = "x" * 20_001


@pytest.mark.parametrize(
    ("what", "code", "address"),
    [
        ("no sheet", "sheet_missing", ""),
        ("title", "label_changed", "B6"),
        ("formula", "formula", PLAN),
        ("long", "too_long", PLAN),
    ],
)
def test_a_spoilt_sheet_of_texts_is_said_and_writes_nothing(plan: Any, what: str, code: str, address: str) -> None:
    world, version = plan
    book = opened(version)
    book[texts.SHEET][HAZARDS].value = "Bão."
    spoil(book, what)
    upload = take(world, version, book).upload
    assert [(one["code"], one["address"]) for one in upload.faults] == [(code, address)]
    assert standing(version) == {}


def test_the_marked_copy_marks_the_text_and_is_mended(plan: Any) -> None:
    world, version = plan
    book = opened(version)
    spoil(book, "long")
    upload = take(world, version, book).upload
    asked = texts.sections(version.regime_version.spec)
    faults = [FileFault.read(one) for one in upload.faults]
    first = marking.mark(open_package(store.get(upload.digest)), faults, [], "vi", asked)
    marked = load_workbook(io.BytesIO(first))
    assert "20001 ký tự" in marked[texts.SHEET][PLAN].comment.text
    second = load_workbook(io.BytesIO(marking.mark(open_package(saved(marked)), [], [], "vi", asked)))
    assert second[texts.SHEET][PLAN].comment is None
    marked[texts.SHEET][PLAN].value = "Ngắn."
    assert take(world, version, marked).upload.outcome == "taken"


def test_a_character_that_no_workbook_holds_does_not_break_the_template(plan: Any) -> None:
    world, version = plan
    save_narrative(by=world.entry, version=version, section="plan", text="a\x01b")
    actions.save_cells(by=world.entry, version=version, typed={"r1": Typed("1\x0b2")})
    book = opened(version)
    assert book[texts.SHEET][PLAN].value == "a\N{REPLACEMENT CHARACTER}b"


def test_a_regime_without_texts_has_no_such_sheet(world: World) -> None:
    assert texts.SHEET not in load_workbook(io.BytesIO(template.make(world.duty()).data)).sheetnames
