"""The template: same addresses as the canonical workbook, open where one types, locked elsewhere, prefilled."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.formula import Tokenizer

from dienhong.base import clock
from dienhong.reporting import actions, carried
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.canonical import workbook
from dienhong.reporting.excel import template
from dienhong.reporting.excel.formulas import excel_formula
from dienhong.reporting.excel.layout import META_SHEET
from dienhong.reporting.models import FormCell
from dienhong.reporting.tests.conftest import World
from dienhong.reporting.tests.excel_files import SHEET
from dienhong.rules.expressions import Ref

pytestmark = pytest.mark.django_db


def opened(world: World) -> Any:
    return load_workbook(io.BytesIO(template.make(world.duty()).data))


def test_it_says_for_whom_for_when_by_when_and_why(world: World) -> None:
    made = template.make(world.duty())
    assert made.name == "RR22-2020-Q2-lao-cai.xlsx"
    page = opened(world)[SHEET]
    head = " ".join(str(page[f"A{row}"].value) for row in (1, 2, 3))
    for word in ("mẫu dựng lại", "Lào Cai", "Quý II/2020", "15/03/2020 đến 14/06/2020", "17:00 ngày 25/06/2020"):
        assert word in head
    foot = " ".join(str(page[f"A{row}"].value) for row in range(16, 19))
    assert "“-” không phát sinh, “…” chưa có số, “x” không áp dụng" in foot
    assert "Nghị định 09/2019/NĐ-CP" in foot


def test_every_cell_stands_where_the_canonical_workbook_has_it(world: World) -> None:
    version = world.filled()
    page = opened(world)[SHEET]
    kept = load_workbook(io.BytesIO(workbook(version, "Lào Cai", {})))[SHEET]
    for cell in FormCell.objects.filter(regime_version=world.regime):
        assert page[f"B{cell.address[1:]}"].value == kept[f"B{cell.address[1:]}"].value == cell.label_vi
        if cell.kind == FormCell.Kind.NUMBER:
            assert page[cell.address].value == kept[cell.address].value


def test_one_can_type_into_input_cells_only(world: World) -> None:
    page = opened(world)[SHEET]
    assert page.protection.sheet
    assert not page.protection.password
    open_cells = {c.coordinate for row in page.iter_rows() for c in row if not c.protection.locked}
    assert open_cells == {"C5", "C7", "C8", "C10", "C11", "C13", "C14"}
    ruled = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert ruled.keys() == open_cells
    assert ruled["C7"].startswith('OR(AND(ISNUMBER(C7),ROUND(C7,0)=C7),C7="-",C7="…"')


def test_sums_are_formulas(world: World) -> None:
    formula = opened(world)[SHEET]["C6"].value
    assert formula == (
        '=IF(OR(C7="",C8=""),"",IF(OR(C7="!",C8="!"),"!",IF(OR(C7="…",C8="…"),"…",'
        'IF(COUNT(C7,C8)=0,"-",IFERROR(ROUND(N(C7)+N(C8),0),"x")))))'
    )
    assert len(Tokenizer(formula).items) > 20


@pytest.mark.parametrize(
    ("expression", "inner"),
    [
        ("[a] - ([b] - 1)", "N(A1)-(N(B1)-1)"),
        ("[a] / [b] * 100", "N(A1)/N(B1)*100"),
        ("-[a]", "-(N(A1))"),
        ("max([a], abs([b]))", "MAX(N(A1),ABS(N(B1)))"),
        ("if([a] != 0 and [b] > 1, [a], 2)", "IF(AND(N(A1)<>0,N(B1)>1),N(A1),2)"),
        ("change([a], [a]@prev)", "((N(A1))-(N(D1)))/ABS(N(D1))*100"),
    ],
)
def test_an_expression_as_excel_writes_it(expression: str, inner: str) -> None:
    places = {"[a]": "A1", "[b]": "B1", "[a]@prev": "D1"}
    formula = excel_formula(expression, 2, lambda ref: places.get(ref.key))
    assert formula is not None
    assert f"ROUND({inner},2)" in formula
    assert "x" in formula


def test_what_excel_cannot_say_gets_no_formula() -> None:
    def place(ref: Ref) -> str | None:
        return None if ref.period else "A1"

    assert excel_formula("coalesce([a], 0)", 0, place) is None
    assert excel_formula("[a] - [a]@prev", 0, place) is None


def test_it_is_prefilled_with_the_draft(world: World) -> None:
    version = world.filled(r4_1="…", r4_2="", r3_2="1 205")
    page = opened(world)[SHEET]
    assert (page["C7"].value, page["C13"].value, page["C14"].value, page["C11"].value) == (4112, "…", None, "1 205")
    hidden = opened(world)[META_SHEET]
    assert hidden.sheet_state == "veryHidden"
    facts = {row[0].value: row[1].value for row in hidden["A1:B19"]}
    assert facts["unit"] == str(world.unit.pk)
    assert (facts["regime"], facts["period"], facts["regime_version"]) == ("RR22", "2020-Q2", world.regime.digest)
    table = {row[0].value: row for row in hidden["A21:E40"] if row[0].value}
    assert table["r2.1"][2].value == "C7"
    assert table["r2.1"][4].value == version.edits.get(cell__key="r2.1").pk


def test_a_returned_report_is_prefilled_with_what_was_returned(world: World) -> None:
    version = world.sent()
    actions.return_version(by=world.receiver, version=version, reason="Lệch với kỳ trước")
    assert opened(world)[SHEET]["C7"].value == 4112


def test_last_period_and_last_year_stand_beside_in_grey(world: World) -> None:
    import datetime as dt

    from dienhong.base import periods

    world.sent()
    q3 = periods.period("decree09", "2020-Q3")
    with clock.played(dt.datetime(2020, 9, 20, 9, 0, tzinfo=clock.HANOI)):
        made = actions.open_duties(by="job:test", regime_version=world.regime, period=q3)
        duty = next(one for one in made if one.unit_id == world.unit.pk)
        page = load_workbook(io.BytesIO(template.make(duty).data))[SHEET]
    assert (page["D4"].value, page["D7"].value, page["D6"].value, page["E7"].value) == ("Kỳ trước", 4112, 12904, None)
    assert page["D7"].protection.locked
    assert page["C5"].value == 412, "carried over is what was in progress when the last quarter ended"
    assert page["C5"].fill.fgColor.rgb.endswith(carried.COLOUR)
    assert page["C7"].value is None
    assert carried.LEGEND in {page[f"A{row}"].value for row in range(16, 19)}
    [asked] = [rule for rule in page.data_validations.dataValidation if "C5" in rule.sqref]
    assert (asked.promptTitle, asked.showInputMessage) == (carried.TITLE, True)


def test_text_that_begins_like_a_formula_stays_text(world: World) -> None:
    version = world.filled()
    actions.save_cells(by=world.entry, version=version, typed={"r1": Typed("=1+1")})
    cell = opened(world)[SHEET]["C5"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert cell.quotePrefix


def test_it_prints_on_a4_with_its_head_on_every_page(world: World) -> None:
    page = opened(world)[SHEET]
    assert (page.page_setup.paperSize, page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (9, 1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$4:$4"
