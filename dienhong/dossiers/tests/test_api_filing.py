"""A whole dossier in one call: judged, computed, begun; sent again it is the same one."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.dossiers import numbers
from dienhong.dossiers.models import Dossier
from dienhong.dossiers.tests.desk import FADIL, NOON, Desk
from dienhong.organizations import closure, queries
from dienhong.organizations.models import Hierarchy, Link, Unit

ADDRESS = "/api/v1/services/vehicle_registration_fee/dossiers"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def desk(ground_database: None, settings: Any) -> Iterator[Desk]:
    settings.DEMO = True
    with clock.played(NOON):
        yield Desk()


def send(desk: Desk, client: Client, data: dict[str, Any], key: str = "", **files: bytes) -> Any:
    client.force_login(desk.citizen, backend="django.contrib.auth.backends.ModelBackend")
    sent = [SimpleUploadedFile(f"{name}:giay.pdf", each) for name, each in files.items()]
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(ADDRESS, {"content": json.dumps(data), "files": sent}, headers=headers)


def test_filed_with_its_papers_once(desk: Desk, client: Client) -> None:
    first = send(desk, client, FADIL, key="a", other_papers=PDF)
    assert first.status_code == 201, first.content
    again = send(desk, client, FADIL, key="a", other_papers=PDF)
    assert (again.status_code, again.json()["code"]) == (200, first.json()["code"])
    assert first.json()["amount"] == 32_940_000
    dossier = Dossier.objects.get()
    assert [row.field for row in dossier.attachments.all()] == ["other_papers"]
    assert client.get(f"{ADDRESS}/{dossier.code}").json()["status"] == 1


def test_codes_begin_with_the_identification_code(desk: Desk) -> None:
    """Its own, else that of its level 1; below such a unit with a group of ours; where none is known, not that form."""
    day, form = NOON.date(), r"[GH]\d{2}(\.[0-9A-Z]{2,3})*"
    ha_noi, nation = queries.unit_by_code("h", "H26", day), queries.unit_by_code("key", "nation", day)
    below = Unit.objects.create(validity=DateRange(dt.date(2008, 8, 1), None), remark="mẫu")
    Link.objects.create(hierarchy=Hierarchy.objects.get(key="administrative"), child=below, parent=ha_noi,
                        validity=below.validity)  # fmt: skip
    closure.refresh_ancestry(Hierarchy.objects.get(key="administrative").pk)
    codes = [numbers.identification(each, day) for each in (desk.unit, ha_noi, below)]
    assert codes[:2] == ["G12.18.01", "H26"]
    assert codes[2].startswith("H26.")
    assert all(re.fullmatch(form, each) for each in codes)
    assert not re.fullmatch(form, numbers.identification(nation, day))


def test_faults_name_their_field_and_nothing_is_kept(desk: Desk, client: Client) -> None:
    wrong = send(desk, client, {**FADIL, "seats": 0})
    assert wrong.status_code == 422
    assert [each["pointer"] for each in wrong.json()["faults"]] == ["/seats"]
    assert send(desk, client, FADIL, no_such=PDF).status_code == 422
    assert not Dossier.objects.exists()


def test_another_person_finds_nothing(desk: Desk, client: Client) -> None:
    code = send(desk, client, FADIL).json()["code"]
    client.force_login(desk.other, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{ADDRESS}/{code}").status_code == 404


def test_a_filing_takes_few_round_trips(desk: Desk, client: Client, django_assert_max_num_queries: Any) -> None:
    """Session, person, the dossier, its rows, whether it is asked twice, its step; savepoint of the view's transaction.

    What is looked up anew for each filing shows here first: half of the cost of a filing was such questions.
    """
    send(desk, client, FADIL, other_papers=PDF)
    client.force_login(desk.citizen, backend="django.contrib.auth.backends.ModelBackend")
    body = {"content": json.dumps(FADIL), "files": [SimpleUploadedFile("other_papers:a.pdf", PDF)]}
    with django_assert_max_num_queries(8):
        assert client.post(ADDRESS, body).status_code == 201
