import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from dienhong.base import clock
from dienhong.base.clock import HANOI
from dienhong.base.models import ClockSetting

MORNING = dt.datetime(2020, 8, 19, 9, 30, tzinfo=HANOI)
pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """The machine's time, settable by the test."""
    now = [dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)]
    monkeypatch.setattr(clock, "record_now", lambda: now[0])
    return now


@pytest.fixture
def demo(settings) -> None:  # type: ignore[no-untyped-def]
    settings.DEMO = True


def test_without_a_setting_business_time_is_the_machine_s(machine: list[dt.datetime]) -> None:
    assert clock.business_now() == machine[0]
    assert clock.business_now().tzinfo is HANOI
    assert clock.business_today() == dt.date(2026, 11, 23)


def test_the_business_day_is_hanoi_s(machine: list[dt.datetime]) -> None:
    machine[0] = dt.datetime(2026, 11, 23, 17, 30, tzinfo=dt.UTC)
    assert clock.business_today() == dt.date(2026, 11, 24)


@pytest.mark.usefixtures("demo")
def test_business_time_runs_on_from_where_it_was_set(machine: list[dt.datetime]) -> None:
    row = clock.set_business_now(MORNING, by="job:demo", reason="the day of the launch")
    assert (row.set_at, row.business_at, row.set_by) == (machine[0], MORNING, "job:demo")
    assert clock.business_now() == MORNING
    machine[0] += dt.timedelta(hours=2)
    assert clock.business_now() == MORNING + dt.timedelta(hours=2)
    assert clock.business_today() == clock.DEMO_DAY


@pytest.mark.usefixtures("demo")
def test_the_past_of_the_clock_is_replayed(machine: list[dt.datetime]) -> None:
    start = machine[0]
    clock.set_business_now(MORNING, by="job:demo", reason="first")
    machine[0] += dt.timedelta(days=1)
    clock.set_business_now(MORNING - dt.timedelta(days=30), by="job:demo", reason="back a month")
    assert clock.business_at(start - dt.timedelta(hours=1)) == MORNING - dt.timedelta(hours=1), (
        "as if it had always held"
    )
    assert clock.business_at(start + dt.timedelta(hours=3)) == MORNING + dt.timedelta(hours=3)
    assert clock.business_at(machine[0]) == clock.business_now() == MORNING - dt.timedelta(days=30)
    with pytest.raises(ValueError, match="time zone"):
        clock.business_at(dt.datetime(2020, 1, 1))


def test_production_cannot_set_it(settings) -> None:  # type: ignore[no-untyped-def]
    settings.DEMO = False
    with pytest.raises(clock.ClockNotSettable, match="DIENHONG_DEMO=1"):
        clock.set_business_now(MORNING, by="person:1", reason="try")
    assert not ClockSetting.objects.exists()


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("to", "by", "reason"), [(MORNING.replace(tzinfo=None), "a", "b"), (MORNING, " ", "b"), (MORNING, "a", "")]
)
def test_who_why_and_a_time_zone_are_needed(to: dt.datetime, by: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"time zone|by whom"):
        clock.set_business_now(to, by=by, reason=reason)


@pytest.mark.usefixtures("demo")
def test_the_setting_is_read_at_most_once_a_second(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    moment = [100.0]
    monkeypatch.setattr(clock.time, "monotonic", lambda: moment[0])
    with django_assert_num_queries(1):
        for _ in range(50):
            clock.business_now()
        moment[0] += 0.9
        clock.business_today()
    # Another process sets it: seen after a second.
    ClockSetting.objects.create(set_at=clock.record_now(), business_at=MORNING, set_by="job:other", reason="elsewhere")
    assert clock.business_today() != clock.DEMO_DAY
    moment[0] += 0.2
    assert clock.business_today() == clock.DEMO_DAY


def test_a_setting_cannot_be_changed_or_removed() -> None:
    row = ClockSetting.objects.create(set_at=MORNING, business_at=MORNING, set_by="job:demo", reason="kept")
    for change in (lambda: ClockSetting.objects.update(reason="other"), row.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockSetting.objects.create(set_at=MORNING, business_at=MORNING, set_by="", reason="nobody")


def test_the_past_is_played_in_demo_mode_only(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(clock.ClockNotSettable), clock.played(MORNING):
        pass
    assert clock.played_moment() is None


@pytest.mark.usefixtures("demo")
def test_what_is_played_happens_then_and_only_inside(machine: list[dt.datetime]) -> None:
    with clock.played(MORNING):
        assert clock.business_now() == clock.played_moment() == MORNING
    assert clock.business_now() == machine[0]
