"""What happens to units: each verb works, refuses, keeps the closure right and is in the journal."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal.models import Event
from dienhong.organizations import queries
from dienhong.organizations.actions import NewUnit, change_kind, found, merge, move, rename, split
from dienhong.organizations.models import (
    Ancestry,
    CodeScheme,
    Hierarchy,
    Link,
    Role,
    Unit,
    UnitCode,
    UnitKind,
    UnitName,
)
from dienhong.organizations.permissions import may
from dienhong.organizations.tests import worlds
from dienhong.organizations.tests.worlds import days

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 3, 1)
BEFORE = ON - dt.timedelta(days=1)
TREE = "administrative"


@pytest.fixture
def world():
    return worlds.world()


@pytest.fixture
def admin(world):
    who = worlds.person("admin")
    worlds.grant(who, Role.ADMINISTRATOR, world.nation, subtree=True)
    return who


def test_rename_keeps_the_unit_and_its_old_name(world, admin):
    rename(by=admin, unit=world.ha_noi, on=ON, name_vi="Thăng Long")
    assert queries.name(world.ha_noi, BEFORE) == "Hà Nội"
    assert queries.name(world.ha_noi, ON) == "Thăng Long"
    event = Event.objects.get(verb="organizations.rename")
    assert (event.actor, event.data["before"]) == (admin.actor, "Hà Nội")


def test_renaming_on_the_day_of_another_name_replaces_it_and_later_names_stay(world, admin):
    rename(by=admin, unit=world.ha_noi, on=ON, name_vi="Thăng Long")
    rename(by=admin, unit=world.ha_noi, on=dt.date(2025, 1, 1), name_vi="Đông Đô")
    rename(by=admin, unit=world.ha_noi, on=ON, name_vi="Đại La")
    assert [queries.name(world.ha_noi, day) for day in (dt.date(2024, 1, 1), BEFORE, ON)] == [
        "Hà Nội", "Đông Đô", "Đại La"
    ]  # fmt: skip


def test_a_new_kind_keeps_the_unit(world, admin):
    change_kind(by=admin, unit=world.new, on=ON, kind="municipality")
    assert queries.full_name(world.new, BEFORE) == "Tỉnh Lào Cai"
    assert queries.full_name(world.new, ON) == "Thành phố Lào Cai"


def test_found_and_move(world, admin):
    made = found(by=admin, new=NewUnit("Bản Mới", "commune", codes={"gso": "99999"}), parent=world.new, on=ON)
    assert queries.ancestors(TREE, made, ON) == [world.new, world.nation]
    assert not queries.ancestors(TREE, made, BEFORE)
    later = ON + dt.timedelta(days=10)
    move(by=admin, unit=made, parent=world.ha_noi, on=later)
    assert queries.ancestors(TREE, made, ON) == [world.new, world.nation]
    assert queries.ancestors(TREE, made, later) == [world.ha_noi, world.nation]


def test_moving_takes_what_lies_below_along_and_the_past_can_be_replayed(world, admin):
    known = Ancestry.objects.order_by("-known_at").first().known_at
    move(by=admin, unit=world.ha_noi, parent=world.new, on=ON)
    assert queries.ancestors(TREE, world.ba_dinh, ON) == [world.ha_noi, world.new, world.nation]
    assert queries.ancestors(TREE, world.ba_dinh, BEFORE) == [world.ha_noi, world.nation]
    as_it_was = queries.descendants(TREE, world.new, ON, known_at=known)
    assert set(as_it_was) == {world.sa_pa_new}


def test_a_circle_is_refused(world, admin):
    with pytest.raises(Refused, match="nằm dưới chính đơn vị này"):
        move(by=admin, unit=world.ha_noi, parent=world.ba_dinh, on=ON)


def test_merge_ends_the_old_starts_the_new_and_keeps_what_lies_below(world, admin):
    made = merge(
        by=admin, units=[world.new, world.ha_noi], new=NewUnit("Bắc Hà", "province", codes={"gso": "01"}), on=ON,
        legal_basis="Nghị quyết thử",
    )  # fmt: skip
    for old in (world.new, world.ha_noi):
        old.refresh_from_db()
        assert old.validity.upper == ON
    assert queries.unit_by_code("gso", "01", BEFORE) == world.ha_noi
    assert queries.unit_by_code("gso", "01", ON) == made
    assert set(queries.children(TREE, made, ON)) == {world.sa_pa_new, world.ba_dinh}
    assert set(queries.children(TREE, world.nation, ON)) == {made}
    assert set(queries.children(TREE, world.ha_noi, BEFORE)) == {world.ba_dinh}
    assert {row.before for row in queries.predecessors(made)} == {world.new, world.ha_noi}
    who = worlds.person()
    worlds.grant(who, Role.LEADER, world.lao_cai)  # two mergers ago
    assert may(who, Role.LEADER, made, on=ON)
    assert not may(who, Role.LEADER, made, on=BEFORE)
    assert Event.objects.get(verb="organizations.merge").object_id == str(made.pk)


def test_merge_asks_for_the_parent_where_the_old_ones_differ(world, admin):
    move(by=admin, unit=world.ba_dinh, parent=world.nation, on=dt.date(2025, 9, 1))
    units = [world.ba_dinh, world.sa_pa_new]
    with pytest.raises(Refused, match="cấp trên khác nhau"):
        merge(by=admin, units=units, new=NewUnit("Mới", "ward"), on=ON, legal_basis="")
    made = merge(by=admin, units=units, new=NewUnit("Mới", "ward"), on=ON, legal_basis="", parents={TREE: world.new})
    assert queries.parent(TREE, made, ON) == world.new


def test_split_places_every_child(world, admin):
    parts = [NewUnit("Đông", "province"), NewUnit("Tây", "province")]
    with pytest.raises(Refused, match="Ba Đình"):
        split(by=admin, unit=world.ha_noi, parts=parts, on=ON, legal_basis="")
    east, west = split(by=admin, unit=world.ha_noi, parts=parts, on=ON, legal_basis="", children={world.ba_dinh.pk: 1})
    assert set(queries.children(TREE, west, ON)) == {world.ba_dinh}
    assert not queries.children(TREE, east, ON).exists()
    assert queries.ancestors(TREE, world.ba_dinh, ON) == [west, world.nation]


def test_a_refused_merge_leaves_nothing_behind(world, admin):
    with pytest.raises(Refused, match="Mã 15 đang thuộc Lào Cai"), transaction.atomic():
        merge(
            by=admin, units=[world.ba_dinh, world.ha_noi], new=NewUnit("X", "province", codes={"gso": "15"}), on=ON,
            legal_basis="", parents={TREE: world.nation},
        )  # fmt: skip
    assert not Unit.objects.filter(validity__startswith=ON).exists()
    world.ha_noi.refresh_from_db()
    assert world.ha_noi.validity.upper is None


def test_days_on_which_the_unit_does_not_exist_are_refused(world, admin):
    with pytest.raises(Refused, match="Yên Bái không tồn tại vào ngày 01/03/2026"):
        rename(by=admin, unit=world.yen_bai, on=ON, name_vi="Khác")


def test_only_administrators_of_the_unit(world):
    other = worlds.person()
    worlds.grant(other, Role.ADMINISTRATOR, world.ha_noi, subtree=True)
    worlds.grant(other, Role.LEADER, world.new)
    with pytest.raises(NotPermitted):
        rename(by=other, unit=world.new, on=ON, name_vi="Khác")
    with pytest.raises(NotPermitted):
        move(by=other, unit=world.ba_dinh, parent=world.new, on=ON)
    assert not Event.objects.filter(verb__startswith="organizations.").exists()


def _twice(world, model, **more):
    return [
        lambda: model.objects.create(**more, validity=days("2025-12-31", "2026-01-02")),
        lambda: model.objects.create(**more, validity=days("2026-01-01")),
    ]


@pytest.mark.parametrize("table", ["name", "kind", "code of one unit", "unit of one code", "parent"])
def test_the_database_refuses_two_at_once(world, table):
    unit = Unit.objects.create(validity=days("2020-01-01"))
    gso, other = CodeScheme.objects.get(key="gso"), CodeScheme.objects.create(key="x", name="x")
    first, second = {
        "name": lambda: _twice(world, UnitName, unit=unit, name_vi="A", sort_key="a", search_key="a"),
        "kind": lambda: _twice(world, UnitKind, unit=unit, kind="ward"),
        "code of one unit": lambda: [
            lambda: UnitCode.objects.create(unit=unit, scheme=gso, code="A", validity=days("2025-12-31", "2026-01-02")),
            lambda: UnitCode.objects.create(unit=unit, scheme=gso, code="B", validity=days("2026-01-01")),
        ],
        "unit of one code": lambda: [
            lambda: UnitCode.objects.create(unit=unit, scheme=gso, code="A", validity=days("2025-12-31", "2026-01-02")),
            lambda: UnitCode.objects.create(unit=world.new, scheme=other, code="A", validity=days("2026-01-01")),
        ],
        "parent": lambda: _twice(world, Link, child=unit, parent=world.new, hierarchy=Hierarchy.objects.get(key=TREE)),
    }[table]()  # fmt: skip
    first()
    if table == "unit of one code":
        second()  # another scheme: no clash
        clash = {"unit": world.ha_noi, "scheme": gso, "code": "A", "validity": days("2026-01-01")}
        UnitCode.objects.filter(unit=world.ha_noi).delete()
        UnitCode.objects.create(**{**clash, "validity": days("2026-01-02", "2026-01-03")})  # the day after: no clash
        with pytest.raises(IntegrityError, match="code_one_unit_a_day"), transaction.atomic():
            UnitCode.objects.create(**{**clash, "unit": world.nation})
        return
    with pytest.raises(IntegrityError, match="no_overlap"), transaction.atomic():
        second()


def test_an_unknown_start_must_say_so():
    with pytest.raises(IntegrityError, match="unit_start_known_or_not"), transaction.atomic():
        Unit.objects.create(validity=days(None))
    Unit.objects.create(validity=days(None), start_unknown=True)
