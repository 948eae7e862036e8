"""What the fee will be about, said before anyone signs in: from whatever was answered so far."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from dienhong.rules.law import Law, NoLaw, Single
from dienhong.rules.law.faults import FactMissing, Said, Undecided
from dienhong.rules.law.results import FromLaw
from dienhong.rules.law.words import LANGUAGES, money, percent
from dienhong.services.vehicle_registration_fee import formula, preparing
from dienhong.services.vehicle_registration_fee.facts import FACTS, read
from dienhong.services.vehicle_registration_fee.prices import bundled, provinces
from dienhong.services.vehicle_registration_fee.rules import law

OPEN = ("origin", "history", "powertrain", "province_code")  # asked of everyone; tried in every way when not answered
# Figures on the papers of which only the side of the law's limit matters: fact -> (kinds, limit, the way over it too)
LIMITS = {
    "seats": (("car", "pickup_passenger", "", "pickup_goods"), "kind.seats_limit", False),
    "payload_kg": (("pickup_goods", "van_goods"), "kind.payload_limit_kg", True),
}


@dataclass(frozen=True)
class Preview:
    """`kind`: amount (everything is known), range (a price is), formula (only the rates are), exempt or unknown.

    low, high: đồng, or None; rates as fractions after reduction. `missing`: the facts that would narrow it.
    """

    kind: str
    sentence: Said
    rate_low: Fraction | None = None
    rate_high: Fraction | None = None
    low: int | None = None
    high: int | None = None
    missing: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        rates = {"rate_low": str(self.rate_low or 0), "rate_high": str(self.rate_high or 0)}
        made = {"kind": self.kind, "sentence": self.sentence, "low": self.low, "high": self.high}
        return made | rates | {"missing": list(self.missing)}


def fees_before_sign_in(partial: Mapping[str, Any], on: dt.date) -> Preview:
    """A range or a formula in a sentence; never more certain than the answers. FactWrong for an unreadable answer."""
    made, used = read(partial), law()
    if made.get("exemption"):
        preparing.check_exemption(made, on, used)
        ground = preparing.exemption_words(used, made["exemption"])
        lead = {"vi": "Được miễn", "en": "Exempt"}
        said = {language: f"{lead[language]}: {ground[language]}." for language in LANGUAGES}
        return Preview("exempt", said, low=0, high=0)
    made.setdefault("vehicle_type", "car")
    made.setdefault("condition", "new")
    missing = tuple(key for key in _looked_at(made, on, used) if key not in partial)
    found = list(_outcomes(made, on, used))
    if not found:
        said = {"vi": "Cần thêm thông tin về xe để biết mức thu.", "en": "The rate needs more facts about the vehicle."}
        return Preview("unknown", said, missing=missing)
    rates, fees = [rate for rate, _fee in found], [fee for _rate, fee in found if fee is not None]
    if not fees:
        return Preview("formula", _formula(min(rates), max(rates)), min(rates), max(rates), missing=missing)
    low, high = min(fees), max(fees)
    kind = "amount" if low == high and not missing else "range"
    return Preview(kind, _range(low, high, min(rates), max(rates), kind), min(rates), max(rates), low, high, missing)


def _looked_at(made: Mapping[str, Any], on: dt.date, used: Law) -> Iterator[str]:
    """The facts that the law of the day looks at for such a vehicle."""
    kind = made["vehicle_type"]
    yield from ("vehicle_type", "condition")
    if made["condition"] == "used":
        yield from ("history", "year_made")
        if kind == "motorbike" and made.get("history") != "exempt":
            yield "last_area"
            if made.get("last_area") != "A":
                yield "paid_high_rate"
    if kind in (*preparing.ROAD, "trailer"):
        yield "origin"
    if kind in preparing.ROAD and used.row("rate.battery_car", "later", on=on) is not None:
        yield "powertrain"
    yield from (key for key, (kinds, _limit, both) in LIMITS.items() if both and kind in kinds)
    yield "province_code"


def _outcomes(made: Mapping[str, Any], on: dt.date, used: Law) -> Iterator[tuple[Fraction, int | None]]:
    """(rate after reduction, fee or None) for every way the open questions may be answered."""
    keys = (*OPEN, *(key for key, (kinds, _limit, _both) in LIMITS.items() if made["vehicle_type"] in kinds))
    for answers in product(*(_answers(key, made, on, used) for key in keys)):
        case = dict(made) | dict(zip(keys, answers, strict=True))
        try:
            if case["vehicle_type"] == "motorbike":
                yield from _motorbike(case, on, used)
            else:
                yield _outcome(case, on, used)
        except (Undecided, NoLaw):
            continue


def _answers(key: str, made: Mapping[str, Any], on: dt.date, used: Law) -> tuple[Any, ...]:
    if key in made:
        return (made[key],)
    if key == "province_code":
        codes = {one.code for one in provinces() if one.holds(on)}
        rates: dict[object, str] = {}  # one province for each rate is enough
        for code in sorted(codes):
            row = used.row("rate.car_le9.first", code, on=on)
            rates.setdefault(row.value if row else None, code)
        return tuple(rates.values())
    if key == "history":
        return ("new",) if made["condition"] == "new" else ("paid", "exempt")
    if key == "powertrain":
        battery = used.row("rate.battery_car", "later", on=on) is not None and made["vehicle_type"] in preparing.ROAD
        return ("petrol", "battery") if battery else ("petrol",)
    if key in LIMITS:
        return _around(key, made["vehicle_type"], on, used)
    return FACTS[key].choices


def _around(key: str, kind: str, on: dt.date, used: Law) -> tuple[int, ...]:
    """A figure on each side of the limit, or on the usual side only."""
    _kinds, path, over = LIMITS[key]
    if key == "seats" and kind == "pickup_goods":
        path = "kind.pickup_seats_limit"
    row = used.row(path, on=on)
    limit = int(row.value) if row is not None and isinstance(row.value, Fraction) else 0
    return (max(limit - 1, 0), limit) if over else (limit,)


def _motorbike(case: dict[str, Any], on: dt.date, used: Law) -> Iterator[tuple[Fraction, int | None]]:
    """Where it was declared last, and whether the higher rate was ever paid, decide too: from area B to A it is 5 %."""
    paid = case.get("history") == "paid"
    areas = [(case[key],) if key in case else ("A", "B") for key in ("area", "last_area")]
    flags = (case["paid_high_rate"],) if "paid_high_rate" in case else (False, True)
    for area, last, high in product(*areas, flags) if paid else product(areas[0], [""], [False]):
        yield _outcome(case | {"area": area, "last_area": last or area, "paid_high_rate": high}, on, used)


def _outcome(case: dict[str, Any], on: dt.date, used: Law) -> tuple[Fraction, int | None]:
    reduced, _body = formula.rate_in_force(Single(FromLaw(used), case, on))
    try:
        inputs = preparing.prepare(case, on, used, bundled())
        return reduced.value, int(formula.fee(Single(FromLaw(used), inputs, on)).value)
    except (FactMissing, Undecided):  # no price yet
        return reduced.value, None


def _span(low: Any, high: Any, show: Any, language: str) -> str:
    if low == high:
        return str(show(low, language))
    joint = {"vi": "đến", "en": "to"}[language]
    return f"{show(low, language)} {joint} {show(high, language)}"


def _formula(low: Fraction, high: Fraction) -> Said:
    return {
        "vi": f"Lệ phí bằng {_span(low, high, percent, 'vi')} giá tính lệ phí của xe.",
        "en": f"The fee is {_span(low, high, percent, 'en')} of the price the fee is computed on.",
    }


def _range(low: int, high: int, rate_low: Fraction, rate_high: Fraction, kind: str) -> Said:
    lead = {"vi": "Lệ phí", "en": "The fee is"} if kind == "amount" else {"vi": "Khoảng", "en": "About"}
    paid = {language: _span(low, high, money, language) for language in LANGUAGES}
    rate = {language: _span(rate_low, rate_high, percent, language) for language in LANGUAGES}
    return {
        "vi": f"{lead['vi']} {paid['vi']} ({rate['vi']} giá tính lệ phí).",
        "en": f"{lead['en']} {paid['en']} ({rate['en']} of the price).",
    }
