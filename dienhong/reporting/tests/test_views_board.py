"""The receiver's board: stages apart, acts at hand, a reminder, every row as a file."""

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal.models import Event
from dienhong.notices.models import Notice
from dienhong.reporting import actions, reactions
from dienhong.reporting.models import State
from dienhong.reporting.states import state_of
from dienhong.reporting.tests.conftest import World
from dienhong.reporting.tests.test_views_entry import as_
from dienhong.reporting.tests.test_views_lists import BOARD, LATE

pytestmark = pytest.mark.django_db
URL = ("reporting:board", BOARD)


def shown(client: Client, **query: str) -> str:
    page: str = client.get(reverse(URL[0], args=URL[1]), query).content.decode()
    return page


def line(page: str, unit: str) -> str:
    found: str
    [found] = [row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{unit}</a>" in row]
    return found


def test_one_table_so_that_columns_stand_in_line(world: World) -> None:
    with clock.played(LATE):
        world.sent()
        page = shown(as_(world.receiver))
    assert page.count("<table") == 1
    assert page.count('scope="rowgroup"') == 2


def test_sent_and_received_are_apart(world: World) -> None:
    version = world.sent()
    receiver = as_(world.receiver)
    row = line(shown(receiver), "Tỉnh Lào Cai")
    assert "đã gửi, chờ tiếp nhận" in row
    assert f'value="receive:{world.duty().pk}"' in row
    assert reverse("reporting:give_back", args=[version.pk]) in row
    receiver.post(reverse("reporting:board_act", args=BOARD), {"one": f"receive:{world.duty().pk}"})
    assert state_of(version) == State.RECEIVED
    row = line(shown(receiver), "Tỉnh Lào Cai")
    assert "đã tiếp nhận" in row
    assert "receive:" not in row
    assert "chưa bắt đầu" in line(shown(receiver), "Thành phố Hà Nội")


def test_an_exempt_unit_owes_nothing_and_the_row_says_by_whom_and_why(world: World) -> None:
    actions.exempt(by=world.receiver, duty=world.duty("01"), reason="Không có thủ tục nào")
    row = line(shown(as_(world.receiver)), "Thành phố Hà Nội")
    assert f"{world.receiver.name} miễn ngày" in row
    assert "Không có thủ tục nào" in row
    assert "được miễn" in row
    assert "chưa gửi" not in row
    assert "chưa bắt đầu" not in row
    table = as_(world.receiver).get(reverse("reporting:board_file", args=[*BOARD, "csv"])).content.decode()
    assert "chưa bắt đầu" not in next(each for each in table.splitlines() if "Thành phố Hà Nội" in each)


def test_a_returned_report_is_not_called_unsent(world: World) -> None:
    actions.return_version(by=world.receiver, version=world.sent(), reason="Lệch với Cổng dịch vụ công")
    with clock.played(LATE):
        answer = as_(world.receiver).get(reverse(URL[0], args=URL[1]))
        mine = as_(world.entry).get(reverse("reporting:duties")).content.decode()
        told = as_(world.entry).get(f"/api/v1/duties/{world.duty().pk}").json()
    page = answer.content.decode()
    assert [row["words"].unit for _t, key, rows in answer.context["groups"] if key == "returned" for row in rows] == [
        "Tỉnh Lào Cai"
    ]
    assert (answer.context["coverage"].reported, answer.context["coverage"].missing) == (1, 62)
    assert "1 bị trả lại, chờ bản sửa" in page
    row = line(page, "Tỉnh Lào Cai")
    assert "quá hạn" not in row
    assert f'value="remind:{world.duty().pk}"' in row
    assert "bị trả lại, chờ bản sửa" in mine
    assert "đúng hạn" in mine
    assert "quá hạn" not in mine
    assert (told["standing"], told["sent_late"]) == ("returned", False)


def test_the_stage_can_be_chosen(world: World) -> None:
    world.sent()
    receiver = as_(world.receiver)
    assert re.findall(r'scope="row"><a[^>]*>(.*?)</a>', shown(receiver, stage=str(int(State.SENT)))) == ["Tỉnh Lào Cai"]
    assert len(re.findall(r'scope="row"><a', shown(receiver, stage="none"))) == 62
    assert "Không có đơn vị nào khớp" in shown(receiver, stage="nix")


def test_a_button_of_a_row_means_that_row_alone(world: World) -> None:
    mine, other = world.duty(), world.duty("01")
    as_(world.receiver).post(
        reverse("reporting:board_act", args=BOARD), {"one": f"remind:{mine.pk}", "duty": [other.pk], "verb": "exempt"}
    )
    assert list(Event.objects.filter(verb="reporting.remind").values_list("object_id", flat=True)) == [str(mine.pk)]


def test_a_slip_in_a_dialog_keeps_the_ticks_and_what_was_typed(world: World) -> None:
    receiver, act = as_(world.receiver), reverse("reporting:board_act", args=BOARD)
    mine, other = world.duty(), world.duty("01")
    sent = {"verb": "extend", "duty": [mine.pk, other.pk], "due": "30/9", "reason": "Mưa lũ ở ba huyện"}
    answer = receiver.post(act, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert {pk for pk in (mine.pk, other.pk) if re.search(rf'value="{pk}" data-group="\w+" checked', page)} == {
        mine.pk, other.pk,
    }  # fmt: skip
    assert 'aria-labelledby="extend-head" data-again' in page
    assert 'value="30/9"' in page
    assert ">Mưa lũ ở ba huyện</textarea>" in page
    assert page.count("Chưa ghi hạn mới, hoặc ngày giờ không đọc được") == 1, "one slip, one sentence"
    refused = receiver.post(act, {"verb": "exempt", "duty": [mine.pk], "reason": ""}).content.decode()
    assert 'aria-labelledby="exempt-head" data-again' in refused
    assert re.search(rf'value="{mine.pk}" data-group="\w+" checked', refused)
    nobody = receiver.post(act, {"verb": "extend", "due": "30/09/2020", "reason": "Mưa lũ"}).content.decode()
    assert "Chưa chọn đơn vị nào." in nobody
    assert ">Mưa lũ</textarea>" in nobody


def test_more_time_by_a_day_alone_ends_at_the_hour_of_the_regime(world: World) -> None:
    duty = world.duty()
    as_(world.receiver).post(
        reverse("reporting:board_act", args=BOARD),
        {"verb": "extend", "duty": [duty.pk], "due": "30/09/2020", "reason": "Mưa lũ ở ba huyện"},
    )
    due = duty.extensions.get().due_at.astimezone(clock.HANOI)
    assert (due.date(), due.time()) == (dt.date(2020, 9, 30), duty.due_at.astimezone(clock.HANOI).time())


def test_a_reminder_is_heard_once_a_day(world: World) -> None:
    duty = world.duty()
    actions.remind(by=world.receiver, duty=duty)
    event = Event.objects.get(verb="reporting.remind")
    reactions.reminded(event)
    reactions.reminded(event)
    told = Notice.objects.filter(kind="reporting.reminded")
    assert set(told.values_list("person", flat=True)) == {world.entry.pk, world.leader.pk, world.clerk.pk}
    with pytest.raises(Refused, match="Hôm nay đã nhắc"):
        actions.remind(by=world.receiver, duty=duty)
    with clock.played(LATE):
        actions.remind(by=world.receiver, duty=duty)
    assert Event.objects.filter(verb="reporting.remind").count() == 2


def test_nobody_is_reminded_of_what_is_not_owed(world: World) -> None:
    world.sent()
    with pytest.raises(Refused, match="không còn nợ"):
        actions.remind(by=world.receiver, duty=world.duty())
    actions.exempt(by=world.receiver, duty=world.duty("01"), reason="Không có thủ tục nào")
    with pytest.raises(Refused, match="không còn nợ"):
        actions.remind(by=world.receiver, duty=world.duty("01"))
    with pytest.raises(NotPermitted):
        actions.remind(by=world.leader, duty=world.duty("02"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_row_can_be_taken_away(world: World, kind: str) -> None:
    with clock.played(LATE):
        world.sent()
        answer = as_(world.receiver).get(reverse("reporting:board_file", args=[*BOARD, kind]))
        page = shown(as_(world.receiver))
    assert reverse("reporting:board_file", args=[*BOARD, kind]) in page
    assert f'.{kind}"' in answer["Content-Disposition"]
    rows: list[Any]
    due: Any
    days: Any
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        due, days = "17:00 25/06/2020", "2"
    else:
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        rows = [[cell.value for cell in line] for line in sheet.iter_rows()]
        due, days = dt.datetime(2020, 6, 25, 17, 0), 2
    assert len(rows) == 64
    [mine] = [row for row in rows if row[1] == "Tỉnh Lào Cai"]
    assert (mine[0], mine[3], mine[5], mine[6]) == ("10", due, days, "đã gửi, chờ tiếp nhận")


def test_no_formula_leaves(world: World) -> None:
    from dienhong.reporting import board_file

    row = ["1", "=1+1", "g", None, None, None, "s", 1]
    assert ",'=1+1," in board_file.as_csv([row]).decode()
    sheet = load_workbook(io.BytesIO(board_file.as_xlsx([row], "x/y"))).active
    assert sheet is not None
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=1+1", "s")


def test_who_sent_and_took_it_back_is_not_told_to_have_never_sent(world: World) -> None:
    version = world.sent()
    receiver = as_(world.receiver)
    assert "chưa gửi" in line(shown(receiver), "Thành phố Hà Nội")
    actions.withdraw(by=world.leader, version=version, reason="Nhầm cột kỳ trước")
    for _state in ("withdrawn", "begun again"):
        row = line(shown(receiver), "Tỉnh Lào Cai")
        assert "đã gửi, thu hồi lúc " in row
        assert "chưa gửi" not in row
        actions.start_entry(by=world.entry, duty=world.duty())


def test_from_a_duty_the_receiver_comes_to_its_line_of_the_board(world: World) -> None:
    duty = world.duty()
    place = f"duty-{duty.pk}"
    link = f'href="{reverse(URL[0], args=URL[1])}#{place}">Nhắc, gia hạn, miễn'
    page = reverse("reporting:duty", args=[duty.pk])
    assert link in as_(world.receiver).get(page).content.decode()
    assert f'id="{place}"' in shown(as_(world.receiver))
    assert link not in as_(world.entry).get(page).content.decode()
