"""The page of one duty: its whole life, and first of all what the reporter must know now."""

import datetime as dt

import pytest
from django.urls import reverse

from dienhong.base import clock
from dienhong.indicators import testing as indicators_testing
from dienhong.reporting import actions, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.models import Duty
from dienhong.reporting.tests.conftest import FIGURES, LATER, World
from dienhong.reporting.tests.test_views_entry import as_

pytestmark = pytest.mark.django_db


def page(world: World, duty: Duty) -> str:
    answer: str = as_(world.entry).get(reverse("reporting:duty", args=[duty.pk])).content.decode()
    return answer


def test_what_the_receiver_did_to_the_duty_is_a_part_of_its_life(world: World) -> None:
    duty = world.duty()
    due = duty.due_at.astimezone(clock.HANOI)
    actions.extend(by=world.receiver, duty=duty, due_at=duty.due_at + dt.timedelta(days=3), reason="Mưa lũ ở ba huyện")
    actions.exempt(by=world.receiver, duty=duty, reason="Sáp nhập bộ phận một cửa")
    text = page(world, duty)
    assert "Đã gia hạn" in text
    assert f"hạn {due:%H:%M, %d/%m/%Y} thành" in text
    assert "Mưa lũ ở ba huyện" in text
    assert "Được miễn báo cáo kỳ này" in text
    assert "không phải nộp: Sáp nhập bộ phận một cửa" in text
    assert "Chưa có gì xảy ra" not in text
    actions.exempt(by=world.receiver, duty=duty, reason="Đã có người phụ trách", granted=False)
    assert "Bỏ miễn báo cáo" in page(world, duty)
    assert "Được miễn báo cáo kỳ này" not in page(world, duty)


def test_the_reason_of_a_return_stands_first_and_at_its_cell(world: World) -> None:
    version = world.sent()
    actions.return_version(
        by=world.receiver, version=version, reason="Lệch với Cổng dịch vụ công", cells={"r3.1": "Đếm lại"}
    )
    text = page(world, world.duty())
    assert text.index("Lệch với Cổng dịch vụ công") < text.index("<table")
    assert 'class="num returned"' in text
    assert "Sửa, lập bản 2" in text
    assert "bị trả lại, chờ bản sửa" in text


def test_one_who_took_it_back_is_not_called_returned(world: World) -> None:
    actions.return_version(by=world.receiver, version=world.sent(), reason="Lệch với Cổng dịch vụ công")
    actions.withdraw(by=world.leader, version=world.sent(), reason="Nhầm cột kỳ trước")
    listed = as_(world.entry).get(reverse("reporting:duties")).content.decode()
    entry = actions.start_entry(by=world.entry, duty=world.duty())
    grid = as_(world.entry).get(reverse("reporting:entry", args=[entry.submission.duty_id])).content.decode()
    for text in (page(world, world.duty()), listed, grid):
        assert "đã thu hồi, chờ gửi lại" in text
        assert "bị trả lại, chờ bản sửa" not in text


def test_one_sentence_explains_all_that_a_report_of_nothing_asks(world: World) -> None:
    world.sent()
    version = world.next_quarter()
    desk = as_(world.entry)
    desk.post(reverse("reporting:act", args=[version.pk, "nothing"]), {"from": "entry", "sure": "1"})
    asking = [one for one in review.judge(version).findings if one.asks]
    assert len(asking) > 2
    assert any("−100" in one.sentences["vi"] for one in asking), "from some to none is a change of a hundred"
    assert not any("?" in one.sentences["vi"] for one in asking)
    grid = desk.get(reverse("reporting:entry", args=[version.submission.duty_id])).content.decode()
    assert 'id="explain-all"' in grid
    url = reverse("reporting:explain", args=[version.pk])
    machine = {"Accept": "application/json"}
    assert desk.post(url, {"rule": "*", "text": "ừ"}, headers=machine).status_code == 409
    told = desk.post(url, {"rule": "*", "text": "Giãn cách, bộ phận một cửa đóng."}, headers=machine)
    assert set(told.json()["rules"]) == {one.rule.key for one in asking}
    assert set(review.judge(version).explained.values()) == {"Giãn cách, bộ phận một cửa đóng."}


def test_a_report_that_was_handed_on_stays_judged_as_it_was(world: World) -> None:
    version = world.sent()
    later = world.next_quarter()
    figures = FIGURES | {"r2.1": "9112", "r3.1": "16881"}
    actions.save_cells(by=world.entry, version=later, typed={key: Typed(text) for key, text in figures.items()})
    asking = [one.rule for one in review.judge(later).findings if one.asks]
    for rule in asking:
        actions.explain(by=world.entry, version=later, rule=rule, text="Thêm một cửa mới.")
    with clock.played(LATER):
        actions.submit(by=world.entry, version=later)
        newer = actions.correct(by=world.entry, version=version, reason="Đếm thiếu một cửa")
        actions.save_cells(by=world.entry, version=newer, typed={"r2.1": Typed("9112"), "r3.1": Typed("16881")})
        for rule in (one.rule for one in review.judge(newer).findings if one.asks):
            actions.explain(by=world.entry, version=newer, rule=rule, text="Đếm thiếu một cửa.")
        actions.submit(by=world.entry, version=newer)
        actions.approve(by=world.leader, version=newer)
        actions.send(by=world.clerk, version=newer)
        indicators_testing.publish()
        still = [one for one in review.judge(later).findings if one.asks]
        assert [one.rule for one in still] == asking, "the last quarter now agrees, and that is not what was explained"
        assert all(one.sentences["vi"] and one.sentences["en"] for one in still)
        actions.send_back(by=world.leader, version=later, reason="Xem lại số kỳ trước")
        now = {one.rule for one in review.judge(later).findings if one.asks}
        assert now < set(asking), "in entry again: as it is now"
