"""The screen on which the ministry opens an event, widens it and closes it."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from dienhong.base import clock
from dienhong.organizations.models import Role
from dienhong.reporting import actions
from dienhong.reporting.models import Duty, EventClosing, ReportedEvent
from dienhong.reporting.tests.conftest import person
from dienhong.reporting.tests.test_events import FIRST, NAME, flash, opened, provinces  # noqa: F401
from dienhong.reporting.tests.test_views_entry import as_

pytestmark = pytest.mark.django_db
EVENTS = reverse("reporting:events", args=["RR07"])
OPEN = reverse("reporting:event_open", args=["RR07"])


def filled(**said):
    return {
        "name": NAME, "first_day": "17/08/2020", "provinces": [unit.pk for unit in provinces("10", "15")], **said
    }  # fmt: skip


def test_opening_makes_a_report_for_each_day_so_far(flash):  # noqa: F811
    manager = as_(flash[2])
    assert manager.get(OPEN).status_code == 200
    answer = manager.post(OPEN, filled())
    assert (answer.status_code, answer["Location"]) == (302, EVENTS)
    event = ReportedEvent.objects.get()
    assert (event.slug, event.name, event.first_day) == ("mua-lu-mien-nui-phia-bac", NAME, FIRST)
    assert Duty.objects.filter(period__calendar="event").count() == 6, "two provinces, three days"
    page = manager.get(EVENTS).content.decode()
    assert "Báo cáo số 3" in page
    assert "0/2 đơn vị đã gửi" in page


def test_a_second_event_of_the_same_name_has_its_own_key(flash):  # noqa: F811
    manager = as_(flash[2])
    for _ in range(2):
        manager.post(OPEN, filled())
    assert set(ReportedEvent.objects.values_list("slug", flat=True)) == {
        "mua-lu-mien-nui-phia-bac", "mua-lu-mien-nui-phia-bac-2",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": ""}, "Tên đợt"),
        ({"first_day": "31/02/2020"}, "Ngày chưa đúng"),
        ({"first_day": "21/08/2020"}, "chưa tới"),
        ({"first_day": "01/01/2020"}, "quá 60 ngày"),
        ({"provinces": []}, "Chọn ít nhất một tỉnh"),
        ({"provinces": ["99999999"]}, "provinces"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(flash, said, sentence):  # noqa: F811
    answer = as_(flash[2]).post(OPEN, filled(**said))
    page = answer.content.decode()
    assert (answer.status_code, ReportedEvent.objects.count()) == (422, 0)
    assert sentence in page
    if "name" not in said:
        assert f'value="{NAME}"' in page


def test_provinces_hit_since_owe_the_latest_report(flash):  # noqa: F811
    manager = as_(flash[2])
    manager.post(OPEN, filled())
    event = ReportedEvent.objects.get()
    widen = reverse("reporting:event_widen", args=["RR07", event.slug])
    [late] = provinces("14")
    assert f'value="{provinces("10")[0].pk}"' not in manager.get(widen).content.decode(), "is there already"
    assert manager.post(widen, {"provinces": [late.pk]}).status_code == 302
    assert list(Duty.objects.filter(unit=late, period__calendar="event").values_list("period__key", flat=True)) == [
        f"EV-{event.slug}-3"
    ]


def test_closing_needs_a_reason_and_a_day_not_before_the_last_report(flash):  # noqa: F811
    manager = as_(flash[2])
    manager.post(OPEN, filled())
    event = ReportedEvent.objects.get()
    close = reverse("reporting:event_close", args=["RR07", event.slug])
    refused = manager.post(close, {"last_day": "2020-08-17", "reason": "nước đã rút"})
    assert refused.status_code == 422
    assert "chọn ngày muộn hơn" in refused.content.decode()
    assert "nước đã rút" in refused.content.decode()
    assert not EventClosing.objects.exists()
    assert manager.post(close, {"last_day": "2020-08-19", "reason": "nước đã rút"}).status_code == 302
    page = manager.get(EVENTS).content.decode()
    assert "đã kết thúc" in page
    assert close not in page
    with clock.played(dt.datetime(2020, 8, 25, 8, tzinfo=clock.HANOI)):
        assert manager.post(close, {"last_day": "2020-08-25", "reason": "lần nữa"}).status_code == 422


def test_others_see_the_events_and_cannot_open_one(flash):  # noqa: F811
    _world, version, manager = flash
    opened(manager, version)
    other: Client = as_(person("chi-xem", Role.RECEIVER, provinces("10")[0]))
    page = other.get(EVENTS).content.decode()
    assert NAME in page
    assert OPEN not in page
    assert other.get(OPEN).status_code == 403
    assert other.post(OPEN, filled()).status_code == 403


def test_a_regime_by_the_calendar_has_no_events(flash):  # noqa: F811
    assert as_(flash[2]).get(reverse("reporting:events", args=["RR22"])).status_code == 404


def test_a_report_just_begun_shows_no_error(flash):  # noqa: F811
    duty = opened(flash[2], flash[1])[0]
    entry = person("nhap-bao-lu", Role.ENTRY_OFFICER, duty.unit)
    with clock.played(duty.opens_at + dt.timedelta(hours=1)):
        actions.start_entry(by=entry, duty=duty)
        address = reverse("reporting:entry", args=[duty.pk])
        fresh, asked = (as_(entry).get(address + query).content.decode() for query in ("", "?checked=1"))
    assert ' wrong"' not in fresh
    assert "Báo cáo chưa có số nào" not in fresh.partition('id="rules"')[0]
    assert "Báo cáo chưa có số nào" in asked.partition('id="rules"')[0] or ' wrong"' in asked
