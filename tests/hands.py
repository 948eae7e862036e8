"""What a person does with a page: press, tab, type Enter, change the language."""

from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.browser import new_page


def phone(browser: Browser, **more: Any) -> Page:
    return new_page(browser, 360, 740, **more)


def press(page: Page, one: str | Locator) -> None:
    """A button or link that leads to another page; returns when that page is there."""
    with page.expect_navigation():
        (page.get_by_role("button", name=one, exact=True).last if isinstance(one, str) else one).click()


def tab_to(page: Page, one: Locator, most: int = 60) -> None:
    for _ in range(most):
        if one.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{one} is not reached by {most} times Tab")


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def speak_english(page: Page) -> None:
    page.locator("summary", has_text="Tiếng Việt").click()
    press(page, "English")
