"""SDMX messages: the six published files with their real faults, and files that are no such thing."""

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dienhong.base.refusal import Refused
from dienhong.indicators.feeds import sdmx, tables

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("DIENHONG_SHARED", ROOT.parent / "shared")) / "data" / "sdmx"
# file -> series, observations, faults
SIX = {
    "CPIVNM.xml": (33, 1683, 0),
    "IIPVNM.xml": (5, 470, 0),
    "METVNM.xml": (106, 17206, 0),
    "SBV.EXR_Vietnam.xml": (2, 232, 0),
    "POPVNM.xml": (11, 165, 0),
    "LMIVNM.xml": (15, 737, 47),
}
MESSAGE = """<?xml version="1.0"?>{before}
<m:StructureSpecificData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message">
<m:DataSet COMMENT="Published"><Series INDICATOR="X " FREQ="Q">
{observations}
</Series></m:DataSet></m:StructureSpecificData>"""


def message(*observations: tuple[str, str], before: str = "") -> bytes:
    lines = "\n".join(f'<Obs TIME_PERIOD="{period}" OBS_VALUE="{value}"/>' for period, value in observations)
    return MESSAGE.format(before=before, observations=lines).encode()


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED.parent.name}/{SHARED.name} is not there: these files do not come with the repository")
    return SHARED


@pytest.mark.parametrize("name", SIX)
def test_the_published_files_are_read_whole(shared, name):
    read = sdmx.read((shared / name).read_bytes(), name)
    assert (read.series, len(read.values), len(list(read.faults()))) == SIX[name]


def test_the_47_values_that_are_no_numbers_each_have_place_and_sentence(shared):
    data = (shared / "LMIVNM.xml").read_bytes()
    faults = list(sdmx.read(data, "LMIVNM.xml").faults())
    assert sum(fault.code == "not_available" for fault in faults) == 42
    assert [fault.typed for fault in faults if fault.code == "flag"] == ["519.4sb", "571.9sb"]
    assert [fault.typed for fault in faults if fault.code == "space"] == ["7 902.3", "8 339.9", "7 347.0"]
    line = data.decode().splitlines()
    for fault in faults:
        _name, row, column = fault.where.split(":")
        assert line[int(row) - 1][int(column) - 1 :].startswith("<Obs ")
        assert f'OBS_VALUE="{fault.typed}"' in line[int(row) - 1][int(column) - 1 :][:80]
        assert fault.typed in fault.sentence


def test_the_bundled_tables_say_what_the_messages_say(shared):
    """Every cell of the tables made from messages is the text of an observation, and none is left out."""
    for path in tables.FOLDER.glob("*.csv"):
        table = tables.parse(path.read_bytes())
        name, _colon, codes = table.said("origin").partition(": ")
        if name not in SIX:
            continue
        read = sdmx.read((shared / name).read_bytes(), name)
        theirs = sorted(value.text for value in read.values if not codes or value.series in codes.split())
        assert sorted(cell.text for cell in table.cells()) == theirs, path.name


def test_the_command_reports_them(shared, capsys):
    call_command("read_sdmx", str(shared))
    out = capsys.readouterr().out
    assert "METVNM.xml: 106 series, 17206 observations, 0 faults; Figures Jan 2018 onward are preliminary" in out
    assert "LMIVNM.xml, dòng 1, cột 24519, chuỗi LUM_PE_NUM, kỳ 2023-Q2: “519.4sb”" in out
    assert "IMF_CL_AREA_structure.xml không phải tệp số liệu" in out
    with pytest.raises(CommandError, match="IMF_CL_AREA"):
        call_command("read_sdmx", str(shared / "IMF_CL_AREA_structure.xml"))


@pytest.mark.parametrize(
    ("period", "text", "code"),
    [
        ("2020-Q1", "1 000", "space"),
        ("2020-Q1", "12.5e", "flag"),
        ("2020-Q1", "n/a", "not_available"),
        ("2020-Q1", "", "missing"),
        ("2020-Q1", "NaN", "not_a_number"),
        ("2020-Q1", "1,5", "not_a_number"),
        ("2020-13", "1", "period"),
    ],
)
def test_each_fault_has_its_name(period, text, code):
    (fault,) = sdmx.read(message((period, text)), "t.xml").faults()
    assert fault.code == code
    assert fault.where == "t.xml:4:1"


def test_numbers_and_repetition():
    read = sdmx.read(message(("2020-Q1", "-1.50"), ("2020-Q2", "1E-3"), ("2020-Q1", "2")), "t.xml")
    assert [str(value.number) for value in read.values] == ["-1.50", "0.001", "2"]
    assert [fault.code for fault in read.faults()] == ["twice"]
    assert read.values[0].series == "X"
    assert read.comment == "Published"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sdmx_broken"),
        (message(("2020", "1"))[:-40], "sdmx_broken"),
        (b"<html/>", "sdmx_root"),
        (b"PK\x03\x04", "sdmx_broken"),
        (message(("2020", "&a;"), before='<!DOCTYPE m [<!ENTITY a "1">]>'), "sdmx_doctype"),
    ],
)
def test_what_is_no_message_is_refused(data, code):
    with pytest.raises(Refused) as refused:
        sdmx.read(data, "t.xml")
    assert refused.value.code == code
    assert "t.xml" in refused.value.sentence
