"""The leader's figures in Chromium on a phone: axe finds nothing, nothing is cut off (the officer's other screens:
tests/test_service_journey.py)."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.base import clock
from dienhong.dossiers.actions import counting
from dienhong.dossiers.models import CountedSet
from dienhong.dossiers.tests.desk import NOON, Desk
from dienhong.indicators.testing import publish
from dienhong.organizations.models import Person
from tests.browser import CHROMIUM, NEEDED
from tests.looking import Looking

BOTH = ("day", "night")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("ground_database"),
]


@pytest.fixture
def desk(settings: Any, ground_database: None) -> Desk:
    settings.DEMO = True
    clock.set_business_now(NOON, by="job:test", reason="the day after the opening")
    clock.reset_cache()
    return Desk()


def sitting(browser: Browser, live_server: LiveServer, person: Person, width: int) -> Page:
    made = Client()
    made.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    name = django_settings.SESSION_COOKIE_NAME
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN")
    context.add_cookies([{"name": name, "value": made.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" and "422" not in said.text else None)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def test_axe_finds_nothing(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    look = Looking()
    desk.filed()
    page = sitting(browser, live_server, desk.leader, 360)
    page.goto(f"{live_server.url}/dossiers/figures/?kind=day")
    look(page, "no figures yet", BOTH)
    counting.count_due(now=NOON + dt.timedelta(days=1))
    publish()
    page.goto(f"{live_server.url}/dossiers/figures/?kind=day&on={NOON.date()}")
    expect(page.get_by_role("table", name="Theo ngày")).to_be_visible()
    look(page, "figures", BOTH)
    row = CountedSet.objects.filter(what="received", period__key=str(NOON.date()), unit=desk.unit).latest("pk")
    page.goto(f"{live_server.url}/dossiers/figures/sets/{row.pk}/")
    look(page, "how a figure was counted", BOTH)
    page.get_by_role("link", name="Mở danh sách hồ sơ").click()
    expect(page.get_by_text("Bạn được xem 1 trên 1 hồ sơ.")).to_be_visible()
    look(page, "the dossiers behind a figure", BOTH)
    assert not look.faults, "\n".join(look.faults)
