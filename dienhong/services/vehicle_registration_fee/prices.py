"""Price tables by decision and the look-up of a model: exactly one row, several, or none.

A row belongs to one decision and is never overwritten. A decision that is a whole table ends the ones before it; an
addition replaces only the rows with the same key.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from typing import Any

from dienhong.base.text import fold

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Decision:
    """`valid_to` is exclusive; None is open. `illustrative`: not the Ministry's table; every word on a price from it
    says so. `note` in both languages."""

    number: str
    issued: dt.date
    valid_from: dt.date
    valid_to: dt.date | None
    whole_table: bool
    illustrative: bool = False
    note: Mapping[str, str] = field(default_factory=lambda: {"vi": "", "en": ""}, compare=False)

    def holds(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class PriceRow:
    """price: đồng, for a new vehicle. Empty keys of a row do not tell models apart."""

    id: str
    decision: Decision
    vehicle_type: str
    brand: str
    model: str
    model_code: str
    engine_l: str
    seats: str
    country: str
    price: int
    note: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        parts = (self.vehicle_type, self.brand, self.model, self.model_code, self.engine_l, self.seats, self.country)
        return tuple(plain(part) for part in parts)

    def json(self) -> dict[str, Any]:
        keys = ("id", "vehicle_type", "brand", "model", "model_code", "engine_l", "seats", "country", "price", "note")
        made: dict[str, Any] = {key: getattr(self, key) for key in keys}
        held = {"valid_from": self.decision.valid_from.isoformat(), "illustrative": self.decision.illustrative}
        return made | {"decision": self.decision.number, **held}


Models = dict[tuple[str, str], list[PriceRow]]
MOST_DAYS = 64
NEAR = 0.75  # of the letters of both names: a slip of the pen, another gearbox; not another model
MOST_NEAR = 6
SHORTEST_BEGINNING = 4


@dataclass(frozen=True)
class Found:
    """`answer`: exact, several or none; `rows` the candidates."""

    rows: tuple[PriceRow, ...]

    @property
    def answer(self) -> str:
        return {0: "none", 1: "exact"}.get(len(self.rows), "several")


def plain(text: object) -> str:
    """Without tones, case, spaces and punctuation: "Vios E (CVT)" and "VIOS E-CVT" are one model."""
    return re.sub(r"[^a-z0-9.]+", "", fold(str(text)))


def litres(cc: int) -> str:
    """Displacement in litres to one decimal, 5 rounds up (TT 301/2016 Đ3): 1399 -> "1.4"."""
    tenths = (cc + 50) // 100
    return f"{tenths // 10}.{tenths % 10}"


def _likeness(one: str, other: str) -> float:
    """From 0 to 1. A name that the other begins with is the same name with less said ("Vios E", "Vios E (CVT)")."""
    if min(len(one), len(other)) >= SHORTEST_BEGINNING and (one.startswith(other) or other.startswith(one)):
        return 1.0
    return SequenceMatcher(None, one, other).ratio()


class PriceTable:
    """All rows of all decisions; `on` picks what held on the day of declaration."""

    def __init__(self, rows: Iterable[PriceRow]) -> None:
        self.rows = {row.id: row for row in rows}
        self._models: dict[dt.date, Models] = {}

    def in_force(self, on: dt.date) -> list[PriceRow]:
        """Rows of that day: from the last whole table and what was added since, the later row of a key winning."""
        held = [row for row in self.rows.values() if row.decision.holds(on)]
        began = max((row.decision.valid_from for row in held if row.decision.whole_table), default=dt.date.min)
        by_key: dict[tuple[str, ...], PriceRow] = {}
        for row in sorted(held, key=lambda row: row.decision.valid_from):
            if row.decision.valid_from >= began:
                by_key[row.key] = row
        return list(by_key.values())

    def find(self, facts: Mapping[str, Any], on: dt.date) -> Found:
        """By brand and model, then by whichever of model code, displacement, seats and country both sides state."""
        brand, model = plain(facts.get("brand", "")), plain(facts.get("model", ""))
        if not brand or not model:
            return Found(())
        rows = self._of_day(on).get((brand, model), [])
        stated = {"model_code": facts.get("model_code"), "seats": facts.get("seats"), "country": facts.get("country")}
        if facts.get("engine_cc"):
            stated["engine_l"] = litres(int(facts["engine_cc"]))
        for key, value in stated.items():
            if value not in (None, ""):
                rows = [
                    row for row in rows if getattr(row, key) in ("", None) or plain(getattr(row, key)) == plain(value)
                ]
        return Found(tuple(sorted(rows, key=lambda row: row.id)))

    def near(self, facts: Mapping[str, Any], on: dt.date) -> tuple[PriceRow, ...]:
        """Rows of the brand whose model is written almost so, the nearest first; for a human to choose from."""
        brand, model = plain(facts.get("brand", "")), plain(facts.get("model", ""))
        alike = [(_likeness(model, plain(row.model)), row) for row in self.in_force(on) if plain(row.brand) == brand]
        near = sorted((-score, row.id, row) for score, row in alike if model and score >= NEAR)
        return tuple(row for _score, _id, row in near[:MOST_NEAR])

    def _of_day(self, on: dt.date) -> Models:
        """Rows in force by brand and model, made once a day that is asked about."""
        found = self._models.get(on)
        if found is None:
            found = {}
            for row in self.in_force(on):
                found.setdefault((plain(row.brand), plain(row.model)), []).append(row)
            if len(self._models) >= MOST_DAYS:
                self._models.clear()
            self._models[on] = found
        return found

    def row(self, row_id: str, on: dt.date) -> PriceRow | None:
        """A row by its id, where it held on that day."""
        return next((row for row in self.in_force(on) if row.id == row_id), None)


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _decision(row: Mapping[str, str]) -> Decision:
    day = dt.date.fromisoformat
    ends = day(row["valid_to"]) if row["valid_to"] else None
    return Decision(row["number"], day(row["issued"]), day(row["valid_from"]), ends, row["whole_table"] == "yes",
                    row["illustrative"] == "yes", {"vi": row["note_vi"], "en": row["note_en"]})  # fmt: skip


def load(folder: Path = HERE) -> PriceTable:
    """`price_decisions.csv` and `price_rows.csv` of a folder; KeyError names a decision that is not listed."""
    decisions = {row["number"]: _decision(row) for row in _csv(folder / "price_decisions.csv")}
    return PriceTable(_row(row, decisions) for row in _csv(folder / "price_rows.csv"))


def _row(row: Mapping[str, str], decisions: Mapping[str, Decision]) -> PriceRow:
    return PriceRow(row["id"], decisions[row["decision"]], row["vehicle_type"], row["brand"], row["model"],
                    row["model_code"], row["engine_l"], row["seats"], row["country"], int(row["price_vnd"]),
                    row["note"])  # fmt: skip


@lru_cache(maxsize=1)
def bundled() -> PriceTable:
    return load()


@dataclass(frozen=True, slots=True)
class Province:
    code: str
    vi: str
    en: str
    municipality: bool
    since: dt.date
    until: dt.date | None
    successor: str

    def holds(self, on: dt.date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


@lru_cache(maxsize=1)
def provinces() -> tuple[Province, ...]:
    """Every province under every name it had, with its dates; 63 before July 2025 and 34 after."""
    return tuple(
        Province(row["code"], row["name_vi"], row["name_en"], row["kind"] == "municipality",
                 dt.date.fromisoformat(row["since"] or "0001-01-01"),
                 dt.date.fromisoformat(row["until"]) if row["until"] else None, row["successor"])
        for row in _csv(HERE / "provinces.csv")
    )  # fmt: skip


def province(code: str, on: dt.date) -> Province | None:
    return next((one for one in provinces() if one.code == code and one.holds(on)), None)
