"""The hand-written permission matrix of directives, cell by cell, by carrying out the action itself.

Acts of the issuing side ask for the unit that assigned, acts of the doing side for the lead unit. The relations as in
reporting: own, one above with its subtree, an unrelated one, and one whose place the unit took.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.directives import actions
from dienhong.directives.actions import Document, Task, Wanted
from dienhong.directives.conditions.basis import Asked
from dienhong.directives.models import Assignment
from dienhong.directives.tests.conftest import person
from dienhong.indicators import queries
from dienhong.indicators.actions import ensure_breakdown, ensure_period
from dienhong.journal.models import Event
from dienhong.organizations import queries as organizations
from dienhong.organizations import registry
from dienhong.organizations.models import Person, Role, Unit

pytestmark = pytest.mark.django_db
ROWS = [row for row in registry.matrix("directives") if row.role in Role.values]
NAMES = sorted({row.action.removeprefix("directives.") for row in ROWS})
DOING = {"acknowledge", "report", "ask_extension", "say_met", "sub_assign"}
WHY = "theo ma trận quyền"
FIRST = {2020: dt.date(2020, 8, 17), 2025: dt.date(2025, 9, 4)}


def _province(year: int) -> Unit:
    return organizations.unit_by_code("gso", "10" if year == 2020 else "15", FIRST[year])


def _ministry(year: int) -> Unit:
    return organizations.unit_by_code("agency", "MARD" if year == 2020 else "MAE", FIRST[year])


def _doer(name: str, year: int) -> Unit:
    """The province; what is handed on further is handed on by the ministry."""
    return _ministry(year) if name == "sub_assign" else _province(year)


def _issuer(name: str, year: int) -> Unit:
    return organizations.unit_by_code("agency", "OOG", FIRST[year]) if name == "sub_assign" else _ministry(year)


def _grounds(relation: str, doing: bool) -> tuple[int, list[tuple[Unit, bool]]]:
    """The year, and units (with or without what is below) on which a grant stands in that relation."""
    day = FIRST[2020]
    if relation == "own":
        return 2020, [(_province(2020) if doing else _ministry(2020), False)]
    if relation == "subtree":
        tree, unit = ("administrative", _province(2020)) if doing else ("sector", _ministry(2020))
        return 2020, [(organizations.ancestors(tree, unit, day)[-1], True)]
    if relation == "other":
        scheme, code = ("gso", "01") if doing else ("agency", "MOIT")
        return 2020, [(organizations.unit_by_code(scheme, code, day), False)]
    codes = [("gso", "10"), ("gso", "15")] if doing else [("agency", "MARD")]
    return 2025, [(organizations.unit_by_code(scheme, code, day), False) for scheme, code in codes]


def _scene(name: str, year: int) -> Assignment:
    """An assignment of the ministry to the province that has come as far as the act needs."""
    issuer, lead = _issuer(name, year), _doer(name, year)
    boss, chief = person("giao", Role.LEADER, issuer), person("nhan", Role.LEADER, lead)
    conditioned = name in ("close_by_exception", "restate")
    wanted = _wanted(year) if conditioned else None
    task = Task(lead, "Việc của ma trận.", FIRST[year] + dt.timedelta(days=9), condition=wanted)
    paper = Document("1/MT", FIRST[year], "Thủ tướng Chính phủ")
    made = actions.issue(by=boss, issuer=issuer, title=WHY, tasks=[task], document=paper)
    row = made.assignments.select_related("directive").get()
    if name == "answer_extension":
        due = FIRST[year] + dt.timedelta(days=20)
        actions.ask_extension(by=chief, assignment=row, new_due=due, reason=WHY)
    if name in ("close", "reopen"):
        actions.say_met(by=chief, assignment=row, text=WHY)
    return row


def _wanted(year: int, target: int = 5) -> Wanted:
    asked = Asked(queries.indicator("08.003"), _province(year).pk, ensure_breakdown({}).pk, 0)
    return Wanted(asked, ensure_period("decree09", f"{year}-Q2"), "≤", Decimal(target), "same")


def _do(name: str, row: Assignment, year: int) -> Callable[[Person], object]:
    on = {"assignment": row}
    day = FIRST[year] + dt.timedelta(days=5)
    return {
        "issue": lambda by: actions.issue(
            by=by, issuer=_ministry(year), title=WHY, tasks=[Task(_province(year), WHY, day)],
            document=Document("2/MT", FIRST[year], "Thủ tướng Chính phủ"),
        ),
        "assign": lambda by: actions.assign(by=by, directive=row.directive, task=Task(_province(year), WHY, day)),
        "sub_assign": lambda by: actions.sub_assign(by=by, task=Task(_province(year), WHY, day), **on),
        "acknowledge": lambda by: actions.acknowledge(by=by, **on),
        "report": lambda by: actions.report(by=by, text=WHY, **on),
        "ask_extension": lambda by: actions.ask_extension(
            by=by, new_due=FIRST[year] + dt.timedelta(days=20), reason=WHY, **on
        ),
        "say_met": lambda by: actions.say_met(by=by, text=WHY, **on),
        "answer_extension": lambda by: actions.answer_extension(by=by, allow=True, **on),
        "close": lambda by: actions.close(by=by, **on),
        "close_by_exception": lambda by: actions.close_by_exception(by=by, reason=WHY, **on),
        "reopen": lambda by: actions.reopen(by=by, reason=WHY, **on),
        "cancel": lambda by: actions.cancel(by=by, reason=WHY, **on),
        "replace": lambda by: actions.replace(by=by, task=Task(_province(year), WHY, day), reason=WHY, **on),
        "restate": lambda by: actions.restate(by=by, wanted=_wanted(year, 3), **on),
    }[name]  # fmt: skip


def _said(do: Callable[[Person], object], by: Person) -> str:
    """Yes where the act was done, no where it was refused for want of a right and left no trace; all taken back."""
    before = Event.objects.count()
    with transaction.atomic():
        try:
            with transaction.atomic():
                do(by)
        except NotPermitted:
            assert Event.objects.count() == before, "refused and yet in the journal"
            return "no"
        assert Event.objects.count() > before, "done and not in the journal"
        transaction.set_rollback(True)
    return "yes"


def _people(year: int, relations: tuple[str, ...], doing: bool) -> dict[tuple[str, str], list[Person]]:
    """Who is tried: (relation, role) -> one for each ground of it. Made once for all acts of one side."""
    found: dict[tuple[str, str], list[Person]] = {}
    for relation in relations:
        for role in Role:
            for number, (unit, below) in enumerate(_grounds(relation, doing)[1]):
                by = person(f"{role}-{relation}-{number}-{doing}", role, unit, subtree=below)
                found.setdefault((relation, role), []).append(by)
    return found


def test_the_matrix_is_true(regimes_database: None, settings: Any, tmp_path: Any) -> None:
    """Each cell. And a grant at the other end opens nothing."""
    settings.DEMO, settings.STORE = True, tmp_path / "files"
    for row in NAMES:
        assert [each.role for each in ROWS if each.action == f"directives.{row}"] == list(Role.values)
    for relations, year in ((("own", "subtree", "other"), 2020), (("successor",), 2025)):
        at = dt.datetime.combine(FIRST[year], dt.time(16), clock.HANOI)
        with transaction.atomic(), clock.played(at):
            people = {doing: _people(year, relations, doing) for doing in (True, False)}
            ends = {role: {unit: person(f"{role}-{unit.pk}", role, unit) for unit in _ends(year)}
                    for role in (Role.LEADER, Role.ENTRY_OFFICER)}  # fmt: skip
            for name in NAMES:
                with transaction.atomic():
                    _true(name, year, people[name in DOING and name != "sub_assign"], ends)
                    transaction.set_rollback(True)
            transaction.set_rollback(True)


def _ends(year: int) -> list[Unit]:
    return [_ministry(year), _province(year), organizations.unit_by_code("agency", "OOG", FIRST[year])]


def _true(
    name: str, year: int, people: dict[tuple[str, str], list[Person]], ends: dict[Role, dict[Unit, Person]]
) -> None:
    do = _do(name, _scene(name, year), year)
    expected = {row.role: row for row in ROWS if row.action == f"directives.{name}"}
    for (relation, role), each in people.items():
        for by in each:
            assert _said(do, by) == getattr(expected[role], relation), f"{name}, {role}, {relation}"
    other_end = _issuer(name, year) if name in DOING else _doer(name, year)
    for role, by_unit in ends.items():
        assert _said(do, by_unit[other_end]) == "no", f"{name}, {role}, at the other end"
