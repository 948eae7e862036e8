"""Who hears of what, once; and what another agency does not take comes to a person."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from dienhong.base import clock
from dienhong.config.reactions import REACTIONS
from dienhong.dossiers import lapses, money, owning, reactions, telling
from dienhong.dossiers import notice_kinds as kinds
from dienhong.dossiers.actions import answering, deciding, voicing
from dienhong.dossiers.actions.deciding import Missing
from dienhong.dossiers.models import Dossier, DueChange, Place, Status, SupplementRequest
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message
from dienhong.dossiers.tests.desk import NOON, Desk, capture
from dienhong.journal.models import Event
from dienhong.notices.kinds import words
from dienhong.notices.models import Notice
from dienhong.organizations.models import Holiday

SCAN = [Missing("Phiếu xuất xưởng", "Ảnh mờ.", "slip_copy")]


@pytest.fixture
def desk(ground_database: None, settings: Any) -> Iterator[Desk]:
    settings.DEMO = True
    with clock.played(NOON):
        yield Desk()


def told(person: Any) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def follow(dossier: Dossier) -> None:
    """What the queue does after commit, for every event so far, and once more."""
    mine = [
        f"{function.__module__}.{function.__qualname__}" for function in vars(telling).values() if callable(function)
    ]
    rows = Event.objects.filter(verb__in=[verb for verb in REACTIONS if verb.startswith(("dossiers.", "payments."))])
    for _twice in range(2):
        for event in rows.order_by("pk"):
            for reaction in REACTIONS[event.verb]:
                if reaction.name in mine:
                    reaction.function(event)


def agreed(dossier: Dossier) -> None:
    persist.step(dossier, message("register_answered", "x"), by="job:test", facts={"register_match": True})


def test_the_straight_way_is_told_once_each(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    agreed(dossier)
    capture(money.standing(dossier))
    persist.step(dossier, message("result_delivered", "y"), by="job:test")
    follow(dossier)
    straight = [kinds.FILED, kinds.ACCEPTED, kinds.TO_PAY, kinds.RESULT, kinds.PAID, kinds.HANDED_OVER]
    assert sorted(told(desk.citizen)) == sorted(straight)
    assert told(desk.clerk) == [kinds.ARRIVED]
    assert owning.ending(str(dossier.pk)) == ""
    assert told(desk.other) == []
    for notice in Notice.objects.filter(person=desk.citizen):
        for lang in ("vi", "en"):
            said = words(notice.kind, notice.params, lang)
            assert "Nguyễn" not in said.title + said.body
            assert dossier.code in said.title
        assert notice.url == f"/portal/mine/{dossier.code}/"


def test_supplement_withdrawal_and_complaint(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=SCAN)
    data = dossier.contents.get().data
    answering.supplement(by=desk.citizen, dossier=dossier, data={**data, "colour": "đỏ"})
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    answering.withdraw(by=desk.citizen, dossier=dossier)
    deciding.answer_withdrawal(by=desk.officer, place=desk.place(dossier, "withdrawal"), grant=True)
    row = voicing.complain(by=desk.citizen, dossier=dossier, about="rule", text="Khó hiểu")
    voicing.answer_complaint(by=desk.leader, complaint=row, text="Đã sửa.")
    follow(dossier)
    assert told(desk.citizen).count(kinds.SUPPLEMENT) == 1
    assert told(desk.citizen).count(kinds.WITHDRAWAL) == 1
    assert told(desk.citizen).count(kinds.COMPLAINT) == 1
    assert told(desk.leader).count(kinds.COMPLAINED) == 1
    assert kinds.STOPPED not in told(desk.citizen)
    assert owning.ending(str(dossier.pk)) == "withdrawn"
    assert told(desk.clerk).count(kinds.SUPPLEMENTED) == 1


def test_a_refusal_and_a_stop(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.refuse(by=desk.clerk, place=desk.place(dossier, "accept_check"), reason="Sai nơi.", basis="Điều 10")
    stopped = desk.filed(chassis_no="RLMAUFADL20000009")
    deciding.accept(by=desk.clerk, place=desk.place(stopped, "accept_check"))
    deciding.stop(by=desk.officer, dossier=stopped, code="ineligible", reason="Xe phải tìm.", basis="TT 58/2020")
    follow(dossier)
    assert told(desk.citizen).count(kinds.REFUSED) == 1
    assert told(desk.citizen).count(kinds.STOPPED) == 1
    assert [owning.ending(str(each.pk)) for each in (dossier, stopped)] == ["refused", "refused"]


def test_more_time_to_supplement_is_told(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=SCAN, days=1)
    from dienhong.dossiers.process import timers

    with clock.played(NOON + dt.timedelta(days=4)):
        timers.fire()
        deciding.answer_lapse(
            by=desk.clerk, place=desk.place(dossier, "judge_lapse"), extend=True, days=5, reason="Chờ giấy."
        )
    follow(dossier)
    assert told(desk.citizen).count(kinds.EXTENDED) == 1


def test_an_apology_is_told(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    from dienhong.dossiers.process import timers

    with clock.played(NOON + dt.timedelta(days=4)):
        timers.fire()
    follow(dossier)
    assert told(desk.citizen).count(kinds.APOLOGY) == 1


def about(dossier: Dossier, verb: str, kind: str, key: str) -> Event:
    data = {"owner_kind": "dossier", "owner_id": str(dossier.pk), "kind": kind, "business_key": key}
    return Event(
        pk=1, verb=verb, object_id="m-1", actor="job:exchange", data={**data, "partner": "police_registration"}
    )


def question(dossier: Dossier) -> str:
    return f"{dossier.code}:VehicleQuery:{dossier.contents.latest('number').number}"


def test_only_the_processes_own_question_moves_it(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    for key in ("", f"{dossier.code}:VehicleQuery:0", "draft:3"):
        reactions.answered(about(dossier, "exchange.answered", "VehicleQuery", key))
        reactions.given_up(about(dossier, "exchange.dead", "VehicleQuery", key))
    assert Place.objects.filter(dossier=dossier, element="register_answer").exists()
    assert told(desk.officer) == []


@pytest.mark.parametrize("verb", ["exchange.dead", "exchange.refused"])
def test_a_question_that_gets_nowhere_comes_to_an_officer(desk: Desk, verb: str) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    for _twice in range(2):
        reactions.given_up(about(dossier, verb, "VehicleQuery", question(dossier)))
    assert desk.place(dossier, "compare").role == "case_officer"
    assert not Place.objects.filter(dossier=dossier, element="register_answer").exists()
    assert told(desk.officer) == [kinds.NOT_THROUGH]


def test_a_result_that_gets_nowhere_comes_to_an_officer(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    agreed(dossier)
    capture(money.standing(dossier))
    for _twice in range(2):
        reactions.given_up(about(dossier, "exchange.refused", "FeePaidData", "k"))
    assert desk.place(dossier, "deliver_by_hand").role == "case_officer"
    assert told(desk.officer) == [kinds.NOT_THROUGH]
    persist.step(dossier, message("result_delivered", "late"), by="job:test")
    assert Dossier.objects.get(pk=dossier.pk).status == Status.HANDED_OVER


def off(day: dt.date) -> Event:
    Holiday.objects.create(
        date=day, kind="holiday", name="Ngày nghỉ mẫu", source="QĐ mẫu 1", declared_on=NOON.date()
    )  # fmt: skip
    return Event(
        pk=7, verb="organizations.declare_holiday", object_id=day.isoformat(), actor="person:0", reason="QĐ mẫu 1",
        data={"name": "Ngày nghỉ mẫu"},
    )  # fmt: skip


def test_a_day_off_declared_late_moves_open_dossiers(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    event = off(dt.date(2020, 8, 21))
    for _twice in range(2):
        reactions.holiday(event)
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert dossier.due_at.astimezone(clock.HANOI).date() == dt.date(2020, 8, 24)
    assert DueChange.objects.filter(dossier=dossier, cause=DueChange.Cause.HOLIDAY).count() == 1
    assert told(desk.citizen) == [kinds.DUE_MOVED]


def test_a_warning_before_a_limit_once(desk: Desk) -> None:
    dossier = desk.filed()
    deciding.ask_supplement(by=desk.clerk, dossier=dossier, items=SCAN, days=10)
    paying = desk.filed(chassis_no="RLMAUFADL20000009")
    deciding.accept(by=desk.clerk, place=desk.place(paying, "accept_check"))
    agreed(paying)
    asked = SupplementRequest.objects.get().limit_on
    pay = money.standing(paying).expires_at.astimezone(clock.HANOI).date()
    for limit in (asked, pay):
        for days, newly in ((6, [0, 0]), (5, [1, 0]), (1, [0, 0])):
            morning = dt.datetime.combine(limit - dt.timedelta(days=days), dt.time(8), tzinfo=clock.HANOI)
            with clock.played(morning):
                assert [lapses.warn(), lapses.warn()] == newly, (limit, days)
    assert told(desk.citizen) == [kinds.LAPSING, kinds.LAPSING]
    with clock.played(dt.datetime.combine(pay - dt.timedelta(days=4), dt.time(6), tzinfo=clock.HANOI)):
        Notice.objects.all().delete()
        assert lapses.warn() == 0  # nobody is warned at night
