import datetime as dt

import pytest

from dienhong.base import clock
from dienhong.journal import labels, queries, sealer
from dienhong.journal.queries import search

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("journal_home")]


def ids(page):
    return [row.event.id for row in page.rows]


def test_pages_by_key_and_says_when_there_is_more(events, django_assert_num_queries):
    labels.set_label("person:7", "Nguyễn Văn An")
    made = events(7)
    with django_assert_num_queries(2):
        first = search(limit=3)
    second = search(limit=3, after_id=first.next_after_id)
    third = search(limit=3, after_id=second.next_after_id)
    assert [first.has_more, second.has_more, third.has_more] == [True, True, False]
    assert third.next_after_id is None
    assert ids(first) + ids(second) + ids(third) == made[::-1]
    assert not search(limit=7).has_more


@pytest.mark.parametrize("limit", [0, 1001, -1])
def test_refuses_a_limit_it_would_have_to_cut(limit):
    with pytest.raises(ValueError, match="limit"):
        search(limit=limit)


def test_each_filter_and_all_together(events):
    wanted = events(
        1, by="person:9", verb="version.return", object_kind="duty", object_id=44, unit_id=5, reason="Số liệu lệch"
    )
    events(3)
    asked = [
        {"actor": "person:9"}, {"unit": 5}, {"object_kind": "duty"}, {"object_id": 44}, {"verb": "version.return"},
        {"text": "lệch"},
    ]  # fmt: skip
    for each in asked:
        assert ids(search(**each)) == wanted
    assert ids(search(**{name: value for each in asked for name, value in each.items()})) == wanted
    assert ids(search(actor="person:9", unit=6)) == []


def test_words_with_and_without_tones_and_their_beginnings(events):
    wanted = events(1, reason="Đề nghị chỉnh sửa số liệu tại ô B7")
    events(1, reason="đồng ý")
    for text in (
        "so lieu",
        "SỐ LIỆU",
        "chinh",
        "đề nghị",
        "de nghi",
        "b7",
        "liệu; số!",
        "so\u0302\u0301 lie\u0323\u0302u",
    ):
        assert ids(search(text=text)) == wanted, text
    assert ids(search(text="'; drop")) == []
    assert ids(search(text="!!!")) == []
    assert len(search(text="  ").rows) == 2


def test_between_two_moments(events):
    made = events(2)
    now = clock.record_now()
    assert ids(search(since=now - dt.timedelta(minutes=1), until=now + dt.timedelta(minutes=1))) == made[::-1]
    assert ids(search(until=now - dt.timedelta(minutes=1))) == []
    assert ids(search(since=now + dt.timedelta(minutes=1))) == []


def test_a_row_says_who_and_whether_it_is_sealed(events):
    labels.set_label("person:7", "Nguyễn Văn An")
    events(1)
    [row] = search().rows
    assert (row.label, row.sealed, row.position) == ("Nguyễn Văn An", False, None)
    sealer.seal_once()
    [row] = search().rows
    assert (row.sealed, row.position) == (True, 1)
    labels.erase(by="person:1", person="person:7", reason="yêu cầu")
    assert [row.label for row in search().rows] == ["", ""]


def test_the_backlog_is_known(events):
    assert queries.backlog() == (0, 0)
    events(2)
    waiting = queries.backlog()
    assert waiting.waiting == 2
    assert 0 < waiting.oldest_seconds < 60
