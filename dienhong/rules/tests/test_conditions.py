import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dienhong.rules.conditions import ConditionError, holds, is_given, names, parse

VALUES = {
    "kind": "car_le9",
    "seats": 5,
    "power": Decimal("1.4"),
    "exempt": False,
    "used": True,
    "papers": ["invoice"],
    "owners": [{}, {}],
    "day": "2020-08-20",
    "moment": dt.datetime(2020, 8, 20, 23, 59),
    "slip.state": "missing",
    "note": "",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('kind = "car_le9"', True),
        ('kind == "car_le9" and seats > 9', False),
        ("seats > 9 or used", True),
        ("not exempt", True),
        ("exempt", False),
        ("exempt = no", True),
        ('kind in ("bus", "car_le9")', True),
        ('has(papers, "invoice") and not has(papers, "deed")', True),
        ("count(owners) > 1", True),
        ("count(nothing) = 0", True),
        ("day >= 2020-08-20 and day < 2020-08-21", True),
        ("moment = 2020-08-20", True),
        ("given(kind) and not given(note) and not given(absent)", True),
        ('slip.state = "missing"', True),
        ("power ≤ 1.4", True),
        # What is missing or of another kind equals nothing.
        ("absent = 1", False),
        ("absent != 1", True),
        ("absent < 1 or absent >= 1", False),
        ('seats = "5"', False),
        ("used = 1", False),
        ("kind < 3", False),
        ("day > 5", False),
        ("not not used", True),
        ("not (used and exempt)", True),
        ("used or exempt and exempt", True),  # and binds tighter
    ],
)
def test_says_what_it_says(text: str, expected: bool) -> None:
    assert holds(parse(text), VALUES) is expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "name of a field"),
        ("seats >", "value written out"),
        ("seats > seats", "value written out"),
        ('kind > "a"', "number or a date"),
        ("seats 5", "the end"),
        ("(used", "')'"),
        ("day > 2020-02-30", "day of the calendar"),
        ("used and", "name of a field"),
        ("import os; x", "not understood"),
        ("__class__", "not understood"),
        ("count(owners)", "whole number"),
        ("count(owners) > yes", "number or a date"),
        ("(" * 40 + "used" + ")" * 40, "30 levels"),
        ("used or " * 200 + "used", "1000 characters"),
        ("and = 1", "name of a field"),
    ],
)
def test_refuses_with_place_and_remedy(text: str, word: str) -> None:
    with pytest.raises(ConditionError, match=r"(?s)" + word.replace("(", r"\(").replace(")", r"\)")):
        parse(text)


def test_names_of_all_parts() -> None:
    found = names(parse('a = 1 and (given(b) or has(c, "x")) and not count(d) > 2 and e in (1, 2) and f'))
    assert found == frozenset("abcdef")


def test_no_and_zero_are_answers() -> None:
    assert is_given(False)
    assert is_given(0)
    assert not is_given(None)
    assert not is_given([])


ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats() | st.lists(st.integers())


@given(value=ANYTHING | st.dates() | st.dictionaries(st.text(), st.text()))
def test_total_and_consistent_over_anything(value: object) -> None:
    said = {"a": value}
    for literal in ('"x"', "3", "2020-08-20", "yes"):
        assert holds(parse(f"a = {literal}"), said) is not holds(parse(f"a != {literal}"), said)
    assert holds(parse("a < 3"), said) + holds(parse("a >= 3"), said) <= 1
