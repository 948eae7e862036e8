"""Differences: found once, explained, agreed, closed by themselves, opened again; nobody edits a number."""

import pytest
from django.db import ProgrammingError, transaction

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.indicators.models import Observation
from dienhong.journal.models import Event
from dienhong.notices.models import Notice
from dienhong.organizations import queries as organizations
from dienhong.watch import actions, definitions, reactions, reminders
from dienhong.watch import notice_kinds as kinds
from dienhong.watch.checking import watching
from dienhong.watch.checking.sides import Turn, turn
from dienhong.watch.models import Difference, DifferenceState, Kind, Stand
from dienhong.watch.queries import lists
from dienhong.watch.tests.conftest import CARRIED, DAY, Ground, move


def state(row: Difference) -> str:
    return DifferenceState.objects.filter(difference=row).latest("pk").state


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__username", flat=True))


def test_the_list_is_clear_and_every_kind_stands_in_it() -> None:
    assert {each.kind for each in definitions.every().values()} == set(Kind.values)
    row = {"key": "x", "kind": "temporal", "left": "[08.001]", "right": "[08.001]@prev", "from": DAY, "days": 5,
           "name": {"vi": "a", "en": "a"}, "sentence": {"vi": "a", "en": "a"}}  # fmt: skip
    definitions._made(row)
    for wrong, said in (
        ({"right": "[08.001]"}, "looks back"),
        ({"op": "!"}, "op"),
        ({"kind": "vertical"}, "left"),
        ({"hierarchy": "six_regions"}, "hierarchy"),
        ({"toleranz": 3}, "toleranz"),
        ({"right": "[08.001]@year_before"}, "@prev"),
    ):
        with pytest.raises(definitions.BadDefinition, match=said):
            definitions._made(row | wrong)


def test_whose_turn_it_is() -> None:
    """3 is responsible; the source on the left speaks or does not."""
    assert turn(1, 3, 3, stands=True).owner_id == 1
    assert turn(3, 1, 3, stands=True) == turn(1, 3, 3, stands=False)
    assert turn(1, 2, 3, stands=True).owner_id == 2, "neither is the responsible's: the source that does not speak"
    assert turn(1, 2, 3, stands=True).counterpart_id == 3
    assert turn(3, 3, 3, stands=True).owner_id == 3
    assert turn(1, 1, None, stands=False).counterpart_id == 1


def test_a_publisher_outside_the_state_is_asked_nothing() -> None:
    """9 is the World Bank: its file was loaded, and nobody of it signs in here."""
    assert turn(3, 9, 3, stands=True, outside={9}) == Turn(3, 3)
    assert turn(9, 3, 3, stands=False, outside={9}) == Turn(3, 3)
    assert turn(2, 9, 3, stands=True, outside={9}) == Turn(2, 3)
    assert turn(9, 9, 3, stands=False, outside={9}) == Turn(3, 3)


def test_reported_against_counted_from_the_first_difference_to_the_last(ground: Ground) -> None:
    row = ground.differs()
    assert (row.kind, row.owner, row.counterpart) == (Kind.COUNTED, ground.province, ground.office)
    assert ground.check() == 0, "asking twice writes nothing"
    assert Difference.objects.count() == 1
    assert told(kinds.DIFFERENCES) == {"chu-tich", "chuyen-vien"}
    [stated] = lists.stated()
    assert (stated.left, stated.right, str(stated.due_now)) == (80, 95, "2020-08-24")
    actions.answer_difference(by=ground.officer, difference=row, text="Hồ sơ xã chưa đưa lên hệ thống.")
    ground.check()
    assert state(row) == Stand.ANSWERED
    reactions.difference_answered(Event.objects.get(verb="watch.answer_difference"))
    assert told(kinds.ANSWERED) == {"lanh-dao-vp"}
    actions.agree(by=ground.boss, difference=row)
    reactions.difference_judged(Event.objects.get(verb="watch.agree"))
    assert told(kinds.JUDGED) == {"chu-tich", "chuyen-vien"}
    ground.say(80)
    assert ground.check() == 0, "the same figures sent anew stay agreed"
    ground.say(81)
    assert ground.check() == 1
    assert state(row) == Stand.REOPENED, "the explanation was of other figures"
    ground.say(95)
    ground.check()
    assert state(row) == Stand.CLOSED
    ground.say(None)
    assert ground.check() == 0, "what was taken back neither agrees nor differs"
    ground.say(60)
    ground.check()
    assert state(row) == Stand.REOPENED
    assert Difference.objects.count() == 1, "one place, one row"
    by_machine = Event.objects.filter(verb__startswith="watch.difference_").values_list("to_state", flat=True)
    assert list(by_machine.order_by("pk")) == ["open", "reopened", "closed", "reopened"]
    assert set(Observation.objects.order_by("batch_id").values_list("source__key", flat=True)) == {
        "regime:RR22", "count:dossiers"}, "nothing was written on anybody's figures"  # fmt: skip


def test_who_may_answer_and_who_may_judge(ground: Ground) -> None:
    row = ground.differs()
    with pytest.raises(NotPermitted):
        actions.answer_difference(by=ground.boss, difference=row, text="Chúng tôi tự giải trình.")
    with pytest.raises(Refused, match="giải trình"):
        actions.answer_difference(by=ground.officer, difference=row, text=" ")
    actions.answer_difference(by=ground.chief, difference=row, text="Đếm cả hồ sơ rút.")
    with pytest.raises(NotPermitted):
        actions.agree(by=ground.chief, difference=row)
    actions.disagree(by=ground.boss, difference=row, text="Hồ sơ rút không tính.")
    assert state(row) == Stand.REOPENED
    with pytest.raises(Refused, match="lệch lại"):
        actions.agree(by=ground.boss, difference=row)
    with pytest.raises(ProgrammingError, match="never rewritten"), transaction.atomic():
        DifferenceState.objects.filter(difference=row).update(text="khác")


def test_stock_carried_over_and_left_a_period_before(ground: Ground) -> None:
    """Temporal, of a figure that is itself computed: in progress = in time + overdue."""
    ground.say(30, "2020-Q1", code="S.08.004")
    ground.say(5, "2020-Q1", code="S.08.005")
    ground.say(35, code=CARRIED)
    assert ground.check("procedures_carried") == 0
    ground.say(36, code=CARRIED)
    assert ground.check("procedures_carried") == 1
    [row] = lists.stated()
    assert (row.kind, row.left, row.right, row.owner_id) == (Kind.TEMPORAL, 36, 35, ground.province.pk)
    ground.say(6, "2020-Q1", code="S.08.005")
    assert ground.check("procedures_carried") == 1, "a correction of the period before closes it too"
    assert state(Difference.objects.get()) == Stand.CLOSED


def test_what_the_units_below_add_up_to(ground: Ground) -> None:
    nation = organizations.unit_by_code("iso3166", "VN", DAY)
    for unit in organizations.children("administrative", nation, DAY).order_by("pk"):
        ground.say(10, unit=unit)
    ground.say(600, unit=nation)
    assert ground.check("provinces_nation") == 0, "tolerance of 40 in the last digit: 630 against 600"
    ground.say(500, unit=nation)
    assert ground.check("provinces_nation") == 1
    assert [(row.left, row.right) for row in lists.stated()] == [(500, 630)]


def test_a_publication_is_read_once_and_to_the_period_after(ground: Ground) -> None:
    ground.say(1, "2020-Q3", code=CARRIED)
    watching.read_once(lambda key, periods: None, lambda rule: None)
    ground.say(30, "2020-Q2", code="S.08.004")
    asked: dict[str, list[int]] = {}
    assert watching.read_once(lambda key, periods: asked.update({key: periods}), lambda rule: None) > 0
    assert asked["procedures_carried"] == sorted(ground.period(key).pk for key in ("2020-Q2", "2020-Q3"))
    assert "market_carried" not in asked
    assert watching.read_once(lambda key, periods: pytest.fail("twice"), lambda rule: None) == 0


def test_reminders_of_what_is_not_explained(ground: Ground) -> None:
    ground.differs()
    move(8, 24)
    reminders.remind()
    assert told(kinds.UNEXPLAINED) == set()
    move(8, 25)
    assert reminders.remind() == 1
    assert reminders.remind() == 0
    assert told(kinds.UNEXPLAINED) == {"chu-tich"}
