"""The template tags: figures, ages, deadlines and changes in words, the door to the passport."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from dienhong.base import clock
from dienhong.base.components.ring import Coverage
from dienhong.base.numbers import Empty
from dienhong.base.templatetags import ring as tags

NOW = dt.datetime(2020, 8, 19, 9, 41, tzinfo=clock.HANOI)


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "business_now", lambda: NOW)


def say(source: str, lang: str = "vi", **context: object) -> str:
    with translation.override(lang):
        return Template("{% load ring %}" + source).render(Context(context))


def test_a_figure_in_each_language() -> None:
    assert say("{% num v 0 'hồ sơ' %}", v=Decimal(12904)) == (
        '<span class="fig">12.904 <span class="unit">hồ sơ</span></span>'
    )
    assert say("{{ v|vnum:1 }}", v=Decimal("-1.5")) == "\N{MINUS SIGN}1,5"
    assert say("{{ v|vnum:1 }}", "en", v=Decimal("12904.5")) == "12,904.5"
    assert "1,5 %" in re.sub("<[^>]*>", "", say("{% num v 1 '%' %}", v=Decimal("1.5")))
    assert "1.5%" in re.sub("<[^>]*>", "", say("{% num v 1 '%' %}", "en", v=Decimal("1.5")))


def test_zero_and_each_kind_of_empty_are_told_apart() -> None:
    shown = {say("{% num v 0 %}", v=v) for v in (None, Decimal(0), *(k for k in Empty if k is not Empty.NONE))}
    assert len(shown) == 2 + len(Empty) - 1
    assert "không phát sinh" in say("{% num v %}", v=Empty.NOTHING_AROSE)
    assert "chưa có" in say("{% num v %}", v=None)


def test_the_ring_is_a_door_with_a_name() -> None:
    html = say("{% ring c href='/p/1' label='Hà Nội' %}", c=Coverage(61, 0, 2, 63))
    assert 'href="/p/1" aria-label="Hộ chiếu: Hà Nội, 61 trên 63 đơn vị đã báo cáo, 2 thiếu"' in html
    assert 'aria-hidden="true"' in html
    assert 'role="img"' in say("{% ring c %}", c={"reported": 1, "late": 0, "missing": 0, "total": 1})
    hostile = say("{% ring c label=l href='/' %}", c=Coverage(1, 0, 0, 1), l='"><script>')
    assert "<script" not in hostile


@pytest.mark.parametrize(
    ("seconds", "words", "english"),
    [
        (-5, "vừa xong", "just now"),
        (59, "vừa xong", "just now"),
        (60, "1 phút", "1 minute"),
        (3599, "59 phút", "59 minutes"),
        (3600, "1 giờ", "1 hour"),
        (86400, "1 ngày", "1 day"),
        (60 * 86400, "2 tháng", "2 months"),
    ],
)
def test_age_in_the_largest_whole_unit(seconds: int, words: str, english: str) -> None:
    html = say("{% age m %}", m=NOW - dt.timedelta(seconds=seconds))
    assert f"<span>{words}</span>" in html
    assert "2020" in html.split("data-when=")[1]
    with translation.override("en"):
        assert tags.age_words(seconds) == english


@pytest.mark.parametrize(
    ("moment", "left", "words", "css"),
    [
        (dt.date(2020, 8, 26), 5, "còn 5 ngày làm việc", ""),
        (dt.date(2020, 8, 24), 3, "còn 3 ngày làm việc", "late"),
        (dt.date(2020, 8, 19), 0, "hạn hôm nay", "late"),
        (NOW + dt.timedelta(hours=5, minutes=3), 0, "còn 5 giờ", "late"),
        (NOW - dt.timedelta(minutes=1), 0, "quá hạn hôm nay", "bad"),
        (dt.date(2020, 8, 17), -2, "quá hạn 2 ngày làm việc", "bad"),
    ],
)
def test_a_deadline_in_working_days(moment: dt.date, left: int, words: str, css: str) -> None:
    assert tags.due_words(moment, left, NOW) == (words, css)


def test_a_change_has_a_sign_a_word_and_a_colour_only_where_one_way_is_good() -> None:
    up = say("{% delta v 1 'điểm' 'so tháng trước' good='up' %}", v=Decimal("0.4"))
    assert "▲" in up
    assert "tăng 0,4 điểm" in up
    assert 'class="delta up good"' in up
    assert 'class="delta down bad"' in say("{% delta v 1 good='up' %}", v=Decimal("-0.4"))
    assert "good" not in say("{% delta v 1 %}", v=Decimal("0.4"))
    assert "▬</span> <b>không đổi</b>" in say("{% delta v 1 %}", v=Decimal(0))
    assert "không so được" in say("{% delta v %}", v=None)
