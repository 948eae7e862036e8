"""Small worlds for tests: a nation, two provinces that merge, one that stays, communes below."""

import datetime as dt
import itertools
from dataclasses import dataclass

from psycopg.types.range import DateRange

from dienhong.base.text import fold, sort_key
from dienhong.organizations import closure
from dienhong.organizations.models import (
    CodeScheme,
    Grant,
    Hierarchy,
    Lineage,
    Link,
    Person,
    Unit,
    UnitCode,
    UnitKind,
    UnitName,
)

MERGED = dt.date(2025, 7, 1)
_numbers = itertools.count(1)


def days(first: str | dt.date | None = None, until: str | dt.date | None = None) -> DateRange:
    return DateRange(_day(first), _day(until), "[)")


def _day(day: str | dt.date | None) -> dt.date | None:
    return dt.date.fromisoformat(day) if isinstance(day, str) else day


def unit(
    name: str,
    kind: str = "province",
    first: str | dt.date | None = "2000-01-01",
    until: str | dt.date | None = None,
    code: str = "",
) -> Unit:
    validity = days(first, until)
    made = Unit.objects.create(validity=validity, start_unknown=first is None)
    UnitName.objects.create(unit=made, name_vi=name, sort_key=sort_key(name), search_key=fold(name), validity=validity)
    UnitKind.objects.create(unit=made, kind=kind, validity=validity)
    if code:
        scheme, _ = CodeScheme.objects.get_or_create(key="gso", defaults={"name": "gso"})
        UnitCode.objects.create(unit=made, scheme=scheme, code=code, validity=validity)
    return made


def link(child: Unit, parent: Unit, first: str | dt.date = "2000-01-01", until: str | dt.date | None = None) -> Link:
    tree, _ = Hierarchy.objects.get_or_create(key="administrative", defaults={"name_vi": "Hành chính"})
    return Link.objects.create(hierarchy=tree, child=child, parent=parent, validity=days(first, until))


def person(username: str = "") -> Person:
    return Person.objects.create(username=username or f"person-{next(_numbers)}")


def grant(who: Person, role: str, where: Unit, *, subtree: bool = False, **more: object) -> Grant:
    more.setdefault("validity", days("2000-01-01"))
    return Grant.objects.create(person=who, role=role, unit=where, subtree=subtree, **more)


@dataclass
class World:
    """`lao_cai` and `yen_bai` become `new` on 1 July 2025; `ha_noi` stays; each has a commune below it."""

    nation: Unit
    lao_cai: Unit
    yen_bai: Unit
    new: Unit
    ha_noi: Unit
    sa_pa: Unit
    ba_dinh: Unit
    sa_pa_new: Unit

    @property
    def units(self) -> list[Unit]:
        return list(vars(self).values())


def world() -> World:
    made = World(
        nation=unit("Việt Nam", "nation"),
        lao_cai=unit("Lào Cai", until=MERGED, code="10"),
        yen_bai=unit("Yên Bái", until=MERGED, code="15"),
        new=unit("Lào Cai", first=MERGED, code="15"),
        ha_noi=unit("Hà Nội", "municipality", code="01"),
        sa_pa=unit("Sa Pa", "ward", until=MERGED, code="03006"),
        ba_dinh=unit("Ba Đình", "ward", code="00004"),
        sa_pa_new=unit("Sa Pa", "ward", first=MERGED, code="03006"),
    )
    for child in (made.lao_cai, made.yen_bai):
        link(child, made.nation, until=MERGED)
        Lineage.objects.create(before=child, after=made.new, kind="merge", on=MERGED)
    link(made.new, made.nation, MERGED)
    link(made.ha_noi, made.nation)
    link(made.sa_pa, made.lao_cai, until=MERGED)
    link(made.ba_dinh, made.ha_noi)
    link(made.sa_pa_new, made.new, MERGED)
    Lineage.objects.create(before=made.sa_pa, after=made.sa_pa_new, kind="continue", on=MERGED)
    refresh()
    return made


def refresh() -> None:
    for tree in Hierarchy.objects.all():
        closure.refresh_ancestry(tree.pk)
    closure.refresh_heirs()
