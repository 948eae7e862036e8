"""The screens of an upload in a browser: at rest, wrong file, list of faults; wide, on a phone, by keyboard."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from dienhong.reporting.actions.uploads import take_upload
from dienhong.reporting.models import Upload
from dienhong.reporting.tests.conftest import World
from dienhong.reporting.tests.excel_files import filled
from tests.browser import CHROMIUM, NEEDED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.django_db(transaction=True),
]


def clean(page: Page, width: int) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_screens_of_an_upload(world: World, live_server: LiveServer, browser: Browser, tmp_path: Path) -> None:
    """One journey, since the world is costly: form, wrong file, faults, by keyboard to a fault, at two widths."""
    session = Client()
    session.force_login(world.entry)
    faulty = take_upload(
        by=world.entry, duty=world.duty(), data=filled(world.duty(), r3_2="1.205", r1="x y"), name="Quý II.xlsx"
    ).upload
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    for width in (360, 1280):
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN")
        context.add_cookies(
            [{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": live_server.url}]
        )
        page = context.new_page()
        page.goto(f"{live_server.url}/duties/{world.duty().pk}/upload/")
        clean(page, width)
        page.goto(f"{live_server.url}/uploads/{faulty.pk}/")
        clean(page, width)
        page.get_by_role("link", name="C11").press("Enter")
        assert page.url.endswith("#fault-2")
        if shots := os.environ.get("DIENHONG_SCREENSHOTS"):
            page.screenshot(path=f"{shots}/upload-{width}.png", full_page=True)
        page.goto(f"{live_server.url}/duties/{world.duty().pk}/upload/")
        page.get_by_label("Tệp Excel").set_input_files(tmp_path / "a.pdf")
        page.get_by_role("button", name="Nộp tệp").press("Enter")
        page.get_by_text("Đây là tệp PDF").wait_for()
        clean(page, width)
        context.close()
    assert Upload.objects.filter(outcome=Upload.Outcome.REFUSED).count() == 2
