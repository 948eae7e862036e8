"""Working days against the worked examples of time limits and against the table of days off."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dienhong.rules.workdays import Calendar, add_months

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CALENDAR = Calendar({date.fromisoformat(row["date"]): row["kind"] for row in rows("holidays.csv")})


def due(accepted: datetime, limit: int, unit: str) -> date:
    day = accepted.date()
    if unit == "working_day":
        return CALENDAR.due(day, limit)
    if unit == "calendar_day":
        return CALENDAR.move(day + timedelta(days=limit), "next")
    if unit == "month":
        return CALENDAR.move(add_months(day, limit), "next")
    return CALENDAR.due(day, 1 if accepted.hour >= 15 and CALENDAR.is_working(day) else 0)


@pytest.mark.parametrize("row", rows("deadline_examples.csv"), ids=lambda row: f"{row['no']}-{row['unit']}")
def test_worked_examples(row: dict[str, str]) -> None:
    accepted = datetime.fromisoformat(row["accepted_at"])
    assert due(accepted, int(row["limit"]), row["unit"]) == datetime.fromisoformat(row["due"]).date(), row["note"]


def test_a_swapped_saturday_is_worked_and_its_monday_is_not() -> None:
    assert CALENDAR.is_working(date(2019, 5, 4))
    assert not CALENDAR.is_working(date(2019, 4, 29))
    assert not CALENDAR.is_working(date(2019, 4, 15)), "in lieu of a holiday that fell on a Sunday"
    assert not CALENDAR.is_working(date(2020, 9, 2))
    assert not CALENDAR.is_working(date(2020, 8, 22))


def test_move() -> None:
    saturday = date(2020, 8, 22)
    assert CALENDAR.move(saturday, "keep") == saturday
    assert CALENDAR.move(saturday, "next") == date(2020, 8, 24)
    assert CALENDAR.move(saturday, "previous") == date(2020, 8, 21)
    assert CALENDAR.move(date(2020, 8, 21), "next") == date(2020, 8, 21)
    with pytest.raises(ValueError, match="keep, next or previous"):
        CALENDAR.move(saturday, "later")  # type: ignore[arg-type]


def test_backwards_and_between() -> None:
    assert CALENDAR.add_working_days(date(2020, 8, 24), -1) == date(2020, 8, 21)
    assert CALENDAR.add_working_days(date(2020, 8, 22), 0) == date(2020, 8, 22)
    assert CALENDAR.working_days_between(date(2020, 8, 19), date(2020, 8, 24)) == 3
    assert CALENDAR.working_days_between(date(2020, 8, 24), date(2020, 8, 19)) == -3
    assert CALENDAR.working_days_between(date(2020, 8, 19), date(2020, 8, 19)) == 0


def test_refuses_an_unknown_kind_and_says_what_it_does_not_cover() -> None:
    with pytest.raises(ValueError, match=r"2020-09-02.*'feast'"):
        Calendar({date(2020, 9, 2): "feast"})
    assert CALENDAR.covers(date(2020, 12, 31))
    assert not CALENDAR.covers(date(1999, 1, 1))


def test_months() -> None:
    assert add_months(date(2020, 1, 31), 1) == date(2020, 2, 29)
    assert add_months(date(2020, 12, 15), 1) == date(2021, 1, 15)
    assert add_months(date(2020, 3, 31), -1) == date(2020, 2, 29)


@given(st.dates(date(2019, 1, 1), date(2025, 6, 1)), st.integers(1, 120))
def test_adding_and_counting_agree(start: date, count: int) -> None:
    end = CALENDAR.add_working_days(start, count)
    assert CALENDAR.is_working(end)
    assert CALENDAR.working_days_between(start, end) == count
