"""The office and the account pages in Chromium: axe finds nothing at rest and with errors, nothing is cut off."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from dienhong.organizations import actions, demo, queries
from dienhong.organizations.models import Person, Role
from tests.browser import CHROMIUM, NEEDED
from tests.hands import press
from tests.looking import axe

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.django_db(transaction=True),
]
PICTURES = os.environ.get("DIENHONG_PICTURES")  # a folder for what is seen
ADMIN = "Quản trị mẫu thứ nhất"
WORD = "mot-cau-that-dai-2026"


@pytest.fixture
def site(ground_database: None, transactional_db: None, live_server: LiveServer, settings: Any, tmp_path: Path) -> str:
    """Samples, one who asks for a leader's role, one with a password of her own."""
    settings.DEMO, settings.HOME = True, tmp_path
    demo.make_demo_accounts(by="job:test")
    second = Person.objects.get(username="mau-quan-tri-2")
    unit = queries.unit_by_code("gso", "10", demo.DAY)
    lan = actions.add_person(
        by=second, unit=unit, username="lan", display_name="Trần Thị Lan", email="lan@coquan.gov.vn"
    )
    actions.grant(by=second, person=lan, role=Role.LEADER, unit=unit, reason="theo quyết định số 12")
    actions.grant(by=second, person=lan, role=Role.CLERK, unit=unit, reason="theo quyết định số 12")
    lan.set_password(WORD)
    lan.save()
    return live_server.url


def opened(browser: Browser) -> tuple[Page, list[str]]:
    """A page and what its console complains of; that a form came back with errors (422) is no complaint."""
    page = browser.new_context(locale="vi-VN").new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" and "422" not in one.text else None)
    return page, said


def clean(page: Page, name: str) -> None:
    """Nothing is cut off on a desk or on a phone, and axe finds nothing on the phone, where all of it stands too."""
    page.wait_for_load_state()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert axe(page) == [], name


def sent(page: Page, button: str = "") -> None:
    """The form of the page, sent and answered: a click alone may return while the old page still stands."""
    with page.expect_event("framenavigated"):
        (page.get_by_role("button", name=button) if button else page.locator("main button")).click()
    page.wait_for_load_state()


def test_the_office(site: str, browser: Browser, tmp_path: Path) -> None:
    page, said = opened(browser)
    page.goto(f"{site}/sign-in/")
    press(page, page.get_by_role("row", name=ADMIN).get_by_role("button"))
    lan = Person.objects.get(username="lan")
    unit = queries.unit_by_code("gso", "15", demo.DAY)
    held = lan.grants.get().pk
    for name, address in {
        "people": reverse("office_people"),
        "people-none": reverse("office_people") + "?q=zzz",
        "person": reverse("office_person", args=[lan.pk]),
        "close": reverse("office_person_close", args=[lan.pk]),
        "reset": reverse("office_person_reset", args=[lan.pk]),
        "grants": reverse("office_grants"),
        "grant-new": reverse("office_grant_new"),
        "hand-over": reverse("office_hand_over", args=[held]),
        "units": reverse("office_units"),
        "units-found": reverse("office_units") + "?q=lao+cai",
        "unit": reverse("office_unit", args=[unit.pk]),
        "import": reverse("office_import"),
        "holidays": reverse("office_holidays"),
        "system": reverse("office_system"),
    }.items():
        page.goto(site + address)
        clean(page, name)
    page.goto(site + reverse("office_person_new"))
    page.get_by_label("Họ và tên").fill("Lê Ba")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Đơn vị").fill("nam")
    sent(page, "Thêm")
    assert page.get_by_label("Họ và tên").input_value() == "Lê Ba"
    clean(page, "person-errors")
    page.goto(site + reverse("office_grants"))
    page.locator("main summary").first.click()
    clean(page, "grants-refusing")
    lists = tmp_path / "ds.csv"
    lists.write_text("Tên đăng nhập,Họ và tên,Mã đơn vị,Vai trò\nhoa,Vũ Hoa,01,Văn thư\nx,X,99,\n", encoding="utf-8")
    page.goto(site + reverse("office_import"))
    page.get_by_label("Danh sách").set_input_files(lists)
    page.get_by_label("Lý do").fill("nhập thử")
    with page.expect_response("**/import/"):
        page.get_by_role("button", name="Xem thử").click()
    page.wait_for_load_state()
    clean(page, "import-tried")
    assert said == []
    page.context.close()


def test_the_pages_of_ones_account(site: str, browser: Browser) -> None:
    page, said = opened(browser)
    page.goto(site + reverse("account_login"))
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill("sai")
    sent(page)
    clean(page, "login-wrong")
    page.get_by_label("Mật khẩu").fill(WORD)
    sent(page)
    held = Person.objects.get(username="lan").grants.get().pk
    for name in ("my_account", "account_change_password", "mfa_index"):
        page.goto(site + reverse(name))
        clean(page, name)
    page.goto(site + reverse("delegate", args=[held]))
    clean(page, "delegate")
    page.locator("main form button").last.click()
    words = page.evaluate("document.querySelector('#id_reason').validationMessage")
    assert words == "Ô này cần điền.", "in the page's words, whatever the browser speaks"
    page.locator("#id_reason").fill("nghỉ phép một tuần")
    assert page.evaluate("document.querySelector('#id_reason').validationMessage") == ""
    page.goto(site + reverse("mfa_activate_totp"))
    clean(page, "again")
    page.get_by_label("Mật khẩu").fill(WORD)
    sent(page)
    assert page.locator("main img").bounding_box()
    clean(page, "enrol")
    page.get_by_label("Mã sáu số").fill("000000")
    sent(page)
    clean(page, "enrol-wrong")
    assert said == []
    page.context.close()
    page, _said = opened(browser)
    page.goto(site + reverse("account_reset_password"))
    clean(page, "forgotten")
    page.context.close()
