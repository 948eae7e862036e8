"""The catalogue's public pages as a phone shows them: axe, nothing wider than the screen, in both languages."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.catalogue.actions import import_procedures
from dienhong.portal.tests.conftest import traps
from tests.browser import CHROMIUM, NEEDED, new_page
from tests.looking import Looking

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("services_database"),
]
PAGES = (
    "/portal/search?q=zzzzqqqq", "/portal/list/?letter=C", "/portal/fields/", "/portal/life/phuong-tien/",
    "/procedures/1.000004/", "/procedures/1.000005/", "/portal/feedback/?code=1.000001",
)  # fmt: skip


def test_public_pages(browser: Browser, live_server: LiveServer) -> None:
    import_procedures(by="job:test", records=traps(), source="nguồn mẫu")
    page, look = new_page(browser, 360, 780), Looking()
    for address in PAGES:
        page.goto(live_server.url + address)
        look(page, address.strip("/").replace("/", "-"))
    page.goto(f"{live_server.url}/portal/")
    page.locator("#q").press_sequentially("ddang ky khia sinh", delay=5)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    look(page, "suggestion-chosen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("khai sinh")
    page.locator("summary", has_text="VI").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Not yet entered")).to_be_visible()
    page.context.close()
    assert not look.faults, "\n".join(look.faults)
