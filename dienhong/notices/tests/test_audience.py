"""Asked from the units' side, the answer is the one of organizations.permissions."""

import datetime as dt

import pytest

from dienhong.base.clock import record_now
from dienhong.notices.audience import holders_of
from dienhong.organizations import permissions
from dienhong.organizations.models import Role
from dienhong.organizations.tests import worlds

DAYS = [dt.date(2020, 8, 19), dt.date(2025, 6, 30), dt.date(2025, 7, 1), dt.date(2026, 1, 1)]


@pytest.fixture
def world(db):
    made = worlds.world()
    for unit in made.units:
        worlds.grant(worlds.person(), Role.LEADER, unit)
        worlds.grant(worlds.person(), Role.LEADER, unit, subtree=True)
    worlds.grant(worlds.person(), Role.LEADER, made.ha_noi, scope="RR22")
    worlds.grant(worlds.person(), Role.CLERK, made.ha_noi)
    worlds.grant(worlds.person(), Role.LEADER, made.ha_noi, revoked_at=record_now())
    worlds.grant(worlds.person(), Role.LEADER, made.ha_noi, validity=worlds.days("2021-01-01", "2022-01-01"))
    gone = worlds.person()
    worlds.grant(gone, Role.LEADER, made.ha_noi)
    gone.is_active = False
    gone.save()
    return made


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("scope", ["", "RR22", "RR05"])
def test_as_permissions_say(world, day, scope):
    found = holders_of(Role.LEADER, [unit.pk for unit in world.units], scope, day)
    for unit in world.units:
        expected = {person.pk for person in permissions.holders(Role.LEADER, unit, scope, day)}
        assert found[unit.pk] == expected, unit.names.first().name_vi
    assert any(found.values())


def test_a_fixed_number_of_questions(world, django_assert_num_queries):
    with django_assert_num_queries(4):
        holders_of((Role.LEADER, Role.CLERK), [unit.pk for unit in world.units], on=DAYS[0])


def test_no_units_no_people(db):
    assert holders_of(Role.LEADER, []) == {}
