"""The 87 worked cases: one by one, and all of them at once through the arrays."""

import json

import numpy as np
import pytest

from dienhong.rules.law import Coded
from dienhong.services.vehicle_registration_fee import rules
from dienhong.services.vehicle_registration_fee.examples import Example, examples

WORDS = ("province_code", "vehicle_type", "powertrain", "origin", "condition", "history", "part", "exemption", "area",
         "last_area", "price_path")  # fmt: skip
NUMBERS = ("price", "seats", "payload_kg", "year_counted")


def test_there_are_87() -> None:
    assert [one.key for one in examples()] == [f"E{n:02}" for n in range(1, 88)]


@pytest.mark.parametrize("example", examples(), ids=lambda one: one.key)
def test_worked_case(example: Example) -> None:
    result = rules.compute(example.facts, example.on)
    assert not example.differences(result), example.say
    stored = json.loads(json.dumps(result.json()))
    assert rules.recheck(stored).same


def test_a_wrong_expectation_is_found() -> None:
    first = examples()[0]
    wrong = Example(first.key, first.say, first.on, first.facts, {"amount": 1, "kind": "trailer"})
    assert len(wrong.differences(rules.compute(first.facts, first.on))) == 2


def test_the_arrays_say_the_same_to_the_dong() -> None:
    results = [rules.compute(one.facts, one.on) for one in examples()]
    columns: dict[str, object] = {
        name: Coded.of([str(result.inputs.get(name, "")) for result in results]) for name in WORDS
    }
    for name in NUMBERS:
        columns[name] = np.array([int(result.inputs.get(name, 0)) for result in results])
    columns["paid_high_rate"] = np.array([bool(result.inputs.get("paid_high_rate")) for result in results])
    days = np.array([result.on for result in results], dtype="datetime64[D]")
    assert rules.compute_many(columns, days).tolist() == [result.amount for result in results]
