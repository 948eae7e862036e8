"""A small real world: the provinces of 2020, the catalogue, regime RR22, and people of Lào Cai and the receiver."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.range import DateRange

from dienhong.base import clock, periods
from dienhong.indicators import testing as indicators_testing
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Grant, Person, Role, Unit
from dienhong.reporting import actions, regime_files
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.models import Duty, RegimeVersion, Version

FOLDER = Path(regime_files.__file__).resolve().parents[1] / "regimes" / "rr22_procedure_control"
Q2 = periods.period("decree09", "2020-Q2")
LATER = dt.datetime(2020, 9, 20, 9, 0, tzinfo=clock.HANOI)
ON_TIME = dt.datetime(2020, 6, 24, 10, 0, tzinfo=clock.HANOI)
YEAR = periods.period("decree09", "2020-Y")
FILLED = {"r1": "152", "r2": "140", "r4": "96", "r5": "152", "r14": "1830"}
FIGURES = {"r1": "594", "r2.1": "4112", "r2.2": "8792", "r3.1": "11881", "r3.2": "1205", "r4.1": "412", "r4.2": "-"}


@dataclass
class World:
    """People by role and place, the regime version, and the duties of the second quarter of 2020 by province code."""

    regime: RegimeVersion
    unit: Unit
    receiver_unit: Unit
    entry: Person
    leader: Person
    clerk: Person
    receiver: Person

    def duty(self, code: str = "10") -> Duty:
        unit = organizations.unit_by_code("gso", code, Q2.last)
        return Duty.objects.select_related("unit", "regime", "period", "receiver").get(unit=unit, period__key="2020-Q2")

    def filled(self, **changes: str) -> Version:
        version = actions.start_entry(by=self.entry, duty=self.duty())
        cells = FIGURES | {key.replace("_", "."): text for key, text in changes.items()}
        actions.save_cells(by=self.entry, version=version, typed={key: Typed(text) for key, text in cells.items()})
        return version

    def next_quarter(self) -> Version:
        """The duty of the third quarter, opened and begun on 20 September."""
        with clock.played(LATER):
            q3 = periods.period("decree09", "2020-Q3")
            made = actions.open_duties(by="job:test", regime_version=self.regime, period=q3)
            return actions.start_entry(by=self.entry, duty=next(one for one in made if one.unit_id == self.unit.pk))

    def sent(self) -> Version:
        version = self.filled()
        actions.submit(by=self.entry, version=version)
        actions.approve(by=self.leader, version=version)
        actions.send(by=self.clerk, version=version)
        indicators_testing.publish()
        version.refresh_from_db()
        return version


def person(username: str, role: Role, unit: Unit, **grant: Any) -> Person:
    made = Person.objects.create_user(username, display_name=username)
    Grant.objects.create(person=made, role=role, unit=unit, validity=DateRange(dt.date(2019, 1, 1), None), **grant)
    return made


@pytest.fixture
def world(ground_database: None, db: None, settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.DEMO = True
    settings.STORE = tmp_path / "files"
    with clock.played(ON_TIME):
        version = actions.load_regime(by="job:test", folder=regime_files.read(FOLDER))
        actions.open_duties(by="job:test", regime_version=version, period=Q2)
        unit = organizations.unit_by_code("gso", "10", Q2.last)
        office = organizations.unit_by_code("agency", "OOG", Q2.last)
        yield World(
            version,
            unit,
            office,
            person("nhap", Role.ENTRY_OFFICER, unit),
            person("lanh-dao", Role.LEADER, unit),
            person("van-thu", Role.CLERK, unit),
            person("tong-hop", Role.RECEIVER, office),
        )


@pytest.fixture
def plan(world: World) -> Iterator[tuple[World, Version]]:
    """The world of RR22 with RR10 beside it: Lào Cai's plan of 2020 in entry, every figure there, no text yet."""
    folder = regime_files.read(FOLDER.parent / "rr10_disaster_plan")
    regime_version = actions.load_regime(by="job:test", folder=folder)
    with clock.played(dt.datetime(2020, 12, 20, 9, 0, tzinfo=clock.HANOI)):
        actions.open_duties(by="job:test", regime_version=regime_version, period=YEAR)
        duty = Duty.objects.select_related("unit", "regime", "period", "receiver").get(
            unit=world.unit, regime__code="RR10"
        )
        version = actions.start_entry(by=world.entry, duty=duty)
        typed = {cell.key: Typed("-") for cell in regime_version.cells.filter(kind="number")}
        typed |= {key: Typed(text) for key, text in FILLED.items()}
        actions.save_cells(by=world.entry, version=version, typed=typed)
        yield world, version
