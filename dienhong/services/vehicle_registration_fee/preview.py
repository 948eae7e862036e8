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
GUESSED = {"car": {"seats": 5}, "pickup_passenger": {"seats": 5}}  # enough to tell the kind before the papers are read


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
    made = GUESSED.get(made["vehicle_type"], {}) | made
    missing = tuple(key for key in ("vehicle_type", *OPEN) if key not in partial)
    found = list(_outcomes(made, on, used))
    if not found:
        said = {"vi": "Cần thêm thông tin về xe để biết mức thu.", "en": "The rate needs more facts about the vehicle."}
        return Preview("unknown", said, missing=missing)
    rates, fees = [rate for rate, _fee in found], [fee for _rate, fee in found if fee is not None]
    if not fees:
        return Preview("formula", _formula(min(rates), max(rates)), min(rates), max(rates), missing=missing)
    low, high = min(fees), max(fees)
    kind = "amount" if low == high and not missing else "range"
    return Preview(kind, _range(low, high, min(rates), max(rates)), min(rates), max(rates), low, high, missing)


def _outcomes(made: Mapping[str, Any], on: dt.date, used: Law) -> Iterator[tuple[Fraction, int | None]]:
    """(rate after reduction, fee or None) for every way the open questions may be answered."""
    for answers in product(*(_answers(key, made, on, used) for key in OPEN)):
        case = dict(made) | dict(zip(OPEN, answers, strict=True))
        try:
            if case["vehicle_type"] == "motorbike":
                yield from _motorbike(case, on, used)
            else:
                yield _outcome(case, on, used)
        except (Undecided, NoLaw):
            continue


def _answers(key: str, made: Mapping[str, Any], on: dt.date, used: Law) -> tuple[str, ...]:
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
        return ("petrol",)
    return FACTS[key].choices


def _motorbike(case: dict[str, Any], on: dt.date, used: Law) -> Iterator[tuple[Fraction, int | None]]:
    for area in (case["area"],) if "area" in case else ("A", "B"):
        yield _outcome(case | {"area": area, "last_area": case.get("last_area", area)}, on, used)


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


def _range(low: int, high: int, rate_low: Fraction, rate_high: Fraction) -> Said:
    return {
        "vi": f"Khoảng {_span(low, high, money, 'vi')} ({_span(rate_low, rate_high, percent, 'vi')} giá tính lệ phí).",
        "en": f"About {_span(low, high, money, 'en')} ({_span(rate_low, rate_high, percent, 'en')} of the price).",
    }
