"""The hand-written permission matrix: complete over every room, and true of this room's actions."""

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest
from django.test import RequestFactory

import dienhong
from dienhong.base.clock import HANOI
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.organizations import actions, registry
from dienhong.organizations.actions.importing import Line
from dienhong.organizations.models import Grant, GrantRequest, Person, ResetRequest, Role, Unit
from dienhong.organizations.tests import worlds

WHY = "theo ma trận quyền"
ROWS = [row for row in registry.matrix("organizations") if row.role in Role.values]


def _import_every_room() -> None:
    for found in pkgutil.walk_packages(dienhong.__path__, "dienhong."):
        if not {"tests", "migrations", "wsgi", "asgi"} & set(
            found.name.split(".")
        ):  # wsgi: what a web worker does at its start
            importlib.import_module(found.name)


def test_every_action_of_every_room_stands_in_a_matrix():
    _import_every_room()
    assert registry.gaps() == []


def test_gaps_names_what_is_absent(monkeypatch):
    monkeypatch.setitem(registry.ACTIONS, "organizations.forgotten", lambda: None)
    assert "organizations.forgotten stands in no matrix" in registry.gaps()


def _stranger(unit: Unit, role: str = Role.CLERK) -> Grant:
    return worlds.grant(worlds.person(), role, unit)


def _grant_request(unit: Unit) -> GrantRequest:
    asker = worlds.person()
    worlds.grant(asker, Role.ADMINISTRATOR, unit)
    return GrantRequest.objects.create(
        person=worlds.person(),
        role=Role.LEADER,
        unit=unit,
        validity=worlds.days("2020-01-01"),
        asked_by=asker,
        reason=WHY,
    )


def _reset_request(unit: Unit) -> ResetRequest:
    leader = _stranger(unit, Role.LEADER).person
    return ResetRequest.objects.create(person=leader, asked_by=worlds.person(), reason=WHY)


TODAY = dt.datetime.now(HANOI).date()
NEW = actions.NewUnit("Mới", "commune")
DO = {
    "found": lambda by, unit: actions.found(by=by, new=NEW, parent=unit, on=TODAY),
    "rename": lambda by, unit: actions.rename(by=by, unit=unit, on=TODAY, name_vi="Mới"),
    "change_kind": lambda by, unit: actions.change_kind(by=by, unit=unit, on=TODAY, kind="city"),
    "move": lambda by, unit: actions.move(by=by, unit=unit, parent=_also(by), on=TODAY),
    "merge": lambda by, unit: actions.merge(by=by, units=[unit, _also(by)], new=NEW, on=TODAY, legal_basis=WHY),
    "split": lambda by, unit: actions.split(
        by=by, unit=unit, parts=[NEW, NEW], on=TODAY, legal_basis=WHY,
        children=dict.fromkeys(unit.child_links.values_list("child", flat=True), 0),
    ),
    "grant": lambda by, unit: actions.grant(by=by, person=worlds.person(), role=Role.CLERK, unit=unit, reason=WHY),
    "confirm_grant": lambda by, unit: actions.confirm_grant(by=by, request=_grant_request(unit)),
    "refuse_grant": lambda by, unit: actions.refuse_grant(by=by, request=_grant_request(unit), reason=WHY),
    "revoke": lambda by, unit: actions.revoke(by=by, grant=_stranger(unit), reason=WHY),
    "hand_over": lambda by, unit: actions.hand_over(
        by=by, held=_stranger(unit), to=worlds.person(), on=TODAY + dt.timedelta(days=1), reason=WHY
    ),
    "delegate": lambda by, unit: actions.delegate(
        by=by, held=by.grants.get(), to=worlds.person(), first=TODAY, last=TODAY, reason=WHY
    ),
    "add_person": lambda by, unit: actions.add_person(by=by, unit=unit, username="new", display_name="Người mới"),
    "close_account": lambda by, unit: actions.close_account(by=by, person=_stranger(unit).person, reason=WHY),
    "reset_sign_in": lambda by, unit: actions.reset_sign_in(by=by, person=_stranger(unit).person, reason=WHY),
    "confirm_reset": lambda by, unit: actions.confirm_reset(by=by, request=_reset_request(unit)),
    "leave": lambda by, unit: actions.leave(
        by=by, person=_stranger(unit).person, heirs={}, on=TODAY, reason=WHY
    ),
    "import_people": lambda by, unit: _imported(by, unit),
    "send_password_link": lambda by, unit: actions.send_password_link(
        by=by, person=_with_address(unit), request=_asked()
    ),
    "set_address": lambda by, unit: actions.set_address(
        by=by, person=_without_password(unit), email="nguoi@coquan.gov.vn"
    ),
    "declare_holiday": lambda by, unit: actions.declare_holiday(
        by=by, date=dt.date(2027, 3, 3), kind="holiday", name="Ngày nghỉ", source=WHY
    ),
    "refuse_reset": lambda by, unit: actions.refuse_reset(by=by, request=_reset_request(unit), reason=WHY),
}  # fmt: skip


def _imported(by: Person, unit: Unit) -> None:
    line = Line(2, "new", "Người mới", "", unit, Role.CLERK, False, None, None)
    try:
        actions.import_people(by=by, lines=[line], reason=WHY)
    except Refused as refusal:  # the list is refused whole; why, its line says
        raise NotPermitted("line", refusal.faults[0].sentence) from refusal


def _with_address(unit: Unit) -> Person:
    person = _stranger(unit).person
    person.email = "nguoi@coquan.gov.vn"
    person.save()
    return person


def _without_password(unit: Unit) -> Person:
    person = _stranger(unit).person
    person.set_unusable_password()
    person.save()
    return person


def _asked() -> HttpRequest:
    request = RequestFactory().post("/", SERVER_NAME="localhost")
    request.user = AnonymousUser()
    return request


def _also(by: Person) -> Unit:
    """A second unit, which whoever acts administers in any case: the first alone decides."""
    second = worlds.unit("Khác")
    worlds.grant(by, Role.ADMINISTRATOR, second)
    return second


def _scene(world: worlds.World, role: str, relation: str) -> tuple[Person, Unit]:
    """One who holds the role for a unit, and the unit that stands in `relation` to it."""
    who = worlds.person("actor")
    here, there = {
        "own": (world.ha_noi, world.ha_noi),
        "subtree": (world.ha_noi, world.ba_dinh),
        "other": (world.ha_noi, world.new),
        "successor": (world.yen_bai, world.new),
    }[relation]
    worlds.grant(who, role, here, subtree=relation == "subtree")
    return who, Unit.objects.get(pk=there.pk)


def _said(do: Callable[[Person, Unit], object], who: Person, unit: Unit) -> str:
    """Yes where it was done, no where it was refused for want of a right; taken back."""
    with transaction.atomic():
        try:
            do(Person.objects.get(pk=who.pk), Unit.objects.get(pk=unit.pk))
            said = "yes"
        except NotPermitted:
            said = "no"
        transaction.set_rollback(True)
    return said


def _wrong(world: worlds.World, role: str, relation: str) -> Iterator[str]:
    """The actions of which the matrix says something else; each from the same savepoint."""
    with transaction.atomic():
        who, unit = _scene(world, role, relation)
        for row in ROWS:
            expected = getattr(row, relation)
            if row.role == role and expected != "-":
                said = _said(DO[row.action.removeprefix("organizations.")], who, unit)
                if said != expected:
                    yield f"{row.action}, {role}, {relation}: {said}"
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_matrix_is_true():
    """All that differ are named at once."""
    world, roles = worlds.world(), sorted({row.role for row in ROWS})
    wrong = [each for role in roles for relation in registry.RELATIONS for each in _wrong(world, role, relation)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_ones_own_session_only(rf: RequestFactory):
    from allauth.usersessions.models import UserSession

    mine, theirs = worlds.person(), worlds.person()
    rows = [
        UserSession.objects.create(user=each, ip="127.0.0.1", session_key=f"key-{each.pk}", user_agent="x")
        for each in (mine, theirs)
    ]
    with pytest.raises(Refused, match="không còn"):
        actions.end_session(by=mine, session_id=rows[1].pk)
    actions.end_session(by=mine, session_id=rows[0].pk)
    assert list(UserSession.objects.all()) == [rows[1]]
