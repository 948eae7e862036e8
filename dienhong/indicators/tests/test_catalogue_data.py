"""The catalogue files by themselves, without a database: complete, resolvable, and nothing added that must not be."""

import csv
import datetime as dt
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from dienhong.rules.expressions import parse, references

DATA = Path(__file__).resolve().parents[1] / "data"
ORGANIZATIONS = DATA.parents[1] / "organizations" / "data"
SHARED = Path(os.environ.get("DIENHONG_SHARED", DATA.parents[3] / "shared")) / "domain"

NATURES = {"flow", "stock", "cumulative", "ratio", "index", "growth", "rank", "average"}
AGG_UNITS = {"sum", "ratio", "weighted", "none"}
AGG_PERIODS = {"sum", "ratio", "average", "none", "last", "first", "max"}
FREQUENCIES = {"day", "week", "month", "quarter", "half_year", "nine_month", "year", "event"}
LEVELS = {"nation", "province", "district", "commune", "agency"}
# What each nature allows over time; a stock that is summed counts the same thing many times.
OVER_PERIODS = {
    "flow": {"sum", "none"},
    "stock": {"last", "first", "max"},
    "cumulative": {"last"},
    "ratio": {"ratio", "none"},
    "index": {"none"},
    "growth": {"none"},
    "rank": {"none"},
    "average": {"average", "none"},
}
LIMITS = {"name_vi": 300, "name_en": 300, "unit_vi": 60, "unit_en": 60, "code": 20}  # widths of the tables
FILLED = {"service"}  # its members are the folders under services/, added by who counts
COMPLETE = ("name_vi", "name_en", "unit_vi", "unit_en", "note_vi", "note_en", "legal_basis", "review", "levels")


def read(name: str, folder: Path = DATA) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


INDICATORS = read("indicators.csv")
SUPPORTING = read("supporting.csv")
ROWS = INDICATORS + SUPPORTING
BY_CODE = {row["code"]: row for row in ROWS}
MEMBERS: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
for member in read("codelists.csv"):
    MEMBERS[member["list"]][member["member"]] = member


def several(row: dict[str, str], column: str) -> set[str]:
    return set(filter(None, row[column].split("|")))


def parts(row: dict[str, str]) -> list[str]:
    """Codes that a row is re-derived, computed or weighted from."""
    named = [row["numerator"], row["denominator"], row["weight"]]
    computed = [ref.code for ref in references(parse(row["formula"], expects="number"))] if row["formula"] else []
    return sorted({*filter(None, named), *computed})


def each(check: Callable[[dict[str, str]], None]) -> Callable[[], None]:
    """One test over all rows; a failure names the row."""

    def test() -> None:
        for row in ROWS:
            try:
                check(row)
            except (AssertionError, KeyError) as error:
                error.add_note(f"row {row['code']}: {row['review']}")
                raise

    test.__name__, test.__doc__ = check.__name__, check.__doc__
    return test


def test_the_list_has_164_indicators_in_nine_fields() -> None:
    assert len(INDICATORS) == 164
    counts = Counter(row["field"] for row in INDICATORS)
    assert [counts[field["key"]] for field in read("fields.csv")] == [28, 17, 22, 9, 13, 37, 9, 17, 12]
    assert all(re.fullmatch(r"0[1-9]\.[0-9]{3}", row["code"]) for row in INDICATORS)
    assert all(re.fullmatch(r"S\.0[1-9]\.[0-9]{3}", row["code"]) for row in SUPPORTING)
    assert len(BY_CODE) == len(ROWS), "a code stands twice"


def test_fields_are_complete_and_ordered() -> None:
    fields = read("fields.csv")
    assert [int(field["order"]) for field in fields] == list(range(1, 10))
    assert all(field["name_vi"] and field["name_en"] for field in fields)
    for row in ROWS:
        place = int(row["code"].removeprefix("S.")[:2])
        assert fields[place - 1]["key"] == row["field"], row["code"]


def test_names_units_frequencies_and_sources_are_those_of_the_list() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there: the reference tables do not come with the repository")
    source = {row["code"]: row for row in read("indicators.csv", SHARED)}
    assert list(source) == [row["code"] for row in INDICATORS]
    two_units = {"07.009"}  # "ha; %": hectares stay, the structure is S.07.002
    for row in INDICATORS:
        theirs = source[row["code"]]
        same = ("name_vi", "name_en", "frequency", "field")
        assert [row[name] for name in same] == [theirs[name] for name in same]
        assert row["legal_basis"] == theirs["source"]
        assert row["unit_en"] == theirs["unit"] or row["code"] in two_units
    first = {row["code"]: row["agency"] for row in reversed(read("responsible.csv"))}
    assert {code: first[code] for code in source} == {code: row["responsible"] for code, row in source.items()}


@each
def test_both_languages_and_the_review_are_there(row: dict[str, str]) -> None:
    assert all(row[column].strip() == row[column] and row[column] for column in COMPLETE)
    assert all(len(row[column]) <= width for column, width in LIMITS.items())
    assert row["note_vi"] != row["note_en"]
    assert None not in row, "a cell too many: a comma without quotes"


@each
def test_words_are_known(row: dict[str, str]) -> None:
    assert row["nature"] in NATURES
    assert row["agg_units"] in AGG_UNITS
    assert row["agg_periods"] in AGG_PERIODS
    assert row["calendar"] in {"calendar", "decree09", "event"}
    assert several(row, "frequency") <= FREQUENCIES
    assert several(row, "levels") <= LEVELS
    assert 0 <= int(row["decimals"]) <= 4
    assert Decimal(row["change_threshold"]) > 0
    assert (row["calendar"] == "event") == (several(row, "frequency") == {"event"})


@each
def test_nothing_is_added_over_time_that_must_not_be(row: dict[str, str]) -> None:
    assert row["agg_periods"] in OVER_PERIODS[row["nature"]], row["review"]


@each
def test_nothing_is_added_over_units_that_must_not_be(row: dict[str, str]) -> None:
    if row["nature"] in {"growth", "index", "rank"}:
        assert row["agg_units"] == "none"
    if row["nature"] == "ratio" or row["unit_en"] in {"%", "per 1,000", "percentage points", "rank"}:
        assert row["agg_units"] != "sum"
        assert row["agg_periods"] != "sum"
    assert (row["agg_units"] == "weighted") == bool(row["weight"])


@each
def test_references_resolve_and_fit(row: dict[str, str]) -> None:
    """A part must exist wherever and whenever the row is asked for, or the row could never be computed."""
    for code in parts(row):
        assert code != row["code"]
        part = BY_CODE[code]
        assert part["calendar"] == row["calendar"], f"{code}: calendars never mix"
        assert several(row, "frequency") <= several(part, "frequency"), code
        assert several(row, "levels") <= several(part, "levels"), code
    if row["numerator"]:
        assert several(row, "breakdowns") <= several(BY_CODE[row["numerator"]], "breakdowns")
        assert not several(BY_CODE[row["denominator"]], "breakdowns") & several(row, "breakdowns") or several(
            row, "breakdowns"
        ) <= several(BY_CODE[row["denominator"]], "breakdowns"), "half of the breakdowns only in the denominator"


@each
def test_a_ratio_is_its_two_parts(row: dict[str, str]) -> None:
    assert bool(row["numerator"]) == bool(row["denominator"])
    if "ratio" in (row["agg_units"], row["agg_periods"]):
        assert row["nature"] == "ratio"
        assert row["numerator"], "nothing to divide"
    if row["numerator"]:
        for side in ("numerator", "denominator"):
            part = BY_CODE[row[side]]
            assert row["agg_units"] != "ratio" or part["agg_units"] == "sum", part["code"]
            assert row["agg_periods"] != "ratio" or part["agg_periods"] in {"sum", "last", "average"}, part["code"]
        scale = f" * {row['scale']}" if row["scale"] != "1" else ""
        assert row["formula"] in ("", f"[{row['numerator']}] / [{row['denominator']}]{scale}")
    else:
        assert row["scale"] == "1"
    if row["numerator"] and row["unit_en"] == "%":
        alike = {BY_CODE[row[side]]["unit_en"] for side in ("numerator", "denominator")}
        assert len(alike) == 1, alike
        assert row["scale"] == "100"


@each
def test_a_computed_amount_adds_like_its_parts(row: dict[str, str]) -> None:
    if row["formula"] and row["nature"] in {"flow", "stock", "cumulative", "average"} and row["agg_units"] == "sum":
        # Net migration: inner moves cancel in the difference, not in arrivals or departures alone.
        assert row["code"] == "S.06.007" or {BY_CODE[code]["agg_units"] for code in parts(row)} == {"sum"}


def test_enough_percentages_can_be_re_derived() -> None:
    able = [row["code"] for row in INDICATORS if row["unit_en"] == "%" and row["numerator"]]
    assert len(able) >= 25, able


def test_formulas_have_no_circle() -> None:
    done: set[str] = set()

    def visit(code: str, path: tuple[str, ...]) -> None:
        assert code not in path, " -> ".join((*path, code))
        if code not in done:
            for part in parts(BY_CODE[code]):
                visit(part, (*path, code))
            done.add(code)

    for code in BY_CODE:
        visit(code, ())


def test_every_supporting_row_has_a_use() -> None:
    """A part of a formula, a row of a regime, or (from 300 on) a published series beside the list."""
    used = {code for row in ROWS for code in parts(row)}
    idle = {
        row["code"]
        for row in SUPPORTING
        if row["code"] not in used and "RR" not in row["legal_basis"] and int(row["code"][-3:]) < 300
    }
    # The missing term of 02.001, the rates whose fall 06.019 and 06.020 publish, the second unit of 07.009.
    assert idle == {"S.02.006", "S.06.011", "S.06.014", "S.07.002"}


@each
def test_bounds_are_sane(row: dict[str, str]) -> None:
    low, high = (Decimal(row[side]) if row[side] else None for side in ("min", "max"))
    if low is not None and high is not None:
        assert low < high
    if row["nature"] in {"stock", "cumulative"}:
        assert low == 0, "a count or balance below zero"
    if high == 100 and row["nature"] == "ratio":
        assert row["unit_en"] in {"%", "per 1,000"}
    if row["nature"] == "index":
        assert low is not None
        assert low >= 0


@each
def test_breakdowns_are_lists_with_members(row: dict[str, str]) -> None:
    assert several(row, "breakdowns") <= set(MEMBERS) | FILLED
    if row["formula"]:
        for ref in references(parse(row["formula"])):
            for name, key in ref.breakdown:
                assert name in several(BY_CODE[ref.code], "breakdowns")
                assert key in MEMBERS[name]


def test_code_lists_are_complete() -> None:
    used = {name for row in ROWS for name in several(row, "breakdowns")}
    assert used - FILLED == set(MEMBERS), "a list that nobody uses, or none that somebody needs"
    titles = read("lists.csv")
    assert {row["list"] for row in titles} == set(MEMBERS)
    assert all(row["name_vi"] and row["name_en"] for row in titles)
    rows = read("codelists.csv")
    assert len({(row["list"], row["member"]) for row in rows}) == len(rows)
    assert len({(row["list"], row["name_vi"]) for row in rows}) == len(rows)
    for name, members in MEMBERS.items():
        assert re.fullmatch(r"[a-z_]{1,50}", name)
        assert [int(row["order"]) for row in members.values()] == list(range(1, len(members) + 1)), name
        assert len({row["partition"] for row in members.values()} | {"yes", "no"}) == 2
        assert all(re.fullmatch(r"[a-z0-9_]{1,50}", key) for key in members)
        assert all(row["name_vi"] and row["name_en"] and row["source"] for row in members.values())


def _day(text: str, empty: dt.date) -> dt.date:
    return dt.date.fromisoformat(text) if text else empty


def test_every_day_has_one_responsible_agency() -> None:
    """`valid_to` is exclusive; the first row has no beginning and the last no end."""
    spans: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in read("responsible.csv"):
        spans[row["code"]].append((row["valid_from"], row["valid_to"]))
        assert row["basis"], row
        assert len(row["basis"]) <= 300
    assert set(spans) == set(BY_CODE)
    for code, dated in spans.items():
        assert dated[0][0] == "", code
        assert dated[-1][1] == "", code
        for (_, ended), (began, _) in pairwise(dated):
            assert ended == began != "", f"{code}: gap or overlap at {ended or began}"


def test_the_responsible_agency_exists_all_the_time_it_answers() -> None:
    units = {row["key"]: row for row in read("units.csv", ORGANIZATIONS)}
    lives: dict[str, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for row in read("codes.csv", ORGANIZATIONS):
        if row["scheme"] == "agency":
            unit = units[row["key"]]
            ends = _day(unit["last"], dt.date(9999, 12, 30)) + dt.timedelta(days=1)
            lives[row["code"]].append((_day(unit["first"], dt.date.min), ends))
    for row in read("responsible.csv"):
        first, end = _day(row["valid_from"], dt.date.min), _day(row["valid_to"], dt.date.max)
        assert any(born <= first and end <= dies for born, dies in lives[row["agency"]]), row
