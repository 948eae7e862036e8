"""The hand-written permission matrix of reporting, cell by cell, by carrying out the action itself.

Acts of the reporting side ask for the unit that owes the report, acts of the receiving side for the unit it goes to.
`own`: a grant there; `subtree`: one on a unit above it, with everything below; `other`: one elsewhere; `successor`: one
on a unit whose place it took, for the provinces on 1 July 2025 and for the ministry on 1 March 2025.
"""

import datetime as dt
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from dienhong.base import clock, periods
from dienhong.base.refusal import NotPermitted
from dienhong.journal.models import Event
from dienhong.organizations import queries as organizations
from dienhong.organizations import registry
from dienhong.organizations.models import Person, Role, Unit
from dienhong.reporting import actions
from dienhong.reporting.actions.comments import add_comment
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.actions.machine import put_cells
from dienhong.reporting.actions.uploads import take_upload
from dienhong.reporting.excel import template
from dienhong.reporting.models import Duty, Edit, RegimeVersion, ReportedEvent, State, Version
from dienhong.reporting.tests.conftest import person

pytestmark = pytest.mark.django_db
ROWS = [row for row in registry.matrix("reporting") if row.role in Role.values]
NAMES = sorted({row.action.removeprefix("reporting.") for row in ROWS})
WHY = "theo ma trận quyền"
FIRST = {2020: dt.date(2020, 8, 17), 2025: dt.date(2025, 9, 4)}
RECEIVING = {"receive", "return_version", "extend", "exempt", "remind", "open_event", "close_event"}
BEFORE = {"approve": State.SUBMITTED, "send_back": State.SUBMITTED, "send": State.APPROVED} | dict.fromkeys(
    ("receive", "return_version", "withdraw", "correct"), State.SENT
)
"""The state in which the act follows; all others work on a draft, or on the duty alone."""
UNTOUCHED = {"start_entry", "take_upload", "put_cells", "extend", "exempt", "remind", "open_event", "close_event"}


@dataclass
class Scene:
    """A flood report (RR07) of Lào Cai that has come as far as the act needs, and who is who in that year."""

    flash: RegimeVersion
    duty: Duty
    event: ReportedEvent
    version: Version | None
    file: bytes = b""
    text_version: Version | None = None


def _do(name: str, scene: Scene) -> Callable[[Person], object]:
    version, duty = scene.version, scene.duty
    later = duty.due_at + dt.timedelta(days=2)
    return {
        "start_entry": lambda by: actions.start_entry(by=by, duty=duty),
        "save_cells": lambda by: actions.save_cells(by=by, version=version, typed={"a2": Typed("3")}),
        "undo": lambda by: _undo(by, version),
        "redo": lambda by: _redo(by, version),
        "nothing_to_report": lambda by: actions.nothing_to_report(by=by, version=version),
        "explain": lambda by: actions.explain(by=by, version=version, rule=_rule(version), text=WHY),
        "save_narrative": lambda by: actions.save_narrative(
            by=by, version=scene.text_version, section="hazards", text=WHY
        ),
        "add_comment": lambda by: add_comment(by=by, version=version, cell_key="a1", text=WHY),
        "take_upload": lambda by: _upload(by, duty, scene.file),
        "put_cells": lambda by: put_cells(by=by, duty=duty, cells={"a1": 2}),
        "submit": lambda by: actions.submit(by=by, version=version),
        "send_back": lambda by: actions.send_back(by=by, version=version, reason=WHY),
        "approve": lambda by: actions.approve(by=by, version=version),
        "send": lambda by: actions.send(by=by, version=version),
        "withdraw": lambda by: actions.withdraw(by=by, version=version, reason=WHY),
        "correct": lambda by: actions.correct(by=by, version=version, reason=WHY),
        "receive": lambda by: actions.receive(by=by, version=version),
        "return_version": lambda by: actions.return_version(by=by, version=version, reason=WHY),
        "extend": lambda by: actions.extend(by=by, duty=duty, due_at=later, reason=WHY),
        "exempt": lambda by: actions.exempt(by=by, duty=duty, reason=WHY),
        "remind": lambda by: actions.remind(by=by, duty=duty),
        "open_event": lambda by: actions.open_event(
            by=by, regime_version=scene.flash, slug="dot-khac", name=WHY, provinces=[duty.unit],
            first_day=duty.period.first,
        ),
        "close_event": lambda by: actions.close_event(by=by, event=scene.event, reason=WHY),
    }[name]  # fmt: skip


def _rule(version: Version | None) -> Any:
    assert version is not None
    return version.regime_version.checks.order_by("pk")[0]


def _undo(by: Person, version: Version | None) -> object:
    """Their own edit, from a day on which they could still enter."""
    assert version is not None
    Edit.objects.create(version=version, cell=version.regime_version.cells.get(key="a4"), typed="7", value=7, by=by)
    return actions.undo(by=by, version=version)


def _redo(by: Person, version: Version | None) -> object:
    """Their own edit and its undo, from a day on which they could still enter."""
    assert version is not None
    cell = version.regime_version.cells.get(key="a4")
    typed = Edit.objects.create(version=version, cell=cell, typed="7", value=7, by=by)
    Edit.objects.create(version=version, cell=cell, by=by, began_from=typed, undoes=typed)
    return actions.redo(by=by, version=version)


def _upload(by: Person, duty: Duty, file: bytes) -> object:
    taken = take_upload(by=by, duty=duty, data=file, name="lao-cai.xlsx")
    assert taken.upload.outcome == "taken", taken.upload.faults
    return taken


# The scene: one province, one receiver, a staff that may do everything, and those who are tried.


def _province(year: int) -> Unit:
    return organizations.unit_by_code("gso", "10" if year == 2020 else "15", FIRST[year])


def _ministry(year: int) -> Unit:
    return organizations.unit_by_code("agency", "MARD" if year == 2020 else "MAE", FIRST[year])


def _grounds(relation: str, receiving: bool) -> tuple[int, list[tuple[Unit, bool]]]:
    """The year, and units (with or without what is below) on which a grant stands in that relation."""
    day = FIRST[2020]
    if relation == "own":
        return 2020, [(_ministry(2020) if receiving else _province(2020), False)]
    if relation == "subtree":
        tree, unit = ("sector", _ministry(2020)) if receiving else ("administrative", _province(2020))
        return 2020, [(organizations.ancestors(tree, unit, day)[-1], True)]
    if relation == "other":
        scheme, code = ("agency", "MOIT") if receiving else ("gso", "01")
        return 2020, [(organizations.unit_by_code(scheme, code, day), False)]
    codes = [("agency", "MARD")] if receiving else [("gso", "10"), ("gso", "15")]
    return 2025, [(organizations.unit_by_code(scheme, code, day), False) for scheme, code in codes]


def _scene(name: str, year: int) -> Scene:
    flash = RegimeVersion.objects.get(regime__code="RR07")
    province, ministry, slug = _province(year), _ministry(year), f"lu-{year}"
    manager = person("dau-moi", Role.REGIME_MANAGER, ministry)
    [duty] = actions.open_event(
        by=manager, regime_version=flash, slug=slug, name="Lũ", provinces=[province], first_day=FIRST[year]
    )
    assert (duty.unit, duty.receiver) == (province, ministry)
    scene = Scene(flash, duty, ReportedEvent.objects.get(slug=slug), None)
    staff = {role: person(f"biên-chế-{role}", role, province) for role in (*Role,)[2:5]}
    if name == "take_upload":
        scene.file = template.make(duty).data
    if name == "save_narrative":
        plan = RegimeVersion.objects.get(regime__code="RR10")
        actions.open_duties(by="job:test", regime_version=plan, period=periods.period("decree09", f"{year}-Y"))
        owed = Duty.objects.get(regime=plan.regime, unit=province)
        scene.text_version = actions.start_entry(by=staff[Role.ENTRY_OFFICER], duty=owed)
    elif name not in UNTOUCHED:
        scene.version = _brought(staff, duty, BEFORE.get(name, State.IN_ENTRY))
    return scene


def _brought(staff: dict[Role, Person], duty: Duty, until: State) -> Version:
    """A report of that duty, entered and handed on until it is in that state."""
    version = actions.start_entry(by=staff[Role.ENTRY_OFFICER], duty=duty)
    actions.save_cells(by=staff[Role.ENTRY_OFFICER], version=version, typed={"a1": Typed("-")})
    if until >= State.SUBMITTED:
        actions.submit(by=staff[Role.ENTRY_OFFICER], version=version)
    if until >= State.APPROVED:
        actions.approve(by=staff[Role.LEADER], version=version)
    if until >= State.SENT:
        actions.send(by=staff[Role.CLERK], version=version)
    return version


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


@pytest.mark.parametrize("name", NAMES)
def test_the_matrix_is_true(regimes_database: None, name: str, settings: Any, tmp_path: Any) -> None:
    """Each cell. And what one may do as who receives, one may not do by a grant at who reports, nor the reverse."""
    settings.DEMO, settings.STORE = True, tmp_path / "files"
    rows = [row for row in ROWS if row.action == f"reporting.{name}"]
    assert [row.role for row in rows] == list(Role.values)
    other_end = _province if name in RECEIVING else _ministry
    for relations, year in ((("own", "subtree", "other"), 2020), (("successor",), 2025)):
        at = dt.datetime.combine(FIRST[year], dt.time(16), clock.HANOI)
        with transaction.atomic(), clock.played(at):
            do = _do(name, _scene(name, year))
            for relation in relations:
                of, grounds = _grounds(relation, name in RECEIVING)
                assert of == year
                for row in rows:
                    for number, (unit, below) in enumerate(grounds):
                        by = person(f"{row.role}-{relation}-{number}", Role(row.role), unit, subtree=below)
                        told = f"{row.action}, {row.role}, {relation}, {organizations.name(unit, FIRST[2020])}"
                        assert _said(do, by) == getattr(row, relation), told
            for role in Role:
                by = person(f"{role}-at-the-other-end", role, other_end(year))
                assert _said(do, by) == "no", f"{name}, {role}, at the other end"
            transaction.set_rollback(True)


def test_who_took_a_unit_s_place_answers_for_its_reports(regimes_database: None, settings: Any, tmp_path: Any) -> None:
    """In 2025 the new Lào Cai corrects what the old one sent in 2020; Hà Nội does not."""
    settings.DEMO, settings.STORE = True, tmp_path / "files"
    with clock.played(dt.datetime.combine(FIRST[2020], dt.time(16), clock.HANOI)):
        do = _do("correct", _scene("correct", 2020))
    heir = person("nguoi-ke-thua", Role.ENTRY_OFFICER, _province(2025))
    stranger = person("nguoi-la", Role.ENTRY_OFFICER, organizations.unit_by_code("gso", "01", FIRST[2025]))
    with clock.played(dt.datetime.combine(FIRST[2025], dt.time(16), clock.HANOI)):
        assert (_said(do, heir), _said(do, stranger)) == ("yes", "no")
    with clock.played(dt.datetime(2025, 6, 30, 16, tzinfo=clock.HANOI)):
        assert _said(do, heir) == "no", "not before it took its place"


def test_a_grant_of_one_regime_does_nothing_in_another(regimes_database: None, settings: Any, tmp_path: Any) -> None:
    settings.DEMO, settings.STORE = True, tmp_path / "files"
    with clock.played(dt.datetime.combine(FIRST[2020], dt.time(16), clock.HANOI)):
        do = _do("save_cells", _scene("save_cells", 2020))
        for scope, said in (("RR22", "no"), ("RR07", "yes"), ("", "yes")):
            assert _said(do, person(f"nhap-{scope}", Role.ENTRY_OFFICER, _province(2020), scope=scope)) == said


def test_only_the_machine_does_what_only_the_machine_does() -> None:
    """The acts without a person take a job's name; all others a person, whose right they ask for."""
    import dienhong.reporting.urls  # noqa: F401  (imports every action of the room)

    jobs = {row.action for row in registry.matrix("reporting") if row.role == "job"}
    mine = {name: do for name, do in registry.ACTIONS.items() if name.startswith("reporting.")}
    assert jobs == {"reporting.load_regime", "reporting.open_duties", "reporting.open_daily"}
    for name, do in mine.items():
        assert inspect.signature(do).parameters["by"].annotation is (str if name in jobs else Person), name
    assert not {name for name in mine if name not in jobs} ^ {row.action for row in ROWS}, "an act stands in no row"
