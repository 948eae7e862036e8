"""axe on the screens of reporting at 360 px, day and night: at rest, with errors, empty, with a dialog open."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from psycopg.types.range import DateRange
from pytest_django.live_server_helper import LiveServer

from dienhong.organizations.models import Grant, Person, Role
from dienhong.reporting import actions
from dienhong.reporting.actions.comments import add_comment
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.models import Duty, Submission
from tests.browser import CHROMIUM, NEEDED
from tests.looking import by_day_and_night
from tests.nation import Nation
from tests.test_grid import begun, box, officer, opened, paste

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


def check(page: Page, faults: list[str], name: str) -> None:
    """Both themes of one state; what axe finds and what is cut off goes on the list."""
    faults += [f"{name}, {fault}" for fault in by_day_and_night(page)]
    if page.evaluate("document.documentElement.scrollWidth") > 360:
        faults.append(f"{name}: wider than 360 px")


def leader_of(nation: Nation, *codes: str) -> Person:
    made = Person.objects.create_user("Lãnh đạo hai tỉnh")
    for code in codes:
        Grant.objects.create(
            person=made, role=Role.LEADER, unit=nation.unit(code), validity=DateRange(dt.date(2019, 1, 1), None)
        )
    return made


def submitted(nation: Nation, who: Person, duty: Duty) -> None:
    version, _path = begun(nation, who, duty)
    texts = {"r1": "5", "r2.1": "6", "r2.2": "7", "r3.1": "8", "r3.2": "1", "r4.1": "9", "r4.2": "0"}
    actions.save_cells(by=who, version=version, typed={key: Typed(text) for key, text in texts.items()})
    from dienhong.reporting import review

    for found in review.judge(version).findings:
        if found.asks:
            actions.explain(by=who, version=version, rule=found.rule, text="Đợt giãn cách xã hội.")
    actions.submit(by=who, version=version)


def entry_states(visit: Callable[..., Page], nation: Nation, faults: list[str]) -> None:
    who = officer(nation, "Người nhập một")
    version, path = begun(nation, who)
    add_comment(by=who, version=version, cell_key="r1", text="Hỏi lại bộ phận một cửa.")
    page = visit(who, path)
    check(page, faults, "entry at rest")
    paste(page, "r1", "9.876\n\n4.112\n8.792\n\nhai\n1 205\n")
    expect(page.locator("#convention")).to_be_visible()
    check(page, faults, "entry asks about the dot")
    page.get_by_role("button", name="Dán nguyên văn, sửa từng ô").click()
    expect(page.locator("#faults li")).to_have_count(5)
    check(page, faults, "entry with errors")
    actions.save_cells(by=officer(nation, "Người nhập hai"), version=version, typed={"r4.1": Typed("3")})
    box(page, "r4.1").fill("4")
    page.keyboard.press("Enter")
    expect(page.locator("#conflicts")).to_be_visible()
    check(page, faults, "entry with a conflict")
    page.context.clear_cookies(name="sessionid")
    box(page, "r4.2").fill("4")
    page.keyboard.press("Enter")
    expect(page.locator("#trouble")).to_be_visible()
    check(page, faults, "entry after the session")
    page.context.close()


def read_only(page: Page, path: str) -> Page:
    """The grid of one who may not write: it has no script that would say when it is ready."""
    page.goto(page.url.partition("/duties/")[0] + path)
    expect(page.locator("#read-only")).to_be_visible()
    return page


def test_axe_finds_nothing(live_server: LiveServer, browser: Browser, nation: Nation) -> None:
    faults: list[str] = []

    def visit(who: Person | str, path: str) -> Page:
        person = nation.person(who) if isinstance(who, str) else who
        return opened(browser, live_server, person, path, width=360)

    owing = [
        duty for duty in (nation.duty(code) for code in ("11", "10", "17")) if not Submission.objects.filter(duty=duty)
    ]
    entry_states(visit, nation, faults)
    leader = leader_of(nation, "11", "17", "15")
    office = officer(nation, "Người nhập ba", "11")
    Grant.objects.create(
        person=office, role=Role.ENTRY_OFFICER, unit=nation.unit("17"), validity=DateRange(dt.date(2019, 1, 1), None)
    )
    for duty in owing:
        if duty.unit_id != nation.unit("10").pk:
            submitted(nation, office, duty)
    nobody = Person.objects.create_user("Không việc gì")
    board = "/reports/RR22/decree09/2020-Q2/"
    sent = nation.duty("01")
    for who, path, name in (
        ("mau-ha-noi-chuyen-vien", "/duties/", "duties"),
        (nobody, "/duties/", "duties, empty"),
        ("mau-ha-noi-chuyen-vien", f"/duties/{sent.pk}/", "duty"),
        ("mau-lao-cai-van-thu", f"/duties/{nation.duty('10').pk}/", "duty of the unit, in entry"),
        ("mau-lao-cai-van-thu", f"/duties/{nation.duty('10').pk}/entry/", "entry, to read"),
        ("mau-ha-noi-chuyen-vien", f"/duties/{sent.pk}/print/", "print"),
        (nobody, f"/duties/{sent.pk}/", "duty, refused"),
        (leader, "/sign/", "sign"),
        (nobody, "/sign/", "sign, empty"),
        ("mau-vpcp-tong-hop", "/reports/", "regimes"),
        ("mau-vpcp-tong-hop", board, "board"),
        ("mau-vpcp-tong-hop", board + "?q=khong-co", "board, empty"),
        ("mau-to-tong-hop", "/overview/", "overview"),
        ("mau-to-tong-hop", "/account/", "account"),
        ("mau-to-tong-hop", "/machines/", "for machines"),
        ("mau-to-tong-hop", "/feeds/", "published tables"),
        ("mau-giam-sat", "/journal/", "journal"),
        ("mau-giam-sat", "/journal/?who=khong-ai", "journal, nobody of that name"),
        ("mau-giam-sat", "/journal/?text=khong-co-gi", "journal, empty"),
        ("mau-giam-sat", "/journal/?since=2020-09-01&until=2020-08-01", "journal, error"),
    ):
        page = visit(who, path) if name != "entry, to read" else read_only(visit(who, "/duties/"), path)
        check(page, faults, name)
        if name == "board":
            page.locator("[data-all]").first.check()
            for verb in ("extend", "exempt"):
                page.locator(f".main-acts [data-opens={verb}]").click()
                check(page, faults, f"board, dialog {verb}")
                page.keyboard.press("Escape")
        page.context.close()
    page = visit("mau-giam-sat", "/overview/")
    page.context.clear_cookies(name="sessionid")
    page.goto(f"{live_server.url}/")
    expect(page.locator("#accounts")).to_be_visible()
    check(page, faults, "welcome")
    page.context.close()
    page = visit(
        "mau-vpcp-tong-hop", f"/versions/{Submission.objects.get(duty=sent).versions.latest('number').pk}/give-back/"
    )
    check(page, faults, "give back")
    page.locator("#reason").evaluate("one => { one.removeAttribute('required'); one.removeAttribute('minlength'); }")
    page.get_by_role("button", name="Trả lại").click()
    expect(page.locator(".error-summary")).to_be_visible()
    check(page, faults, "give back, error")
    page.context.close()
    assert faults == []
