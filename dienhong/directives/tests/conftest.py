"""A ministry's office, a province, and a figure of the province's that regimes report: late dossiers (08.003)."""

import datetime as dt
from contextlib import nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from psycopg.types.range import DateRange

from dienhong.base import clock, periods
from dienhong.directives import actions
from dienhong.directives.actions import Document, Task, Wanted
from dienhong.directives.conditions.basis import Asked
from dienhong.directives.conditions.judge import judge
from dienhong.directives.models import Assignment, AssignmentState, Directive, Scope
from dienhong.indicators import queries
from dienhong.indicators import testing as indicators_testing
from dienhong.indicators.actions import Row, ensure_breakdown, ensure_period, ensure_source, set_authority, write_batch
from dienhong.indicators.models import Batch, Indicator, Period, Source, Stage
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Grant, Person, Role, Unit

DAY = dt.date(2020, 8, 17)
PAPER = Document("01/CT-THU", dt.date(2020, 8, 3), "Thủ tướng Chính phủ")
INDICATOR = "08.003"


def person(username: str, role: Role, unit: Unit, **grant: Any) -> Person:
    made = Person.objects.create_user(username, display_name=username)
    Grant.objects.create(person=made, role=role, unit=unit, validity=DateRange(dt.date(2019, 1, 1), None), **grant)
    return made


def move(month: int, day: int, hour: int = 9, minute: int = 0) -> None:
    """The business clock shows that moment of 2020 from now on."""
    to = dt.datetime(2020, month, day, hour, minute, tzinfo=clock.HANOI)
    clock.set_business_now(to, by="job:test", reason="test")


@dataclass
class Ground:
    """`boss` and `other_boss` lead the Office, `chief` the province, `officer` works there."""

    office: Unit
    province: Unit
    boss: Person
    other_boss: Person
    chief: Person
    officer: Person
    indicator: Indicator
    source: Source
    periods: dict[str, Period] = field(default_factory=dict)

    def period(self, key: str) -> Period:
        return self.periods.setdefault(key, ensure_period("decree09", key))

    def say(self, value: object, key: str = "2020-Q3", *, unit: Unit | None = None, known: bool = True) -> Batch:
        """The province reports the figure of the quarter now; None takes it back; not `known`: not published.

        The trap: a batch is as old as its transaction, and a test is one.
        """
        row = Row(
            self.indicator.pk, self.period(key).pk, (unit or self.province).pk, ensure_breakdown({}).pk, 0,
            None if value is None else Decimal(str(value)), 9 if value is None else 0, Stage.OFFICIAL,
        )  # fmt: skip
        with transaction.atomic(), clock.played(clock.business_now()) if known else nullcontext():
            batch = write_batch(by="job:test", source=self.source, reporter=self.province, rows=[row], evidence=[])
        if known:
            indicators_testing.publish()
        return batch

    def asked(self) -> Asked:
        return Asked(self.indicator, self.province.pk, ensure_breakdown({}).pk, 0)

    def wanted(self, comparison: str = "≤", target: object = 50, scope: str = Scope.LATER) -> Wanted:
        return Wanted(self.asked(), self.period("2020-Q2"), comparison, Decimal(str(target)), scope)

    def issue(self, *tasks: Task, **more: Any) -> Directive:
        task = Task(self.province, "Xử lý dứt điểm hồ sơ quá hạn.", dt.date(2020, 9, 30))
        given = {"by": self.boss, "issuer": self.office, "title": "Hồ sơ quá hạn", "document": PAPER} | more
        return actions.issue(tasks=list(tasks) or [task], **given)

    def ordered(self, **more: Any) -> Assignment:
        return self.issue(**more).assignments.select_related("directive", "lead", "issuer").get()

    def conditioned(self, due: dt.date = dt.date(2020, 9, 30), **wanted: Any) -> Assignment:
        """The second quarter said 80; the third has to say 50 at most."""
        task = Task(self.province, "Giảm hồ sơ quá hạn.", due, condition=self.wanted(**wanted))
        figure = (self.asked(), self.period("2020-Q2"))
        made = self.issue(task, document=None, figure=figure)
        return made.assignments.select_related("directive", "lead", "issuer").get()

    def judged(self, assignment: Assignment) -> int:
        newest = assignment.conditions.order_by("-number").first()
        assert newest is not None
        return judge(condition=newest.pk)


def state(assignment: Assignment) -> str:
    return AssignmentState.objects.filter(assignment=assignment).latest("pk").state


@pytest.fixture
def ground(ground_database: None, db: None, settings: Any, tmp_path: Path) -> Ground:
    settings.DEMO, settings.STORE = True, tmp_path / "files"
    move(8, 17)
    office = organizations.unit_by_code("agency", "OOG", DAY)
    province = organizations.unit_by_code("gso", "10", DAY)
    source = ensure_source(key="regime:RR22", kind=Source.Kind.REGIME, name_vi="RR22")
    indicator = queries.indicator(INDICATOR)
    set_authority(by="job:test", indicator=indicator, source=source, validity=(None, None))
    indicators_testing.publish()
    made = Ground(
        office,
        province,
        person("lanh-dao-vp", Role.LEADER, office),
        person("lanh-dao-vp-2", Role.LEADER, office),
        person("chu-tich", Role.LEADER, province),
        person("chuyen-vien", Role.ENTRY_OFFICER, province),
        indicator,
        source,
    )
    assert periods.period("decree09", "2020-Q3").last == dt.date(2020, 9, 14)
    made.say(80, "2020-Q2")
    return made
