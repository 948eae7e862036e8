"""A directive's way by hand: who does what, what is refused, what the journal says."""

import datetime as dt
from typing import Any

import pytest

from dienhong.base import store
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.directives import actions
from dienhong.directives.actions import Handed, Task
from dienhong.directives.models import EvidenceFile, State
from dienhong.directives.queries import lists
from dienhong.directives.queries.history import history
from dienhong.directives.queries.standing import count, lived
from dienhong.directives.tests.conftest import PAPER, Ground, move, person, state
from dienhong.journal.models import Event
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Role

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def test_from_a_paper_to_its_closing(ground: Ground) -> None:
    row = ground.ordered()
    actions.acknowledge(by=ground.officer, assignment=row)
    move(8, 20)
    actions.report(by=ground.officer, assignment=row, text="Đã rà 300 hồ sơ.", files=[Handed("ra-soat.pdf", PDF)])
    assert state(row) == State.IN_PROGRESS
    kept = EvidenceFile.objects.get()
    assert (kept.name, store.get(kept.digest)) == ("ra-soat.pdf", PDF)
    move(9, 30, 16)
    actions.say_met(by=ground.chief, assignment=row, text="Đã xử lý hết.")
    assert (state(row), count().in_time, count().awaiting) == (State.MET, 1, 1)
    move(10, 9)  # the issuer takes their time: that is not the unit's lateness
    actions.close(by=ground.boss, assignment=row)
    assert (count().on_time, count().late) == (1, 0)
    verbs = Event.objects.filter(object_kind="assignment", object_id=row.pk).order_by("pk")
    assert [each.verb.removeprefix("directives.") for each in verbs] == [
        "assigned", "acknowledge", "report", "begin", "say_met", "close",
    ]  # fmt: skip
    assert [each.kind for each in history(row)] == ["state", "state", "progress", "state", "state"]


def test_a_doer_never_closes(ground: Ground) -> None:
    """Not by the unit's grant, and not by another grant either, once they did any of the work."""
    row = ground.ordered()
    nation = organizations.unit_by_code("iso3166", "VN", dt.date(2020, 8, 17))
    above = person("cap-tren", Role.LEADER, nation, subtree=True)
    actions.say_met(by=above, assignment=row, text="Đã xử lý hết.")
    for by in (ground.chief, ground.officer, above):
        with pytest.raises(NotPermitted):
            actions.close(by=by, assignment=row)
    with pytest.raises(NotPermitted, match="không tự xác nhận"):
        actions.reopen(by=above, assignment=row, reason="Chưa xong đâu.")
    actions.close(by=ground.boss, assignment=row)
    assert state(row) == State.CLOSED


def test_more_time(ground: Ground) -> None:
    row = ground.ordered()
    ask = {"by": ground.chief, "assignment": row, "reason": "Chờ phần mềm mới."}
    with pytest.raises(Refused, match="30/09/2020"):
        actions.ask_extension(new_due=dt.date(2020, 9, 30), **ask)
    actions.ask_extension(new_due=dt.date(2020, 10, 30), **ask)
    with pytest.raises(Refused, match="Đã có một đề nghị"):
        actions.ask_extension(new_due=dt.date(2020, 10, 30), **ask)
    with pytest.raises(Refused, match="được xin"):
        actions.answer_extension(by=ground.boss, assignment=row, allow=True, due=dt.date(2020, 11, 1))
    move(10, 1)
    assert count().overdue == 1, "asking moves nothing"
    actions.answer_extension(by=ground.boss, assignment=row, allow=True, due=dt.date(2020, 10, 15))
    found = lived().get()
    assert (found.due_now, found.standing, found.extended) == (dt.date(2020, 10, 15), "in_time", 1)
    assert (found.was_overdue, count().was_overdue) == (True, 1), "more time does not undo that it was overdue"
    assert not lived(at=dt.datetime(2020, 10, 1, 1, tzinfo=dt.UTC)).get().was_overdue, "not extended yet, then"
    assert lived(at=dt.datetime(2020, 10, 1, 1, tzinfo=dt.UTC)).get().standing == "overdue", "it was, then"
    asked = actions.ask_extension(new_due=dt.date(2020, 10, 30), **ask)
    assert (asked.number, asked.old_due) == (2, dt.date(2020, 10, 15))
    with pytest.raises(Refused, match="lý do không gia hạn"):
        actions.answer_extension(by=ground.boss, assignment=row, allow=False)
    actions.answer_extension(by=ground.boss, assignment=row, allow=False, reason="Đã cho một lần.")
    assert lived().get().due_now == dt.date(2020, 10, 15)


def test_not_done_after_all_cancelled_replaced(ground: Ground) -> None:
    directive = ground.issue(*[Task(ground.province, f"Việc thứ {n}", dt.date(2020, 9, 1)) for n in range(3)])
    one, two, three = directive.assignments.order_by("number")
    actions.say_met(by=ground.chief, assignment=one, text="Đã xong rồi.")
    with pytest.raises(Refused, match="lý do mở lại"):
        actions.reopen(by=ground.boss, assignment=one, reason=" ")
    actions.reopen(by=ground.boss, assignment=one, reason="Thiếu phụ lục.")
    assert (state(one), count().in_time) == (State.REOPENED, 3)
    actions.cancel(by=ground.boss, assignment=two, reason="Không cần nữa.")
    task = Task(ground.province, "Việc khác thay vào.", dt.date(2020, 10, 1))
    made = actions.replace(by=ground.boss, assignment=three, task=task, reason="Gộp hai việc.")
    assert made.replaces.assignment == three
    found = count()
    assert (found.total, found.cancelled, found.replaced, found.holds) == (2, 1, 1, True)
    for done in (two, three):
        with pytest.raises(Refused, match="trạng thái"):
            actions.report(by=ground.officer, assignment=done, text="Vẫn làm tiếp.")


def test_parts_are_handed_down_and_roll_up(ground: Ground) -> None:
    """The ministry hands a part on to its general department, and to nobody who is not below it but the provinces."""
    day = dt.date(2020, 8, 17)
    finance, tax, below = (organizations.unit_by_code("agency", each, day) for each in ("MOF", "GDT", "GSO"))
    minister, taxman = person("bo-truong", Role.LEADER, finance), person("tong-cuc-truong", Role.LEADER, tax)
    row = ground.issue(Task(finance, "Trình phương án gia hạn thuế.", dt.date(2020, 9, 30))).assignments.get()
    with pytest.raises(Refused, match="30/09/2020"):
        actions.sub_assign(by=minister, assignment=row, task=Task(tax, "Tính số thuế được gia hạn.", None))
    task = Task(tax, "Tính số thuế được gia hạn.", dt.date(2020, 9, 1))
    part = actions.sub_assign(by=minister, assignment=row, task=task)
    assert (part.issuer, part.parent, part.code) == (finance, row, f"{row.directive.code}-2")
    with pytest.raises(NotPermitted, match="cấp dưới"):
        actions.sub_assign(by=taxman, assignment=part, task=Task(below, "Làm hộ phần này.", dt.date(2020, 8, 20)))
    with pytest.raises(Refused, match="1 phần việc"):
        actions.say_met(by=minister, assignment=row, text="Đã xong cả.")
    with pytest.raises(NotPermitted):
        actions.close(by=ground.boss, assignment=part)
    assert (lists.rolled_up(row).total, count().total, count().parts) == (1, 2, 1)
    move(10, 6)  # the whole is overdue: what is left of it may still be handed down
    more = actions.sub_assign(by=minister, assignment=row, task=Task(tax, "Nốt phần còn lại.", dt.date(2020, 10, 8)))
    for each in (part, more):
        actions.close(by=minister, assignment=each, reason="Tổng cục đã làm xong.")
    actions.say_met(by=minister, assignment=row, text="Đã xong cả.")


def test_what_was_handed_down_falls_with_the_whole(ground: Ground, client: Any) -> None:
    day = dt.date(2020, 8, 17)
    finance, tax = (organizations.unit_by_code("agency", each, day) for each in ("MOF", "GDT"))
    minister, taxman = person("bo-truong", Role.LEADER, finance), person("tong-cuc-truong", Role.LEADER, tax)
    row = ground.issue(Task(finance, "Trình phương án gia hạn thuế.", dt.date(2020, 9, 30))).assignments.get()
    parts = [
        actions.sub_assign(by=minister, assignment=row, task=Task(tax, f"Phần việc thứ {n}.", dt.date(2020, 9, 1)))
        for n in range(3)
    ]
    actions.close(by=minister, assignment=parts[0], reason="Đã làm xong.")
    actions.say_met(by=taxman, assignment=parts[1], text="Đã xong phần hai.")
    client.force_login(ground.boss)
    assert "2 phần việc đã giao xuống" in client.get(f"/directives/assignments/{row.pk}/cancel/").content.decode()
    assert "2 phần việc đã giao xuống" in client.get(f"/directives/assignments/{row.pk}/replace/").content.decode()
    actions.cancel(by=ground.boss, assignment=row, reason="Quốc hội đã quyết khác.")
    assert [state(each) for each in (row, *parts)] == [
        State.CANCELLED, State.CLOSED, State.CANCELLED, State.CANCELLED,
    ]  # fmt: skip
    events = Event.objects.filter(verb="directives.cancel").order_by("pk")
    assert {(each.object_id, each.reason) for each in events} == {
        (str(each.pk), "Quốc hội đã quyết khác.") for each in (row, *parts[1:])
    }


def test_a_part_gets_no_more_time_than_the_whole(ground: Ground) -> None:
    day = dt.date(2020, 8, 17)
    finance, tax = (organizations.unit_by_code("agency", each, day) for each in ("MOF", "GDT"))
    minister, taxman = person("bo-truong", Role.LEADER, finance), person("tong-cuc-truong", Role.LEADER, tax)
    row = ground.issue(Task(finance, "Trình phương án gia hạn thuế.", dt.date(2020, 9, 30))).assignments.get()
    part = actions.sub_assign(by=minister, assignment=row, task=Task(tax, "Tính số thuế.", dt.date(2020, 9, 1)))
    asked = {"by": taxman, "assignment": part, "new_due": dt.date(2020, 10, 15), "reason": "Chờ số liệu của cục."}
    actions.ask_extension(**asked)
    with pytest.raises(Refused, match="việc gốc, 30/09/2020"):
        actions.answer_extension(by=minister, assignment=part, allow=True)
    actions.ask_extension(by=minister, assignment=row, new_due=dt.date(2020, 10, 10), reason="Chờ tổng cục.")
    actions.answer_extension(by=ground.boss, assignment=row, allow=True)
    actions.answer_extension(by=minister, assignment=part, allow=True, due=dt.date(2020, 10, 10))
    assert lived().get(pk=part.pk).due_now == dt.date(2020, 10, 10)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"document": None}, "sinh ra từ"),
        ({"check": "doi-chieu-7"}, "sinh ra từ"),
        ({"title": "  "}, "trích yếu"),
        ({"document": PAPER.__class__("", PAPER.date, PAPER.issuer)}, "ký hiệu"),
    ],
)
def test_what_a_directive_needs(ground: Ground, more: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        ground.issue(**more)
    assert not Event.objects.filter(verb="directives.issue").exists()


def test_whom_it_may_be_given(ground: Ground) -> None:
    for task, said in (
        (Task(ground.office, "Tự giao mình.", None), "chính đơn vị"),
        (Task(ground.province, "Hai lần.", None, (ground.province,)), "một lần"),
        (Task(ground.province, "Việc cũ.", dt.date(2020, 8, 1)), "đã qua"),
        (Task(ground.province, "x", None), "ít nhất một câu"),
    ):
        with pytest.raises(Refused, match=said):
            ground.issue(task)
    other = person("lanh-dao-lao-cai", Role.LEADER, ground.province)
    with pytest.raises(NotPermitted, match="cấp dưới"):
        ground.issue(Task(ground.office, "Giao ngược lên.", None), by=other, issuer=ground.province)


def test_numbers_run_without_gaps_and_a_check_is_named_by_its_id(ground: Ground) -> None:
    one = ground.issue()
    with pytest.raises(Refused):
        ground.issue(Task(ground.office, "Tự giao mình.", None))
    two = ground.issue(document=None, check="doi-chieu-7")
    assert [one.code, two.code] == ["1/2020", "2/2020"]
    assert (two.origin, two.check_id) == ("check", "doi-chieu-7")
    actions.assign(by=ground.boss, directive=two, task=Task(ground.province, "Giải thích chênh lệch.", None))
    assert [each.number for each in two.assignments.order_by("number")] == [1, 2]


def test_whoever_helps_reports_and_takes_nothing_on(ground: Ground) -> None:
    helper = organizations.unit_by_code("gso", "01", dt.date(2020, 8, 17))
    by = person("ha-noi", Role.ENTRY_OFFICER, helper)
    row = ground.issue(Task(ground.province, "Việc chung của hai tỉnh.", None, (helper,))).assignments.get()
    made = actions.report(by=by, assignment=row, text="Phần Hà Nội đã xong.")
    assert (made.unit, state(row)) == (helper, State.ISSUED)
    with pytest.raises(NotPermitted):
        actions.acknowledge(by=by, assignment=row)
    with pytest.raises(Refused, match="Tệp"):
        actions.report(by=by, assignment=row, text="Kèm tệp lạ.", files=[Handed("x.exe", b"MZ\x00\x01")])
