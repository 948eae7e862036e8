"""Giving and taking roles: four eyes, never for oneself, nothing beyond one's own reach."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from dienhong.base.clock import business_today
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal.models import Event
from dienhong.organizations import actions, office
from dienhong.organizations.models import Grant, GrantRequest, Role
from dienhong.organizations.permissions import may
from dienhong.organizations.tests import worlds

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
WHY = "đi học dài hạn"


@pytest.fixture
def world():
    return worlds.world()


@pytest.fixture
def admins(world):
    pair = worlds.person("first"), worlds.person("second")
    for each in pair:
        worlds.grant(each, Role.ADMINISTRATOR, world.nation, subtree=True)
    return pair


def _give(by, person, role, unit, **more):
    return actions.grant(by=by, person=person, role=role, unit=unit, reason=WHY, **more)


def test_an_ordinary_role_is_given_at_once_and_told(world, admins):
    who = worlds.person()
    made = _give(admins[0], who, Role.CLERK, world.ha_noi)
    assert isinstance(made, Grant)
    assert may(who, Role.CLERK, world.ha_noi)
    event = Event.objects.get(verb="organizations.grant")
    assert event.data["tell"] == [who.actor]
    assert event.reason == WHY


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_approving_and_administrating_wait_for_a_second_administrator(world, admins, role):
    first, second = admins
    who = worlds.person()
    request = _give(first, who, role, world.ha_noi)
    assert isinstance(request, GrantRequest)
    assert not may(who, role, world.ha_noi)
    with pytest.raises(NotPermitted, match="quản trị viên thứ hai"):
        actions.confirm_grant(by=first, request=request)
    made = actions.confirm_grant(by=second, request=request)
    assert made.granted_by == first
    assert may(who, role, world.ha_noi)
    assert Event.objects.get(verb="organizations.confirm_grant").data["tell"] == [who.actor]
    with pytest.raises(Refused, match="đã được quyết định"):
        actions.confirm_grant(by=second, request=request)


def test_no_administrator_gives_to_themselves_or_confirms_for_themselves(world, admins):
    first, second = admins
    for role in Role:
        with pytest.raises(NotPermitted, match="không tự phân quyền"):
            _give(first, first, role, world.ha_noi)
    request = GrantRequest.objects.create(
        person=second,
        role=Role.LEADER,
        unit=world.ha_noi,
        validity=worlds.days("2020-01-01"),
        asked_by=first,
        reason=WHY,
    )
    with pytest.raises(NotPermitted, match="không tự phân quyền"):
        actions.confirm_grant(by=second, request=request)


def test_who_administers_does_not_approve_and_the_other_way_round(world, admins):
    first, second = admins
    with pytest.raises(Refused, match="không vừa quản trị"):
        _give(first, second, Role.LEADER, world.ha_noi)
    leader = worlds.person()
    worlds.grant(leader, Role.LEADER, world.ha_noi)
    with pytest.raises(Refused, match="không vừa quản trị"):
        _give(first, leader, Role.ADMINISTRATOR, world.ha_noi)
    with pytest.raises(Refused, match="không vừa quản trị"):
        actions.delegate(
            by=leader, held=leader.grants.get(), to=first, first=business_today(), last=business_today(), reason=WHY
        )


def test_the_database_knows_four_eyes_too(world, admins):
    first, _ = admins
    request = _give(first, worlds.person(), Role.LEADER, world.ha_noi)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        GrantRequest.objects.filter(pk=request.pk).update(
            decided_by=first, decided_at=dt.datetime.now(dt.UTC), confirmed=True
        )


def test_a_request_lapses_when_who_asked_is_no_administrator_any_more(world, admins):
    first, second = admins
    request = _give(first, worlds.person(), Role.LEADER, world.ha_noi)
    actions.revoke(by=second, grant=first.grants.get(), reason=WHY)
    with pytest.raises(Refused, match="không còn là quản trị viên"):
        actions.confirm_grant(by=second, request=request)
    assert not Grant.objects.filter(role=Role.LEADER).exists()


def test_requests_are_refused_by_another_and_taken_back_by_oneself(world, admins):
    first, second = admins
    one, two = (_give(first, worlds.person(), Role.LEADER, world.ha_noi) for _ in range(2))
    actions.refuse_grant(by=second, request=one, reason="chưa có quyết định bổ nhiệm")
    actions.refuse_grant(by=first, request=two, reason="nhập nhầm người")
    one.refresh_from_db()
    assert one.confirmed is False
    states = list(Event.objects.filter(verb="organizations.refuse_grant").order_by("id").values_list("data__state"))
    assert states == [("refused",), ("taken back",)]


def test_nobody_gives_more_reach_than_they_have(world):
    local, who = worlds.person(), worlds.person()
    worlds.grant(local, Role.ADMINISTRATOR, world.ha_noi)
    with pytest.raises(NotPermitted, match="không gồm cấp dưới"):
        _give(local, who, Role.CLERK, world.ha_noi, subtree=True)
    with pytest.raises(NotPermitted):
        _give(local, who, Role.CLERK, world.new)
    assert _give(local, who, Role.CLERK, world.ha_noi)


def test_revoking_is_for_administrators_and_for_the_holder(world, admins):
    who, colleague = worlds.person(), worlds.person()
    held = worlds.grant(who, Role.CLERK, world.ha_noi)
    worlds.grant(colleague, Role.LEADER, world.ha_noi)
    with pytest.raises(NotPermitted):
        actions.revoke(by=colleague, grant=held, reason=WHY)
    actions.revoke(by=who, grant=held, reason=WHY)
    assert not may(who, Role.CLERK, world.ha_noi)
    with pytest.raises(Refused, match="thu hồi trước đó"):
        actions.revoke(by=admins[0], grant=held, reason=WHY)


def test_a_leader_on_leave_is_stood_in_for_on_those_days_only(world):
    leader, deputy = worlds.person(), worlds.person()
    held = worlds.grant(leader, Role.LEADER, world.ha_noi, scope="RR22")
    today = business_today()
    made = actions.delegate(by=leader, held=held, to=deputy, first=today, last=today + DAY, reason=WHY)
    for on, expected in ((today, True), (today + DAY, True), (today + 2 * DAY, False)):
        assert bool(may(deputy, Role.LEADER, world.ha_noi, "RR22", on)) is expected
    assert not may(deputy, Role.LEADER, world.ha_noi, "RR05", today)
    with pytest.raises(NotPermitted, match="không ủy quyền tiếp"):
        actions.delegate(by=deputy, held=made, to=worlds.person(), first=today, last=today, reason=WHY)
    actions.revoke(by=leader, grant=made, reason="đã về sớm")
    assert not may(deputy, Role.LEADER, world.ha_noi, "RR22", today)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": "self"}, "cho chính mình"),
        ({"first": 5, "last": 3}, "đứng trước"),
        ({"last": 4000}, "ngoài thời hạn"),
        ({"reason": " "}, "lý do"),
        ({"to": "closed"}, "đã đóng"),
    ],
)
def test_delegation_refuses(world, change, words):
    leader, deputy, today = worlds.person(), worlds.person(), business_today()
    held = worlds.grant(leader, Role.LEADER, world.ha_noi, validity=worlds.days("2000-01-01", today + 30 * DAY))
    if change.get("to") == "closed":
        deputy.is_active = False
    said = {
        "to": leader if change.get("to") == "self" else deputy,
        "first": today + change.get("first", 0) * DAY,
        "last": today + change.get("last", 1) * DAY,
        "reason": change.get("reason", WHY),
    }
    with pytest.raises(Refused, match=words):
        actions.delegate(by=leader, held=held, **said)
    assert Grant.objects.count() == 1


def test_nobody_who_audits_stands_in_and_no_two_for_the_same_days(world, admins):
    leader, deputy, other, auditor = (worlds.person() for _ in range(4))
    held = worlds.grant(leader, Role.LEADER, world.ha_noi)
    worlds.grant(auditor, Role.AUDITOR, world.ha_noi)
    for clerk in (deputy, other):
        worlds.grant(clerk, Role.CLERK, world.ha_noi)
    said = {"first": business_today(), "last": business_today() + DAY, "reason": WHY}
    with pytest.raises(Refused, match="chỉ đọc"):
        actions.delegate(by=leader, held=held, to=auditor, **said)
    offered = [name for _unit, people in office.colleagues(held, business_today(), "vi") for name, _words in people]
    assert set(offered) == {deputy.username, other.username}
    actions.delegate(by=leader, held=held, to=deputy, **said)
    with pytest.raises(Refused, match="đã thay bạn"):
        actions.delegate(by=leader, held=held, to=other, **said)
    later = {"first": business_today() + 2 * DAY, "last": business_today() + 3 * DAY, "reason": WHY}
    actions.delegate(by=leader, held=held, to=other, **later)


def test_only_the_holder_delegates_and_never_administration(world, admins):
    leader = worlds.person()
    held = worlds.grant(leader, Role.LEADER, world.ha_noi)
    said = {"to": worlds.person(), "first": business_today(), "last": business_today(), "reason": WHY}
    with pytest.raises(NotPermitted, match="Chỉ người giữ"):
        actions.delegate(by=admins[0], held=held, **said)
    with pytest.raises(NotPermitted, match="hai người"):
        actions.delegate(by=admins[0], held=admins[0].grants.get(), **said)


def test_handing_over_leaves_no_day_without_and_none_with_two(world, admins):
    first, second = admins
    leaves, comes, on = worlds.person(), worlds.person(), business_today() + DAY
    held = worlds.grant(leaves, Role.LEADER, world.ha_noi, validity=worlds.days("2020-01-01", "2099-01-01"))
    request = actions.hand_over(by=first, held=held, to=comes, on=on, reason="nghỉ hưu")
    assert may(leaves, Role.LEADER, world.ha_noi, on=on), "not before the second administrator has confirmed"
    made = actions.confirm_grant(by=second, request=request)
    assert made.validity.upper == dt.date(2099, 1, 1)
    for day in (on - DAY, on):
        assert [bool(may(each, Role.LEADER, world.ha_noi, on=day)) for each in (leaves, comes)] == [day < on, day >= on]


def test_handing_over_an_ordinary_role_happens_at_once(world, admins):
    leaves, comes, on = worlds.person(), worlds.person(), business_today() + DAY
    held = worlds.grant(leaves, Role.CLERK, world.ha_noi)
    assert isinstance(actions.hand_over(by=admins[0], held=held, to=comes, on=on, reason="nghỉ hưu"), Grant)
    assert not may(leaves, Role.CLERK, world.ha_noi, on=on)
    assert may(comes, Role.CLERK, world.ha_noi, on=on)
