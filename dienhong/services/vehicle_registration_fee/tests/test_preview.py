"""What is said before anyone signs in: never narrower than the answers allow."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dienhong.rules.law.faults import FactWrong, Undecided
from dienhong.services.vehicle_registration_fee.rules import compute, fees_before_sign_in

THEN = dt.date(2020, 8, 19)
CAR = {"vehicle_type": "car", "condition": "new", "seats": 5, "brand": "VinFast", "model": "Fadil"}


def test_with_everything_known_it_is_the_amount() -> None:
    facts = CAR | {"province_code": "01", "origin": "domestic", "history": "new", "powertrain": "petrol"}
    made = fees_before_sign_in(facts, THEN)
    assert (made.kind, made.low, made.high, made.missing) == ("amount", 32_940_000, 32_940_000, ())
    assert made.low == compute(facts, THEN).amount
    assert made.sentence["vi"] == "Lệ phí 32.940.000 đ (6 % giá tính lệ phí)."


def test_without_the_origin_it_is_a_range() -> None:
    made = fees_before_sign_in(CAR | {"province_code": "01"}, THEN)
    assert (made.kind, made.low, made.high) == ("range", 32_940_000, 65_880_000)
    assert made.missing == ("origin",)


def test_without_a_price_it_is_a_formula() -> None:
    made = fees_before_sign_in({"vehicle_type": "car", "province_code": "01"}, THEN)
    assert made.kind == "formula"
    assert made.sentence["en"] == "The fee is 6% to 12% of the price the fee is computed on."
    assert made.json()["rate_high"] == "3/25"


def test_nothing_known_spans_the_provinces() -> None:
    made = fees_before_sign_in({}, THEN)
    assert made.sentence["vi"] == "Lệ phí bằng 5 % đến 12 % giá tính lệ phí của xe."


def test_goods_pick_up_lies_on_both_sides_of_the_payload_limit() -> None:
    made = fees_before_sign_in({"vehicle_type": "pickup_goods", "province_code": "01", "origin": "imported"}, THEN)
    assert made.sentence["vi"] == "Lệ phí bằng 2 % đến 7,2 % giá tính lệ phí của xe."
    assert "payload_kg" in made.missing


def test_battery_is_asked_only_since_it_matters() -> None:
    later = fees_before_sign_in(CAR | {"province_code": "01", "origin": "imported"}, dt.date(2022, 3, 1))
    assert (later.low, later.high) == (0, 65_880_000)
    assert later.missing == ("powertrain",)


def test_exempt_is_not_a_range_of_nothing() -> None:
    made = fees_before_sign_in({"exemption": "diplomatic"}, THEN)
    assert (made.kind, made.low) == ("exempt", 0)


@pytest.mark.parametrize("kind", ["motorbike", "trailer", "lorry", "van_goods", "yacht"])
def test_every_kind_has_a_sentence(kind: str) -> None:
    assert fees_before_sign_in({"vehicle_type": kind}, THEN).kind == "formula"


def test_an_unreadable_answer_is_refused() -> None:
    with pytest.raises(FactWrong, match="danh sách"):
        fees_before_sign_in({"origin": "moon"}, THEN)


complete = st.fixed_dictionaries(
    {
        "vehicle_type": st.sampled_from(["car", "pickup_goods", "van_goods", "lorry", "motorbike"]),
        "seats": st.integers(2, 12),
        "payload_kg": st.integers(900, 1600),
        "powertrain": st.sampled_from(["petrol", "battery"]),
        "origin": st.sampled_from(["domestic", "imported"]),
        "condition": st.just("new"),
        "province_code": st.sampled_from(["01", "79", "42", "38"]),
        "table_price": st.integers(1_000_000, 50_000_000_000),
        "area": st.sampled_from(["A", "B"]),
    }
)
days = st.dates(dt.date(2019, 4, 10), dt.date(2027, 1, 1))


@settings(max_examples=40, deadline=None)
@given(complete, days, st.sets(st.sampled_from(["powertrain", "origin", "province_code", "payload_kg", "area"])))
def test_the_amount_lies_in_the_range_told_before(facts: dict[str, object], on: dt.date, hidden: set[str]) -> None:
    known = {key: value for key, value in facts.items() if key not in hidden}
    try:
        amount = compute(facts, on).amount
    except Undecided:
        return
    told = fees_before_sign_in(known, on)
    assert told.low is not None
    assert told.low <= amount <= told.high
