"""axe on the Centre's screens by day and night, at 360 and 1280 px: at rest, empty, with an error, in English; and the
wall, which lives on without its server."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.centre import actions, demo
from dienhong.centre.models import Column
from dienhong.centre.views import tiles
from dienhong.indicators.offers import Line, Offer
from tests.browser import CHROMIUM, NEEDED, new_page
from tests.looking import Looking
from tests.nation import Nation

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


def signed(browser: Browser, server: LiveServer, nation: Nation, who: str, width: int, lang: str = "vi") -> Page:
    client = Client()
    client.force_login(nation.person(who), backend="django.contrib.auth.backends.ModelBackend")
    page = new_page(browser, width)
    page.route("**/live/**", quiet)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [
            {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url},
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": lang, "url": server.url},
        ]
    )
    return page


def quiet(route: Route) -> None:
    """A stream that says nothing: the test's server has no hub."""
    route.fulfill(status=200, content_type="text/event-stream", body="retry: 600000\n\n")


def test_a_list_of_the_tile_page_has_room_for_its_words(
    live_server: LiveServer, browser: Browser, nation: Nation, monkeypatch
) -> None:
    """On a phone a long tag beside a link left it a word a line."""
    line = Line("Giải quyết đúng hạn của quý này và của quý trước", "/", "chờ Ủy ban nhân dân thành phố Hà Nội trả lời")
    monkeypatch.setattr(tiles.offers, "offers", lambda *_given, **_more: [Offer((), "Chỗ lệch", (line,))])
    actions.load_columns(by="job:test")
    demo.make()
    page = signed(browser, live_server, nation, demo.OFFICER, 360)
    page.goto(f"{live_server.url}/boards/thu-tuc-hanh-chinh/tiles/t2/")
    row = page.locator(".list > li").filter(has_text=line.name)
    link, tag = row.locator("a").bounding_box() or {}, row.locator(".tag").bounding_box() or {}
    assert link["height"] < 60
    assert link["y"] + link["height"] <= tag["y"] + 1
    assert tag["x"] + tag["width"] <= 360


def test_no_sign_between_crumbs_stands_alone_on_a_line(
    live_server: LiveServer, browser: Browser, nation: Nation
) -> None:
    actions.load_columns(by="job:test")
    demo.make()
    page = signed(browser, live_server, nation, demo.OFFICER, 360)
    page.goto(f"{live_server.url}/boards/thu-tuc-hanh-chinh/")
    step = page.locator(".crumbs li").last
    words = page.locator(".crumbs li").last.locator("span")
    assert ((words.bounding_box() or {})["y"] - (step.bounding_box() or {})["y"]) < 10


def test_in_the_editor_a_tile_is_as_high_as_on_the_board(
    live_server: LiveServer, browser: Browser, nation: Nation
) -> None:
    """The row of acts below it took its room, and cut the last line through the middle."""
    actions.load_columns(by="job:test")
    demo.make()
    page = signed(browser, live_server, nation, demo.OFFICER, 1280)
    heights = []
    for path in ("", "edit/"):
        page.goto(f"{live_server.url}/boards/thu-tuc-hanh-chinh/{path}")
        rows = page.locator(".form-late .rows")
        assert rows.locator("li").count() == 4
        box, last = rows.bounding_box() or {}, rows.locator("li").last.bounding_box() or {}
        assert last["y"] + last["height"] <= box["y"] + box["height"] + 1, path
        heights.append((page.locator(".form-map").bounding_box() or {})["height"])
    assert heights[1] >= heights[0]


def test_screens(live_server: LiveServer, browser: Browser, nation: Nation) -> None:
    actions.load_columns(by="job:test")
    demo.make()
    by = nation.person(demo.OFFICER)
    empty = actions.make_board(
        by=by, column=Column.objects.get(key="economy"), name_vi="Bảng trống", name_en="Empty"
    ).board
    looking, wall = Looking(names=("Diên Hồng",)), "tuong-trung-tam-dieu-hanh"
    page = signed(browser, live_server, nation, demo.OFFICER, 360)
    for name, path in (
        ("list", "/boards/"), ("board", "/boards/thu-tuc-hanh-chinh/"), ("empty", f"/boards/{empty.slug}/"),
        ("changes", "/changes/08.004/decree09/2020-Q2/VN/"), ("tile", "/boards/thu-tuc-hanh-chinh/tiles/t2/"),
        ("control", f"/walls/{wall}/"), ("show", f"/walls/{wall}/edit/"),
    ):  # fmt: skip
        page.goto(live_server.url + path)
        looking(page, name)
    editor(page, live_server, looking, empty.slug)
    english = signed(browser, live_server, nation, demo.OFFICER, 1280, "en")
    for path in ("/boards/thu-tuc-hanh-chinh/", f"/walls/{wall}/"):
        english.goto(live_server.url + path)
        looking(english, f"English {path}")
    screen(english, live_server, looking, wall)
    assert looking.faults == []


def editor(page: Page, server: LiveServer, looking: Looking, slug: str) -> None:
    """A tile is added by keyboard; a wrong one is refused beside its field and nothing typed is lost."""
    page.goto(f"{server.url}/boards/{slug}/edit/")
    page.locator("#add-tile").press("Enter")
    expect(page.locator("#id_form")).to_be_focused()
    page.locator("#id_indicator").fill("không có mã")
    page.locator("#id_title_vi").fill("Ô của tôi")
    page.get_by_role("button", name="Đặt ô vào bảng").press("Enter")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#id_title_vi")).to_have_value("Ô của tôi")
    looking(page, "editor with an error")
    page.locator("#id_indicator").fill("08.001")
    page.locator("#id_kind").select_option("decree09|quarter")
    page.get_by_role("button", name="Đặt ô vào bảng").press("Enter")
    expect(page.locator(".slot")).to_have_count(1)
    looking(page, "editor")
    page.get_by_role("button", name="Lưu thành bản mới").press("Enter")
    expect(page.locator(".board-tile h2")).to_have_text("Ô của tôi")


def screen(page: Page, server: LiveServer, looking: Looking, wall: str) -> None:
    """Without its server the screen goes on: ages grow, and past its freshness a figure is a dash."""
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    page.goto(f"{server.url}/walls/{wall}/1/")
    expect(page.locator(".board-tile").first).to_be_visible()
    looking(page, "screen", ("wall screen-page",))
    page.evaluate("() => { window.fetch = () => Promise.reject(new Error('away')); }")
    page.clock.run_for(60_000)
    expect(page.locator("#line")).to_contain_text("out of touch")
    page.clock.fast_forward(600 * 24 * 3600 * 1000)
    stale = page.locator(".board-tile.broken .stale")
    for _scene in range(8):  # the show goes on: not every board of it has a figure in this nation
        page.clock.run_for(30_000)
        if stale.count():
            break
    expect(stale.first).to_be_visible()
