"""What the grid asks back: which reading a text means, what is missing before it is handed on, why a figure moved."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.reporting import actions
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.figures import figures
from dienhong.reporting.models import State
from dienhong.reporting.states import state_of
from tests.browser import CHROMIUM, NEEDED, chromium
from tests.nation import Nation
from tests.test_grid import begun, box, officer, opened, paste, saved

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
GOOD = {"r1": "594", "r2.1": "4112", "r2.2": "8792", "r3.1": "11881", "r3.2": "1205", "r4.1": "412", "r4.2": "-"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


def test_a_text_of_two_readings_is_settled_by_one_press(
    live_server: LiveServer, browser: Browser, nation: Nation
) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    page = opened(browser, live_server, who, path)
    box(page, "r2.1").fill("2.300")
    page.keyboard.press("Enter")
    fault = page.locator("#faults li").first
    expect(fault).to_contain_text("C7, Trực tuyến")
    expect(fault.get_by_role("button")).to_have_text(["“2.300” là 2300"])
    expect(fault).not_to_contain_text("2,3000")
    fault.get_by_role("button").click()
    expect(page.locator("#faults .ok")).to_be_visible()
    saved(page)
    found = figures(version)["r2.1"]
    assert (found.value, found.typed) == (2300, "2.300"), "what was typed stays as typed"

    paste(page, "r1", "1.234\n\n2.345\n")
    dialog = page.locator("#convention")
    expect(dialog.locator("button[value=dot_thousands]")).to_have_text("“1.234” là 1234")
    expect(dialog.locator("button[value=dot_decimal]")).to_be_hidden()
    page.context.close()


def test_a_report_that_cannot_be_handed_on_stays_in_the_grid(
    live_server: LiveServer, browser: Browser, nation: Nation
) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    actions.save_cells(by=who, version=version, typed={"r1": Typed("594"), "r2.2": Typed("hai")})
    page = opened(browser, live_server, who, path)
    expect(page.locator("#faults li")).to_have_count(1)
    page.get_by_role("button", name="Trình duyệt").click()
    page.locator("#grid[data-ready][data-checked]").wait_for()
    expect(page.locator(".notice.error")).to_contain_text("Chưa trình được")
    assert page.evaluate("document.activeElement.closest('td').dataset.key") == "r2.1", "the first cell not filled in"
    expect(page.locator("#faults li").nth(0)).to_contain_text("C8, Trực tiếp, bưu chính")
    expect(page.locator("#faults li").nth(1)).to_contain_text("C7, Trực tuyến")
    expect(page.locator("td.wrong")).to_have_count(6)
    page.keyboard.type("4112")
    page.keyboard.press("Enter")
    saved(page)
    expect(page.locator("td.wrong")).to_have_count(5)
    assert state_of(version) == State.IN_ENTRY
    page.context.close()


def test_an_explanation_that_was_saved_reads_as_answered(
    live_server: LiveServer, browser: Browser, nation: Nation
) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    actions.save_cells(by=who, version=version, typed={key: Typed(text) for key, text in GOOD.items()})
    page = opened(browser, live_server, who, path)
    rows = page.locator("#warnings li[data-rule]")
    many = rows.count()
    assert many
    expect(page.locator("#warnings h2")).to_have_text("Cần giải trình")
    for place in range(many):
        rows.nth(place).locator("textarea").fill("Cổng mở thêm 12 thủ tục.")
        rows.nth(place).get_by_role("button", name="Ghi").click()
        expect(rows.nth(place).locator(".answer")).to_have_text("Đã giải trình: Cổng mở thêm 12 thủ tục.")
        expect(rows.nth(place).locator("textarea")).to_be_hidden()
    expect(page.locator("#warnings h2")).to_have_text("Giải trình")
    expect(page.locator("#warnings-hint")).to_be_hidden()
    page.reload()
    page.locator("#grid[data-ready]").wait_for()
    expect(page.locator("#warnings li.answered")).to_have_count(many)
    rows.first.get_by_text("Sửa giải trình").click()
    expect(rows.first.locator("textarea")).to_have_value("Cổng mở thêm 12 thủ tục.")
    page.context.close()


def test_what_must_agree_is_told_while_one_types(live_server: LiveServer, browser: Browser, nation: Nation) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    page = opened(browser, live_server, who, path)
    balance = page.locator("#matches li", has_text="Tồn từ kỳ trước + Tiếp nhận trong kỳ bằng")
    expect(balance).to_contain_text("chưa đủ số")
    actions.save_cells(by=who, version=version, typed={key: Typed(text) for key, text in GOOD.items()})
    page.reload()
    page.locator("#grid[data-ready]").wait_for()
    expect(balance).to_have_class("ok")
    box(page, "r1").fill("595")
    expect(balance).to_contain_text("lệch")
    page.context.close()
