"""The check page in Chromium in every state: nothing cut off at 360 and 1280; axe at 360, day and night."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.base import store
from dienhong.documents import actions, codes, limiter
from dienhong.documents.models import Issued
from dienhong.documents.tests import samples
from dienhong.organizations.models import Person, Unit
from tests.browser import CHROMIUM, NEEDED
from tests.looking import by_day_and_night

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("business_day"),
]
PICTURES = os.environ.get("DIENHONG_SCREENS", "")


def look(page: Page, name: str, faults: list[str]) -> None:
    """What the page shows now."""
    page.evaluate("document.fonts.ready")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"documents-{name}-{width}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{name}: wider than {width} px")
    faults += [f"{name}, {fault}" for fault in by_day_and_night(page)]


def upload(page: Page, data: bytes) -> None:
    page.goto(page.url.split("/documents/")[0] + "/documents/verify/")
    page.locator("#file").set_input_files({"name": "giay.pdf", "mimeType": "application/pdf", "buffer": data})
    page.get_by_role("button", name="Kiểm tra tệp").click()


def type_code(page: Page, code: str) -> None:
    page.goto(page.url.split("/documents/")[0] + "/documents/verify/")
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Kiểm tra mã").click()


def test_every_state_of_the_check(
    live_server: LiveServer, browser: Browser, office: Unit, leader: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[str] = []
    page = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh").new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/documents/authority/")
    look(page, "authority-empty", faults)
    paper, gone = samples.give(office, "fee_receipt", signer=leader), samples.give(office)
    old = samples.give(office)
    samples.give(office, replaces=old)
    actions.revoke(by=leader, issued=Issued.objects.get(pk=gone.pk), reason="Cấp nhầm người nộp hồ sơ.")
    data = store.get(paper.pdf_digest)

    page.goto(f"{live_server.url}/documents/verify/")
    look(page, "ask", faults)
    page.goto(f"{live_server.url}/documents/v/{paper.code_shown}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đúng là giấy đã cấp và còn hiệu lực")
    page.locator("main details").evaluate("one => { one.open = true; }")
    look(page, "genuine-code", faults)
    upload(page, data)
    expect(page.locator(".verdict.good")).to_be_visible()
    look(page, "genuine-file", faults)
    upload(page, data + b"\n% more")
    expect(page.locator(".verdict.bad")).to_be_visible()
    look(page, "appended", faults)
    upload(page, b"hello")
    look(page, "unreadable", faults)
    for one, name in ((old, "replaced"), (gone, "revoked")):
        type_code(page, one.code_shown.lower())
        expect(page).to_have_url(f"{live_server.url}/documents/v/{one.code_shown}")
        look(page, name, faults)
    type_code(page, codes.make())
    look(page, "unknown-code", faults)
    type_code(page, "ABCD-EFGH")
    expect(page.locator("#code")).to_have_value("ABCD-EFGH")
    expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")
    look(page, "mistyped", faults)
    page.goto(f"{live_server.url}/documents/authority/")
    look(page, "authority", faults)
    monkeypatch.setattr(limiter.CODES, "burst", 0)
    limiter.CODES.forget()
    type_code(page, paper.code_shown)
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "busy", faults)
    page.context.close()
    assert faults == []


def test_the_check_in_english(live_server: LiveServer, browser: Browser, office: Unit) -> None:
    paper = samples.give(office, "fee_receipt")
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(f"{live_server.url}/documents/v/{paper.code_shown}")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Genuine, and it stands")
    words = page.locator("main").inner_text()
    for said in ("Receipt of fees", "Payer", "Amount", "Signed by", "Check the code", "Check the file"):
        assert said in words
    page.context.close()
