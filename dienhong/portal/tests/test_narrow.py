"""Lists on a phone: a name is not squeezed into a column of single words, a tag stays one line high."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import CHROMIUM, NEEDED, new_page

pytestmark = [pytest.mark.skipif(not CHROMIUM, reason=NEEDED), pytest.mark.browser]
ROOMS = Path(__file__).resolve().parents[2]
STYLES = ("base/static/base/tokens.css", "base/static/base/app.css", "base/static/base/parts.css",
          "dossiers/static/dossiers/forms.css", "portal/static/portal/mine.css")  # fmt: skip
NAME = "Khai lệ phí trước bạ ô tô, xe máy qua mạng khi đăng ký quyền sở hữu"
DRAFTS = f"""<ul class="list drafts"><li><a href="#">{NAME}</a>
<span class="quiet small">lưu lúc 09:41 20/08/2020, giữ đến 19/09/2020</span><small>Xóa bản nháp</small></li></ul>"""
TRIES = """<ul class="list"><li><span><span class="code">DHTMFGJX4NT0123456789</span> · Chuyển khoản theo mã QR ·
32.940.000 đồng</span><span class="tag">đã nhận tiền</span><small>09:41 20/08/2020</small></li></ul>"""


def shown(browser: Browser, body: str) -> Page:
    page = new_page(browser, 360, 780)
    styles = "".join((ROOMS / each).read_text(encoding="utf-8") for each in STYLES)
    styles = re.sub(r"@font-face\s*{[^}]*}", "", styles)
    page.set_content(f"<!doctype html><style>{styles}</style><main><div style='padding:1rem'>{body}</div></main>")
    return page


def test_the_name_of_a_draft_has_the_width_of_the_screen(browser: Browser) -> None:
    box = shown(browser, DRAFTS).locator(".drafts a").bounding_box()
    assert box
    assert box["height"] <= 80, box


def test_a_tag_beside_a_long_line_stays_a_tag(browser: Browser) -> None:
    box = shown(browser, TRIES).locator(".tag").bounding_box()
    assert box
    assert box["height"] <= 30, box
