"""Due moments: the 42 worked examples under both rules, pauses, late holidays, what never may happen."""

import csv
import datetime as dt
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dienhong.rules.deadlines import HANOI, Limit, Pause, due, joined, recomputed, remaining
from dienhong.rules.lateness import verdict
from dienhong.rules.office_hours import OfficeDay, OfficeHours
from dienhong.rules.workdays import Calendar

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


HOLIDAYS = {dt.date.fromisoformat(row["date"]): row["kind"] for row in rows("holidays.csv")}
CALENDAR = Calendar(HOLIDAYS)
EXAMPLES = rows("deadline_examples_42.csv")
at = dt.datetime.fromisoformat


def pauses(text: str) -> list[Pause]:
    return [Pause(at(one.split("/")[0]), at(one.split("/")[1])) for one in text.split("|") if one]


@pytest.mark.parametrize("rule", ["A", "B"])
@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: f"{row['no']}-{row['unit']}")
def test_worked_examples(row: dict[str, str], rule: str) -> None:
    limit = Limit(Fraction(row["limit"]), row["unit"])
    made = due(limit, at(row["accepted_at"]), pauses(row["pauses_from_to"]), calendar=CALENDAR, rule=rule)
    expected = row[f"due_rule_{rule.lower()}"] or row["due_rule_a"] or row["due_rule_b"]
    assert made.at == at(expected), row["note"]
    if not row["due_rule_a"]:
        assert made.rule == "B", "only the hour-true rule has a meaning"


def test_there_are_42() -> None:
    assert len(EXAMPLES) == 42


def of(limit: Limit, accepted: str, *waits: Pause, rule: str = "A", **more: object) -> dt.datetime | None:
    return due(limit, at(accepted), waits, calendar=CALENDAR, rule=rule, **more).at


DAYS5 = Limit(5, "working_day")


def test_restart_counts_the_whole_limit_again() -> None:
    wait = Pause(at("2020-08-21 10:00"), at("2020-08-26 14:00"))
    assert of(DAYS5, "2020-08-19 09:15", wait) == at("2020-08-31 17:00")
    assert of(Limit(5, "working_day", restart=True), "2020-08-19 09:15", wait) == at("2020-09-03 17:00")


def test_a_request_after_the_due_moment_moves_nothing() -> None:
    late = Pause(at("2020-08-26 17:01"), at("2020-09-15 09:00"))
    made = due(DAYS5, at("2020-08-19 09:15"), [late], calendar=CALENDAR)
    assert made.at == at("2020-08-26 17:00")
    assert made.counted == ()


def test_an_open_pause_has_no_due_moment_and_says_what_is_waited_for() -> None:
    made = due(DAYS5, at("2020-08-19 09:15"), [Pause(at("2020-08-20 09:00"), None, "6")], calendar=CALENDAR)
    assert (made.at, made.waiting) == (None, "financial_duty")


def test_no_limit_has_no_due_moment() -> None:
    assert due(Limit(0, "none"), at("2020-08-19 09:15"), (), CALENDAR).at is None


def test_papers_that_came_in_on_a_saturday_count_from_monday() -> None:
    wait = Pause(at("2020-08-20 09:00"), at("2020-08-22 09:00"))
    assert of(Limit(2, "working_day"), "2020-08-19 09:15", wait) == at("2020-08-25 17:00")


def test_a_month_asked_about_on_the_moved_last_day() -> None:
    wait = Pause(at("2020-08-31 09:00"), at("2020-09-05 09:00"))
    assert of(Limit(10, "calendar_day"), "2020-08-19 09:00", wait) == at("2020-09-07 17:00")


@pytest.mark.parametrize("unit", ["working_day", "calendar_day", "month", "working_hour"])
def test_what_was_waited_before_acceptance_moves_nothing(unit: str) -> None:
    before = Pause(at("2020-08-10 09:00"), at("2020-08-14 09:00"))
    across = Pause(at("2020-08-18 09:00"), at("2020-08-19 09:15"))
    assert of(Limit(2, unit), "2020-08-19 09:15", before, across) == of(Limit(2, unit), "2020-08-19 09:15")


def test_a_leap_day() -> None:
    assert of(Limit(1, "month"), "2020-01-31 09:00") == at("2020-03-02 17:00"), "29 February 2020 is a Saturday"


def test_same_day_with_papers_missing() -> None:
    wait = Pause(at("2020-08-19 10:00"), at("2020-08-20 15:30"))
    assert of(Limit(0, "same_day"), "2020-08-19 09:00", wait) == at("2020-08-21 17:00")


EARLY = OfficeHours.read({"spans": ["07:30-11:30", "13:30-17:00"], "same_day_before": "14:30", "day_minutes": 480})


def test_hours_of_another_province_are_data() -> None:
    assert of(Limit(1, "working_hour"), "2020-08-19 11:00", office_hours=EARLY) == at("2020-08-19 14:00")
    assert of(Limit(0, "same_day"), "2020-08-19 14:45", office_hours=EARLY) == at("2020-08-20 17:00")
    assert EARLY.on(dt.date(2020, 8, 19)).minutes == 480


def test_hours_that_change_on_a_day() -> None:
    both = OfficeHours.read([
        {"spans": ["08:00-12:00", "13:00-17:00"]},
        {"spans": ["07:30-11:30", "13:00-16:30"], "since": "2020-08-24"},
    ])  # fmt: skip
    assert of(Limit(3, "working_day"), "2020-08-19 09:15", office_hours=both) == at("2020-08-24 16:30")


@pytest.mark.parametrize("spans", [["12:00-08:00"], ["08:00-12:00", "11:00-17:00"], ["08:00"], []])
def test_hours_that_cannot_be_are_refused(spans: list[str]) -> None:
    with pytest.raises(ValueError, match="office hours"):
        OfficeDay.read({"spans": spans})


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="unit 'week'"):
        Limit(1, "week")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="cannot be counted"):
        Limit(Fraction(1, 2), "month")
    with pytest.raises(ValueError, match="cause '4'"):
        Pause(at("2020-08-19 09:00"), None, "4")
    with pytest.raises(ValueError, match="before it begins"):
        Pause(at("2020-08-19 09:00"), at("2020-08-18 09:00"))
    with pytest.raises(ValueError, match="write A or B"):
        due(DAYS5, at("2020-08-19 09:15"), (), CALENDAR, rule="C")  # type: ignore[arg-type]


def test_aware_moments_are_read_in_hanoi_and_come_back_aware() -> None:
    accepted = dt.datetime(2020, 8, 18, 18, 30, tzinfo=dt.UTC)  # 01:30 of the 19th in Hà Nội
    made = due(Limit(3, "working_day"), accepted, (), CALENDAR).at
    assert made == dt.datetime(2020, 8, 24, 17, 0, tzinfo=HANOI)


def test_a_year_without_a_table_of_days_off_is_provisional() -> None:
    assert not due(DAYS5, at("2020-08-19 09:15"), (), CALENDAR).provisional
    assert due(DAYS5, at("2099-12-30 09:15"), (), CALENDAR).provisional


def test_a_day_off_declared_late() -> None:
    later = Calendar(HOLIDAYS | {dt.date(2020, 8, 24): "swap_off", dt.date(2020, 8, 29): "swap_work"})
    made = recomputed(
        Limit(3, "working_day"), at("2020-08-19 09:15"), before=CALENDAR, after=later, decision="QĐ 1/TTg"
    )
    assert made.moves
    assert (made.old, made.new) == (at("2020-08-24 17:00"), at("2020-08-25 17:00"))
    assert made.changed == (dt.date(2020, 8, 24),)
    assert "QĐ 1/TTg" in made.reason["vi"]
    assert "24/08/2020" in made.reason["en"]
    still = recomputed(Limit(1, "working_day"), at("2020-08-19 09:15"), before=CALENDAR, after=later, decision="QĐ 1")
    assert not still.moves
    assert still.reason["vi"] == ""


def test_remaining() -> None:
    left = remaining(at("2020-08-24 17:00"), at("2020-08-21 16:00"), calendar=CALENDAR, whole=dt.timedelta(hours=24))
    assert (left.minutes, left.working_days, left.share) == (540, 1, Fraction(540, 1440))
    over = remaining(at("2020-08-21 17:00"), at("2020-08-22 09:00"), calendar=CALENDAR)
    assert over.late, "past due on a Saturday, although no working minute has passed"
    assert remaining(at("2020-08-21 17:00"), at("2020-08-24 09:00"), calendar=CALENDAR).minutes == -60


DUE = at("2020-08-26 17:00")
ACCEPTED = at("2020-08-19 09:15")


@pytest.mark.parametrize(
    ("moments", "as_of", "late", "because"),
    [
        ({"9": "2020-08-26 17:00"}, "2020-09-30 17:00", False, "ended_9"),
        ({"9": "2020-08-26 17:01"}, "2020-09-30 17:00", True, "ended_9"),
        ({"9": "2020-08-25 10:00", "10": "2020-09-10 10:00"}, "2020-09-30 17:00", False, "ended_9"),
        ({"10": "2020-08-27 10:00"}, "2020-09-30 17:00", True, "ended_10"),
        ({"8": "2020-08-27 10:00"}, "2020-09-30 17:00", True, "ended_8"),
        ({"7": "2020-08-20 10:00"}, "2020-09-30 17:00", False, "ended_7"),
        ({}, "2020-08-25 17:00", False, "open"),
        ({}, "2020-08-31 17:00", True, "open"),
    ],
)
def test_verdict(moments: dict[str, str], as_of: str, late: bool, because: str) -> None:
    made = verdict({k: at(v) for k, v in moments.items()}, ACCEPTED, DUE, as_of=at(as_of))
    assert (made.late, made.because) == (late, because)


def test_verdict_of_one_who_waits_compares_the_request() -> None:
    asked = Pause(at("2020-08-26 16:00"), None)
    made = verdict({}, ACCEPTED, DUE, as_of=at("2020-12-31 17:00"), pauses=[asked])
    assert (made.late, made.because, made.compared) == (False, "waiting_for_papers", asked.start)


def test_a_withdrawal_before_acceptance_ends_nothing() -> None:
    assert verdict({"7": at("2020-08-20 10:00")}, None, DUE, as_of=at("2020-08-31 17:00")).because == "open"


def test_papers_asked_for_twice_are_late_in_the_score_only() -> None:
    asked = [
        Pause(at("2020-08-20 09:00"), at("2020-08-20 10:00")),
        Pause(at("2020-08-21 09:00"), at("2020-08-21 10:00")),
    ]
    made = verdict({"9": at("2020-08-24 09:00")}, ACCEPTED, DUE, as_of=DUE, pauses=asked)
    assert (made.late, made.late_in_score, made.early) == (False, True, True)


def test_verdict_without_a_due_moment_uses_the_limit_less_what_was_waited() -> None:
    asked = [Pause(at("2020-08-20 09:00"), at("2020-08-28 10:00"))]
    given = {"as_of": DUE, "pauses": asked, "limit": Limit(3, "working_day"), "calendar": CALENDAR}
    assert not verdict({"9": at("2020-09-01 17:00")}, ACCEPTED, None, **given).late
    assert verdict({"9": at("2020-09-03 09:00")}, ACCEPTED, None, **given).late
    assert not verdict({"9": at("2030-09-03 09:00")}, ACCEPTED, None, as_of=DUE).late, "no limit, no lateness"


moments = st.datetimes(at("2020-01-02 00:00"), at("2021-06-30 23:00")).map(lambda m: m.replace(second=0, microsecond=0))
limits = st.one_of(
    st.builds(Limit, st.integers(0, 40), st.sampled_from(["working_day", "working_hour", "calendar_day"])),
    st.builds(Limit, st.integers(0, 4), st.just("month")),
    st.just(Limit(0, "same_day")),
    st.just(Limit(Fraction(1, 2), "working_day")),
)
rules = st.sampled_from(["A", "B"])
gaps = st.timedeltas(dt.timedelta(0), dt.timedelta(days=25)).map(
    lambda t: dt.timedelta(minutes=t // dt.timedelta(minutes=1))
)


def waits(accepted: dt.datetime, steps: list[tuple[dt.timedelta, dt.timedelta]]) -> list[Pause]:
    made, cursor = [], accepted
    for before, length in steps:
        made.append(Pause(cursor + before, cursor + before + length))
        cursor = made[-1].end
    return made


histories = st.lists(st.tuples(gaps, gaps), max_size=3)


@settings(max_examples=150, deadline=None)
@given(limits, moments, histories, rules)
def test_pauses_never_make_a_dossier_due_earlier(
    limit: Limit, accepted: dt.datetime, steps: list[tuple[dt.timedelta, dt.timedelta]], rule: str
) -> None:
    found = waits(accepted, steps)
    before = of(limit, str(accepted), rule=rule)
    for count in range(1, len(found) + 1):
        after = of(limit, str(accepted), *found[:count], rule=rule)
        assert after >= before
        before = after


@settings(max_examples=150, deadline=None)
@given(limits, moments, gaps, gaps, gaps, rules)
def test_a_pause_in_two_pieces_is_the_same_pause(
    limit: Limit, accepted: dt.datetime, before: dt.timedelta, one: dt.timedelta, two: dt.timedelta, rule: str
) -> None:
    start = accepted + before
    middle, end = start + one, start + one + two
    whole = of(limit, str(accepted), Pause(start, end), rule=rule)
    assert of(limit, str(accepted), Pause(start, middle), Pause(middle, end), rule=rule) == whole


@settings(max_examples=150, deadline=None)
@given(limits, moments, gaps, gaps, rules)
def test_due_never_before_the_papers_came_back(
    limit: Limit, accepted: dt.datetime, before: dt.timedelta, length: dt.timedelta, rule: str
) -> None:
    wait = Pause(accepted + before, accepted + before + length)
    made = due(limit, accepted, [wait], calendar=CALENDAR, rule=rule)
    if made.counted and limit.unit != "same_day":
        assert made.at.date() >= wait.end.date() or made.rule == "B"
    assert CALENDAR.is_working(made.at.date())


@settings(max_examples=100, deadline=None)
@given(limits, moments, rules, st.integers(1, 30))
def test_a_later_acceptance_is_never_due_earlier(limit: Limit, accepted: dt.datetime, rule: str, hours: int) -> None:
    later = accepted + dt.timedelta(hours=hours)
    assert of(limit, str(later), rule=rule) >= of(limit, str(accepted), rule=rule)


@given(st.lists(st.tuples(moments, gaps), max_size=4))
def test_overlapping_pauses_are_waited_for_once(found: list[tuple[dt.datetime, dt.timedelta]]) -> None:
    made = joined(Pause(start, start + length) for start, length in found)
    assert all(one.end <= two.start for one, two in pairwise(made))
    covered = {start for start, _length in found}
    assert all(any(one.start <= start <= one.end for one in made) for start in covered)
