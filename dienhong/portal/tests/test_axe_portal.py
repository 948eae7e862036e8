"""axe on the public pages at 360 px, day and night; suggestions by keyboard; nothing is wider than the phone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.catalogue.actions import import_procedures, load_bundled
from dienhong.portal.tests.conftest import traps
from tests.browser import CHROMIUM, NEEDED, chromium

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
PAGES = (
    "/portal/", "/portal/search?q=bang lai", "/portal/search?q=zzzzqqqq", "/portal/list/?letter=C", "/portal/fields/",
    "/portal/life/phuong-tien/", "/procedures/1.000004/", "/procedures/1.000005/", "/procedures/1.007700/",
    "/portal/feedback/?code=1.000001",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


def check(page: Page, name: str, faults: list[str]) -> None:
    for theme in ("day", "night"):
        page.evaluate("name => { document.documentElement.className = name; }", theme)
        page.wait_for_timeout(150)
        for broken in Axe().run(page).response["violations"]:
            where = "; ".join(str(node["target"]) for node in broken["nodes"][:3])
            faults.append(f"{name}, {theme}: {broken['id']} at {where}")
    if page.evaluate("document.documentElement.scrollWidth") > 360:
        faults.append(f"{name}: wider than 360 px")


def test_public_pages(browser: Browser, live_server: LiveServer) -> None:
    load_bundled(by="job:test")
    import_procedures(by="job:test", records=traps(), source="nguồn mẫu")
    context = browser.new_context(viewport={"width": 360, "height": 780}, locale="vi-VN")
    page, faults = context.new_page(), []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    for address in PAGES:
        page.goto(live_server.url + address)
        check(page, address, faults)
    page.goto(f"{live_server.url}/portal/")
    page.locator("#q").press_sequentially("ddang ky khia sinh", delay=10)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    check(page, "suggestions", faults)
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("khai sinh")
    page.locator("summary", has_text="VI").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Who may ask")).to_be_visible()
    assert not faults, "\n".join(faults)
    context.close()


def test_search_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    load_bundled(by="job:test")
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto(f"{live_server.url}/portal/")
    page.get_by_label("Bạn cần làm thủ tục gì?").fill("le phi truoc ba oto")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("link", name="Khai lệ phí trước bạ/ Miễn lệ phí trước bạ đối với tài sản khác").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Khai lệ phí trước bạ")
    context.close()
