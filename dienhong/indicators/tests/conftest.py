import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.db import transaction
from psycopg.types.range import DateRange

from dienhong.base.text import fold, sort_key
from dienhong.indicators import actions, testing
from dienhong.indicators.actions import Row
from dienhong.indicators.models import Batch, CodeList, Entry, Field, Indicator, Member, Method, Period, Source
from dienhong.organizations.closure import refresh_ancestry
from dienhong.organizations.models import (
    CodeScheme,
    Hierarchy,
    Link,
    Unit,
    UnitCode,
    UnitKind,
    UnitName,
)

ALWAYS = DateRange(dt.date(1950, 1, 1), None)


def make_unit(name: str, kind: str, code: str = "", scheme: str = "gso") -> Unit:
    unit = Unit.objects.create(validity=ALWAYS)
    UnitName.objects.create(unit=unit, name_vi=name, sort_key=sort_key(name), search_key=fold(name), validity=ALWAYS)
    UnitKind.objects.create(unit=unit, kind=kind, validity=ALWAYS)
    if code:
        row, _made = CodeScheme.objects.get_or_create(key=scheme, defaults={"name": scheme})
        UnitCode.objects.create(unit=unit, scheme=row, code=code, validity=ALWAYS)
    return unit


def make_indicator(code: str, **said: object) -> Indicator:
    field_row, _made = Field.objects.get_or_create(
        key="public_finance", defaults={"name_vi": "Tài chính công", "name_en": "Public finance", "position": 1}
    )
    indicator = Indicator.objects.create(code=code, field=field_row)
    entry = {
        "name_vi": f"Chỉ tiêu {code}", "name_en": f"Indicator {code}", "unit_vi": "tỷ đồng", "unit_en": "billion VND",
        "decimals": 1, "frequency": ["month"], "calendar": "decree09", "nature": "flow", "agg_units": "sum",
        "agg_periods": "sum", "legal_basis": "Luật Ngân sách nhà nước 2015", **said,
    }  # fmt: skip
    formula = str(entry.pop("formula", ""))
    entry.setdefault("search_key", fold(f"{code} {entry['name_vi']} {entry['name_en']}"))
    Entry.objects.create(indicator=indicator, **entry)
    Method.objects.create(indicator=indicator, number=1, formula=formula, legal_basis=str(entry["legal_basis"]))
    return indicator


@dataclass
class Nation:
    """Nation > (north: a1, a2; south: b1, b2) in regions; nation > provinces > two communes of a1 administratively."""

    unit: Unit
    regions: dict[str, Unit] = field(default_factory=dict)
    provinces: dict[str, Unit] = field(default_factory=dict)
    communes: list[Unit] = field(default_factory=list)
    trees: dict[str, Hierarchy] = field(default_factory=dict)


def link(tree: Hierarchy, child: Unit, parent: Unit) -> None:
    Link.objects.create(hierarchy=tree, child=child, parent=parent, validity=ALWAYS)


@pytest.fixture
def nation(db: None) -> Nation:
    made = Nation(make_unit("Cả nước", "nation", "VN", "iso3166"))
    for key in ("administrative", "six_regions"):
        made.trees[key] = Hierarchy.objects.create(key=key, name_vi=key)
    tree = {"north": ("Miền Bắc", {"a1": ("Hà Nội", "01"), "a2": ("Hải Phòng", "31")})}
    tree["south"] = ("Miền Nam", {"b1": ("Cần Thơ", "92"), "b2": ("Cà Mau", "96")})
    for key, (name, provinces) in tree.items():
        made.regions[key] = make_unit(name, "region")
        link(made.trees["six_regions"], made.regions[key], made.unit)
        for province, (label, code) in provinces.items():
            made.provinces[province] = make_unit(label, "province", code)
            link(made.trees["six_regions"], made.provinces[province], made.regions[key])
            link(made.trees["administrative"], made.provinces[province], made.unit)
    for number in (1, 2):
        commune = make_unit(f"Phường {number}", "ward", f"0000{number}")
        link(made.trees["administrative"], commune, made.provinces["a1"])
        made.communes.append(commune)
    for hierarchy in made.trees.values():
        refresh_ancestry(hierarchy.pk)
    return made


@pytest.fixture
def source(db: None) -> Source:
    return actions.ensure_source("regime:RRT", Source.Kind.REGIME, "Chế độ thử", name_en="Test regime")


@pytest.fixture
def period(db: None) -> Period:
    return actions.ensure_period("decree09", "2020-M07")


@pytest.fixture
def revenue(nation: Nation, source: Source) -> Indicator:
    """A flow that adds up, its source named, published."""
    indicator = make_indicator("02.001", name_vi="Tổng thu ngân sách nhà nước", name_en="Total State budget revenue")
    actions.set_authority(indicator, source, (None, None))
    testing.publish()
    return indicator


@pytest.fixture
def channel(db: None) -> CodeList:
    row = CodeList.objects.create(key="channel", name_vi="Kênh", name_en="Channel")
    for position, key in enumerate(("online", "direct_post")):
        Member.objects.create(code_list=row, key=key, name_vi=key, name_en=key, position=position)
    return row


Value = str | int | None
Say = Callable[..., Batch]


@pytest.fixture
def say(source: Source, period: Period) -> Say:
    """Write one batch of values (unit -> value, or an int kind of empty as `~kind`) and publish it."""

    def said(
        indicator: Indicator,
        values: dict[Unit, object],
        *,
        on: Period = period,
        by: Source = source,
        publish: bool = True,
        **more: object,
    ) -> Batch:
        rows = [row_of(indicator, on, unit, value) for unit, value in values.items()]
        reporter = next(iter(values))
        with transaction.atomic():
            batch = actions.write_batch(
                by="person:1",
                source=by,
                reporter=reporter,
                rows=rows,
                evidence=[("message", f"m-{reporter.pk}", "Tin nhắn", "")],
                approved_by="person:2",
                **more,
            )
        if publish:
            testing.publish()
        return batch

    return said


def row_of(indicator: Indicator, period: Period, unit: Unit, value: object, **more: object) -> Row:
    """A str or Decimal is a value; an int is a kind of empty (base.numbers.Empty)."""
    breakdown = actions.ensure_breakdown({}).pk
    filled = Decimal(value) if isinstance(value, str | Decimal) else None
    empty = value if isinstance(value, int) else 0
    row = Row(indicator.pk, period.pk, unit.pk, breakdown, 0, filled, empty, 3, "Thu!D14", str(value))
    return row._replace(**more)
