"""The rule asked two ways must give one answer, and the reason must name what is missing."""

import datetime as dt
import itertools

import pytest
from django.contrib.auth.models import AnonymousUser

from dienhong.organizations.models import Grant, Role, Unit
from dienhong.organizations.permissions import NotAllowed, holders, may, not_the_author, require, units_for
from dienhong.organizations.tests import worlds
from dienhong.organizations.tests.worlds import days

pytestmark = pytest.mark.django_db
BEFORE, AFTER = dt.date(2020, 8, 19), dt.date(2026, 1, 5)
LEADER = Role.LEADER


def _names(units: list[Unit], world: worlds.World) -> set[str]:
    known = {each.pk: name for name, each in vars(world).items()}
    return {known[each.pk] for each in units}


def _reach(who: object, world: worlds.World, on: dt.date, scope: str = "", roles: object = LEADER) -> set[str]:
    """What the filter says, after checking that the decisions say the same of every unit."""
    listed = _names(list(units_for(who, roles, scope, on)), world)
    decided = _names([each for each in world.units if may(who, roles, each, scope, on)], world)
    assert listed == decided
    return listed


def test_a_grant_covers_its_unit_only():
    world, who = worlds.world(), worlds.person()
    worlds.grant(who, LEADER, world.lao_cai)
    assert _reach(who, world, BEFORE) == {"lao_cai"}


def test_subtree_covers_what_lies_below_on_that_day():
    world, who = worlds.world(), worlds.person()
    worlds.grant(who, LEADER, world.lao_cai, subtree=True)
    assert _reach(who, world, BEFORE) == {"lao_cai", "sa_pa"}


def test_a_successor_inherits_from_the_day_it_begins_and_answers_for_what_ended():
    world, who = worlds.world(), worlds.person()
    worlds.grant(who, LEADER, world.lao_cai)
    assert _reach(who, world, worlds.MERGED - dt.timedelta(days=1)) == {"lao_cai"}
    assert _reach(who, world, worlds.MERGED) == {"lao_cai", "new", "yen_bai"}


def test_the_successors_new_people_answer_for_the_old_unit():
    world, who = worlds.world(), worlds.person()
    worlds.grant(who, LEADER, world.new, subtree=True)
    assert _reach(who, world, AFTER) == {"new", "lao_cai", "yen_bai", "sa_pa_new", "sa_pa"}


def test_a_part_that_went_elsewhere_takes_no_grant_along():
    world, who = worlds.world(), worlds.person()
    world.lao_cai.successors.update(partial=True, inherits=False)
    worlds.refresh()
    worlds.grant(who, LEADER, world.lao_cai)
    assert _reach(who, world, AFTER) == {"lao_cai"}


def test_decision_and_filter_are_one_rule_for_every_small_grant():
    """Exhaustive: unit x subtree x role x scope x state of the grant, asked on both sides of the merger."""
    world = worlds.world()
    alive: list[dict] = [{}]
    states = [
        {},
        {"scope": "RR22"},
        {"revoked_at": dt.datetime.now(dt.UTC)},
        {"validity": days("2000-01-01", "2021-01-01")},
    ]
    cases = [(where, state) for where in world.units for state in (states if where == world.lao_cai else alive)]
    for (where, state), subtree in itertools.product(cases, (False, True)):
        who = worlds.person()
        worlds.grant(who, LEADER, where, subtree=subtree, **state)
        for on, asked in ((BEFORE, "RR22"), (AFTER, "RR22"), (AFTER, "RR05")):
            found = _reach(who, world, on, asked)
            dead = (
                "revoked_at" in state or ("validity" in state and on == AFTER) or (asked != state.get("scope", asked))
            )
            assert bool(found) is not dead


def test_two_grants_add_up():
    world, who = worlds.world(), worlds.person()
    worlds.grant(who, LEADER, world.lao_cai)
    worlds.grant(who, Role.CLERK, world.ha_noi, subtree=True)
    assert _reach(who, world, BEFORE, roles=(LEADER, Role.CLERK)) == {"lao_cai", "ha_noi", "ba_dinh"}


def test_a_delegation_dies_with_what_it_stands_in_for():
    world, away, deputy = worlds.world(), worlds.person(), worlds.person()
    original = worlds.grant(away, LEADER, world.ha_noi)
    worlds.grant(deputy, LEADER, world.ha_noi, stands_in_for=original)
    assert _reach(deputy, world, BEFORE) == {"ha_noi"}
    Grant.objects.filter(pk=original.pk).update(revoked_at=dt.datetime.now(dt.UTC))
    assert _reach(deputy, world, BEFORE) == set()


@pytest.mark.parametrize("flag", ["is_superuser", "is_staff"])
def test_djangos_own_flags_open_nothing(flag):
    world, who = worlds.world(), worlds.person()
    setattr(who, flag, True)
    who.save()
    assert _reach(who, world, BEFORE, roles=[role.value for role in Role]) == set()


def test_visitors_and_closed_accounts_may_nothing():
    world, who = worlds.world(), worlds.person()
    worlds.grant(who, LEADER, world.nation, subtree=True)
    who.is_active = False
    for nobody in (who, AnonymousUser(), None):
        assert _reach(nobody, world, BEFORE) == set()
        assert "đăng nhập" in may(nobody, LEADER, world.nation, on=BEFORE).reason_vi


@pytest.mark.parametrize(
    ("state", "where", "words"),
    [
        ({}, "ha_noi", "đơn vị khác"),
        ({"revoked_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "lao_cai", "thu hồi"),
        ({"validity": days("2000-01-01", "2020-01-01")}, "lao_cai", "không có hiệu lực vào ngày 19/08/2020"),
        ({"scope": "RR05"}, "lao_cai", "chế độ báo cáo khác"),
    ],
)
def test_the_reason_names_the_nearest_miss(state, where, words):
    world, who = worlds.world(), worlds.person()
    worlds.grant(who, LEADER, world.lao_cai, **state)
    decision = may(who, LEADER, getattr(world, where), "RR22", BEFORE)
    assert not decision
    assert words in decision.reason_vi
    assert decision.reason_en


def test_require_raises_with_the_reason_and_returns_the_grant():
    world, who = worlds.world(), worlds.person()
    with pytest.raises(NotAllowed, match="Cần vai trò “Lãnh đạo đơn vị” tại Lào Cai") as caught:
        require(who, LEADER, world.lao_cai, on=BEFORE)
    assert "Lào Cai" in caught.value.decision.reason("en")
    held = worlds.grant(who, LEADER, world.lao_cai)
    assert require(who, LEADER, world.lao_cai, on=BEFORE).grant == held.pk


def test_holders_are_those_who_may():
    world, leader, inherits = worlds.world(), worlds.person("b"), worlds.person("a")
    worlds.grant(leader, LEADER, world.new)
    worlds.grant(inherits, LEADER, world.yen_bai)
    worlds.grant(worlds.person(), LEADER, world.ha_noi)
    assert holders(LEADER, world.new, on=AFTER) == [inherits, leader]


def test_a_decision_takes_few_queries(django_assert_num_queries):
    world, who = worlds.world(), worlds.person()
    worlds.grant(who, LEADER, world.nation, subtree=True)
    with django_assert_num_queries(4):
        assert may(who, LEADER, world.ba_dinh, on=BEFORE)
    decision = may(who, LEADER, world.ba_dinh, on=BEFORE)
    with django_assert_num_queries(1):  # the reason is made when somebody reads it, and once
        assert decision.reason_vi
        assert decision.reason_en


def test_no_one_approves_their_own_entry():
    who = worlds.person()
    assert not not_the_author(who, [who.pk, 7], "báo cáo này", "this report")
    assert not_the_author(who, [7], "báo cáo này", "this report")
