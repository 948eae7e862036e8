"""Who is reminded on which working day, once; what was sent, exempt or moved is left alone."""

import datetime as dt

import pytest

from dienhong.base import clock
from dienhong.notices.models import Notice
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Role
from dienhong.reporting import actions, reminders
from dienhong.reporting import notice_kinds as kinds
from dienhong.reporting.models import Duty
from dienhong.reporting.tests.conftest import World, person
from dienhong.rules.workdays import Calendar

# RR22, second quarter of 2020: due Thursday 25 June at 17:00.
DUE = dt.datetime(2020, 6, 25, 17, 0, tzinfo=clock.HANOI)


def on(day: str, hour: int = 9) -> list[tuple[str, str]]:
    """Run the job at that business moment; (username, kind) of what was said, in order of saying."""
    last = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    at = dt.datetime.combine(dt.date.fromisoformat(f"2020-{day}"), dt.time(hour), clock.HANOI)
    with clock.played(at):
        reminders.remind()
    said = Notice.objects.filter(pk__gt=last).order_by("pk").values_list("person__username", "kind")
    return [(who, kind.removeprefix("reporting.")) for who, kind in said]


def test_the_world_is_due_when_these_tests_think(world: World):
    assert {duty.due_at for duty in Duty.objects.all()} == {DUE}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("06-17", []),  # six working days before
        ("06-18", [("nhap", "due_soon")]),
        ("06-20", []),  # a Saturday
        ("06-24", [("nhap", "due_soon")]),
        ("06-25", [("lanh-dao", "due_today")]),
        ("06-26", [("tong-hop", "overdue")]),
        ("06-27", []),
        ("09-01", []),  # older than is news
    ],
)
def test_each_step_tells_its_people(world: World, day, expected):
    assert on(day) == expected


def test_each_step_once_however_often_the_job_runs(world: World):
    days = ["06-17", "06-18", "06-18", "06-19", "06-22", "06-23", "06-24", "06-24", "06-25", "06-25", "06-26", "06-29"]
    said = [line for day in days for line in on(day)]
    assert said == [
        ("nhap", "due_soon"),
        ("nhap", "due_soon"),
        ("lanh-dao", "due_today"),
        ("tong-hop", "overdue"),
    ]


def test_nobody_is_reminded_at_night(world: World):
    assert on("06-24", hour=6) == []
    assert on("06-24", hour=7) == [("nhap", "due_soon")]


def test_an_hour_after_the_due_time_is_not_yet_the_next_working_day(world: World):
    assert on("06-25", hour=18) == []


def test_what_was_sent_is_left_alone(world: World):
    world.sent()
    assert on("06-24") == on("06-25") == []
    assert [who for who, _kind in on("06-26")] == ["tong-hop"]  # of the other provinces
    assert Notice.objects.get(person=world.receiver).params["count"] == Duty.objects.count() - 1


def test_what_was_returned_is_owed_again(world: World):
    version = world.sent()
    actions.return_version(by=world.receiver, version=version, reason="Sai dòng 3.")
    assert on("06-25") == [("lanh-dao", "due_today")]
    assert [who for who, _kind in on("06-26")] == ["tong-hop"]
    assert Notice.objects.get(person=world.receiver, kind=kinds.OVERDUE).params["count"] == Duty.objects.count() - 1


def test_an_exempt_unit_is_left_alone(world: World):
    actions.exempt(by=world.receiver, duty=world.duty(), reason="Không phát sinh thủ tục.")
    assert on("06-25") == []


def test_an_extension_begins_the_reminders_anew(world: World):
    assert on("06-24") == [("nhap", "due_soon")]
    actions.extend(by=world.receiver, duty=world.duty(), due_at=DUE + dt.timedelta(days=14), reason="Lũ quét.")
    assert on("06-25") == []
    assert [who for who, _kind in on("06-26")] == ["tong-hop"]
    assert on("07-08") == [("nhap", "due_soon")]
    assert on("07-09") == [("lanh-dao", "due_today")]


def test_the_overdue_are_named_in_order_and_the_rest_counted(world: World):
    on("06-26")
    params = Notice.objects.get(person=world.receiver).params
    names = params["units"]["vi"].split("; ")
    assert params["count"] == Duty.objects.count() == 63
    assert names[:2] == ["Tỉnh An Giang", "Tỉnh Bà Rịa - Vũng Tàu"]
    assert names[-1] == "và 43 đơn vị nữa"
    assert params["units"]["en"].endswith("and 43 more")
    assert Notice.objects.get(person=world.receiver).url == "/reports/RR22/decree09/2020-Q2/"


def test_a_grant_for_another_regime_hears_nothing(world: World):
    person("khac", Role.ENTRY_OFFICER, world.unit, scope="RR05")
    assert on("06-24") == [("nhap", "due_soon")]


class TestTheDay:
    @pytest.fixture
    def viewer(self, world: World):
        return person("theo-doi", Role.VIEWER, organizations.unit_by_code("iso3166", "VN", DUE.date()), subtree=True)

    def test_once_a_working_day(self, world: World, viewer):
        assert on("06-24")[-1] == ("theo-doi", "day")
        assert on("06-24", hour=15) == []
        assert ("theo-doi", "day") not in on("06-27")
        assert ("theo-doi", "day") in on("06-29")

    def test_what_it_says(self, world: World, viewer):
        world.sent()
        on("06-26")
        params = Notice.objects.get(person=viewer).params
        assert params["lines"] == [
            {
                "vi": "RR22 Quý II/2020: 1/63 đã gửi, 62 quá hạn",
                "en": "RR22 Q2 2020: 1 of 63 reported, 62 overdue",
            }
        ]

    def test_only_what_one_watches(self, world: World):
        who = person("tinh", Role.VIEWER, world.unit)
        on("06-26")
        assert Notice.objects.get(person=who).params["lines"][0]["vi"] == "RR22 Quý II/2020: 0/1 đã gửi, 1 quá hạn"

    def test_silent_when_nothing_is_owed(self, world: World, viewer):
        Duty.objects.all().delete()
        assert on("06-24") == []


def test_few_questions_for_a_nation(world: World, django_assert_max_num_queries):
    for duty in Duty.objects.select_related("unit"):
        person(f"nhap-{duty.unit_id}", Role.ENTRY_OFFICER, duty.unit)
    assert len(on("06-18")) == 64
    with django_assert_max_num_queries(64 * 6 + 20):
        on("06-18", hour=10)


def test_steps_over_a_long_holiday():
    days = Calendar({dt.date(2020, 1, 23) + dt.timedelta(days=n): "holiday" for n in range(7)})
    due = dt.datetime(2020, 1, 31, 17, 0, tzinfo=clock.HANOI)

    def at(month: int, day: int, hour: int = 9) -> str:
        return reminders.step(days, due, dt.datetime(2020, month, day, hour, tzinfo=clock.HANOI))

    assert [at(1, 17), at(1, 20), at(1, 22), at(1, 25), at(1, 30), at(1, 31), at(1, 31, 18), at(2, 1), at(2, 3)] == [
        "early", "early", "early", "", "last", "today", "", "", "overdue",
    ]  # fmt: skip
