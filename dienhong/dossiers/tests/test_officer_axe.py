"""The officer's screens in Chromium at 360 and 1280 px: axe finds nothing, nothing is cut off, keys lead the way."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.base import clock
from dienhong.dossiers.actions import counting, deciding, voicing
from dienhong.dossiers.models import CountedSet
from dienhong.dossiers.tests.desk import NOON, Desk
from dienhong.indicators.testing import publish
from dienhong.organizations.models import Person, Role
from tests.browser import CHROMIUM, NEEDED, chromium

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("ground_database"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


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


def look(page: Page, faults: list[str], name: str) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.evaluate("document.fonts.ready")
    for theme in ("day", "night"):
        page.evaluate("name => { document.documentElement.className = name; }", theme)
        page.wait_for_timeout(150)
        for broken in Axe().run(page).response["violations"]:
            where = "; ".join(f"{node['target']} {node['html'][:90]}" for node in broken["nodes"][:3])
            faults.append(f"{name}, {width}, {theme}: {broken['id']} at {where}")
    if page.evaluate("document.documentElement.scrollWidth") > width:
        faults.append(f"{name}: wider than {width} px")


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(browser: Browser, live_server: LiveServer, desk: Desk, width: int) -> None:
    faults: list[str] = []
    page = sitting(browser, live_server, desk.clerk, width)
    page.goto(f"{live_server.url}/dossiers/")
    look(page, faults, "empty queue")
    dossier = desk.filed()
    voicing.complain(by=desk.citizen, dossier=dossier, about="rule", text="Khó hiểu.")
    page.goto(f"{live_server.url}/dossiers/")
    look(page, faults, "queue")
    page.goto(f"{live_server.url}/dossiers/search/?q=nguyen")
    look(page, faults, "search")
    page.goto(f"{live_server.url}/dossiers/{dossier.pk}/")
    for act in ("Từ chối tiếp nhận", "Yêu cầu bổ sung"):
        page.locator("summary", has_text=act).click()
    look(page, faults, "acts open")
    page.get_by_role("button", name="Từ chối và ký thông báo").click()
    expect(page.locator(".error-summary")).to_be_focused()
    look(page, faults, "refused")
    odd = desk.filed(brand="Mẫu", model="Kiểu chưa có trong bảng", chassis_no="RLMAUFADL20000002")
    deciding.accept(by=desk.clerk, place=desk.place(odd, "accept_check"))
    page = sitting(browser, live_server, desk.officer, width)
    page.goto(f"{live_server.url}/dossiers/{odd.pk}/")
    look(page, faults, "a base to be fixed")
    page = sitting(browser, live_server, desk.leader, width)
    page.goto(f"{live_server.url}/dossiers/{dossier.pk}/")
    look(page, faults, "feedback to be answered")
    page.goto(f"{live_server.url}/dossiers/figures/?kind=day")
    look(page, faults, "no figures yet")
    counting.count_due(now=NOON + dt.timedelta(days=1))
    publish()
    page.goto(f"{live_server.url}/dossiers/figures/?kind=day&on={NOON.date()}")
    expect(page.get_by_role("table", name="Theo ngày")).to_be_visible()
    look(page, faults, "figures")
    row = CountedSet.objects.filter(what="received", period__key=str(NOON.date()), unit=desk.unit).latest("pk")
    page.goto(f"{live_server.url}/dossiers/figures/sets/{row.pk}/")
    look(page, faults, "how a figure was counted")
    page.get_by_role("link", name="Mở danh sách hồ sơ").click()
    expect(page.get_by_text("Bạn được xem 2 trên 2 hồ sơ.")).to_be_visible()
    look(page, faults, "the dossiers behind a figure")
    page = sitting(browser, live_server, desk.person("auditor", Role.AUDITOR), width)
    page.goto(f"{live_server.url}/dossiers/?view=all")
    look(page, faults, "the auditor's list")
    assert not faults, "\n".join(faults)


def test_keys_lead_through_the_queue(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    first, second = desk.filed(), desk.filed(chassis_no="RLMAUFADL20000002")
    page = sitting(browser, live_server, desk.clerk, 1280)
    page.goto(f"{live_server.url}/dossiers/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=first.code)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name=second.code)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/dossiers/{second.pk}/")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Nhận việc")).to_be_focused()
    page.goto(f"{live_server.url}/dossiers/")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{live_server.url}/dossiers/{first.pk}/")
    expect(page.get_by_text("clerk Mẫu đang giữ")).to_be_visible()
