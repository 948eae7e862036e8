"""Facts from which the tests of this folder start."""

import datetime as dt
from typing import Any

from dienhong.services.vehicle_registration_fee.rules import compute

THEN = dt.date(2020, 8, 19)
CAR: dict[str, Any] = {
    "province_code": "01", "vehicle_type": "car", "seats": 5, "powertrain": "petrol", "origin": "domestic",
    "condition": "new", "table_price": 549_000_000,
}  # fmt: skip
USED = CAR | {"condition": "used", "history": "paid", "table_price": 100_000_000}
BIKE = {"province_code": "38", "vehicle_type": "motorbike", "condition": "new", "table_price": 40_000_000}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def amount(facts: dict[str, Any], on: dt.date = THEN, **more: Any) -> int:
    return compute(facts | more, on).amount
