"""Words of the Vietnam Register. Dates ISO, whole numbers; the slip's state is free, used or cancelled."""

from collections.abc import Mapping
from typing import Any

NUMBERS = ("displacement_cm3", "power_kw", "seats", "payload_kg", "mass_kg", "year_made")


def question(kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"slip_no": _plain(asked["slip_no"]), "chassis_no": _plain(asked["chassis_no"])}


def answer(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """SlipData: slip_no, serial, maker_code, maker_name, plant, vehicle_kind, brand, trade_name, model, model_code,
    displacement_cm3, power_kw, fuel, seats, payload_kg, mass_kg, chassis_no, engine_no, year_made, country, colour,
    type_certificate_no, signed_at, origin (domestic, imported), status. Numbers are None where the slip has none."""
    return {key: int(value) if key in NUMBERS and value is not None else value for key, value in content.items()}


def _plain(text: object) -> str:
    """As it is stamped: capitals, no spaces; dashes belong to slip numbers."""
    return "".join(str(text).split()).upper()
