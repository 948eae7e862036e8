"""In a browser: paid over the platform without a script; the bill in its rare states, the bank, the books; axe clean.

How a person pays by the picture stands in tests/test_service_journey.py.
"""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.base import clock
from dienhong.payments import actions
from dienhong.payments.models import Capture
from dienhong.payments.providers.vietqr.payload import Transfer, build
from dienhong.payments.sandbox_bank.bank import keep_telling, over_http
from dienhong.payments.tests.conftest import ACCOUNT, NOON, PlayBank, Scene, qr
from tests.browser import CHROMIUM, NEEDED, new_page
from tests.looking import Looking

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.django_db(transaction=True),
]


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


def signed_in(browser: Browser, site: str, person: Any) -> Page:
    page, session = new_page(browser, 360), Client()
    session.force_login(person)
    page.context.add_cookies([{"name": "sessionid", "value": session.cookies["sessionid"].value, "url": site}])
    return page


def link(site: str, bill: Any) -> str:
    return f"{site}{reverse('payments:bill', args=[bill.code])}?k={bill.token}"


def test_without_a_script(site: str, scene: Scene, play: PlayBank, browser: Browser) -> None:
    bill = scene.bill(1000)
    page = new_page(browser, 360, java_script_enabled=False)
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
    screens = {
        f"bill-{name}": link(site, bill) for name, bill in (("partial", partial), ("refunding", over), ("gone", gone))
    }
    page, look = new_page(browser, 360), Looking()
    for name, address in {**screens, "bank-home": f"{play.address}/", "bank-ask": f"{play.address}/pay"}.items():
        page.goto(address)
        look(page, name)
    page.goto(link(site, two[0]))
    page.get_by_role("button", name="Một mã QR cho tất cả").click()
    expect(page).to_have_url(re.compile("/together/"))
    look(page, "together")
    books = [reverse(f"payments:{name}") for name in ("bills", "differences", "waiting", "statements")]
    for person, addresses in (
        (scene.accountant, [*books, reverse("payments:book", args=[over.code])]),
        (scene.leader, [reverse("payments:refunds")]),
    ):
        page = signed_in(browser, site, person)
        for address in addresses:
            page.set_viewport_size({"width": 360, "height": 800})
            page.goto(site + address)
            look(page, address.strip("/").replace("/", "-"))
            page.set_viewport_size({"width": 1280, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 1280, address
    assert not look.faults, "\n".join(look.faults)
