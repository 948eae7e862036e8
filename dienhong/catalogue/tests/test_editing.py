"""What a jurist of the nation sets right, and who may."""

import datetime as dt

import pytest
from psycopg.types.range import DateRange

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.catalogue import queries
from dienhong.catalogue.actions import amend, import_procedures, repeal, set_level, set_synchronised
from dienhong.catalogue.models import Version
from dienhong.catalogue.reading.channels import lines
from dienhong.catalogue.reading.parts import Document
from dienhong.catalogue.reading.records import Record
from dienhong.journal.models import Event
from dienhong.organizations import registry
from dienhong.organizations.models import Grant, Person, Role
from dienhong.organizations.queries import unit_by_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground_database")]
DAY = dt.date(2020, 8, 1)
CODE = "1.000001"


@pytest.fixture(autouse=True)
def one() -> None:
    record = Record(CODE, "Cấp phép thả diều", "X", "Y", channels_text="Trực tiếp5 NgàyMiễn phí", decision_no="1/QĐ-X")
    record.lines = lines(record.channels_text)
    record.documents = [Document(1, "", "Đơn", originals=1)]
    import_procedures(by="job:test", records=[record], source="mẫu")


def holder(role: str, unit: str = "nation") -> Person:
    person = Person.objects.create_user(f"{role} {unit}")
    where = unit_by_code("key", unit, dt.date(2020, 8, 19))
    Grant.objects.create(person=person, role=role, unit=where, validity=DateRange(dt.date(2019, 1, 1), None))
    return person


def amended(by: Person, **changes: object) -> Version:
    return amend(by=by, code=CODE, changes=changes, decision_no="2/QĐ-X", valid_from=DAY, reason="sửa tên")


def test_an_amendment_is_a_version_with_all_its_parts() -> None:
    made = amended(holder(Role.JURIST), name="Cấp phép thả diều sáo")
    old = Version.objects.get(procedure__code=CODE, number=1)
    assert (made.number, made.current, old.current, made.state) == (2, True, False, "amended")
    assert [line.value for line in made.lines.all()] == [5]
    assert [paper.name for paper in made.cases.get().documents.all()] == ["Đơn"]
    assert old.lines.count() == 1
    event = Event.objects.get(verb="catalogue.amend")
    assert (event.object_id, event.reason) == (CODE, "sửa tên")
    on_old = queries.procedure(CODE, DAY - dt.timedelta(days=1))
    on_new = queries.procedure(CODE, DAY)
    assert on_old is not None
    assert on_new is not None
    assert (on_old.number, on_new.number) == (1, 2)


def test_a_repeal_takes_it_off_the_lists_once() -> None:
    jurist = holder(Role.JURIST)
    repeal(by=jurist, code=CODE, decision_no="3/QĐ-X", valid_from=DAY, reason="bãi bỏ")
    assert not queries.listed().exists()
    found = queries.procedure(CODE)
    assert found is not None
    assert found.state == "repealed"
    with pytest.raises(Refused) as refused:
        repeal(by=jurist, code=CODE, decision_no="3/QĐ-X", valid_from=DAY, reason="bãi bỏ")
    assert refused.value.code == "repealed"


def test_a_level_names_its_source_and_its_days() -> None:
    jurist = holder(Role.JURIST)
    version = queries.procedure(CODE)
    assert version is not None
    assert queries.levels(version, DAY) == []
    set_level(by=jurist, code=CODE, level="4", first_day=DAY, last_day=dt.date(2022, 8, 14), source="bài khai trương")
    assert [level.level for level in queries.levels(version, DAY)] == ["4"]
    # Level 4 does not become "whole" by itself.
    assert queries.levels(version, dt.date(2022, 8, 15)) == []
    for wrong in ({"level": "5"}, {"source": " "}):
        said = {"level": "4", "source": "x"} | wrong
        with pytest.raises(Refused):
            set_level(by=jurist, code=CODE, first_day=None, last_day=None, **said)


def test_what_is_refused_leaves_nothing() -> None:
    jurist = holder(Role.JURIST)
    for changes in ({"name": " "}, {"name": "x" * 1001}):
        with pytest.raises(Refused):
            amended(jurist, **changes)
    with pytest.raises(Refused):
        amend(by=jurist, code="9.999999", changes={}, decision_no="", valid_from=DAY, reason="x")
    with pytest.raises(Refused):
        amend(by=jurist, code=CODE, changes={}, decision_no="", valid_from=DAY, reason=" ")
    with pytest.raises(ValueError, match="not to be amended"):
        amended(jurist, digest="x")
    assert Version.objects.count() == 1


def test_synchronised_is_said_by_a_partner() -> None:
    set_synchronised(by="job:test", code=CODE, partner="tax")
    row = queries.listed().get()
    assert queries.standing(CODE, row.procedure.synchronised_with) is queries.SYNCHRONISED


ROWS = [row for row in registry.matrix("catalogue") if row.role in Role.values]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.action}-{row.role}")
def test_the_matrix_holds(row: registry.Row) -> None:
    verbs = {
        "catalogue.amend": lambda by: amended(by, name="Tên mới"),
        "catalogue.repeal": lambda by: repeal(by=by, code=CODE, decision_no="3", valid_from=DAY, reason="x"),
        "catalogue.set_level": lambda by: set_level(
            by=by, code=CODE, level="4", first_day=None, last_day=None, source="x"
        ),
    }
    for unit, answer in (("province-ha-noi", row.other), ("nation", row.own)):
        by = holder(row.role, unit)
        if answer == "yes":
            verbs[row.action](by)
        else:
            with pytest.raises(NotPermitted):
                verbs[row.action](by)
