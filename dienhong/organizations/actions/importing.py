"""Many accounts at once, from a list: all of them or none."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base.refusal import Fault, Refused
from dienhong.base.text import fold
from dienhong.organizations import permissions
from dienhong.organizations.actions.accounts import add_person, check_address
from dienhong.organizations.actions.grants import grant
from dienhong.organizations.models import Grant, GrantRequest, Person, Role, Unit
from dienhong.organizations.registry import action


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list, understood so far. `number` is the row of the sheet; `problem` is what reading it found."""

    number: int
    username: str
    display_name: str
    email: str
    unit: Unit | None
    role: str
    subtree: bool
    first: dt.date | None
    last: dt.date | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    line: Line
    good: bool
    sentence: str


class _Undo(Exception):
    pass


@action("organizations.import_people")
def import_people(*, by: Person, lines: Sequence[Line], reason: str) -> list[Outcome]:
    """Add the accounts and give the roles. What is there already stays, so a list may be read twice.

    Raises NotPermitted, or Refused with a Fault per bad line; then nothing is saved.
    """
    with transaction.atomic():
        outcomes = [_take(by, line, reason) for line in lines]
        bad = [each for each in outcomes if not each.good]
        if bad or not outcomes:
            faults = [Fault("line", each.sentence, str(each.line.number), each.line.username) for each in bad]
            raise Refused("lines", _("Danh sách còn dòng sai; chưa lưu dòng nào."), faults)
    return outcomes


def try_people(*, by: Person, lines: Sequence[Line], reason: str) -> list[Outcome]:
    """What `import_people` would say of each line. Everything is tried out and taken back."""
    outcomes: list[Outcome] = []
    try:
        with transaction.atomic():
            outcomes = [_take(by, line, reason) for line in lines]
            raise _Undo
    except _Undo:
        return outcomes


def _take(by: Person, line: Line, reason: str) -> Outcome:
    if line.problem:
        return Outcome(line, False, line.problem)
    try:
        with transaction.atomic():  # a refused line must not keep the next ones from being looked at
            return Outcome(line, True, _do(by, line, reason))
    except Refused as refusal:
        return Outcome(line, False, refusal.sentence)


def _do(by: Person, line: Line, reason: str) -> str:
    if line.unit is None:
        raise Refused("unit", _("Thiếu đơn vị."))
    if line.email:
        check_address(line.email)
    person = Person.objects.filter(username__iexact=line.username).first() if line.username else None
    said = []
    if person is None:
        person = add_person(
            by=by, unit=line.unit, username=line.username, display_name=line.display_name, email=line.email
        )
        said.append(_("tài khoản mới"))
    elif fold(person.name) != fold(line.display_name):
        raise Refused("taken", _("Tên đăng nhập này đã là của %(name)s.") % {"name": person.name})
    else:
        permissions.require(by, Role.ADMINISTRATOR, line.unit)
        said.append(_("tài khoản đã có"))
    if line.role:
        said.append(_give(by, person, line, reason))
    return ", ".join(said)


def _give(by: Person, person: Person, line: Line, reason: str) -> str:
    assert line.unit is not None
    role = Role(line.role)
    same = {"person": person, "role": role, "unit": line.unit, "subtree": line.subtree, "scope": ""}
    if Grant.objects.filter(**same, revoked_at=None).exists():
        return _("vai trò đã có")
    if GrantRequest.objects.filter(**same, confirmed=None).exists():
        return _("vai trò đã được đề nghị, còn chờ người thứ hai")
    made = grant(
        by=by, person=person, role=role, unit=line.unit, reason=reason, subtree=line.subtree, first=line.first,
        last=line.last,
    )  # fmt: skip
    if isinstance(made, GrantRequest):
        return _("vai trò %(role)s chờ quản trị viên thứ hai") % {"role": role.label}
    return _("vai trò %(role)s") % {"role": role.label}
