"""A tax office with its people, an applicant, and the car of the journey: what the tests of the case share."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.range import DateRange

from dienhong.base import clock, store
from dienhong.dossiers.actions.filing import Filing, Handed, as_answers, take
from dienhong.dossiers.actions.loading import current, load_services
from dienhong.dossiers.models import Dossier, Place
from dienhong.exchange.actions import load_partners
from dienhong.journal import labels
from dienhong.organizations import queries
from dienhong.organizations.models import Grant, Person, Role
from dienhong.payments.actions import register_account
from dienhong.payments.models import Bill, Capture, Purpose

NOON = dt.datetime(2020, 8, 20, 10, tzinfo=clock.HANOI)
FADIL: dict[str, Any] = {
    "taxpayer_name": "Nguyễn Văn Mẫu",
    "identity_number": "001085000001",
    "address": "Số 1, phố Mẫu",
    "address_district": "phường Mẫu, quận Ba Đình",
    "address_province": "01",
    "phone": "0912000001",
    "by_agent": False,
    "province_code": "01",
    "condition": "new",
    "slip_no": "MAU-2020-0001",
    "chassis_no": "RLMAUFADL20000001",
    "vehicle_register.state": "found",
    "slip_status": "free",
    "vehicle_type": "car",
    "brand": "VinFast",
    "model": "Fadil",
    "seats": 5,
    "powertrain": "petrol",
    "engine_cc": 1399,
    "engine_no": "MAUENG0001",
    "origin": "domestic",
    "country": "VN",
    "assembled_in": "Hải Phòng",
    "year_made": 2020,
    "seller_tax_code": "0100109106",
    "invoice_form": "01GTKT0/001",
    "invoice_symbol": "MA/20E",
    "invoice_number": "0000001",
    "tax_invoices.state": "found",
    "invoice_status": "valid",
    "invoice_price": 549_000_000,
    "transfer_date": "2020-08-18",
    "transferor": "Đại lý Mẫu",
    "shared": False,
    "asks_exemption": False,
    "truth": True,
}


@dataclass
class Desk:
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        load_partners(by="job:test")
        load_services(by="job:test")
        self.unit = queries.unit_by_code("tax", "01", NOON.date())
        register_account(
            by="job:test", unit=self.unit, purpose=Purpose.CHARGE, bank_bin="970436", bank_name="Ngân hàng Mẫu",
            number="3511000012345", holder="KHO BAC MAU HA NOI", validity=DateRange(dt.date(2020, 1, 1), None),
        )  # fmt: skip
        self.clerk = self.person("clerk", Role.ONE_STOP_CLERK)
        self.officer = self.person("officer", Role.CASE_OFFICER)
        self.leader = self.person("leader", Role.LEADER)
        self.citizen = self.person("citizen")
        self.other = self.person("other")

    def person(self, name: str, role: Role | None = None) -> Person:
        made = Person.objects.create_user(name, display_name=f"{name} Mẫu", email=f"{name}@example.org")
        labels.set_label(made.actor, made.display_name)
        if role:
            Grant.objects.create(person=made, role=role, unit=self.unit, validity=DateRange(dt.date(2019, 1, 1), None))
        return made

    def filed(self, *fields: str, **changes: Any) -> Dossier:
        """Each of a vehicle of its own unless `changes` say the chassis; with a paper in each of these fields."""
        own = {"chassis_no": f"RLMAUFADL2{Dossier.objects.count() + 1:07d}"}
        data = {key: value for key, value in {**FADIL, **own, **changes}.items() if value is not None}
        pdf = b"%PDF-1.4 mau"
        handed = tuple(
            Handed(each, "giấy.pdf", "application/pdf", len(pdf), store.put(pdf), "clean") for each in fields
        )
        filing = Filing(
            current("vehicle_registration_fee"), {**data, **as_answers(handed)}, uuid.uuid4(), {}, files=handed
        )
        return take(by=self.citizen, filing=filing)

    def place(self, dossier: Dossier, element: str) -> Place:
        return Place.objects.select_related("dossier__version").get(dossier=dossier, element=element)


def capture(bill: Bill, amount: int | None = None) -> None:
    """Money that came, as the ledger writes it."""
    from dienhong.payments.ledger import record_captured

    row = Capture.objects.create(
        bill=bill, provider="vietqr", key=uuid.uuid4().hex, bank_ref="MAU", account_number=bill.account_number,
        amount=amount or bill.amount, matched="code", paid_at=NOON, value_date=NOON.date(), business_at=NOON,
    )  # fmt: skip
    record_captured("job:test", row, "new")
