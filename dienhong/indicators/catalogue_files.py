"""Reading the bundled catalogue: CSV files in data/, each row judged before anything is written."""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from dienhong.base import periods
from dienhong.base.refusal import Fault, Refused
from dienhong.base.text import fold
from dienhong.indicators.models import Nature
from dienhong.rules.expressions import ExpressionError, parse, references

DATA = Path(__file__).parent / "data"
AGGREGATIONS = ("sum", "ratio", "weighted", "none")


@dataclass(frozen=True)
class Sheet:
    """One row of indicators.csv or supporting.csv, ready for Indicator, Entry and Method."""

    code: str
    field: str
    supporting: bool
    entry: dict[str, Any]
    method: dict[str, Any]


def rows(name: str, folder: Path = DATA) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sheets(folder: Path = DATA) -> list[Sheet]:
    """All indicators. Refused, with every fault of every row, where a row contradicts itself."""
    faults: list[Fault] = []
    found: list[Sheet] = []
    for name, supporting in (("indicators.csv", False), ("supporting.csv", True)):
        for line, row in enumerate(rows(name, folder), 2):
            try:
                sheet = _sheet(row, supporting)
            except (KeyError, ValueError, InvalidOperation, TypeError) as error:
                faults.append(Fault("row_unreadable", f"{name}:{line}: {error!r}", name, row.get("code", "")))
                continue
            faults += [Fault("row_wrong", f"{name}:{line}: {said}", name, sheet.code) for said in _wrong(sheet)]
            found.append(sheet)
    faults += list(_dangling(found))
    if faults:
        raise Refused("catalogue_wrong", "\n".join(fault.sentence for fault in faults[:20]), faults)
    return found


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text.strip() else None


def _sheet(row: dict[str, str], supporting: bool) -> Sheet:
    entry: dict[str, Any] = {
        key: row[key].strip()
        for key in ("name_vi", "name_en", "unit_vi", "unit_en", "calendar", "nature", "agg_units", "agg_periods",
                    "numerator", "denominator", "weight", "legal_basis", "note_vi", "note_en")
    }  # fmt: skip
    entry |= {
        "search_key": fold(" ".join([row["code"], row["name_vi"], row["name_en"], row["unit_vi"], row["note_vi"]]))[
            :700
        ],
        "decimals": int(row["decimals"]),
        "frequency": _list(row["frequency"]),
        "scale": Decimal(row["scale"] or 1),
        "breakdowns": _list(row["breakdowns"]),
        "levels": _list(row["levels"]),
        "minimum": _number(row["min"]),
        "maximum": _number(row["max"]),
        "change_threshold": _number(row["change_threshold"]) or Decimal(30),
    }
    method = {
        "formula": row["formula"].strip(),
        "legal_basis": entry["legal_basis"],
        "note_vi": entry["note_vi"],
        "note_en": entry["note_en"],
    }
    return Sheet(row["code"].strip(), row["field"].strip(), supporting, entry, method)


def _wrong(sheet: Sheet) -> Iterator[str]:
    """What a row says against itself, or against the shape of indicators."""
    entry = sheet.entry
    if entry["nature"] not in Nature.values:
        yield f"{sheet.code}: nature {entry['nature']!r}; write one of {', '.join(Nature.values)}"
    if entry["agg_units"] not in AGGREGATIONS:
        yield f"{sheet.code}: agg_units {entry['agg_units']!r}; write one of {', '.join(AGGREGATIONS)}"
    if entry["nature"] in ("index", "growth", "rank") and entry["agg_units"] == "sum":
        yield f"{sheet.code}: a {entry['nature']} is never summed over units"
    if entry["agg_units"] == "ratio" and not (entry["numerator"] and entry["denominator"]):
        yield f"{sheet.code}: a ratio needs numerator and denominator"
    if entry["agg_units"] == "weighted" and not entry["weight"]:
        yield f"{sheet.code}: a weighted mean needs the code of its weight"
    kinds = periods.CALENDARS.get(entry["calendar"], ())
    if not kinds:
        yield f"{sheet.code}: calendar {entry['calendar']!r} does not exist"
    formula = sheet.method["formula"]
    if formula:
        try:
            parse(formula, expects="number")
        except ExpressionError as error:
            yield f"{sheet.code}: {error.sentence('vi')}"


def _dangling(found: list[Sheet]) -> Iterator[Fault]:
    codes = {sheet.code for sheet in found}
    for sheet in found:
        named = {sheet.entry[key] for key in ("numerator", "denominator", "weight")} - {""}
        if sheet.method["formula"]:
            try:
                named |= {ref.code for ref in references(parse(sheet.method["formula"]))}
            except ExpressionError:
                continue  # said by _wrong
        for code in sorted(named - codes):
            yield Fault("code_unknown", f"{sheet.code}: the catalogue has no indicator {code}", sheet.code, code)


def day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text.strip() else None
