"""Filling in at 360 px in Chromium: fields appear at once, saved while typing, axe finds nothing."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.base import clock
from dienhong.dossiers.models import Draft
from dienhong.portal.tests import applying
from dienhong.portal.tests.applying import ANSWERS, BASE, Answer, Registers
from dienhong.portal.views import apply_page
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
def asked(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any, ground_database: None) -> Registers:
    settings.DEMO, settings.STORE = True, tmp_path
    day = dt.datetime(2020, 8, 20, 9, tzinfo=clock.HANOI)
    clock.set_business_now(day, by="job:test", reason="the first day of the pilot")
    clock.reset_cache()
    found = applying.registers()
    monkeypatch.setattr(apply_page, "ask", found)
    applying.version()
    return found


def open_page(browser: Browser, live_server: LiveServer) -> Page:
    cookie = applying.client(applying.person()).cookies[django_settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" and "422" not in said.text else None)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(f"{live_server.url}{BASE}/")
    return page


def look(page: Page, faults: list[str], name: str, themes: tuple[str, ...] = ("day",)) -> None:
    page.evaluate("document.fonts.ready")
    for theme in themes:
        page.evaluate("name => { document.documentElement.className = name; }", theme)
        page.wait_for_timeout(150)
        for broken in Axe().run(page).response["violations"]:
            where = "; ".join(f"{node['target']} {node['html'][:90]}" for node in broken["nodes"][:3])
            faults.append(f"{name}, {theme}: {broken['id']} at {where}")
    if page.evaluate("document.documentElement.scrollWidth") > 360:
        faults.append(f"{name}: wider than 360 px")
    small = page.evaluate(
        "() => [...document.querySelectorAll('main button:not(.unseen), main .button, main select, main .choice, "
        "main input:not([type=hidden], [type=radio], [type=checkbox])')]"
        ".filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)"
        ".map((one) => one.outerHTML.slice(0, 80))"
    )
    faults.extend(f"{name}: lower than 44 px: {each}" for each in small)


def on(page: Page) -> None:
    page.get_by_role("button", name="Đi tiếp").last.click()


def fill(page: Page, key: str) -> None:
    for name, text in ANSWERS[key].items():
        box = page.locator(f'[name="{name}"]')
        if box.first.get_attribute("type") == "radio":
            page.locator(f'[name="{name}"][value="{text}"]').check()
        elif box.evaluate("one => one.tagName") == "SELECT":
            box.select_option(text)
        else:
            box.fill(text)


def test_the_way_at_360_px(browser: Browser, live_server: LiveServer, asked: Registers) -> None:
    page, faults = open_page(browser, live_server), []
    look(page, faults, "intro")
    page.get_by_role("button", name="Bắt đầu khai").click()
    look(page, faults, "first page")
    on(page)
    expect(page.locator(".error-summary")).to_be_focused()
    look(page, faults, "errors", ("day", "night"))
    page.get_by_role("link", name="Họ và tên hoặc tên tổ chức").click()
    expect(page.locator("#f-taxpayer-name")).to_be_focused()
    for key in ("taxpayer", "contact"):
        fill(page, key)
        if key == "contact":
            look(page, faults, "contact")
        on(page)
    page.get_by_label("Có", exact=True).check()
    expect(page.get_by_label("Tên người khai thay")).to_be_visible()  # at once, without a way to the server
    look(page, faults, "opened at once")
    page.get_by_label("Không", exact=True).check()
    expect(page.get_by_label("Tên người khai thay")).to_be_hidden()
    on(page)
    fill(page, "registration")
    on(page)
    asked.answers["vehicle_register"] = Answer("mismatch", mismatch=("chassis_no",))
    fill(page, "slip")
    on(page)
    expect(page.get_by_text("không khớp: Số khung")).to_be_visible()
    look(page, faults, "mismatch")
    asked.answers["vehicle_register"] = Answer("found", applying.SLIP)
    page.locator("#f-chassis-no").fill("MAUTYVXE000000003")
    on(page)
    expect(page.get_by_text("Đã lấy dữ liệu từ Cục Đăng kiểm Việt Nam")).to_be_visible()
    look(page, faults, "prefilled")
    on(page)
    fill(page, "invoice")
    on(page)
    on(page)
    page.get_by_label("Có", exact=True).check()
    page.get_by_role("button", name="Thêm: Người").click()
    look(page, faults, "co-owners")
    page.get_by_label("Không", exact=True).check()
    on(page)
    fill(page, "exempt")
    on(page)
    page.locator('[name="file.other_papers"]').set_input_files(
        {"name": "giấy.pdf", "mimeType": "application/pdf", "buffer": applying.pdf()}
    )
    page.get_by_role("button", name="Tải lên").click()
    expect(page.get_by_role("link", name="giấy.pdf")).to_be_visible()
    look(page, faults, "papers")
    on(page)
    expect(page.get_by_text("32.400.000").first).to_be_visible()
    look(page, faults, "check", ("day", "night"))
    page.get_by_role("button", name="Gửi hồ sơ").click()
    look(page, faults, "not agreed")
    page.goto(f"{live_server.url}/portal/apply/drafts/")
    look(page, faults, "drafts")
    assert not faults, "\n".join(faults)


def test_saved_while_typing(browser: Browser, live_server: LiveServer, asked: Registers) -> None:
    page = open_page(browser, live_server)
    page.get_by_role("button", name="Bắt đầu khai").click()
    page.locator("#f-taxpayer-name").fill("Nguyễn Văn Mẫu")
    expect(page.locator("#saved")).to_contain_text("Đã lưu lúc", timeout=8000)
    assert Draft.objects.get().data["taxpayer_name"] == "Nguyễn Văn Mẫu"
    page.reload()
    expect(page.locator("#f-taxpayer-name")).to_have_value("Nguyễn Văn Mẫu")
