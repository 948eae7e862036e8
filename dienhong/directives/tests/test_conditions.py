"""A condition on a number: what meets it and when, what undoes it, what freezes it; asked twice, asked again."""

import datetime as dt
import random
from decimal import Decimal

import pytest

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.directives import actions
from dienhong.directives.conditions import telling, watching
from dienhong.directives.conditions.judge import asked_again
from dienhong.directives.models import AssignmentState, ConditionFreeze, ConditionVerdict, State
from dienhong.directives.queries.standing import count, lived
from dienhong.directives.tests.conftest import Ground, move, state
from dienhong.indicators import testing as indicators_testing
from dienhong.indicators.actions import ensure_source, set_authority
from dienhong.indicators.models import Entry, Method, Source
from dienhong.journal.models import Event
from dienhong.notices.models import Cursor


def test_a_later_value_that_was_sent_closes_it(ground: Ground) -> None:
    """On time or late by the sending of the value, not by the moment somebody looked."""
    row = ground.conditioned(due=dt.date(2020, 9, 20))
    assert row.conditions.get().baseline == 80
    move(9, 15)
    ground.say(60)
    assert (ground.judged(row), state(row)) == (1, State.ISSUED)
    move(9, 20, 23)
    ground.say(50)
    move(10, 5)  # nobody looked for two weeks
    assert (ground.judged(row), state(row)) == (1, State.CLOSED)
    closed = row.states.latest("pk")
    assert closed.by is None
    assert closed.done_at.astimezone(clock.HANOI).date() == dt.date(2020, 9, 20)
    assert (count().on_time, count().late) == (1, 0)
    event = Event.objects.get(verb="directives.close_by_number")
    assert (event.actor, event.to_state, event.data["value"]) == ("job:judge", "closed", "50.0000000000")


def test_late_by_its_sending(ground: Ground) -> None:
    row = ground.conditioned(due=dt.date(2020, 9, 20))
    move(9, 21)
    ground.say(10)
    ground.judged(row)
    assert (count().late, lived().get().standing) == (1, "late")


def test_a_revision_that_undoes_it_opens_it_again(ground: Ground) -> None:
    row = ground.conditioned()
    move(9, 15)
    ground.say(40)
    ground.judged(row)
    before = clock.record_now()
    move(9, 16)
    ground.say(70)
    ground.judged(row)
    assert state(row) == State.REOPENED
    assert count().in_time == 1
    move(9, 17)
    ground.say(45)
    ground.judged(row)
    assert [each.state for each in row.states.order_by("pk")] == ["issued", "closed", "reopened", "closed"]
    assert row.states.latest("pk").done_at.astimezone(clock.HANOI).date() == dt.date(2020, 9, 17)
    ground.say(None)  # taken back
    ground.judged(row)
    assert state(row) == State.REOPENED
    assert asked_again(row.conditions.get(), before)[0], "as of that moment it was met"
    assert not asked_again(row.conditions.get())[0]


def test_a_revision_that_still_meets_it_changes_nothing(ground: Ground) -> None:
    row = ground.conditioned()
    move(9, 15)
    ground.say(40)
    ground.judged(row)
    done = row.states.latest("pk").done_at
    move(9, 18)
    ground.say(30)
    assert ground.judged(row) == 1
    assert row.states.count() == 2
    assert row.states.latest("pk").done_at == done, "done since the first value that met it"


def test_another_period_carries_it_when_the_first_is_undone(ground: Ground) -> None:
    row = ground.conditioned(due=dt.date(2020, 12, 31))
    move(9, 15)
    ground.say(40)
    move(12, 16)
    ground.say(45, "2020-Q4")
    ground.judged(row)
    move(12, 20)
    ground.say(90)
    ground.judged(row)
    now = row.states.latest("pk")
    assert (now.state, now.done_at.astimezone(clock.HANOI).date()) == (State.CLOSED, dt.date(2020, 12, 16))


def test_what_was_sent_before_or_about_another_unit_or_period_counts_for_nothing(ground: Ground) -> None:
    ground.say(20)  # of the third quarter, before it was ordered
    row = ground.conditioned()
    ground.judged(row)
    assert state(row) == State.ISSUED
    move(9, 15)
    ground.say(10, "2020-Q1")
    ground.say(10, unit=ground.office)
    ground.say(None)
    assert ground.judged(row) == 1, "only what was said of the quarter is judged"
    assert state(row) == State.ISSUED


def test_what_was_sent_before_and_became_known_after_counts_for_nothing(ground: Ground) -> None:
    ground.say(20, known=False)
    move(8, 18)
    row = ground.conditioned()
    indicators_testing.publish()
    assert ground.judged(row) == 1
    verdict = ConditionVerdict.objects.get()
    assert (verdict.meets, verdict.later, state(row)) == (True, False, State.ISSUED)


def test_the_same_period_where_a_correction_is_asked_for(ground: Ground) -> None:
    row = ground.conditioned(scope="same")
    move(8, 20)
    ground.say(10)
    ground.judged(row)
    assert state(row) == State.ISSUED
    ground.say(45, "2020-Q2")
    ground.judged(row)
    assert state(row) == State.CLOSED


def test_asking_twice_writes_nothing_new(ground: Ground) -> None:
    row = ground.conditioned()
    move(9, 15)
    ground.say(40)
    assert [ground.judged(row) for _each in range(3)] == [1, 0, 0]
    assert (ConditionVerdict.objects.count(), row.states.count()) == (1, 2)


def test_told_step_by_step_or_at_once_or_anew_it_is_the_same(ground: Ground) -> None:
    """Random values of three quarters: judged after each, judged at the end, and read from the publications alone."""
    dice = random.Random(7)
    for _round in range(2):
        one, other = ground.conditioned(target=50), ground.conditioned(target=50)
        for _step in range(7):
            key = dice.choice(["2020-Q3", "2020-Q4", "2021-Q1"])
            ground.say(dice.choice([10, 49, 50, 51, 90, None]), key)
            ground.judged(one)
        ground.judged(other)
        told = [[(each.state, each.done_at) for each in row.states.order_by("pk")][1:] for row in (one, other)]
        assert told[0] == told[1]
        met, said = asked_again(one.conditions.get())
        assert met == (state(one) == State.CLOSED)
        stored = one.conditions.get().verdicts.order_by("known_at", "pk")
        assert [(each.batch_id, each.value, each.counts) for each in stored] == [
            (each.batch_id, each.value, each.counts) for each in said
        ]
        carried = telling.carried(said)
        if carried:
            assert one.states.latest("pk").done_at == carried.sent_at


def test_nobody_closes_by_hand_but_by_a_signed_exception_counted_apart(ground: Ground) -> None:
    row = ground.conditioned()
    with pytest.raises(Refused, match="con số"):
        actions.say_met(by=ground.chief, assignment=row, text="Đã xong hết.")
    with pytest.raises(Refused, match="ngoại lệ"):
        actions.close(by=ground.boss, assignment=row, reason="Thôi đóng.")
    with pytest.raises(Refused):
        actions.close_by_exception(by=ground.boss, assignment=row, reason="thôi")
    made = actions.close_by_exception(by=ground.boss, assignment=row, reason="Đã sáp nhập đầu mối, số không còn.")
    assert (made.value, len(made.digest), made.kind) == (Decimal(80), 64, "password")
    assert (count().on_time, count().by_exception) == (1, 1)
    move(9, 15)
    ground.say(90)
    ground.judged(row)
    assert state(row) == State.CLOSED, "a number does not undo what was signed"


def test_it_is_refused_where_it_is_met_already_or_has_no_day(ground: Ground) -> None:
    with pytest.raises(Refused, match="đã đạt"):
        ground.conditioned(target=80)
    with pytest.raises(Refused, match="hạn"):
        ground.conditioned(due=None)  # type: ignore[arg-type]


def change_formula(ground: Ground) -> None:
    Method.objects.create(
        indicator=ground.indicator, number=99, formula="", legal_basis="Thông tư mới", valid_from=dt.date(2020, 6, 15)
    )


def change_unit(ground: Ground) -> None:
    held = Entry.objects.filter(indicator=ground.indicator).latest("pk")
    held.pk, held.known_at, held.unit_vi = None, None, "nghìn hồ sơ"
    held.save()


def change_scope(ground: Ground) -> None:
    other = ensure_source(key="regime:MOI", kind=Source.Kind.REGIME, name_vi="Chế độ mới")
    set_authority(by="job:test", indicator=ground.indicator, source=other, validity=(None, None))
    ground.source = other


@pytest.mark.parametrize("what", ["formula", "unit", "scope"])
def test_a_change_freezes_it_and_the_issuer_says_anew(ground: Ground, what: str) -> None:
    row = ground.conditioned()
    {"formula": change_formula, "unit": change_unit, "scope": change_scope}[what](ground)
    indicators_testing.publish()
    move(9, 15)
    ground.say(10)
    ground.judged(row)
    frozen = ConditionFreeze.objects.get()
    assert what in frozen.changed
    assert state(row) == State.ISSUED
    assert lived().get().frozen
    ground.say(5)
    assert ground.judged(row) == 0, "nothing decides while it is frozen"
    again = ground.wanted(target=20)
    actions.restate(by=ground.boss, assignment=row, wanted=again)
    ground.judged(row)
    assert state(row) == State.CLOSED, "what was sent meanwhile counts"
    assert not lived().get().frozen


def test_a_change_of_the_catalogue_is_told_before_a_value_comes(ground: Ground) -> None:
    row = ground.conditioned()
    change_unit(ground)
    indicators_testing.publish()
    ground.judged(row)
    assert ConditionFreeze.objects.get().changed == ["unit"]
    assert Event.objects.filter(verb="directives.freeze").count() == 1


def test_a_formula_that_holds_from_now_on_is_told_before_a_value_comes(ground: Ground) -> None:
    row = ground.conditioned()
    move(9, 1)
    Method.objects.create(
        indicator=ground.indicator, number=99, formula="", legal_basis="Thông tư mới", valid_from=dt.date(2020, 9, 1)
    )
    indicators_testing.publish()
    ground.judged(row)
    assert ConditionFreeze.objects.get().changed == ["formula"]
    actions.restate(by=ground.boss, assignment=row, wanted=ground.wanted(target=20))
    ground.judged(row)
    assert not lived().get().frozen, "said anew, it is of the new formula"
    ground.say(15)
    ground.judged(row)
    assert state(row) == State.CLOSED


def test_a_formula_that_held_when_it_was_given_freezes_nothing_by_itself(ground: Ground) -> None:
    change_formula(ground)
    indicators_testing.publish()
    row = ground.conditioned()
    ground.judged(row)
    assert not ConditionFreeze.objects.exists()


def test_only_what_a_publication_touches_is_queued(ground: Ground) -> None:
    row = ground.conditioned()
    condition = row.conditions.get()
    queued: list[int] = []
    while watching.read_once(queued.append):
        pass
    queued.clear()
    ground.say(10, unit=ground.office)
    watching.read_once(queued.append)
    assert queued == []
    ground.say(10)
    watching.read_once(queued.append)
    assert queued == [condition.pk]
    assert watching.read_once(queued.append) == 0
    change_unit(ground)
    indicators_testing.publish()
    watching.read_once(queued.append)
    assert queued == [condition.pk, condition.pk]
    assert Cursor.objects.filter(name__startswith="directives.").count() == 2


def test_reopened_by_hand_only_what_comes_after_counts(ground: Ground) -> None:
    row = ground.conditioned()
    move(9, 15)
    ground.say(40)
    ground.judged(row)
    actions.reopen(by=ground.boss, assignment=row, reason="Số này chưa được kiểm tra.")
    ground.judged(row)
    assert state(row) == State.REOPENED
    move(9, 16)
    ground.say(40)
    ground.judged(row)
    assert state(row) == State.CLOSED
    assert AssignmentState.objects.filter(assignment=row, state=State.CLOSED).count() == 2
