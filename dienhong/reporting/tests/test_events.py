"""Reports about an event: opened for the provinces hit, day by day, compared with the report before, closed once."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.indicators import testing as indicators_testing
from dienhong.journal.models import Event
from dienhong.organizations import queries as organizations
from dienhong.organizations import registry
from dienhong.organizations.models import Person, Role, Unit
from dienhong.reporting import actions, regime_files, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.models import Duty, EventClosing, RegimeVersion, ReportedEvent, Version
from dienhong.reporting.tests.conftest import FOLDER, World, person

pytestmark = pytest.mark.django_db
FIRST = dt.date(2020, 8, 17)
NAME = "Mưa lũ miền núi phía Bắc tháng 8/2020"


@pytest.fixture
def flash(world: World) -> Iterator[tuple[World, RegimeVersion, Person]]:
    """The world of RR22 with RR07 beside it, and its manager at the ministry, on the evening of 19 August 2020."""
    folder = regime_files.read(FOLDER.parent / "rr07_disaster_flash")
    version = actions.load_regime(by="job:test", folder=folder)
    ministry = organizations.unit_by_code("agency", "MARD", FIRST)
    with clock.played(dt.datetime(2020, 8, 19, 16, 0, tzinfo=clock.HANOI)):
        yield world, version, person("dau-moi", Role.REGIME_MANAGER, ministry)


def provinces(*codes: str) -> list[Unit]:
    return [organizations.unit_by_code("gso", code, FIRST) for code in codes]


def opened(by: Person, version: RegimeVersion, **said: Any) -> list[Duty]:
    given = {"slug": "lu-8-2020", "name": NAME, "provinces": provinces("10", "15"), "first_day": FIRST, **said}
    return actions.open_event(by=by, regime_version=version, **given)


def test_the_provinces_hit_owe_the_first_report_by_seven_in_the_evening(flash: Any) -> None:
    _world, version, manager = flash
    made = opened(manager, version)
    assert {duty.period.key for duty in made} == {"EV-lu-8-2020-1"}
    assert {duty.unit for duty in made} == set(provinces("10", "15"))
    assert {duty.due_at for duty in made} == {dt.datetime(2020, 8, 17, 19, 0, tzinfo=clock.HANOI)}
    assert {duty.receiver for duty in made} == {organizations.unit_by_code("agency", "MARD", FIRST)}


def test_again_adds_only_the_provinces_hit_since(flash: Any) -> None:
    _world, version, manager = flash
    opened(manager, version)
    assert opened(manager, version) == []
    assert [duty.unit for duty in opened(manager, version, provinces=provinces("10", "14"))] == provinces("14")
    assert ReportedEvent.objects.count() == 1


def test_opening_and_closing_are_in_the_journal(flash: Any) -> None:
    _world, version, manager = flash
    opened(manager, version)
    actions.close_event(by=manager, event=ReportedEvent.objects.get(), reason="Mưa đã dứt, nước đã rút.")
    verbs = (
        Event.objects.filter(object_kind="event", object_id="lu-8-2020").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["reporting.open_event", "reporting.close_event"]


def test_daily_until_closed(flash: Any) -> None:
    _world, version, manager = flash
    opened(manager, version)
    keys = [duty.period.key for duty in actions.open_daily(by="job:test")]
    assert sorted(keys) == ["EV-lu-8-2020-2"] * 2 + ["EV-lu-8-2020-3"] * 2
    assert actions.open_daily(by="job:test") == []
    last = Duty.objects.filter(period__key="EV-lu-8-2020-3")[0]
    assert (last.period.first, last.period.last) == (FIRST, dt.date(2020, 8, 19)), "figures run from the first day"
    assert last.opens_at == dt.datetime(2020, 8, 19, tzinfo=clock.HANOI)
    actions.close_event(by=manager, event=ReportedEvent.objects.get(), reason="Mưa đã dứt, nước đã rút.")
    with clock.played(dt.datetime(2020, 8, 25, 16, 0, tzinfo=clock.HANOI)):
        assert actions.open_daily(by="job:test") == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"slug": "Lũ lớn"}, "slug"),
        ({"slug": "a" * 31}, "slug"),
        ({"name": " "}, "no_name"),
        ({"n": 2}, "no_event"),
        ({"n": 0}, "slug"),
        ({"provinces": []}, "not_owing"),
    ],
)
def test_refused_at_the_first_report(flash: Any, said: dict[str, Any], code: str) -> None:
    _world, version, manager = flash
    with pytest.raises(Refused) as refusal:
        opened(manager, version, **said)
    assert refusal.value.code == code


def test_a_ministry_does_not_owe_the_report(flash: Any) -> None:
    _world, version, manager = flash
    with pytest.raises(Refused, match="Bộ Công Thương"):
        opened(manager, version, provinces=[organizations.unit_by_code("agency", "MOIT", FIRST)])


@pytest.mark.parametrize(
    ("said", "code"),
    [({"n": 3}, "skipped"), ({"first_day": dt.date(2020, 8, 18)}, "slug_taken")],
)
def test_refused_at_a_later_report(flash: Any, said: dict[str, Any], code: str) -> None:
    _world, version, manager = flash
    opened(manager, version)
    with pytest.raises(Refused) as refusal:
        opened(manager, version, **said)
    assert refusal.value.code == code


def test_a_regime_of_the_calendar_has_no_events(flash: Any) -> None:
    world, _version, manager = flash
    with pytest.raises(Refused, match="theo kỳ trong lịch"):
        opened(manager, world.regime)


def test_closing_is_refused_without_reason_twice_and_before_an_open_report(flash: Any) -> None:
    _world, version, manager = flash
    opened(manager, version)
    opened(manager, version, n=2)
    event = ReportedEvent.objects.get()
    for said, code in (({"reason": " "}, "reason_missing"), ({"last_day": FIRST}, "later_report")):
        with pytest.raises(Refused) as refusal:
            actions.close_event(by=manager, event=event, **{"reason": "Mưa đã dứt.", **said})
        assert refusal.value.code == code
    actions.close_event(by=manager, event=event, reason="Mưa đã dứt.")
    with pytest.raises(Refused, match="đã kết thúc"):
        actions.close_event(by=manager, event=event, reason="Mưa đã dứt.")
    with pytest.raises(Refused, match="đã kết thúc"):
        opened(manager, version, n=3)
    assert EventClosing.objects.count() == 1


def report(world: World, key: str, **typed: str) -> Version:
    duty = Duty.objects.select_related("unit", "regime", "period", "receiver").get(
        unit=world.unit, period__key=key, regime__code="RR07"
    )
    version = actions.start_entry(by=world.entry, duty=duty)
    actions.save_cells(by=world.entry, version=version, typed={key: Typed(text) for key, text in typed.items()})
    return version


def test_partial_figures_are_sent_and_the_next_report_is_held_against_them(flash: Any) -> None:
    world, version, manager = flash
    opened(manager, version)
    opened(manager, version, n=2)
    first = report(world, "EV-lu-8-2020-1", a1="3", a2="2", b1="…")
    actions.submit(by=world.entry, version=first)
    actions.approve(by=world.leader, version=first)
    actions.send(by=world.clerk, version=first)
    indicators_testing.publish()
    second = report(world, "EV-lu-8-2020-2", a1="2", a2="-", b1="40")
    judged = review.judge(second)
    assert judged.prev["a1"].value == 3
    asked = {finding.rule.key: finding.sentences["vi"] for finding in judged.findings if finding.asks}
    assert list(asked) == ["not_lower.a1"], "the missing were found: a state may fall"
    assert "Người chết: 2, thấp hơn báo cáo trước (3)" in asked["not_lower.a1"]
    with pytest.raises(Refused) as refusal:
        actions.submit(by=world.entry, version=second)
    assert [fault.code for fault in refusal.value.faults] == ["explain:not_lower.a1"]


def test_a_report_without_any_figure_is_held_back(flash: Any) -> None:
    world, version, manager = flash
    opened(manager, version)
    empty = report(world, "EV-lu-8-2020-1", a1="…")
    with pytest.raises(Refused) as refusal:
        actions.submit(by=world.entry, version=empty)
    assert [fault.code for fault in refusal.value.faults] == ["check:one_figure"]


ROWS = [row for row in registry.matrix("reporting") if row.action in ("reporting.open_event", "reporting.close_event")]


def test_the_matrix_of_events_is_true(flash: Any) -> None:
    """Own: the ministry that receives; subtree: a grant above it; other: a ministry that does not."""
    _world, version, manager = flash
    opened(manager, version)
    event = ReportedEvent.objects.get()
    units = {
        "own": (organizations.unit_by_code("agency", "MARD", FIRST), False),
        "subtree": (
            organizations.ancestors("sector", organizations.unit_by_code("agency", "MARD", FIRST), FIRST)[-1],
            True,
        ),
        "other": (organizations.unit_by_code("agency", "MOIT", FIRST), False),
    }
    assert len(ROWS) == 2 * len(Role)
    for row in ROWS:
        for relation, (unit, subtree) in units.items():
            who = person(f"{row.action}-{row.role}-{relation}", Role(row.role), unit, subtree=subtree)
            try:
                if row.action == "reporting.open_event":
                    opened(who, version, slug=f"dot-{row.role.replace('_', '-')}-{relation}"[:30])
                else:
                    actions.close_event(by=who, event=event, reason="Mưa đã dứt.")
                    EventClosing.objects.all().delete()
                said = "yes"
            except NotPermitted:
                said = "no"
            assert said == getattr(row, relation), f"{row.action}, {row.role}, {relation}"


def test_the_matrix_of_events_is_true_of_the_ministry_that_took_its_place(flash: Any) -> None:
    """Agriculture and Environment took Agriculture's place on 1 March 2025, and its manager's grant goes along."""
    _world, version, manager = flash
    day = dt.date(2025, 9, 5)
    with clock.played(dt.datetime(2025, 9, 5, 9, 0, tzinfo=clock.HANOI)):
        hit = [organizations.unit_by_code("gso", "15", day)]
        [duty] = opened(manager, version, slug="lu-9-2025", first_day=day, provinces=hit)
        assert duty.receiver == organizations.unit_by_code("agency", "MAE", day)
        for row in ROWS:
            assert row.successor == ("yes" if row.role == Role.REGIME_MANAGER else "no")
        actions.close_event(by=manager, event=ReportedEvent.objects.get(slug="lu-9-2025"), reason="Nước đã rút.")
