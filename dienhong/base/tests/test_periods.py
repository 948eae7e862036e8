import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dienhong.base import periods as p
from dienhong.base.periods import period

TABLE = Path(__file__).parent / "data" / "period_calendar_2020_2021.csv"
GOLDEN = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
days = st.dates(dt.date(1901, 1, 1), dt.date(2198, 12, 31))
tiling = st.sampled_from(
    [(c, k) for c in ("decree09", "calendar") for k in ("month", "quarter", "half_year", "year")]
    + [("week_thu", "week"), ("day", "day")]
)
monthly = st.sampled_from(["decree09", "calendar"])


def test_the_golden_table_is_whole() -> None:
    assert len(GOLDEN) == 40
    assert len({row["period"] for row in GOLDEN}) == 40


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["period"])
def test_golden_windows_and_deadlines_of_decree_09(row: dict[str, str]) -> None:
    found = period("decree09", row["period"])
    assert found.kind == row["kind"]
    assert (found.first.isoformat(), found.last.isoformat()) == (row["data_from"], row["data_to"])
    assert p.deadline(found).isoformat() == row["deadline_to_government"]
    assert p.deadline_rule(found).confirmed is ("unconfirmed" not in row["rule"])


@given(tiling, days)
def test_every_day_lies_in_one_period_and_neighbours_touch(which: tuple[str, str], day: dt.date) -> None:
    here = p.period_at(*which, day)
    assert day in here
    assert period(here.calendar, here.key) == here
    before, after = p.previous(here), p.following(here)
    assert before.last + dt.timedelta(1) == here.first
    assert here.last + dt.timedelta(1) == after.first
    assert p.following(before) == here == p.previous(after)
    assert before < here < after
    assert (p.distance(before, after), p.distance(after, before)) == (2, -2)


@given(monthly, st.integers(1901, 2198))
def test_longer_periods_are_exactly_their_parts(calendar: str, year: int) -> None:
    counts = {"Y": (12, 4, 2), "H1": (6, 2, 1), "H2": (6, 2, 1), "9M": (9, 3, None), "Q3": (3, 1, None)}
    for key, expected in counts.items():
        whole = period(calendar, f"{year}-{key}")
        for kind, count in zip(("month", "quarter", "half_year"), expected, strict=True):
            if count is None:
                with pytest.raises(p.PeriodError):
                    p.parts(whole, kind)
                continue
            parts = p.parts(whole, kind)
            assert len(parts) == count
            assert (parts[0].first, parts[-1].last) == (whole.first, whole.last)
            assert sum(part.days for part in parts) == whole.days
            assert all(p.covers(whole, part) for part in parts)


@given(monthly, st.integers(1901, 2198))
def test_nine_months_leave_a_gap(calendar: str, year: int) -> None:
    nine = period(calendar, f"{year}-9M")
    assert p.period_at(calendar, "nine_month", nine.first) == nine == p.period_at(calendar, "nine_month", nine.last)
    assert p.period_at(calendar, "nine_month", nine.last + dt.timedelta(1)) is None
    assert p.previous(nine).key == f"{year - 1}-9M"


def test_the_two_calendars_differ_and_never_mix() -> None:
    decree, whole = period("decree09", "2020-M07"), period("calendar", "2020-M07")
    assert (whole.first, whole.last) == (dt.date(2020, 7, 1), dt.date(2020, 7, 31))
    assert decree != whole
    for mix in (p.distance, p.covers, lambda a, b: a < b, lambda a, b: sorted([a, b])):
        with pytest.raises(p.CalendarsMixed):
            mix(decree, whole)
    for kind in ("day", "week"):
        with pytest.raises(p.CalendarsMixed):
            p.parts(decree, kind)
    with pytest.raises(p.PeriodError):
        p.deadline(whole)


def test_weeks_from_thursday_to_wednesday() -> None:
    week = period("week_thu", "2020-W33")
    assert (week.first, week.last) == (dt.date(2020, 8, 13), dt.date(2020, 8, 19))
    assert (week.first.weekday(), week.last.weekday()) == (3, 2)
    assert p.following(period("week_thu", "2020-W53")).key == "2021-W01"
    assert p.year_before(period("week_thu", "2021-W01")).key == "2020-W01"
    assert p.year_before(period("week_thu", "2020-W53")) is None


def test_the_year_before() -> None:
    assert p.year_before(period("decree09", "2020-Q2")).key == "2019-Q2"
    assert p.year_before(period("day", "2020-08-19")).key == "2019-08-19"
    assert p.year_before(period("day", "2020-02-29")) is None


def test_events_bring_their_days() -> None:
    flash = p.event("bao-so-5-2020", 12, dt.date(2020, 9, 18), dt.date(2020, 9, 19))
    assert flash.key == "EV-bao-so-5-2020-12"
    assert p.previous(flash) is p.following(flash) is p.year_before(flash) is None
    second = p.event("bao-so-5-2020", 2, dt.date(2020, 9, 18), dt.date(2020, 9, 19))
    assert second < flash
    for slug, n, last in (("Bão", 1, 19), ("a--b", 1, 19), ("a", 0, 19), ("a", 1, 17)):
        with pytest.raises(p.PeriodError):
            p.event(slug, n, dt.date(2020, 9, 18), dt.date(2020, 9, last))
    with pytest.raises(p.PeriodError, match="call event"):
        period("event", "EV-a-1")


@pytest.mark.parametrize(
    ("calendar", "key"),
    [
        ("decree09", "2020-M7"), ("decree09", "2020-M13"), ("decree09", "2020-Q5"), ("decree09", "2020"),
        ("decree09", "2020-W33"), ("calendar", "1800-Y"), ("week_thu", "2021-W53"), ("week_thu", "2020-W00"),
        ("day", "2020-8-19"), ("day", "2020-02-30"), ("day", "20200819"), ("lunar", "2020-Y"),
        ("decree09", "２０２０-Y"),
    ],
)  # fmt: skip
def test_keys_that_do_not_exist_are_refused_with_a_sentence(calendar: str, key: str) -> None:
    with pytest.raises(p.PeriodError) as refusal:
        period(calendar, key)
    assert len(str(refusal.value)) > 20


def test_periods_of_a_span() -> None:
    keys = [x.key for x in p.periods("decree09", "month", dt.date(2020, 7, 14), dt.date(2020, 8, 15))]
    assert keys == ["2020-M07", "2020-M08", "2020-M09"]
    assert p.periods("calendar", "year", dt.date(2021, 1, 1), dt.date(2020, 1, 1)) == ()
    nine = p.periods("calendar", "nine_month", dt.date(2019, 11, 1), dt.date(2020, 12, 31))
    assert [x.key for x in nine] == ["2020-9M"]
    with pytest.raises(p.PeriodError):
        p.periods("decree09", "week", dt.date(2020, 1, 1), dt.date(2020, 2, 1))


def test_order_is_a_key_that_sorts_in_sql_too() -> None:
    found = [period("decree09", k) for k in ("2020-Y", "2020-M01", "2020-Q4", "2020-M12", "2020-H2", "2019-Y")]
    by_order = [x.key for x in sorted(found, key=lambda x: x.order)]
    assert by_order == ["2019-Y", "2020-M01", "2020-M12", "2020-Q4", "2020-H2", "2020-Y"]
    assert [x.key for x in sorted(found)] == by_order


@pytest.mark.parametrize(
    ("calendar", "key", "vi", "vi_short", "vi_title", "en"),
    [
        ("decree09", "2020-Q2", "Quý II/2020", "QII/20", "Quý II năm 2020", "Q2 2020"),
        ("calendar", "2020-M07", "Tháng 7/2020", "T7/20", "Tháng 7 năm 2020", "July 2020"),
        ("decree09", "2020-H2", "6 tháng cuối năm 2020", "6T cuối/20", "6 tháng cuối năm 2020", "Second half of 2020"),
        ("decree09", "2020-9M", "9 tháng/2020", "9T/20", "9 tháng đầu năm 2020", "Nine months 2020"),
        ("decree09", "2020-Y", "Năm 2020", "2020", "Năm 2020", "2020"),
        ("week_thu", "2020-W33", "Tuần 33/2020", "Tuần 33/20", "Tuần 33 năm 2020", "Week 33/2020"),
        ("day", "2020-08-19", "19/8/2020", "19/8", "19/8/2020", "19 August 2020"),
    ],
)
def test_labels(calendar: str, key: str, vi: str, vi_short: str, vi_title: str, en: str) -> None:
    found = period(calendar, key)
    assert (p.label(found, "vi"), p.label(found, "vi", short=True), p.title(found, "vi")) == (vi, vi_short, vi_title)
    assert p.label(found, "en") == en


def test_days_in_words() -> None:
    assert p.days_text(period("decree09", "2020-Q2")) == "15/3/2020–14/6/2020"
    flash = p.event("bao-so-5", 2, dt.date(2020, 9, 18), dt.date(2020, 9, 18))
    assert p.label(flash) == "Báo cáo số 2 (18/9/2020)"
