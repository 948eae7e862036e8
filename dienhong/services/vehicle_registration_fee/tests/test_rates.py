"""Every rate of the flat table, on the first and the last day of its validity, is what the formula uses."""

import csv
import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from dienhong.rules.law import Single
from dienhong.rules.law.results import FromLaw
from dienhong.services.vehicle_registration_fee import formula
from dienhong.services.vehicle_registration_fee.rules import law

FILE = Path(__file__).parent / "data" / "rates.csv"
DAY = dt.timedelta(days=1)


def rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rate(row: dict[str, str], turn: str, on: dt.date) -> Fraction:
    scope = row["scope"]
    facts = {"province_code": scope if scope.isdigit() else "79"}
    if scope.startswith("area_"):
        facts |= {"area": scope[5], "last_area": ""}
    if scope == "area_B_to_A":
        facts |= {"area": "A", "last_area": "B"}
    single = Single(FromLaw(law()), facts, on)
    if row["kind"] in ("pickup_light", "van_light") and on < dt.date(2019, 4, 10):
        return formula.rate(single, single.word("pickup_heavy"), single.word(turn)).value
    return formula.rate(single, single.word(row["kind"]), single.word(turn)).value


@pytest.mark.parametrize(
    "row", rows(), ids=lambda row: "-".join((row["kind"], row["turn"], row["scope"], row["since"]))
)
def test_rate(row: dict[str, str]) -> None:
    since = dt.date.fromisoformat(row["since"])
    last = dt.date.fromisoformat(row["until"]) - DAY if row["until"] else dt.date(2030, 12, 31)
    for turn in ("first", "later") if row["turn"] == "any" else (row["turn"],):
        for on in (since, last):
            assert rate(row, turn, on) == Fraction(row["rate"]), (turn, on)
