"""The Office, two provinces, and late dossiers (08.003) that a regime reports and the site counts."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.indicators import queries
from dienhong.indicators import testing as indicators_testing
from dienhong.indicators.actions import Row, ensure_breakdown, ensure_period, ensure_source, set_authority, write_batch
from dienhong.indicators.models import Batch, Indicator, Period, Source, Stage
from dienhong.indicators.queries import SeriesKey
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Grant, Person, Role, Unit
from dienhong.watch.checking.settle import check
from dienhong.watch.models import Difference

DAY = dt.date(2020, 8, 17)
LATE, CARRIED, LEFT = "08.003", "S.08.001", "S.08.003"


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
    """`boss` leads the Office, `chief` the province, `officer` works there, `stranger` leads another province."""

    office: Unit
    province: Unit
    other: Unit
    boss: Person
    chief: Person
    officer: Person
    stranger: Person
    reported: Source
    counted: Source
    periods: dict[str, Period] = field(default_factory=dict)

    def period(self, key: str) -> Period:
        return self.periods.setdefault(key, ensure_period("decree09", key))

    def say(
        self, value: object, key: str = "2020-Q2", *, code: str = LATE, unit: Unit | None = None, counted: bool = False
    ) -> Batch:
        """The unit reports the figure of the quarter now, or the site counts it; None takes it back.

        The trap: a batch is as old as its transaction, and a test is one.
        """
        of = unit or self.province
        row = Row(
            queries.indicator(code).pk, self.period(key).pk, of.pk, ensure_breakdown({}).pk, 0,
            None if value is None else Decimal(str(value)), 9 if value is None else 0, Stage.OFFICIAL,
        )  # fmt: skip
        source, reporter = (self.counted, self.office) if counted else (self.reported, of)
        with transaction.atomic(), clock.played(clock.business_now()):
            batch = write_batch(by="job:test", source=source, reporter=reporter, rows=[row], evidence=[])
        indicators_testing.publish()
        return batch

    def check(self, key: str = "reported_counted", *periods: str) -> int:
        return check(key=key, periods=[self.period(each).pk for each in periods or ("2020-Q2",)])

    def differs(self, reported: object = 80, counted: object = 95) -> Difference:
        """The province reports one thing, the site counts another."""
        self.say(reported)
        self.say(counted, counted=True)
        self.check()
        return Difference.objects.select_related("owner", "counterpart", "period").latest("pk")

    def key(self, key: str = "2020-Q2", code: str = LATE) -> SeriesKey:
        return SeriesKey(queries.indicator(code).pk, self.period(key).pk, self.province.pk)


@pytest.fixture
def ground(ground_database: None, db: None, settings: Any) -> Ground:
    settings.DEMO = True
    move(8, 17)
    office = organizations.unit_by_code("agency", "OOG", DAY)
    province, other = (organizations.unit_by_code("gso", code, DAY) for code in ("10", "01"))
    reported = ensure_source(key="regime:RR22", kind=Source.Kind.REGIME, name_vi="Chế độ RR22")
    counted = ensure_source(key="count:dossiers", kind=Source.Kind.COUNT, name_vi="Đếm từ hồ sơ")
    for code in (LATE, CARRIED, "S.08.004", "S.08.005", "08.001"):
        indicator: Indicator = queries.indicator(code)
        set_authority(by="job:test", indicator=indicator, source=reported, validity=(None, None))
    indicators_testing.publish()
    return Ground(
        office,
        province,
        other,
        person("lanh-dao-vp", Role.LEADER, office),
        person("chu-tich", Role.LEADER, province),
        person("chuyen-vien", Role.ENTRY_OFFICER, province),
        person("nguoi-la", Role.LEADER, other),
        reported,
        counted,
    )
