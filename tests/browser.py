"""Chromium for journeys: one browser a module, a context a person, console errors fail."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("DIENHONG_CHROMIUM") or shutil.which("chromium") or ""
NEEDED = "no Chromium: apt-get install chromium, or name it in DIENHONG_CHROMIUM"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    # Playwright's loop lives in this thread, which Django takes for an asynchronous one.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        # With a loop running Django keeps other connections for this thread than without: those an earlier browser
        # left may stand on a database that is gone since.
        connections.close_all()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
        connections.close_all()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


_errors: list[str] = []


@pytest.fixture(scope="module")
def chromium_of_the_module() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def browser(chromium_of_the_module: Browser) -> Iterator[Browser]:
    """Chromium, without what the test before left open: its pages would go on asking the server of this one."""
    _errors.clear()
    yield chromium_of_the_module
    for context in chromium_of_the_module.contexts:
        context.close()
    assert not _errors, f"errors of scripts: {_errors}"


def new_page(browser: Browser, width: int = 1280, height: int = 900, **more: Any) -> Page:
    """A page on which errors of scripts fail the test at its end. A form that is refused (422) is no error.

    The trap: what a listener raises ends the connection to the browser, not the test."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **more
    )
    page = context.new_page()
    page.on("console", lambda said: _errors.append(said.text) if said.type == "error" and "422" not in said.text else 0)
    page.on("pageerror", lambda error: _errors.append(str(error)))
    return page


def page_of(browser: Browser, address: str, who: str, width: int = 1280, height: int = 900) -> Page:
    """A page of someone who pressed the button of a demo account."""
    page = new_page(browser, width, height)
    page.goto(f"{address}/sign-in/")
    with page.expect_navigation():
        page.get_by_role("row", name=who).get_by_role("button").click()
    return page
