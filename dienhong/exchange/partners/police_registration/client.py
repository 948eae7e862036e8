"""Words of the traffic police's register: duplicates and the list of vehicles looked for."""

from collections.abc import Mapping
from typing import Any


def question(kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: "".join(str(asked[name]).split()).upper() for name in ("chassis_no", "engine_no")}


def answer(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """VehicleRecord: chassis_no, engine_no, registered (bool), plate ("" if none), wanted (bool), wanted_since."""
    return dict(content)
