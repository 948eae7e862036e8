"""The Operations Centre's whole way in browsers: a figure is corrected and the wall moves; the chair goes down to its
cell, sees what it disagrees with, orders something because of it; numbers close that order and open it again.

The site runs as programs (tests/centre_site.py). People act on screens; the test only looks.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from dienhong.base import clock, moments
from dienhong.centre import actions, demo, spec, wall_actions
from dienhong.centre.models import Column
from tests import centre_site
from tests.browser import CHROMIUM, NEEDED, page_of
from tests.hands import press
from tests.killing import Site
from tests.nation import Nation

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.embedded_only,
    pytest.mark.django_db(transaction=True),
]
OFFICER, LEADER, CLERK = "Chuyên viên mẫu, Hà Nội", "Lãnh đạo mẫu, Hà Nội", "Văn thư mẫu, Hà Nội"
CHAIR, AUDITOR = "Chủ tọa mẫu, cả nước", "Giám sát mẫu, cả nước"
MORE = 400  # dossiers by which the late ones of the first correction rise
SOON = 30_000  # ms within which a screen has to follow by itself, on a slow machine


@pytest.fixture
def site(nation: Nation, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Site]:
    """The nation with one board and a wall of it."""
    actions.load_columns(by="job:test")
    by = nation.person(demo.OFFICER)
    tiles = [{"id": f"t{number}", **each} for number, each in enumerate(demo.ADMINISTRATION, 1)]
    board = actions.make_board(
        by=by, column=Column.objects.get(key="administration"), name_vi="Thủ tục hành chính",
        name_en="Administrative procedures", data={"schema": spec.SCHEMA, "tiles": tiles},
    ).board  # fmt: skip
    scene = {"key": "s1", "name_vi": "Cảnh một", "seconds": 40, "screens": [{"board": board.slug, "page": 1}]}
    show = {"schema": "dienhong.show/1", "across": 1, "down": 1, "scenes": [scene]}
    wall_actions.make_show(by=by, name_vi="Tường", name_en="Wall", data=show)
    with centre_site.running(tmp_path, settings.STORE) as one:
        yield one


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def at(page: Page, site: Site, path: str) -> None:
    page.goto(f"http://127.0.0.1:{site.port}{path}")


def until(page: Page, one: Locator) -> None:
    """Until what follows an act has followed: the page is opened again and again."""
    for _turn in range(60):
        if one.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(one.first).to_be_visible()


class Province:
    """Hà Nội: officer, leader and clerk, each at a desk of their own."""

    def __init__(self, browser: Browser, site: Site, duty: int) -> None:
        self.site, self.duty = site, duty
        self.officer, self.leader, self.clerk = (
            page_of(browser, f"http://127.0.0.1:{site.port}", who) for who in (OFFICER, LEADER, CLERK)
        )

    def correct(self, why: str, **by: int) -> None:
        """The cells move by so much; the report goes its whole way until it is sent."""
        page = self.officer
        at(page, self.site, f"/duties/{self.duty}/")
        page.locator("summary", has_text="Xin đính chính").click()
        page.get_by_label("Lý do").fill(why)
        press(page, "Xin đính chính")
        press(page, page.get_by_role("link", name="Nhập tiếp"))
        page.locator("#grid[data-ready]").wait_for()
        for key, more in by.items():
            box = page.locator(f'td[data-key="{key.replace("_", ".")}"] input')
            box.fill(str(number(box.input_value()) + more))
            page.keyboard.press("Enter")
        expect(page.locator("#saved")).to_contain_text("Đã lưu lúc")
        self.explain()
        press(page, "Trình duyệt")
        at(self.leader, self.site, f"/duties/{self.duty}/")
        for read in self.leader.get_by_role("checkbox").all():
            read.check()
        press(self.leader, "Duyệt")
        at(self.clerk, self.site, f"/duties/{self.duty}/")
        press(self.clerk, "Gửi")
        expect(self.clerk.get_by_text("Đã gửi. Số liệu bắt đầu được tính.")).to_be_visible()

    def explain(self) -> None:
        """Each warning that has no sentence yet gets one."""
        for _turn in range(9):
            boxes = self.officer.locator("#warnings li[data-rule] textarea").all()
            blank = [box for box in boxes if not box.input_value()]
            if not blank:
                return
            blank[0].fill("Rà lại sổ theo dõi: hồ sơ quá hạn của các quận chưa được tính.")
            blank[0].locator("xpath=..").get_by_role("button").click()


class Chair:
    def __init__(self, browser: Browser, site: Site) -> None:
        self.site = site
        address = f"http://127.0.0.1:{site.port}"
        self.page = page_of(browser, address, CHAIR)
        self.wall = self.page.context.new_page()
        self.wall.set_viewport_size({"width": 1920, "height": 1080})
        at(self.wall, site, "/walls/tuong/1/")

    @property
    def late(self) -> Locator:
        """The nation's late dossiers, on the wall."""
        return self.wall.locator("#tile-t8 .value a")

    def go_down(self) -> tuple[str, int]:
        """From the wall to the province's tile; its address and value."""
        at(self.page, self.site, "/walls/tuong/1/")
        press(self.page, self.page.locator("#tile-t8 h2 a"))
        press(self.page, self.page.get_by_role("link", name=re.compile("^Xuống .*Hà Nội")))
        return self.page.url, number(self.page.locator("#tile-t8 .value a").inner_text())

    def look_into_the_cell(self) -> None:
        """Down to the cell that was typed, and on to what another report says."""
        page = self.page
        press(page, page.get_by_role("link", name="Hộ chiếu", exact=True))
        expect(page.get_by_text("C11").first).to_be_visible()
        apart = page.get_by_role("link", name=re.compile("Hồ sơ tồn đầu kỳ và còn cuối kỳ trước"))
        until(page, apart)
        press(page, apart)
        expect(page.get_by_text(f"Chênh nhau {MORE}")).to_be_visible()

    def order(self, tile: str, target: int) -> str:
        """A directive out of the tile; the path of its assignment."""
        page = self.page
        page.goto(tile)
        press(page, page.get_by_role("link", name="Giao việc vì số này"))
        page.locator("[name=title]").fill("Hồ sơ quá hạn ở Hà Nội")
        page.locator("[name=content]").fill("Rà từng hồ sơ quá hạn và gửi số đính chính.")
        page.locator("[name=comparison]").select_option("≤")
        page.locator("[name=target]").fill(str(target))
        page.locator("[name=scope]").select_option("same")
        press(page, "Ban hành")
        expect(page.get_by_text("Đã ban hành chỉ đạo")).to_be_visible()
        press(page, page.get_by_role("link", name=re.compile("Rà từng hồ sơ quá hạn")))
        expect(page.locator(".condition")).to_contain_text("≤")
        return page.url.partition(str(self.site.port))[2]

    def replay(self, moment: str) -> None:
        at(self.page, self.site, "/walls/tuong/")
        self.page.get_by_label("Như lúc").fill(moment)
        press(self.page, "Chiếu lại trên tường")


def test_from_a_figure_to_an_order_that_the_figure_closes(site: Site, browser: Browser, nation: Nation) -> None:
    ha_noi, chair = Province(browser, site, nation.duty("01").pk), Chair(browser, site)
    expect(chair.late).to_be_visible()
    before, then = number(chair.late.inner_text()), moments.written(clock.business_now())

    ha_noi.correct("Sót hồ sơ chuyển từ quý trước.", r1=MORE, r3_2=MORE)
    expect(chair.late).to_have_text(dotted(before + MORE), timeout=SOON)

    tile, of_the_province = chair.go_down()
    chair.look_into_the_cell()
    order = chair.order(tile, of_the_province - MORE)

    do_the_work(ha_noi, order)
    page = chair.page
    at(page, site, order)
    press(page, page.get_by_role("link", name="Cho gia hạn", exact=True))
    press(page, "Cho gia hạn")
    expect(page.locator(".happened")).to_contain_text("Cho gia hạn đến")

    ha_noi.correct("Hồ sơ của quý trước đã tính hai lần.", r1=-MORE, r3_2=-MORE)
    until(page, page.locator(".tags .good", has_text="xong đúng hạn"))
    expect(page.locator(".happened")).to_contain_text("theo con số")
    expect(chair.late).to_have_text(dotted(before), timeout=SOON)

    ha_noi.correct("Một hồ sơ trả đúng hạn thực ra quá hạn.", r3_1=-1, r3_2=1)
    until(page, page.locator(".tags", has_text="mở lại"))
    expect(chair.late).to_have_text(dotted(before + 1), timeout=SOON)

    read_the_journal(page_of(browser, f"http://127.0.0.1:{site.port}", AUDITOR), site)

    chair.replay(then)
    expect(chair.late).to_have_text(dotted(before), timeout=SOON)
    expect(chair.wall.locator("#clock")).to_contain_text("chiếu lại")
    press(page, "Trở về hiện tại")
    expect(chair.late).to_have_text(dotted(before + 1), timeout=SOON)


def dotted(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def do_the_work(province: Province, order: str) -> None:
    """The officer takes it on and reports; the leader asks for more time."""
    officer, leader, site = province.officer, province.leader, province.site
    at(officer, site, reverse("directives:work"))
    press(officer, officer.get_by_role("link", name=re.compile("Rà từng hồ sơ quá hạn")))
    press(officer, "Nhận việc")
    press(officer, officer.get_by_role("link", name="Báo cáo tiến độ"))
    officer.get_by_label("Tiến độ").fill("Đã rà xong 20 trên 30 quận, huyện.")
    press(officer, "Báo cáo tiến độ")
    expect(officer.locator(".happened")).to_contain_text("20 trên 30")
    at(leader, site, order)
    leader.locator(".more-acts > summary").click()
    press(leader, leader.get_by_role("link", name="Xin gia hạn"))
    leader.get_by_label("Xin đến ngày").fill("30/09/2020")
    leader.get_by_label("Lý do").fill("Còn mười quận, huyện chưa rà xong.")
    press(leader, "Xin gia hạn")
    expect(leader.get_by_text("chờ bên giao trả lời").first).to_be_visible()


JOURNAL = (
    "gửi báo cáo", "đối chiếu thấy lệch", "ban hành chỉ đạo", "giao nhiệm vụ", "nhận nhiệm vụ", "báo cáo tiến độ",
    "xin gia hạn nhiệm vụ", "trả lời xin gia hạn", "gửi báo cáo", "con số đạt điều kiện, nhiệm vụ tự đóng",
    "gửi báo cáo", "số đính chính không còn đạt, nhiệm vụ tự mở lại",
)  # fmt: skip


def read_the_journal(auditor: Page, site: Site) -> None:
    """What happened stands there in the order in which it happened."""
    at(auditor, site, "/journal/")
    said = [each.partition("\n")[0] for each in reversed(auditor.locator("tbody th").all_inner_texts())]
    left = iter(said)
    assert all(any(line.startswith(wanted) for line in left) for wanted in JOURNAL), said
