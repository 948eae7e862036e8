"""The whole way of the small service: what its result says is what was declared, as people write it."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.documents.models import Issued
from dienhong.dossiers import money
from dienhong.dossiers.actions import deciding
from dienhong.dossiers.actions.filing import Filing, take
from dienhong.dossiers.actions.loading import current
from dienhong.dossiers.models import Dossier, Status
from dienhong.dossiers.tests.desk import NOON, Desk, capture
from dienhong.organizations import queries
from dienhong.organizations.models import Grant, Role
from dienhong.payments.actions import register_account
from dienhong.payments.models import Purpose

SAID = {
    "applicant_name": "Nguyễn Văn Mẫu", "identity_number": "001085000001", "address": "Số 1, phố Mẫu",
    "phone": "0912000001", "entry_kind": "birth", "holder_name": "Nguyễn Thị Con", "holder_born": "2015-03-12",
    "registered_in": "01", "copies": 2, "truth": True,
}  # fmt: skip


@pytest.fixture
def desk(ground_database: None, settings: Any) -> Iterator[Desk]:
    settings.DEMO = True
    with clock.played(NOON):
        made = Desk()
        unit = queries.unit_by_code("gso", "01", NOON.date())
        register_account(
            by="job:test", unit=unit, purpose=Purpose.FEE, bank_bin="970436", bank_name="Ngân hàng Mẫu",
            number="3511000067890", holder="KHO BAC MAU HA NOI", validity=DateRange(dt.date(2020, 1, 1), None),
        )  # fmt: skip
        for person, role in ((made.clerk, Role.ONE_STOP_CLERK), (made.officer, Role.CASE_OFFICER)):
            Grant.objects.create(person=person, role=role, unit=unit, validity=DateRange(dt.date(2019, 1, 1), None))
        yield made


def test_from_filing_to_the_signed_extract(desk: Desk) -> None:
    dossier = take(by=desk.citizen, filing=Filing(current("civil_status_extract"), SAID, uuid.uuid4(), {}))
    deciding.accept(by=desk.clerk, place=desk.place(dossier, "accept_check"))
    bill = money.standing(dossier)
    assert bill.amount == 16_000
    capture(bill)
    entry = {"register_entry": "012/2015, 03/4/2015"}
    deciding.decide(by=desk.officer, place=desk.place(dossier, "prepare"), outcome="found", answers=entry)
    assert Dossier.objects.get(pk=dossier.pk).status == Status.HANDED_OVER
    paper = Issued.objects.get(kind="civil_extract")
    said = {key: paper.data[key] for key in ("entry_kind", "holder_born", "copies")}
    assert said == {"entry_kind": "Giấy khai sinh", "holder_born": "12/03/2015", "copies": 2}
    page = Client().get(f"/documents/v/{paper.code}").content.decode()
    assert "Giấy khai sinh" in page
    assert "birth" not in page[page.index("<main") :]
