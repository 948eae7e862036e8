"""Time passes, and what it brings is opened once."""

import datetime as dt

import pytest
from django.db import connection

from dienhong.base import clock, periods
from dienhong.journal.models import Event
from dienhong.organizations.models import Unit
from dienhong.reporting import opening
from dienhong.reporting.demo import play
from dienhong.reporting.models import Duty
from dienhong.reporting.tests.conftest import World

pytestmark = pytest.mark.django_db


def at(day: str, hour: int = 0) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour, 5), clock.HANOI)


def opened(period: str) -> int:
    return Duty.objects.filter(regime__code="RR22", period__key=period).count()


def test_the_next_quarter_opens_when_it_begins_and_not_before(world: World) -> None:
    units = opened("2020-Q2")
    assert units
    with clock.played(at("2020-09-14", 23)):  # Decree 09: the quarter reported ends on the 14th of its last month
        opening.open_running("job:test")
        assert (opened("2020-Q3"), opened("2020-Q4")) == (units, 0)
    with clock.played(at("2020-09-15")):
        assert opening.open_running("job:test") == opened("2020-Q4") == units


def test_twice_opens_nothing_twice_and_says_nothing_twice(world: World) -> None:
    with clock.played(at("2020-09-15")):
        assert opening.open_running("job:test") > 0
        said = Event.objects.filter(verb="reporting.open_duties").count()
        assert opening.open_running("job:test") == 0
        assert Event.objects.filter(verb="reporting.open_duties").count() == said


def test_after_a_pause_every_period_that_went_by_is_asked_for(world: World) -> None:
    with clock.played(at("2021-03-20")):
        opening.open_running("job:test")
    assert all(opened(key) for key in ("2020-Q3", "2020-Q4", "2021-Q1", "2021-Q2"))
    assert not opened("2021-Q3")


def test_a_period_half_opened_is_completed(world: World) -> None:
    with clock.played(at("2020-08-19")):
        opening.open_running("job:test")
        one = Duty.objects.filter(regime__code="RR22", period__key="2020-Q3").first()
        assert one is not None
        unit: Unit = one.unit
        one.delete()
        assert opening.open_running("job:test") == 1
        assert Duty.objects.filter(regime__code="RR22", period__key="2020-Q3", unit=unit).exists()


def test_a_duty_of_the_demo_is_opened_when_its_report_is_played(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every report not yet played would be called overdue meanwhile."""
    monkeypatch.setattr(play, "play", lambda one, period: alone.append(len(connection.savepoint_ids)))
    alone: list[int] = []
    outside = len(connection.savepoint_ids)
    q1 = periods.period("decree09", "2020-Q1")
    played = play.play_period(regime_version=world.regime, period=q1)
    for n in range(1, 4):
        assert next(played).pk
        assert opened("2020-Q1") == n
        assert alone[-1] > outside, "nobody sees the duty before its report"
