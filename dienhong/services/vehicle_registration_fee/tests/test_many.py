"""Arrays of cases: equal to single ones at random, and refused whole rather than wrong in one."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dienhong.rules.law import Coded
from dienhong.rules.law.faults import FactMissing, NoLaw, TooLarge, Undecided
from dienhong.services.vehicle_registration_fee.rules import CHUNK, compute, compute_many

THEN = dt.date(2020, 8, 19)
TYPES = ("car", "bus", "pickup_passenger", "pickup_goods", "van_goods", "lorry", "trailer", "motorbike")
cases = st.fixed_dictionaries(
    {
        "vehicle_type": st.sampled_from(TYPES),
        "province_code": st.sampled_from(["01", "79", "42", "14", "31", "92", "38"]),
        "seats": st.integers(2, 12),
        "payload_kg": st.integers(900, 1600),
        "powertrain": st.sampled_from(["petrol", "hybrid", "battery"]),
        "origin": st.sampled_from(["domestic", "imported"]),
        "condition": st.sampled_from(["new", "used"]),
        "table_price": st.integers(1_000_000, 60_000_000_000),
        "year_made": st.integers(2000, 2019),
        "area": st.sampled_from(["A", "B"]),
        "last_area": st.sampled_from(["A", "B"]),
        "paid_high_rate": st.booleans(),
        "exemption": st.sampled_from(["", "", "", "diplomatic"]),
        "on": st.dates(dt.date(2019, 4, 10), dt.date(2031, 6, 30)),
    }
)


def whole(case: dict[str, Any]) -> dict[str, Any]:
    """With what a single case has to say besides: price by invoice for trailers, an earlier fee for the used."""
    history = {"history": "paid" if case["seats"] % 2 else "exempt"} if case["condition"] == "used" else {}
    return case | history | {"invoice_price": case["table_price"]}


def columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {
        key: np.array([row[key] for row in rows]) for key in ("seats", "payload_kg", "paid_high_rate")
    }
    made["price"] = np.array([row["table_price"] for row in rows])
    made["year_counted"] = np.array([row["year_made"] for row in rows])
    words = ("vehicle_type", "province_code", "powertrain", "origin", "condition", "area", "last_area", "exemption")
    made |= {key: np.array([row[key] for row in rows]) for key in words}
    made["history"] = Coded.of([row.get("history", "new") for row in rows])
    made["price_path"] = Coded.of(["market" if row["vehicle_type"] == "trailer" else "table" for row in rows])
    return made


@settings(max_examples=60, deadline=None)
@given(st.lists(cases, min_size=1, max_size=8))
def test_equal_to_single_cases(rows: list[dict[str, Any]]) -> None:
    rows = [whole(row) for row in rows]
    days = np.array([row["on"] for row in rows], dtype="datetime64[D]")
    assert compute_many(columns(rows), days).tolist() == [compute(row, row["on"]).amount for row in rows]
    one = rows[0]["on"]
    assert compute_many(columns(rows), one).tolist() == [compute(row, one).amount for row in rows]


LORRY = {"price_path": "table", "vehicle_type": "lorry", "origin": "imported", "condition": "new", "history": "new"}
CAR = LORRY | {"vehicle_type": "car", "seats": 5}


def test_more_cases_than_one_part() -> None:
    prices = np.arange(CHUNK + 3) * 50
    assert compute_many(LORRY | {"price": prices}, THEN).tolist() == (prices // 50).tolist()


def test_an_unknown_or_ended_province_is_refused_with_its_case() -> None:
    given_ = CAR | {"price": np.array([1, 1]), "province_code": np.array(["01", "29"])}
    with pytest.raises(Undecided, match=r"Trường hợp 1.*“29”"):
        compute_many(given_, THEN)
    merged = given_ | {"province_code": np.array(["30", "30"])}
    days = np.array(["2025-06-30", "2025-07-01"], dtype="datetime64[D]")
    with pytest.raises(Undecided, match="Trường hợp 1: ngày 01/07/2025"):
        compute_many(merged, days)
    assert compute_many(merged, days - 1).size == 2


def test_no_law_names_the_case() -> None:
    days = np.array(["2020-08-19", "2016-08-19"], dtype="datetime64[D]")
    with pytest.raises(NoLaw, match="case 1") as refused:
        compute_many(LORRY | {"price": np.array([1, 1])}, days)
    assert refused.value.on == dt.date(2016, 8, 19)


def test_an_exemption_that_is_not_in_force_is_not_charged_in_silence() -> None:
    with pytest.raises(NoLaw):
        compute_many(LORRY | {"price": np.array([100]), "exemption": "marriage"}, THEN)


def test_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        compute_many(CAR | {"price": np.array([2**62]), "province_code": Coded.of(["01"])}, THEN)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(FactMissing) as missing:
        compute_many({key: value for key, value in CAR.items() if key != "seats"} | {"price": np.array([1])}, THEN)
    assert missing.value.fact == "seats"
