"""The first whole way in a browser: template, wrong upload, marked copy, mended, signed, sent, asked, recomputed."""

import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.base import clock, periods
from dienhong.indicators import testing as indicators_testing
from dienhong.indicators.actions import load_catalogue
from dienhong.journal.testing import seal
from dienhong.organizations import queries as organizations
from dienhong.organizations.demo import make_demo_accounts
from dienhong.organizations.loading import load_units
from dienhong.reporting import actions, regime_files
from dienhong.reporting.demo import play
from dienhong.reporting.models import Duty, RegimeVersion
from tests.browser import CHROMIUM, NEEDED, page_of
from tests.hands import press

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
SCREENS = os.environ.get("DIENHONG_SCREENS", "")  # a folder: keep pictures of each step there
SHEET = "Biểu II.06a"
RIGHT = {"C5": 594, "C7": 4112, "C8": 8792, "C10": 11881, "C11": 1205, "C13": 412, "C14": "-"}
PLAYED = ("01", "04", "79")  # enough provinces for a total that moves


@pytest.fixture
def nation(settings: Any) -> RegimeVersion:
    """Units, catalogue, RR22, demo accounts, and two quarters reported by three provinces."""
    settings.DEMO = True
    load_units(by="job:test")
    load_catalogue(by="job:test")
    clock.set_business_now(
        clock.dt.datetime.combine(clock.DEMO_DAY, clock.dt.time(8, 30), clock.HANOI), by="job:test", reason="demo"
    )
    make_demo_accounts(by="job:test")
    [folder] = [path for path in regime_files.folders() if path.name.startswith("rr22")]
    version = actions.load_regime(by="job:test", folder=regime_files.read(folder))
    for key in ("2020-Q1", "2020-Q2"):
        period = periods.period("decree09", key)
        actions.open_duties(by="job:test", regime_version=version, period=period)
        for one in play._plan(version, period):
            if one.unit_code in PLAYED or (one.unit_code == "10" and key == "2020-Q1"):
                play.play(one, period)
        indicators_testing.publish()
    seal()
    return version


def keep(page: Page, name: str) -> None:
    if SCREENS:
        page.screenshot(path=str(Path(SCREENS) / f"{name}.png"))


def filled(template: bytes, changes: dict[str, Any]) -> bytes:
    book = load_workbook(io.BytesIO(template))
    for address, value in changes.items():
        book[SHEET][address].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hand_in(page: Page, data: bytes, name: str) -> None:
    page.get_by_role("link", name="Nộp tệp").first.click()
    page.set_input_files("input[type=file]", {"name": name, "mimeType": XLSX, "buffer": data})
    press(page, "Nộp tệp")


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def figure_of(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator(".fig-big").inner_text().split("hồ sơ")[0]))


def test_from_a_template_to_a_number_that_answers(live_server: LiveServer, browser: Browser, nation: object) -> None:
    lao_cai = organizations.unit_by_code("gso", "10", clock.DEMO_DAY)
    duty = Duty.objects.get(unit=lao_cai, period__key="2020-Q2", regime__code="RR22")
    figure = f"{live_server.url}/figures/08.001/decree09/2020-Q2/VN/"

    viewer = page_of(browser, live_server.url, "Tổ tổng hợp mẫu")
    viewer.goto(figure)
    before = figure_of(viewer)
    keep(viewer, "1-national-before")

    officer = page_of(browser, live_server.url, "Chuyên viên mẫu, Lào Cai")
    officer.get_by_role("link", name=re.compile("Kiểm soát thủ tục hành chính, Quý II năm 2020")).click()
    officer.get_by_role("button", name="Bắt đầu nhập").click()
    with officer.expect_download() as coming:
        officer.get_by_role("link", name="Tải mẫu Excel").first.click()
    template = Path(coming.value.path()).read_bytes()

    hand_in(officer, filled(template, RIGHT | {"C11": "1 205", "C7": "bốn nghìn"}), "lao-cai.xlsx")
    expect(officer.get_by_role("heading", name=re.compile("2 chỗ cần sửa"))).to_be_visible()
    keep(officer, "2-upload-refused")
    with officer.expect_download() as coming:
        officer.get_by_role("link", name="Tải bản đánh dấu lỗi").click()
    marked = load_workbook(io.BytesIO(Path(coming.value.path()).read_bytes()))
    assert "1205" in marked[SHEET]["C11"].comment.text
    assert marked[SHEET]["C7"].comment is not None

    officer.goto(f"{live_server.url}/duties/{duty.pk}/entry/")
    hand_in(officer, filled(Path(coming.value.path()).read_bytes(), RIGHT), "lao-cai-sua.xlsx")
    officer.goto(f"{live_server.url}/duties/{duty.pk}/entry/")
    for _ in range(8):  # each warning asks for a sentence
        waiting = officer.locator("#warnings li[data-rule] textarea").filter(has_text="")
        blank = [box for box in waiting.all() if not box.input_value()]
        if not blank:
            break
        blank[0].fill("Tiếp nhận thêm hồ sơ đất đai sau đợt giãn cách.")
        rule = blank[0].evaluate("box => box.closest('li').dataset.rule")
        blank[0].locator("xpath=..").get_by_role("button").click()
        expect(officer.locator(f"#warnings li[data-rule='{rule}']")).to_have_class(re.compile("answered"))
    else:
        raise AssertionError("a warning stays without its sentence")
    keep(officer, "3-entry")
    officer.get_by_role("button", name="Trình duyệt").click()
    expect(officer.get_by_text("Đã trình lãnh đạo duyệt.")).to_be_visible()

    leader = page_of(browser, live_server.url, "Lãnh đạo mẫu, Lào Cai", width=360, height=740)
    leader.goto(f"{live_server.url}/sign/")
    keep(leader, "4-sign-on-a-phone")
    for read in leader.get_by_role("checkbox", name="Đã đọc").all():  # warnings are said to be read
        read.check()
    leader.get_by_role("button", name="Duyệt", exact=True).click()
    expect(leader.get_by_text("Đã duyệt. Văn thư có thể gửi.")).to_be_visible()

    clerk = page_of(browser, live_server.url, "Văn thư mẫu, Lào Cai")
    clerk.goto(f"{live_server.url}/duties/{duty.pk}/")
    clerk.get_by_role("button", name="Gửi", exact=True).click()
    expect(clerk.get_by_text("Đã gửi. Số liệu bắt đầu được tính.")).to_be_visible()
    keep(clerk, "5-sent")
    seal()

    viewer.reload()
    assert figure_of(viewer) == before + 4112 + 8792
    keep(viewer, "6-national-after")
    viewer.get_by_role("button", name="Tính lại ngay").click()
    expect(viewer.get_by_text(re.compile("khớp|Khớp")).first).to_be_visible()
    keep(viewer, "7-recomputed")

    viewer.goto(f"{figure}?as_of=2020-08-18")
    assert figure_of(viewer) == before, "yesterday nobody knew of Lào Cai"
    keep(viewer, "8-as-of-yesterday")

    viewer.goto(f"{live_server.url}/figures/08.001/decree09/2020-Q2/10/?breakdown=channel%3Donline")
    expect(viewer.get_by_text("C7").first).to_be_visible()
    keep(viewer, "9-leaf-passport")
    with viewer.expect_download() as coming:
        viewer.locator("a[href*='/workbook/']").first.click()
    assert load_workbook(io.BytesIO(Path(coming.value.path()).read_bytes()))[SHEET]["C7"].value == 4112
