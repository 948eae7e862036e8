"""Rows by urgency and the exact count beside them, for whoever may see what."""

import datetime as dt
import uuid

import pytest
from django.db import connection

from dienhong.base.clock import HANOI
from dienhong.dossiers.models import Dossier, Service, ServiceVersion, Status, Tally
from dienhong.dossiers.queries.lists import Asked, by_urgency, compact
from dienhong.organizations.models import Unit

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2020, 8, 19, 12, tzinfo=HANOI)


@pytest.fixture
def units() -> list[Unit]:
    from psycopg.types.range import DateRange

    return [Unit.objects.create(validity=DateRange(dt.date(2000, 1, 1), None)) for _ in range(3)]


@pytest.fixture
def version() -> ServiceVersion:
    service = Service.objects.create(code="thu")
    return ServiceVersion.objects.create(
        service=service, number=1, digest="0" * 64, sheet={}, form={}, process={}, drawing="0" * 64
    )


def dossier(version: ServiceVersion, unit: Unit, hours: int | None, status: int = Status.IN_PROCESS) -> Dossier:
    return Dossier.objects.create(
        code=f"X-{uuid.uuid4().hex[:12]}", secret="A" * 8, version=version, service="thu", unit=unit, status=status,
        declared_on=NOON.date(), submitted_at=NOON, status_since=NOON, token=uuid.uuid4(),
        due_at=None if hours is None else NOON + dt.timedelta(hours=hours),
    )  # fmt: skip


def test_the_most_urgent_come_first_and_those_without_a_date_last(version: ServiceVersion, units: list[Unit]) -> None:
    late, soon, never = (dossier(version, units[0], hours) for hours in (-5, 3, None))
    other = dossier(version, units[1], 1)
    dossier(version, units[2], -9)
    page = by_urgency(Asked({"": [units[0].pk, units[1].pk]}))
    assert [line.id for line in page.lines] == [late.pk, other.pk, soon.pk, never.pk]
    assert page.total == 4
    assert page.after is None


def test_closed_ones_are_neither_shown_nor_counted(version: ServiceVersion, units: list[Unit]) -> None:
    one = dossier(version, units[0], 1)
    dossier(version, units[0], 1, Status.HANDED_OVER)
    assert by_urgency(Asked({"": [units[0].pk]})).total == 1
    one.status = Status.STOPPED
    one.save()
    page = by_urgency(Asked({"": [units[0].pk]}))
    assert (page.lines, page.total) == ([], 0)


def test_pages_follow_one_another_without_a_gap(version: ServiceVersion, units: list[Unit]) -> None:
    made = [dossier(version, units[n % 2], hours) for n, hours in enumerate([1, 2, 2, 3, None, None])]
    seen, after = [], None
    while True:
        page = by_urgency(Asked({"": [units[0].pk, units[1].pk]}, after=after, most=2))
        seen += [line.id for line in page.lines]
        assert page.total == 6
        if page.after is None:
            break
        after = page.after
    assert seen == [each.pk for each in made]


def test_a_grant_for_one_service_shows_that_service_alone(version: ServiceVersion, units: list[Unit]) -> None:
    dossier(version, units[0], 1)
    Dossier.objects.filter(pk=dossier(version, units[0], 2).pk).update(service="other")
    assert by_urgency(Asked({"other": [units[0].pk]})).total == 1
    both = by_urgency(Asked({"": [units[1].pk], "other": [units[0].pk]}))
    assert (len(both.lines), both.total) == (1, 1)


def test_summing_up_changes_no_count(version: ServiceVersion, units: list[Unit]) -> None:
    for hours in range(5):
        dossier(version, units[0], hours)
    Dossier.objects.filter(unit=units[0]).update(status=Status.TO_PAY)
    Dossier.objects.order_by("pk").first().delete()
    asked = Asked({"": [units[0].pk]}, statuses=[Status.TO_PAY])
    assert by_urgency(asked).total == 4
    compact()
    assert by_urgency(asked).total == 4
    assert Tally.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dossiers_dossier")
        assert cursor.fetchone()[0] == 4
