"""Every regime's template goes out, is filled, comes back, and its formulas are what Excel can read."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.formula import Tokenizer

from dienhong.base import clock, periods
from dienhong.indicators.actions import ensure_period_of
from dienhong.reporting import actions, regime_files
from dienhong.reporting.actions.uploads import take_upload
from dienhong.reporting.excel import template
from dienhong.reporting.figures import figures
from dienhong.reporting.models import Duty, FormCell, Version
from dienhong.reporting.tests.conftest import World
from dienhong.reporting.tests.excel_files import saved

pytestmark = pytest.mark.django_db
FOLDERS = regime_files.folders()
PERIODS = {
    "event": periods.event("bao-so-5", 1, dt.date(2020, 6, 1), dt.date(2020, 6, 2)),
    "month": periods.period("decree09", "2020-M05"),
    "quarter": periods.period("decree09", "2020-Q2"),
    "year": periods.period("decree09", "2019-Y"),
}


def duty_of(world: World, folder: regime_files.Folder) -> Duty:
    version = actions.load_regime(by="job:test", folder=folder)
    kind = "event" if version.calendar == "event" else version.frequency[0]
    plain = PERIODS[kind] if version.calendar == "event" else periods.period(version.calendar, PERIODS[kind].key)
    duty, _ = Duty.objects.get_or_create(
        unit=world.unit,
        regime=version.regime,
        period=ensure_period_of(plain),
        defaults={
            "receiver": world.receiver_unit,
            "tier": "province",
            "opens_at": dt.datetime(2020, 1, 1, tzinfo=clock.HANOI),
            "due_at": dt.datetime(2020, 6, 25, 17, 0, tzinfo=clock.HANOI),
        },
    )
    return duty


def sample(cell: FormCell, place: int) -> Any:
    if cell.kind == FormCell.Kind.CHOICE:
        return cell.choices[-1]
    if cell.kind == FormCell.Kind.DATE:
        return dt.date(2020, 6, 1)
    if cell.kind == FormCell.Kind.TEXT:
        return "- dòng đầu\n= dòng sau"
    return round(10 + place / 8, cell.decimals) if cell.decimals else place


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_out_filled_and_back(world: World, path: Any) -> None:
    duty = duty_of(world, regime_files.read(path))
    book = load_workbook(io.BytesIO(template.make(duty).data))
    cells = list(FormCell.objects.filter(regime_version__regime=duty.regime).order_by("form", "position"))
    typed = {cell.key: sample(cell, place) for place, cell in enumerate(cells) if cell.kind != "computed"}
    for cell in cells:
        place = book[cell.sheet][cell.address]
        if cell.kind != FormCell.Kind.COMPUTED:
            assert not place.protection.locked
            place.value = typed[cell.key]
            place.data_type = "s" if cell.kind == "text" else place.data_type
        elif place.value is not None:
            assert Tokenizer(place.value).items
            assert len(place.value) < 8000
    upload = take_upload(by=world.entry, duty=duty, data=saved(book), name="a.xlsx").upload
    assert upload.faults == []
    assert upload.cells == len(typed)
    now = figures(Version.objects.get())
    for cell in cells:
        figure = now[cell.key]
        if cell.kind == FormCell.Kind.NUMBER:
            assert figure.value == Decimal(str(typed[cell.key])), cell.key
        assert not figure.problem
        if cell.kind == FormCell.Kind.TEXT:
            assert figure.typed == typed[cell.key]
        if cell.kind == FormCell.Kind.DATE:
            assert figure.typed == "01/06/2020"


def test_each_row_says_its_unit_where_the_form_does_not(world: World) -> None:
    path = next(path for path in FOLDERS if path.name.startswith("rr10"))
    page = load_workbook(io.BytesIO(template.make(duty_of(world, regime_files.read(path))).data)).worksheets[0]
    assert (page["F4"].value, page["F6"].value) == ("Đơn vị", "xã")
