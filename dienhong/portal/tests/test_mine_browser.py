"""After filing, in Chromium on a phone and on a desk: axe finds nothing, nothing is wider than the screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import transaction
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.base import clock
from dienhong.dossiers import money
from dienhong.dossiers.actions import deciding
from dienhong.dossiers.models import Dossier
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message
from dienhong.dossiers.tests.desk import NOON, Desk, capture
from dienhong.portal.tests import applying
from dienhong.portal.tests.test_mine import ASKED
from tests.browser import CHROMIUM, NEEDED, chromium

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("ground_database"),
]
WIDTHS = (360, 1280)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def desk(ground_database: None, settings: Any, tmp_path: Any) -> Desk:
    settings.DEMO, settings.STORE = True, tmp_path
    clock.set_business_now(NOON, by="job:test", reason="the day of the journey")
    clock.reset_cache()
    cache.clear()
    return Desk()


def open_page(browser: Browser, live_server: LiveServer, person: Any) -> Page:
    cookie = applying.client(person).cookies[django_settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(locale="vi-VN")
    context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def look(page: Page, faults: list[str], name: str) -> None:
    page.evaluate("document.fonts.ready")
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for theme in ("day", "night"):
            page.evaluate("name => { document.documentElement.className = name; }", theme)
            page.wait_for_timeout(150)
            for broken in Axe().run(page).response["violations"]:
                where = "; ".join(f"{node['target']} {node['html'][:90]}" for node in broken["nodes"][:3])
                faults.append(f"{name}, {width}, {theme}: {broken['id']} at {where}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{name}: wider than {width} px")


def test_every_screen_after_filing(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    asked, paying = desk.filed(), desk.filed(chassis_no="RLMAUFADL20000002")
    deciding.ask_supplement(by=desk.clerk, dossier=asked, items=ASKED)
    for dossier in (paying, over := desk.filed(chassis_no="RLMAUFADL20000003")):
        deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
        persist.step(dossier, message("register_answered", "x"), by="job:test", facts={"register_match": True})
    with transaction.atomic():
        capture(money.standing(Dossier.objects.get(pk=over.pk)))
    persist.step(over, message("result_delivered", "y"), by="job:test")
    page, faults = open_page(browser, live_server, desk.citizen), []
    for name, address in {
        "home": "/portal/", "mine": "/portal/mine/", "sent": f"/portal/mine/{paying.code}/filed/",
        "to pay": f"/portal/mine/{paying.code}/", "over": f"/portal/mine/{over.code}/",
        "asked": f"/portal/mine/{asked.code}/", "track": "/portal/track/",
    }.items():  # fmt: skip
        page.goto(f"{live_server.url}{address}")
        look(page, faults, name)
    page.get_by_label("Mã hồ sơ").fill(paying.code)
    page.get_by_label("Số bí mật").fill("AAAAAAAA")
    page.get_by_role("button", name="Xem tiến độ").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, faults, "wrong secret")
    page.get_by_label("Số bí mật").fill(paying.secret)
    page.get_by_role("button", name="Xem tiến độ").click()
    look(page, faults, "tracked")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/portal/mine/{asked.code}/supplement/")
    look(page, faults, "request")
    page.get_by_role("button", name="Bắt đầu bổ sung").click()
    expect(page.get_by_text("Ghi thiếu màu.")).to_be_visible()
    look(page, faults, "marked field")
    page.locator("#f-colour").fill("đỏ")
    page.get_by_role("button", name="Đi tiếp").last.click()
    expect(page.get_by_text("Cần ảnh rõ.")).to_be_visible()
    look(page, faults, "asked file")
    page.locator('[name="file.slip_copy"]').set_input_files(
        {"name": "phiếu.pdf", "mimeType": "application/pdf", "buffer": applying.pdf()}
    )
    page.get_by_role("button", name="Đi tiếp").last.click()
    look(page, faults, "check")
    page.locator("#f-truth").check()
    page.get_by_role("button", name="Gửi bổ sung").click()
    expect(page.get_by_text("Chờ tiếp nhận").first).to_be_visible()
    assert not faults, "\n".join(faults)
