"""Dated parameters in the file shape of OpenFisca: nested nodes, `values:` by starting date, `brackets:`.

    rate:
      description: …                      (Vietnamese; metadata.description_en is the English)
      first:
        metadata: {unit: /1}
        "*":  {values: {2017-01-01: {value: 0.10, metadata: {reference: …, remark: …}}}}
        "01": {values: {…}}

A null value ends a parameter. Where a node is asked with a key, the child of that name answers; when it has none in
force, the child "*" does. A remark with "(unconfirmed)" marks a value that no one has seen in the text of the law.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from dienhong.rules.law.faults import LawFault
from dienhong.rules.law.reading import read

Value = Fraction | bool | str | None
UNCONFIRMED = "(unconfirmed)"
_WORDS = {"description", "metadata", "values", "brackets", "documentation"}
ANY = "*"


@dataclass(frozen=True, slots=True)
class Row:
    """One value of one parameter from `since` on; `until` is the day on which the next row takes over, or None."""

    parameter: str
    since: dt.date
    value: Value
    article: str = ""
    remark: str = ""
    until: dt.date | None = None

    @property
    def id(self) -> str:
        return f"{self.parameter}@{self.since:%Y-%m-%d}"

    @property
    def unconfirmed(self) -> bool:
        return UNCONFIRMED in self.remark

    def json(self) -> dict[str, object]:
        made: dict[str, object] = {"parameter": self.parameter, "since": self.since.isoformat()}
        made["until"] = self.until.isoformat() if self.until else None
        number = isinstance(self.value, Fraction)
        made |= {"value": str(self.value) if number else self.value, "number": number}
        return made | {"article": self.article, "remark": self.remark}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Row":
        """What `json` wrote."""
        value = Fraction(stored["value"]) if stored["number"] else stored["value"]
        until = dt.date.fromisoformat(stored["until"]) if stored["until"] else None
        since = dt.date.fromisoformat(stored["since"])
        return cls(stored["parameter"], since, value, stored["article"], stored["remark"], until)


@dataclass(frozen=True)
class Series:
    """A parameter through time; rows by date, the earliest first."""

    id: str
    rows: tuple[Row, ...]
    description: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    remark: str = ""

    def at(self, on: dt.date) -> Row | None:
        """The row in force that day; None before the first, and after a null ended it."""
        place = bisect_right([row.since for row in self.rows], on) - 1
        return self.rows[place] if place >= 0 and self.rows[place].value is not None else None


@dataclass(frozen=True)
class Scale:
    """Brackets: the amount of the last bracket whose threshold is not above the figure (OpenFisca's single amount)."""

    id: str
    brackets: tuple[tuple[Series, Series], ...]
    description: Mapping[str, str] = field(default_factory=dict)

    def at(self, on: dt.date) -> list[tuple[Row, Row]]:
        """(threshold, amount) in force that day, lowest first."""
        pairs = [(low.at(on), amount.at(on)) for low, amount in self.brackets]
        found = [(low, amount) for low, amount in pairs if low is not None and amount is not None]
        return sorted(found, key=lambda pair: Fraction(pair[0].value or 0))

    def days(self) -> set[dt.date]:
        return {row.since for pair in self.brackets for series in pair for row in series.rows}


@dataclass(frozen=True)
class Node:
    id: str
    children: Mapping[str, "Node | Series | Scale"]
    description: Mapping[str, str] = field(default_factory=dict)


class Law:
    """The parameters of one file. Questions name a path ("rate.car_le9.first") and, below it, keys with * fallback."""

    def __init__(self, root: Node, file: str = "") -> None:
        self.root, self.file = root, file
        self.tables: dict[object, object] = {}  # what Many worked out from it; a law never changes once read

    @classmethod
    def load(cls, path: Path) -> "Law":
        """LawFault names file, parameter, date and remedy."""
        content = read(path)
        if not isinstance(content, dict):
            raise LawFault(path.name, "", None, "holds no parameters.", "Write nodes by name, see README.md.")
        return cls(_Reader(path.name).node(content, "", ""), path.name)

    def __getitem__(self, path: str) -> Node | Series | Scale:
        found: Node | Series | Scale = self.root
        for name in path.split("."):
            child = found.children.get(name) if isinstance(found, Node) else None
            if child is None:
                raise LawFault(self.file, path, None, f"there is no parameter {name!r}.", "Write it, or mend the rule.")
            found = child
        return found

    def candidates(self, path: str, *keys: str) -> Iterator[Series]:
        """The series that may answer, the most particular first."""
        yield from _below(self[path], keys)

    def row(self, path: str, *keys: str, on: dt.date) -> Row | None:
        """The row in force that day under these keys, by the * of each level where the key has none."""
        return next((row for series in self.candidates(path, *keys) if (row := series.at(on)) is not None), None)

    def scale(self, path: str) -> Scale:
        found = self[path]
        if not isinstance(found, Scale):
            raise LawFault(self.file, path, None, "is asked as a scale.", "Write `brackets:` there.")
        return found

    def every(self) -> Iterator[Series]:
        """All series, those inside brackets too, in the order of the file."""
        yield from _every(self.root)


def _below(found: Node | Series | Scale, keys: tuple[str, ...]) -> Iterator[Series]:
    if isinstance(found, Series):
        yield found
    elif isinstance(found, Node) and keys:
        for name in dict.fromkeys((keys[0], ANY)):
            if name in found.children:
                yield from _below(found.children[name], keys[1:])


def _every(found: Node | Series | Scale) -> Iterator[Series]:
    if isinstance(found, Series):
        yield found
    elif isinstance(found, Scale):
        for pair in found.brackets:
            yield from pair
    else:
        for child in found.children.values():
            yield from _every(child)


class _Reader:
    """From the file's dictionaries to nodes; knows the file's name for the faults."""

    def __init__(self, file: str) -> None:
        self.file = file

    def fault(self, parameter: str, since: dt.date | None, problem: str, remedy: str) -> LawFault:
        return LawFault(self.file, parameter, since, problem, remedy)

    def node(self, content: Mapping[Any, Any], at: str, unit: str) -> Node:
        """`unit` is that of the node above; a node or parameter that names its own keeps it."""
        unit = _unit(content, unit)
        children: dict[str, Node | Series | Scale] = {}
        for name, inside in content.items():
            if name in _WORDS:
                continue
            here = f"{at}.{name}".lstrip(".")
            if not isinstance(name, str):
                remedy = f'Put quotes around it: "{name:02}".' if isinstance(name, int) else "Write a name."
                raise self.fault(here, None, f"the name {name!r} is not text.", remedy)
            if not isinstance(inside, dict):
                raise self.fault(here, None, "holds no values.", "Write `values:` with a date each, or children.")
            children[name] = self.one(inside, here, unit)
        return Node(at, children, _description(content))

    def one(self, inside: Mapping[Any, Any], here: str, unit: str) -> Node | Series | Scale:
        unit = _unit(inside, unit)
        if "brackets" in inside:
            pairs = tuple(self.bracket(one, f"{here}.{n}", unit) for n, one in enumerate(inside["brackets"]))
            return Scale(here, pairs, _description(inside))
        if "values" in inside:
            return self.series(inside["values"], here, inside, unit)
        return self.node(inside, here, unit)

    def bracket(self, inside: object, here: str, unit: str) -> tuple[Series, Series]:
        if not isinstance(inside, dict) or not {"threshold", "amount"} <= set(inside):
            raise self.fault(here, None, "a bracket lacks a part.", "Write `threshold:` and `amount:`.")
        threshold = self.series(inside["threshold"], f"{here}.threshold", inside, "number")
        return threshold, self.series(inside["amount"], f"{here}.amount", inside, unit)

    def series(self, values: object, here: str, inside: Mapping[Any, Any], unit: str) -> Series:
        if not isinstance(values, dict) or not values:
            raise self.fault(here, None, "has no value.", "Write at least one starting date with its value.")
        for since in values:
            if type(since) is not dt.date:
                raise self.fault(here, None, f"{since!r} is not a date.", "Write the starting date as 2020-08-19.")
        days = sorted(values)
        ends = [*days[1:], None]
        rows = tuple(self.row(here, day, values[day], end) for day, end in zip(days, ends, strict=True))
        meta = inside.get("metadata") or {}
        return Series(here, rows, _description(inside), unit, str(meta.get("remark", "")))

    def row(self, here: str, since: dt.date, inside: object, until: dt.date | None) -> Row:
        if not isinstance(inside, dict) or "value" not in inside:
            raise self.fault(here, since, "there is no `value:`.", "Write one; null ends the parameter.")
        value, meta = inside["value"], inside.get("metadata") or {}
        if not isinstance(meta, dict):
            raise self.fault(here, since, "metadata are not a mapping.", "Write `metadata: {reference: …}`.")
        if isinstance(value, int) and not isinstance(value, bool):
            value = Fraction(value)
        if value is not None and not isinstance(value, Fraction | bool | str):
            raise self.fault(here, since, f"{value!r} is no value.", "Write a number, true, a word, or null.")
        article = str(meta.get("reference", "")).strip()
        if value is not None and not article:
            raise self.fault(here, since, "names no article.", "Write metadata.reference: decree, article, clause.")
        return Row(here, since, value, article, str(meta.get("remark", "")).strip(), until)


def _unit(content: Mapping[Any, Any], above: str) -> str:
    return str((content.get("metadata") or {}).get("unit", above))


def _description(content: Mapping[Any, Any]) -> dict[str, str]:
    vi = str(content.get("description", ""))
    return {"vi": vi, "en": str((content.get("metadata") or {}).get("description_en", vi))} if vi else {}
