"""The demo's people are made once, though regimes are played side by side."""

import datetime as dt
import threading

import pytest
from django.db import connection
from psycopg.types.range import DateRange

from dienhong.organizations.models import Grant, Person, Role, Unit, UnitName
from dienhong.reporting.demo import actors


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look before either has written: whoever comes second takes the first one's."""
    unit = Unit.objects.create(validity=DateRange(dt.date(2000, 1, 1), None))
    UnitName.objects.create(unit=unit, name_vi="Tỉnh mẫu", name_en="", validity=unit.validity, sort_key="")
    looked = threading.Barrier(2)
    name_of = actors.organizations.name

    def after_both_looked(*asked: object) -> str:
        looked.wait(10)
        return name_of(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(actors.organizations, "name", after_both_looked)
    found: list[int] = []

    def play() -> None:
        try:
            found.append(actors.actor(unit.pk, Role.CLERK).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=play) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    person = Person.objects.get(username=f"mau-{unit.pk}-clerk")
    assert found == [person.pk, person.pk]
    assert Grant.objects.filter(person=person).count() == 1


@pytest.mark.django_db
def test_the_sample_one_may_sign_in_as_plays_its_own_unit() -> None:
    unit = Unit.objects.create(validity=DateRange(dt.date(2000, 1, 1), None))
    UnitName.objects.create(unit=unit, name_vi="Tỉnh mẫu", name_en="", validity=unit.validity, sort_key="")
    sample = Person.objects.create_user("mau-tinh-mau", display_name="Lãnh đạo mẫu, Tỉnh mẫu", demo=True)
    Grant.objects.create(person=sample, role=Role.LEADER, unit=unit, validity=DateRange(None, None))
    assert actors.actor(unit.pk, Role.LEADER) == sample
    assert actors.actor(unit.pk, Role.CLERK).username == f"mau-{unit.pk}-clerk"
    sample.is_active = False
    sample.save()
    assert actors.actor(unit.pk, Role.LEADER).username == f"mau-{unit.pk}-leader"
