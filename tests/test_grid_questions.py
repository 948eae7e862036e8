"""What the grid asks back: which reading a text means, what is missing before it is handed on, why a figure moved."""

import datetime as dt
import re

import pytest
from playwright.sync_api import Browser, expect
from psycopg.types.range import DateRange
from pytest_django.live_server_helper import LiveServer

from dienhong.organizations.models import Grant, Person, Role
from dienhong.reporting import actions, narratives
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.figures import figures
from dienhong.reporting.models import State, Version
from dienhong.reporting.states import state_of
from tests.browser import CHROMIUM, NEEDED
from tests.nation import Nation
from tests.test_grid import begun, box, officer, opened, paste, saved

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
GOOD = {"r1": "594", "r2.1": "4112", "r2.2": "8792", "r3.1": "11881", "r3.2": "1205", "r4.1": "412", "r4.2": "-"}


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
        rows.nth(place).get_by_role("button", name="Ghi").press("Enter")
        expect(rows.nth(place).locator("summary")).to_be_focused()  # not the page's beginning: the box is folded away
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


def test_a_text_is_saved_on_leaving_it_and_kept_while_it_cannot_be(
    live_server: LiveServer, browser: Browser, nation: Nation
) -> None:
    newest = Version.objects.filter(submission__duty__regime__code="RR10").order_by("-pk")[0]
    duty = newest.submission.duty
    who = Person.objects.create_user("Người viết báo cáo năm")
    held = DateRange(dt.date(2019, 1, 1), None)
    Grant.objects.create(person=who, role=Role.ENTRY_OFFICER, unit=duty.unit, validity=held)
    version = actions.correct(by=who, version=newest, reason="Sót một xã")
    key = narratives.outline(version)[0]["key"]

    def stands() -> str:
        return narratives.latest(version)[key].text

    page = opened(browser, live_server, who, f"/duties/{duty.pk}/entry/")
    area, said = page.locator(f"#text-{key}"), page.locator(f"#section-{key} [role=status]")
    area.fill("Bão số 2.")
    expect(said).to_have_text("Chưa lưu")
    page.locator(".nav a").first.click()  # no button was pressed: leaving the field saves
    page.wait_for_url(lambda address: "/entry/" not in address)
    page.goto(f"{live_server.url}/duties/{duty.pk}/entry/")
    assert (area.input_value(), stands()) == ("Bão số 2.", "Bão số 2.")
    button = page.locator(f"#section-{key} button")
    area.fill("Bão số 2 về đêm.")
    area.press("Tab")  # the section is drawn anew under the hand
    expect(said).to_contain_text("ghi lúc")
    expect(button).to_be_focused()
    area.fill("Bão số 2.")
    button.press("Enter")
    expect(said).to_contain_text("ghi lúc")
    expect(button).to_be_focused()
    assert stands() == "Bão số 2."

    page.context.set_offline(True)
    area.fill("Bão số 2 và lũ.")
    area.blur()
    expect(said).to_contain_text("giữ trong máy này")
    context = page.context
    page.close()  # the machine is switched off
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"{live_server.url}/duties/{duty.pk}/entry/")
    area, said = page.locator(f"#text-{key}"), page.locator(f"#section-{key} [role=status]")
    expect(area).to_have_value("Bão số 2 và lũ.")
    expect(said).to_contain_text("Bản đang gõ lần trước")
    assert stands() == "Bão số 2."

    narratives.save_narrative(by=who, version=version, section=key, text="Bão số 3, viết ở cửa sổ khác.")
    area.press("End")
    area.press_sequentially(" ")
    area.blur()
    expect(page.locator(f"#section-{key} [role=alert]")).to_contain_text("ở một cửa sổ khác")
    expect(area).to_have_value("Bão số 2 và lũ. ")
    page.locator(f"#section-{key} button").click()
    expect(page.locator(f"#section-{key} [role=alert]")).to_have_count(0)
    assert stands() == "Bão số 2 và lũ."
    page.context.close()


def test_what_is_wrong_with_a_cell_is_said_while_one_stands_in_it(
    live_server: LiveServer, browser: Browser, nation: Nation
) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    actions.save_cells(by=who, version=version, typed={"r1": Typed("594"), "r2.2": Typed("hai")})
    page = opened(browser, live_server, who, path, width=360)
    strip = page.locator("#at-cell")
    expect(strip).to_be_hidden()
    box(page, "r2.2").focus()
    expect(strip).to_contain_text("C8 “hai” là chữ; ô này nhận con số")
    expect(strip).to_be_in_viewport()
    expect(box(page, "r2.2")).to_have_accessible_description(re.compile("“hai” là chữ"))
    page.locator("#comment-text").focus()
    expect(strip).to_be_hidden()
    box(page, "r2.2").fill("8792")
    page.keyboard.press("Enter")
    saved(page)
    box(page, "r2.2").focus()
    expect(strip).to_be_hidden()
    expect(box(page, "r2.2")).not_to_have_accessible_description(re.compile("là chữ"))
    page.context.close()


def test_words_begun_beside_the_grid_outlive_the_page(
    live_server: LiveServer, browser: Browser, nation: Nation
) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    actions.save_cells(by=who, version=version, typed={key: Typed(text) for key, text in GOOD.items()})
    page = opened(browser, live_server, who, path)
    remark, why = page.locator("#comment-text"), page.locator("#warnings li textarea").first
    remark.fill("Hỏi lại bộ phận một cửa xã")
    why.fill("Cổng mở thêm 12")
    page.reload()
    page.locator("#grid[data-ready]").wait_for()
    expect(remark).to_have_value("Hỏi lại bộ phận một cửa xã")
    expect(why).to_have_value("Cổng mở thêm 12")
    page.locator("#comments").get_by_role("button", name="Ghi lời").click()
    expect(remark).to_have_value("")
    page.locator("#warnings li").first.get_by_role("button", name="Ghi").press("Enter")
    expect(page.locator("#warnings li").first.locator(".answer")).to_contain_text("Cổng mở thêm 12")
    page.reload()
    page.locator("#grid[data-ready]").wait_for()
    expect(remark).to_have_value("")
    expect(page.locator("#comments li")).to_contain_text("Hỏi lại bộ phận một cửa xã")
    page.context.close()
