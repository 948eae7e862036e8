"""The grid in Chromium as people use it: keys, blocks, sums and checks while typing, a line that drops, two at once."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from psycopg.types.range import DateRange
from pytest_django.live_server_helper import LiveServer

from dienhong.organizations.models import Grant, Person, Role
from dienhong.reporting import actions, carried, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.figures import figures
from dienhong.reporting.models import Duty, Edit, State, Version
from dienhong.reporting.states import state_of
from tests.browser import CHROMIUM, NEEDED
from tests.nation import Nation

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
NETWORK = re.compile("Failed to load resource|net::ERR")


def opened(browser: Browser, live_server: LiveServer, who: Person, path: str, width: int = 1280) -> Page:
    """A page of someone signed in; an error of a script fails, a line that was cut on purpose does not."""
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on(
        "console",
        lambda said: pytest.fail(said.text) if said.type == "error" and not NETWORK.search(said.text) else None,
    )
    page.goto(f"{live_server.url}{path}")
    if "/entry/" in path:
        page.locator("#grid[data-ready]").wait_for(timeout=5000)
    return page


def officer(nation: Nation, name: str, code: str = "10") -> Person:
    made = Person.objects.create_user(name, display_name=name)
    unit = nation.unit(code)
    Grant.objects.create(person=made, role=Role.ENTRY_OFFICER, unit=unit, validity=DateRange(dt.date(2019, 1, 1), None))
    return made


def begun(nation: Nation, who: Person, duty: Duty | None = None) -> tuple[Version, str]:
    duty = duty or nation.duty("10")
    version = actions.start_entry(by=who, duty=duty)
    return version, f"/duties/{duty.pk}/entry/"


def box(page: Page, key: str) -> Any:
    return page.locator(f'td[data-key="{key}"]').locator("input, select, output")


def paste(page: Page, key: str, text: str) -> None:
    box(page, key).focus()
    page.evaluate(
        """([key, text]) => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.querySelector(`td[data-key="${key}"] input`).dispatchEvent(
          new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }""",
        [key, text],
    )


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("Đã lưu lúc")


def standing(version: Version) -> dict[str, str]:
    return {key: figure.typed for key, figure in figures(version).items() if figure.typed}


def test_a_click_on_the_cell_one_is_in_replaces_and_a_double_click_edits(
    nation: Nation, live_server: LiveServer, browser: Browser
) -> None:
    who = officer(nation, "an")
    _version, path = begun(nation, who)
    page = opened(browser, live_server, who, path)
    page.locator("td.cell input").first.click()
    here = page.locator("td.cell input:focus")

    def leave_and_come_back() -> None:
        page.keyboard.press("Enter")
        page.keyboard.press("Shift+Enter")

    page.keyboard.type("7600")
    leave_and_come_back()
    here.click()
    page.keyboard.type("66")
    assert here.input_value() == "66"
    leave_and_come_back()
    here.dblclick()
    page.keyboard.type("5")
    assert here.input_value() == "665"
    leave_and_come_back()
    page.keyboard.press("F2")
    page.keyboard.type("1")
    assert here.input_value() == "6651"
    leave_and_come_back()
    page.evaluate("navigator.clipboard.writeText('7')")
    for _again in range(2):
        page.keyboard.press("Control+v")
        assert here.input_value() == "7", "what is pasted takes the place of what stood there, each time"
    page.keyboard.type("12")
    page.keyboard.press("Control+v")
    assert here.input_value() == "127", "amid a text being typed it goes in where one types"
    page.keyboard.press("Enter")
    page.locator("td.cell input").first.click()
    page.keyboard.press("Control+v")
    assert here.input_value() == "7", "one press on a filled cell takes hold of the whole of it"


def test_keys_sums_and_checks_while_typing(live_server: LiveServer, browser: Browser, nation: Nation) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    page = opened(browser, live_server, who, path)
    box(page, "r1").click()
    page.keyboard.type("594")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('td').dataset.key") == "r2.1", "a sum is passed over"
    page.route("**/save/", lambda route: None)  # the server says nothing: what follows comes from the browser
    page.keyboard.type("4112")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("8792")
    assert box(page, "r2").inner_text() == "12.904", "the sum stands before anything was saved"
    for text in ("11881", "1205", "411", "-"):
        page.keyboard.press("Enter")
        page.keyboard.type(text)
    expect(page.locator("#faults")).to_contain_text(
        "Tồn 594 + nhận 12.904 phải bằng giải quyết 13.086 + còn 411; hai vế lệch 1."
    )
    local = page.locator("#faults li").first.inner_text()
    page.unroute("**/save/")
    page.keyboard.press("Shift+Enter")
    assert page.evaluate("document.activeElement.closest('td').dataset.key") == "r4.1"
    page.reload()
    page.locator("#grid[data-ready]").wait_for()
    page.wait_for_function("() => !localStorage.length")
    [said] = [found.sentences["vi"] for found in review.judge(version).findings if found.blocks]
    assert local.endswith(said), "the server says the same sentence"
    expect(page.locator("#faults li").first).to_contain_text(said)
    box(page, "r4.1").fill("412")
    page.keyboard.press("Tab")
    expect(page.locator("#faults .ok")).to_be_visible()
    saved(page)
    assert standing(version) == {
        "r1": "594", "r2.1": "4112", "r2.2": "8792", "r3.1": "11881", "r3.2": "1205", "r4.1": "412", "r4.2": "-",
    }  # fmt: skip
    page.context.close()


def test_a_block_is_asked_once_pasted_copied_and_undone(
    live_server: LiveServer, browser: Browser, nation: Nation
) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    begins = set(standing(version))  # what last period left open
    page = opened(browser, live_server, who, path)
    paste(page, "r1", "594\n12.904\n4.112\n8.792\n13.086\n11.881\n1.205\n412\n412\n-\n77\n78\n")
    dialog = page.locator("#convention")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="“4.112” là 4112")).to_be_visible()
    dialog.get_by_role("button", name="“4.112” là 4112").click()
    expect(page.locator("#left-out")).to_contain_text("ngoài biểu, chưa dán: 2 (77; 78)")
    expect(page.locator("#left-out")).to_contain_text("ô tự tính, chưa dán: 3 (12.904; 13.086; 412)")
    saved(page)
    assert (figures(version)["r2.1"].value, figures(version)["r3.2"].value) == (4112, 1205)
    expect(page.locator("#faults .ok")).to_be_visible()

    box(page, "r2.1").focus()
    page.keyboard.press("Shift+ArrowDown")
    assert page.locator("td.chosen").count() == 2
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "4.112\n8.792"
    page.keyboard.press("Delete")
    expect(box(page, "r2")).to_have_text("")
    saved(page)
    page.wait_for_function("() => document.querySelector('[data-key=\"r2.2\"] input').dataset.typed === ''")
    assert "r2.1" not in standing(version)

    for left in ({"r2.1", "r2.2"} | set(standing(version)), begins):
        page.locator("#undo").click()
        page.wait_for_function(
            "n => [...document.querySelectorAll('#grid td.cell input')].filter(one => one.dataset.typed).length === n",
            arg=len(left),
        )
        assert set(standing(version)) == left
    page.keyboard.press("Control+y")
    expect(page.locator("#saved")).to_contain_text("Đã làm lại ô")
    assert {"r2.1", "r2.2"} <= set(standing(version))
    page.context.close()


def test_a_form_of_many_columns(live_server: LiveServer, browser: Browser, nation: Nation) -> None:
    duty = Duty.objects.filter(regime__code="RR05", submission=None).order_by("-period__first", "pk").first()
    if duty is None:
        duty = Duty.objects.filter(regime__code="RR05").order_by("pk")[0]
    who = Person.objects.create_user("Người nhập thị trường")
    Grant.objects.create(
        person=who, role=Role.ENTRY_OFFICER, unit=duty.unit, validity=DateRange(dt.date(2019, 1, 1), None)
    )
    newest = Version.objects.filter(submission__duty=duty).order_by("-number").first()
    if newest and state_of(newest) not in (State.IN_ENTRY, State.SENT_BACK):
        version = actions.correct(by=who, version=newest, reason="Sót một vụ việc")
    else:
        version = actions.start_entry(by=who, duty=duty)
    page = opened(browser, live_server, who, f"/duties/{duty.pk}/entry/")
    box(page, "r1/carried").click()
    for text in ("1", "2", "3"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('td').dataset.key") == "r1/referred"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('td').dataset.key") == "r2/carried", "back under the first"
    paste(page, "r8/fines", "1,5\t2,5\t3,5\t4\n5,5\t6\t7\t8\nx\n")
    expect(page.locator("#left-out")).to_contain_text("ngoài biểu, chưa dán: 3 (4; 8; x)")
    saved(page)
    assert figures(version)["r9/fines"].value * 2 == 11
    past = page.locator('td[data-key="r1/found"] .past')
    for display in ("block", "none", "block"):  # there without asking, where there is room
        expect(past).to_have_css("display", display)
        page.locator("#past").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.goto(f"{live_server.url}/duties/{duty.pk}/print/")
    assert page.locator(".form.lies").count() == 1, "eight columns lie across the sheet"
    assert len(page.pdf(prefer_css_page_size=True)) > 10_000
    page.context.close()


def test_nothing_is_lost_when_the_line_drops_or_the_session_ends(
    live_server: LiveServer, browser: Browser, nation: Nation
) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    begins = standing(version)
    page = opened(browser, live_server, who, path)
    page.context.set_offline(True)
    box(page, "r1").fill("594")
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_contain_text("Mất đường truyền; số ô giữ trong máy này, tự gửi khi có mạng: 1")
    page.context.set_offline(False)
    page.close(run_before_unload=False)
    assert standing(version) in (begins, {"r1": "594"})
    again = page.context.new_page()
    again.goto(f"{live_server.url}{path}")
    saved(again)
    assert standing(version) == {"r1": "594"}, "sent again by the next page of the same person"

    cookies = again.context.cookies()
    again.context.clear_cookies(name="sessionid")
    box(again, "r2.1").fill("4112")
    again.keyboard.press("Enter")
    expect(again.locator("#trouble")).to_contain_text("Phiên làm việc đã hết. Số đã gõ vẫn giữ trong máy này")
    other = Client()
    other.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    [old] = [one for one in cookies if one["name"] == "sessionid"]
    again.context.add_cookies(
        [{"name": "sessionid", "value": other.cookies["sessionid"].value, "url": live_server.url}]
    )
    assert old["value"] != other.cookies["sessionid"].value
    again.evaluate("dispatchEvent(new Event('focus'))")
    saved(again)
    expect(again.locator("#trouble")).to_be_hidden()
    assert standing(version) == {"r1": "594", "r2.1": "4112"}
    again.context.close()


def test_a_save_whose_answer_got_lost_is_saved_once(live_server: LiveServer, browser: Browser, nation: Nation) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    page = opened(browser, live_server, who, path)
    lost = []

    def swallow(route: Any) -> None:
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/save/", swallow)
    box(page, "r1").fill("594")
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_contain_text("Mất đường truyền")
    page.evaluate("dispatchEvent(new Event('online'))")
    saved(page)
    assert lost == [200]
    assert Edit.objects.filter(version=version).exclude(origin=carried.ORIGIN).count() == 1
    page.context.close()


def test_two_at_once_see_each_other_and_choose(live_server: LiveServer, browser: Browser, nation: Nation) -> None:
    first, second = officer(nation, "Người nhập một"), officer(nation, "Người nhập hai")
    version, path = begun(nation, first)
    one, two = (opened(browser, live_server, who, path) for who in (first, second))
    two.wait_for_function("() => performance.getEntriesByType('resource').some(one => one.name.endsWith('/here/'))")
    one.evaluate("dispatchEvent(new Event('focus'))")
    expect(one.locator("#people")).to_have_text("hai người đang mở: Người nhập hai")
    box(two, "r2.2").fill("8792")
    two.keyboard.press("Enter")
    saved(two)
    one.evaluate("dispatchEvent(new Event('focus'))")
    expect(box(one, "r2.2")).to_have_value("8.792")
    expect(one.locator("#toasts")).to_contain_text("Người nhập hai vừa sửa ô C8")

    box(one, "r1").click()
    one.keyboard.type("600")
    box(two, "r1").fill("594")
    two.keyboard.press("Enter")
    expect(two.locator('td[data-key="r1"] .carried')).to_have_count(0)  # saved: it is no longer last period's
    one.keyboard.press("Enter")
    rows = one.locator("#conflicts li")
    expect(rows).to_contain_text("của bạn 600 · Người nhập hai 594")
    expect(one.locator("#saved")).to_have_text("Ô vừa được sửa ở nơi khác: chọn một số (C5)")  # one's own is not saved
    assert standing(version)["r1"] == "594"
    one.reload()
    expect(one.locator("#conflicts li")).to_contain_text("của bạn 600 · Người nhập hai 594")
    one.get_by_role("button", name="Giữ số của tôi").click()
    saved(one)
    expect(one.locator("#conflicts")).to_be_hidden()
    assert standing(version)["r1"] == "600"

    actions.save_cells(by=second, version=version, typed={"r4.1": Typed("412")})
    box(one, "r4.1").fill("413")
    one.keyboard.press("Enter")
    one.get_by_role("button", name="Lấy số kia").click()
    expect(one.locator("#conflicts")).to_be_hidden()
    saved(one)
    box(one, "r4.2").focus()
    expect(box(one, "r4.1")).to_have_value("412")
    assert standing(version)["r4.1"] == "412"

    box(one, "r4.1").focus()
    one.keyboard.press("Shift+F2")
    one.keyboard.type("Vì sao")
    one.keyboard.press("Escape")
    expect(box(one, "r4.1")).to_be_focused()
    one.keyboard.press("Shift+F2")
    one.keyboard.press("End")
    one.keyboard.type(" còn 412?")
    one.get_by_role("button", name="Ghi lời").press("Enter")
    expect(one.locator('td[data-key="r4.1"]')).to_have_class(re.compile("noted"))
    expect(box(one, "r4.1")).to_be_focused()
    two.evaluate("dispatchEvent(new Event('focus'))")
    expect(two.locator("#comments")).to_contain_text("Vì sao còn 412?")
    one.context.close()
    two.context.close()


def test_what_is_in_hand_outlives_the_page(live_server: LiveServer, browser: Browser, nation: Nation) -> None:
    """A number that is typed and not left yet is no change to the browser: a page loaded anew must not lose it."""
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    page = opened(browser, live_server, who, path)
    box(page, "r1").click()
    page.keyboard.type("594")
    page.reload()
    page.locator("#grid[data-ready]").wait_for()
    saved(page)
    assert standing(version)["r1"] == "594"
    box(page, "r2.1").click()
    page.keyboard.type("4112")
    page.goto(f"{live_server.url}/duties/")
    page.goto(f"{live_server.url}{path}")
    page.locator("#grid[data-ready]").wait_for()
    expect(box(page, "r2.1")).to_have_value("4.112")
    box(page, "r1").focus()
    page.keyboard.press("Control+End")
    expect(box(page, "r4.2")).to_be_focused()
    page.keyboard.press("Control+Home")
    expect(box(page, "r1")).to_be_focused()
    page.context.close()
