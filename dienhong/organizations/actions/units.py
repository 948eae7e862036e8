"""What happens to units: founded, renamed, moved, merged, split. Merger and split end a unit and start others."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from dienhong.base.refusal import Refused
from dienhong.base.text import fold, sort_key
from dienhong.journal.actions import record
from dienhong.journal.models import ClockTimestamp
from dienhong.organizations import closure, queries
from dienhong.organizations.models import (
    CodeScheme,
    Hierarchy,
    Lineage,
    Link,
    Person,
    Role,
    Unit,
    UnitCode,
    UnitKind,
    UnitName,
)
from dienhong.organizations.permissions import require
from dienhong.organizations.registry import action


@dataclass(frozen=True, slots=True)
class NewUnit:
    """What a unit begins with. `codes`: scheme -> code."""

    name_vi: str
    kind: str
    name_en: str = ""
    short: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)


@action("organizations.found")
@transaction.atomic
def found(*, by: Person, new: NewUnit, parent: Unit, on: dt.date, hierarchy: str = "administrative") -> Unit:
    """Start a unit below `parent` in one tree. Raises NotPermitted, Refused."""
    require(by, Role.ADMINISTRATOR, parent)
    _exists(parent, on)
    unit = _begin(new, on)
    tree = Hierarchy.objects.get(key=hierarchy)
    _link(tree, unit, parent, on)
    closure.refresh_ancestry(tree.pk, [unit])
    _note(by, "found", unit, on, parent=parent.pk, name=new.name_vi)
    return unit


@action("organizations.rename")
@transaction.atomic
def rename(
    *, by: Person, unit: Unit, on: dt.date, name_vi: str, name_en: str = "", short: str = "", legal_basis: str = ""
) -> UnitName:
    """A new name from that day on; the unit stays itself. Raises NotPermitted, Refused."""
    unit = _locked(unit)
    require(by, Role.ADMINISTRATOR, unit)
    _exists(unit, on)
    if not name_vi.strip():
        raise Refused("name_missing", _("Tên mới còn trống; nhập tên của đơn vị."))
    old = UnitName.objects.get(unit=unit, validity__contains=on)
    until = _cut(old, on)
    row = UnitName.objects.create(
        unit=unit,
        **_named(NewUnit(name_vi.strip(), "", name_en or old.name_en, short or old.short)),
        validity=DateRange(on, until),
    )
    _note(by, "rename", unit, on, before=old.name_vi, after=row.name_vi, legal_basis=legal_basis)
    return row


@action("organizations.change_kind")
@transaction.atomic
def change_kind(*, by: Person, unit: Unit, on: dt.date, kind: str, legal_basis: str = "") -> UnitKind:
    """Another kind from that day on (a province becomes a municipality); the unit stays itself."""
    unit = _locked(unit)
    require(by, Role.ADMINISTRATOR, unit)
    _exists(unit, on)
    old = UnitKind.objects.get(unit=unit, validity__contains=on)
    before, until = old.kind, _cut(old, on)
    row = UnitKind.objects.create(unit=unit, kind=kind, validity=DateRange(on, until))
    _note(by, "change_kind", unit, on, before=before, after=kind, legal_basis=legal_basis)
    return row


@action("organizations.move")
@transaction.atomic
def move(*, by: Person, unit: Unit, parent: Unit, on: dt.date, hierarchy: str = "administrative") -> Link:
    """Another parent in one tree from that day on. Raises NotPermitted, Refused (a circle, a day outside)."""
    unit = _locked(unit)
    require(by, Role.ADMINISTRATOR, unit)
    require(by, Role.ADMINISTRATOR, parent)
    _exists(unit, on)
    _exists(parent, on)
    tree = Hierarchy.objects.get(key=hierarchy)
    if parent == unit or queries.descendants(hierarchy, unit, on).filter(pk=parent.pk).exists():
        raise Refused("circle", _("Đơn vị cấp trên mới lại nằm dưới chính đơn vị này; chọn đơn vị khác."))
    old = Link.objects.filter(hierarchy=tree, child=unit, validity__contains=on, superseded_at=None).first()
    until = _end_link(old, on) if old else unit.validity.upper
    row = _link(tree, unit, parent, on, until)
    closure.refresh_ancestry(tree.pk, [unit])
    _note(by, "move", unit, on, before=old.parent_id if old else None, after=parent.pk, hierarchy=hierarchy)
    return row


@action("organizations.merge")
@transaction.atomic
def merge(
    *,
    by: Person,
    units: Sequence[Unit],
    new: NewUnit,
    on: dt.date,
    legal_basis: str,
    parents: Mapping[str, Unit | None] | None = None,
) -> Unit:
    """End `units` and start one in their place; what lay below them lies below it, who acted for them acts for it.

    In a tree where they had different parents, `parents` must say which (None: none). Raises NotPermitted, Refused.
    """
    if len({unit.pk for unit in units}) < 2:
        raise Refused("merge_of_one", _("Sáp nhập cần ít nhất hai đơn vị; đổi tên thì dùng “Đổi tên”."))
    olds = [_locked(unit) for unit in sorted(units, key=lambda each: each.pk)]
    for old in olds:
        require(by, Role.ADMINISTRATOR, old)
        _exists(old, on)
    above = _common_parents(olds, on, parents or {})
    below = {old.pk: _links_below(old, on) for old in olds}
    for old in olds:
        _end(old, on)
    made = _begin(new, on)
    for tree, parent in above.items():
        _link(tree, made, parent, on)
    _hang(below, {old.pk: made for old in olds}, on)
    for old in olds:
        Lineage.objects.create(before=old, after=made, kind=Lineage.Kind.MERGE, on=on, legal_basis=legal_basis)
    _refresh()
    _note(by, "merge", made, on, before=[old.pk for old in olds], legal_basis=legal_basis)
    return made


@action("organizations.split")
@transaction.atomic
def split(
    *,
    by: Person,
    unit: Unit,
    parts: Sequence[NewUnit],
    on: dt.date,
    legal_basis: str,
    children: Mapping[int, int] | None = None,
) -> list[Unit]:
    """End `unit` and start `parts`. `children`: id of each unit below it -> index of the part it goes to.

    Who acted for the unit acts for every part until grants are changed. Raises NotPermitted, Refused.
    """
    if len(parts) < 2:
        raise Refused("split_in_one", _("Chia tách cần ít nhất hai đơn vị mới."))
    unit = _locked(unit)
    require(by, Role.ADMINISTRATOR, unit)
    _exists(unit, on)
    below, goes = _links_below(unit, on), children or {}
    homeless = sorted({link.child_id for link in below if goes.get(link.child_id) not in range(len(parts))})
    if homeless:
        names = ", ".join(queries.names(homeless, on).values())
        raise Refused("children_unplaced", _("Chưa nói các đơn vị này thuộc về đơn vị mới nào: %s.") % names)
    above = _common_parents([unit], on, {})
    _end(unit, on)
    made = [_begin(part, on) for part in parts]
    for each in made:
        for tree, parent in above.items():
            _link(tree, each, parent, on)
        Lineage.objects.create(before=unit, after=each, kind=Lineage.Kind.SPLIT, on=on, legal_basis=legal_basis)
    for link in below:
        _hang({unit.pk: [link]}, {unit.pk: made[goes[link.child_id]]}, on)
    _refresh()
    _note(by, "split", unit, on, after=[each.pk for each in made], legal_basis=legal_basis)
    return made


def _note(by: Person, verb: str, unit: Unit, on: dt.date, **data: object) -> None:
    record(
        by=by.actor, verb=f"organizations.{verb}", object_kind="unit", object_id=unit.pk, unit_id=unit.pk,
        data={"on": on.isoformat(), **data},
    )  # fmt: skip


def _locked(unit: Unit) -> Unit:
    return Unit.objects.select_for_update().get(pk=unit.pk)


def _exists(unit: Unit, on: dt.date) -> None:
    if on not in unit.validity:
        name = queries.name(unit, on)
        raise Refused(
            "outside", _("%(name)s không tồn tại vào ngày %(day)s.") % {"name": name, "day": f"{on:%d/%m/%Y}"}
        )


def _named(new: NewUnit) -> dict[str, str]:
    return {
        "name_vi": new.name_vi, "name_en": new.name_en, "short": new.short,
        "sort_key": sort_key(new.name_vi), "search_key": fold(new.name_vi),
    }  # fmt: skip


def _begin(new: NewUnit, on: dt.date) -> Unit:
    days = DateRange(on, None)
    unit = Unit.objects.create(validity=days)
    UnitName.objects.create(unit=unit, **_named(new), validity=days)
    UnitKind.objects.create(unit=unit, kind=new.kind, validity=days)
    for scheme, code in new.codes.items():
        held = UnitCode.objects.filter(scheme__key=scheme, code=code, validity__overlap=days).first()
        if held:
            name = queries.name(held.unit_id, on)
            raise Refused("code_taken", _("Mã %(code)s đang thuộc %(name)s.") % {"code": code, "name": name})
        UnitCode.objects.create(unit=unit, scheme=CodeScheme.objects.get(key=scheme), code=code, validity=days)
    return unit


def _cut(row: UnitName | UnitKind | UnitCode, on: dt.date) -> dt.date | None:
    """End a dated row before `on` (a row that began on that very day goes). Returns where it used to end."""
    until: dt.date | None = row.validity.upper
    if row.validity.lower == on:
        row.delete()
    else:
        row.validity = DateRange(row.validity.lower, on)
        row.save(update_fields=["validity"])
    return until


def _end(unit: Unit, on: dt.date) -> None:
    """The unit's last day is the one before `on`, and so for everything dated about it."""
    if unit.validity.lower == on:
        raise Refused("same_day", _("Đơn vị bắt đầu đúng ngày này; không thể kết thúc trong cùng ngày."))
    for model in (UnitName, UnitKind, UnitCode):
        model.objects.filter(unit=unit, validity__startswith__gte=on).delete()
        for row in model.objects.filter(unit=unit, validity__contains=on):
            _cut(row, on)
    links = Link.objects.filter(superseded_at=None, validity__overlap=DateRange(on, None))
    for link in [*links.filter(child=unit), *links.filter(parent=unit)]:
        _end_link(link, on)
    unit.validity = DateRange(unit.validity.lower, on)
    unit.save(update_fields=["validity"])


def _end_link(link: Link, on: dt.date) -> dt.date | None:
    """Supersede a link by one that ends before `on`. Returns where it used to end."""
    Link.objects.filter(pk=link.pk).update(superseded_at=ClockTimestamp())
    if link.validity.lower is None or link.validity.lower < on:
        _link(link.hierarchy, link.child, link.parent, link.validity.lower, on)
    return link.validity.upper  # type: ignore[no-any-return]


def _link(tree: Hierarchy, child: Unit, parent: Unit, first: dt.date | None, until: dt.date | None = None) -> Link:
    return Link.objects.create(hierarchy=tree, child=child, parent=parent, validity=DateRange(first, until))


def _links_below(unit: Unit, on: dt.date) -> list[Link]:
    rows = Link.objects.filter(parent=unit, superseded_at=None, validity__contains=on)
    return list(rows.select_related("hierarchy", "child", "parent").order_by("pk"))


def _hang(below: Mapping[int, Sequence[Link]], heirs: Mapping[int, Unit], on: dt.date) -> None:
    """Units that lay below an ended one lie below its heir, as long as the old link would have held."""
    for old, links in below.items():
        for link in links:
            if link.child_id not in heirs:
                _link(link.hierarchy, link.child, heirs[old], on, link.validity.upper)


def _common_parents(units: Sequence[Unit], on: dt.date, given: Mapping[str, Unit | None]) -> dict[Hierarchy, Unit]:
    ids = {unit.pk for unit in units}
    links = Link.objects.filter(child__in=ids, superseded_at=None, validity__contains=on)
    trees: dict[Hierarchy, dict[int, Unit]] = {}
    for link in links.select_related("hierarchy", "parent"):
        trees.setdefault(link.hierarchy, {})[link.parent_id] = link.parent
    found: dict[Hierarchy, Unit] = {}
    for tree, parents in trees.items():
        if tree.key in given:
            chosen = given[tree.key]
        elif len(parents) == 1:
            chosen = next(iter(parents.values()))
        else:
            raise Refused(
                "parents_differ",
                _("Trong cây “%s” các đơn vị có cấp trên khác nhau; chọn cấp trên của đơn vị mới.") % tree.name_vi,
            )
        if chosen is not None:
            found[tree] = chosen
    return found


def _refresh() -> None:
    for tree in Hierarchy.objects.all():
        closure.refresh_ancestry(tree.pk)
    closure.refresh_heirs()
