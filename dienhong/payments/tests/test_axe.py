"""In a browser: a person on a phone pays by code and by the platform at the play bank; the books; axe clean."""

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.base import clock
from dienhong.payments import actions
from dienhong.payments.models import Capture
from dienhong.payments.providers.vietqr.payload import Transfer, build
from dienhong.payments.sandbox_bank.bank import keep_telling, over_http
from dienhong.payments.tests.conftest import ACCOUNT, NOON, PlayBank, Scene, qr, state
from tests.browser import CHROMIUM, NEEDED, chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.django_db(transaction=True),
]
PASSPORT = {
    "lines": [
        {"label": "Giá tính lệ phí", "figure": "549.000.000", "note": "Bảng giá của Bộ Tài chính, đúng kiểu xe."},
        {
            "label": "Mức thu, Hà Nội", "figure": "× 12 %", "note": "Ô tô dưới 10 chỗ, lần đầu.",
            "references": [{"said": "Nghị định 20/2019, Điều 1"}],
        },
        {
            "label": "Xe lắp ráp trong nước", "figure": "× 50 %", "note": "Từ 28/06/2020 đến hết 31/12/2020.",
            "references": [{"said": "Nghị định 70/2020, Điều 1"}],
        },
        {"label": "Lệ phí trước bạ", "figure": "32.940.000 đ", "note": "549.000.000 × 12 % × 50 %", "total": True},
    ]
}  # fmt: skip


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def site(
    transactional_db: None, live_server: LiveServer, scene: Scene, play: PlayBank, settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:  # fmt: skip
    """The site and the bank as two programs: they know each other over HTTP."""
    settings.SITE_ADDRESS = live_server.url
    monkeypatch.setenv("DIENHONG_SANDBOX_BANK", play.address.rpartition(":")[2])
    clock.set_business_now(NOON, by="job:test", reason="test")
    play.bank.send = over_http(live_server.url)
    stop = threading.Event()
    telling = threading.Thread(target=keep_telling, args=(play.bank, stop, 0.2))
    telling.start()
    yield live_server.url
    stop.set()
    telling.join()
    clock.reset_cache()


def opened(browser: Browser, width: int, person: Any = None, url: str = "", **more: Any) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN", **more)
    if person is not None:
        session = Client()
        session.force_login(person)
        context.add_cookies([{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": url}])
    page = context.new_page()
    page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def clean(page: Page, name: str) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    if shots := os.environ.get("DIENHONG_SCREENSHOTS"):
        page.screenshot(path=f"{shots}/{name}-{page.viewport_size['width']}.png", full_page=True)


def link(site: str, bill: Any) -> str:
    return f"{site}{reverse('payments:bill', args=[bill.code])}?k={bill.token}"


def test_a_person_on_a_phone_pays(site: str, scene: Scene, play: PlayBank, browser: Browser) -> None:
    bill = scene.bill(computation=PASSPORT)
    page = opened(browser, 360)
    page.goto(link(site, bill))
    clean(page, "bill-new")
    box = page.locator("svg.qr").bounding_box()
    assert box
    assert box["width"] >= 280, "big enough to scan from a phone beside it"
    page.get_by_role("link", name="Mở trang ngân hàng").click()
    clean(page, "bank-confirm")
    page.get_by_role("button", name="Trả tiền").click()
    clean(page, "bank-paid")
    page.get_by_role("link", name="Quay lại khoản phải nộp").click()
    expect(page.get_by_text("Đã nộp đủ.")).to_be_visible(timeout=15000)
    clean(page, "bill-captured")
    assert state(bill) == "captured"
    assert Capture.objects.get().paid_at.date() == NOON.date(), "the bank lives on the demo's day"


def test_over_the_platform_and_in_english(site: str, scene: Scene, play: PlayBank, browser: Browser) -> None:
    bill = scene.bill(1000)
    page = opened(browser, 1280)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": site}])
    page.goto(link(site, bill))
    page.get_by_role("button", name="Pay over the platform").click()
    expect(page.get_by_role("heading", name="Xác nhận trả tiền")).to_be_visible()
    play.fault("lost")
    page.get_by_role("button", name="Trả tiền").click()
    expect(page.get_by_text("Paid in full.")).to_be_visible(timeout=15000)
    clean(page, "bill-captured-en")


def test_without_a_script(site: str, scene: Scene, play: PlayBank, browser: Browser) -> None:
    bill = scene.bill(1000)
    page = opened(browser, 360, java_script_enabled=False)
    page.goto(link(site, bill))
    page.get_by_role("button", name="Nộp qua cổng thanh toán").click()
    expect(page.get_by_role("heading", name="Xác nhận trả tiền")).to_be_visible()
    play.fault("lost")
    page.get_by_role("button", name="Trả tiền").click()
    expect(page.get_by_text("Đang chờ tiền đến")).to_be_visible()
    page.get_by_role("button", name="Tôi đã nộp, xem lại").click()
    expect(page.get_by_text("Đã nộp đủ.")).to_be_visible()


def test_each_state_and_the_books(site: str, scene: Scene, play: PlayBank, browser: Browser) -> None:
    partial, over, gone = scene.bill(1000), scene.bill(1000, owner_id="9"), scene.bill(1000, expires_at=NOON)
    scene.bill(700, owner_id="9")
    for bill, amount in ((partial, 400), (over, 1501)):
        play.pay(qr(bill), amount)
    play.pay(build(Transfer("970436", ACCOUNT, 30, "TIEN GI DO")))
    play.bank.deliver(everything=True)
    two = scene.bill(2000, owner_id="77"), scene.bill(3000, owner_id="77")
    capture = Capture.objects.get(bill=over)
    actions.ask_refund(by=scene.accountant, capture=capture, amount=1, reason="overpayment", note="thừa một đồng")
    actions.take_statement(by=scene.accountant, data=play.statement())
    for width in (360, 1280):
        page = opened(browser, width)
        for name, bill in (("partial", partial), ("refunding", over), ("expired", gone)):
            page.goto(link(site, bill))
            clean(page, f"bill-{name}")
        page.goto(link(site, two[0]))
        page.get_by_role("button", name="Một mã QR cho tất cả").click()
        clean(page, "together")
        page.goto(f"{play.address}/")
        clean(page, "bank-home")
        page.goto(f"{play.address}/pay")
        clean(page, "bank-ask")
        for person, screens in (
            (scene.accountant, ("bills", "differences", "waiting", "statements")), (scene.leader, ("refunds",)),
        ):  # fmt: skip
            page = opened(browser, width, person, site)
            for screen in screens:
                page.goto(site + reverse(f"payments:{screen}"))
                clean(page, screen)
        page = opened(browser, width, scene.accountant, site)
        page.goto(site + reverse("payments:book", args=[over.code]))
        clean(page, "book")
