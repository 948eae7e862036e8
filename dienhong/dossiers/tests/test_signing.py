"""The jurist reads the law of a service with its remarks, and signs what was read."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.dossiers import folders
from dienhong.dossiers.actions.loading import current
from dienhong.dossiers.actions.signing import owner_of, sign_service
from dienhong.dossiers.tests.desk import NOON, Desk
from dienhong.organizations.models import Grant, Person

CODE = "vehicle_registration_fee"


@pytest.fixture
def desk(ground_database: None, settings: Any) -> Iterator[Desk]:
    settings.DEMO = True
    with clock.played(NOON):
        yield Desk()


def jurist(desk: Desk) -> Person:
    from psycopg.types.range import DateRange

    made = desk.person("jurist")
    Grant.objects.create(person=made, role="jurist", unit=owner_of(current(CODE)), validity=DateRange(None, None))
    return made


def open_rows() -> int:
    rules = folders.rules_of(CODE)
    assert rules is not None
    return len(rules.jurist_view().unconfirmed)


def test_only_what_was_read_is_signed(desk: Desk) -> None:
    who, version = jurist(desk), current(CODE)
    with pytest.raises(Refused):
        sign_service(by=who, version=version, seen=open_rows() - 1)
    row = sign_service(by=who, version=version, seen=open_rows(), note="Đã đọc.")
    assert (row.unconfirmed, row.version) == (open_rows(), version)
    with pytest.raises(NotPermitted):
        sign_service(by=desk.leader, version=version, seen=open_rows())


def test_the_screen_shows_remarks_and_cases_and_signs(desk: Desk, client: Client) -> None:
    client.force_login(jurist(desk), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/services/").status_code == 200
    page = client.get(f"/services/{CODE}/").content.decode()
    assert "chưa xác nhận" in page
    assert "E87" in page
    done = client.post(f"/services/{CODE}/sign/", {"seen": str(open_rows())}, follow=True).content.decode()
    assert "Đã ký bản này." in done
    assert client.get("/services/no-such/").status_code == 404
