"""What the form asks is enough for the fee in the rarer cases too."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from dienhong.dossiers.forms import Form
from dienhong.services.vehicle_registration_fee.preparing import exemptions
from dienhong.services.vehicle_registration_fee.rules import compute, law

FORM = Form.load(Path(__file__).resolve().parents[1] / "form.yaml")
DAY = dt.date(2020, 8, 19)
USED_IMPORT: dict[str, Any] = {
    "taxpayer_name": "Nguyễn Văn Mẫu", "identity_number": "001085000001", "address": "Số 1 đường Mẫu",
    "address_district": "Phường Mẫu", "address_province": "79", "phone": "0912345678", "by_agent": False,
    "province_code": "79", "condition": "used", "history": "new", "used_import": True,
    "chassis_no": "MAUTYVXE000000002", "vehicle_type": "car", "brand": "Toyota", "model": "Land Cruiser", "seats": 5,
    "powertrain": "petrol", "engine_cc": 4461, "engine_no": "MAU2NR0000002", "origin": "imported", "country": "JP",
    "year_made": 2017, "invoice_price": 2_500_000_000, "transfer_date": "2020-08-01", "transferor": "Công ty Mẫu",
    "confiscated": False, "customs_value": 800_000_000, "import_duty": 560_000_000, "excise": 544_000_000,
    "import_vat": 190_400_000, "shared": False, "asks_exemption": False, "truth": True,
    "invoice_copy": [{"name": "hoa-don.pdf", "digest": "a" * 64, "size": 1000, "kind": "application/pdf"}],
}  # fmt: skip


def test_a_used_import_is_declared_with_its_customs_value() -> None:
    assert FORM.judge(USED_IMPORT, DAY) == []
    assert compute(USED_IMPORT, DAY).amount == 209_440_000  # case E39 of examples.yaml


@pytest.mark.parametrize("key", ["customs_value", "excise", "used_import"])
def test_without_it_the_form_asks(key: str) -> None:
    faults = FORM.judge({name: value for name, value in USED_IMPORT.items() if name != key}, DAY)
    assert key in {fault.where for fault in faults}


def test_a_year_first_used_stands_in_for_an_unknown_year() -> None:
    said = {name: value for name, value in USED_IMPORT.items() if name != "year_made"}
    assert "year_made" in {fault.where for fault in FORM.judge(said, DAY)}
    assert FORM.judge(said | {"year_first_used": 2018}, DAY) == []


def test_every_ground_of_exemption_is_offered_on_the_days_of_its_law_only() -> None:
    offered = FORM.by_key["exemption"]
    for day in (DAY, dt.date(2022, 2, 28), dt.date(2022, 3, 1)):
        open_ones = {each.value for each in offered.choices if each.open_on(day)}
        assert open_ones == set(exemptions(law(), day))
    asked = {**USED_IMPORT, "asks_exemption": True, "exemption": "marriage"}
    fault = next(each for each in FORM.judge(asked, DAY) if each.where == "exemption")
    assert "kết hôn" in fault.sentence
    assert "marriage" not in fault.sentence
