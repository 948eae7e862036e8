"""Accessibility of the components, measured in Chromium: rest, dialog, menu, at 360 px and at 400% zoom."""

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser import CHROMIUM, NEEDED
from tests.looking import COLOURS, axe, by_day_and_night, put_on

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.django_db(transaction=True),
]


def opened(browser: Browser, address: str, width: int, height: int = 800) -> Page:
    page = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN").new_page()
    page.on("console", lambda message: pytest.fail(message.text) if message.type == "error" else None)
    page.goto(address)
    page.evaluate("document.fonts.ready")
    return page


@pytest.mark.parametrize(("width", "height", "asked"), [(360, 800, "day"), (1280, 900, "night"), (320, 256, "wall")])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    live_server: LiveServer, browser: Browser, width: int, height: int, asked: str
) -> None:
    """Each size (the last is 1280 at 400%) by all rules, and on the phone, where all of it stands too, the colours of
    each theme."""
    page = opened(browser, f"{live_server.url}/look/?theme={asked}", width, height)
    assert page.evaluate("document.documentElement.className") == asked
    for theme in (asked, *({"day", "night", "wall"} - {asked})):
        put_on(page, theme)
        if theme == asked or width == 360:
            assert axe(page, () if theme == asked else COLOURS) == [], theme
        assert page.evaluate("document.documentElement.scrollWidth") <= width, theme
    page.context.close()


def test_axe_finds_nothing_in_menu_and_dialog(live_server: LiveServer, browser: Browser) -> None:
    page = opened(browser, f"{live_server.url}/look/", 360)
    page.locator(".tools details.menu summary").last.click()
    assert by_day_and_night(page) == []
    page.keyboard.press("Escape")
    page.locator("[data-opens]").click()
    assert page.locator("dialog[open]").count() == 1
    assert by_day_and_night(page) == []
    page.locator("dialog [data-says]").click()
    page.locator("#toasts .toast").wait_for()
    assert "Lào Cai" in page.locator("#live").inner_text()
    assert by_day_and_night(page) == []
    page.context.close()


def test_the_theme_changes_without_a_new_page_and_stays(live_server: LiveServer, browser: Browser) -> None:
    page = opened(browser, f"{live_server.url}/look/", 1280)
    page.locator(".tools details.menu summary").last.click()
    page.locator('[data-theme="night"]').click()
    assert page.evaluate("document.documentElement.className") == "night"
    page.reload()
    assert page.evaluate("document.documentElement.className") == "night"
    page.context.close()


def test_four_fonts_of_our_own_and_nothing_from_elsewhere(live_server: LiveServer, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/look/")
    page.evaluate("document.fonts.ready")
    assert all(address.startswith(live_server.url) for address in asked)
    assert len({address for address in asked if address.endswith(".woff2")}) == 4
    page.close()
