"""Reading the bundled tables (`data/*.csv`, see `data/README.md`) into plain rows, keyed by our stable keys."""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).parent / "data"
REFORM = dt.date(2025, 7, 1)
COMMUNES_2026 = dt.date(2026, 4, 30)
COMMUNE_BASIS = "Nghị quyết của Ủy ban Thường vụ Quốc hội về sắp xếp đơn vị hành chính cấp xã năm 2025"
Day = dt.date | None


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` up to, not including, `until`; None is no bound."""

    first: Day
    until: Day

    def meet(self, other: "Span") -> "Span":
        firsts = [day for day in (self.first, other.first) if day is not None]
        untils = [day for day in (self.until, other.until) if day is not None]
        return Span(max(firsts, default=None), min(untils, default=None))


@dataclass(slots=True)
class UnitRow:
    key: str
    span: Span
    remark: str = ""
    names: list[tuple[Span, str, str, str]] = field(default_factory=list)  # span, name_vi, name_en, short
    kinds: list[tuple[Span, str]] = field(default_factory=list)
    codes: list[tuple[Span, str, str, str]] = field(default_factory=list)  # span, scheme, code, remark
    parents: list[tuple[Span, str, str]] = field(default_factory=list)  # span, hierarchy, key of the parent


@dataclass(frozen=True, slots=True)
class LineageRow:
    before: str
    after: str
    kind: str
    on: dt.date
    partial: bool
    inherits: bool
    legal_basis: str
    remark: str


def table(name: str) -> Iterator[dict[str, str]]:
    with open(DATA / name, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def base() -> tuple[list[UnitRow], list[LineageRow]]:
    """Nation, provinces of both maps and before, regions, agencies."""
    units = {row["key"]: _unit(row) for row in table("units.csv")}
    changes = defaultdict(list)
    for row in table("changes.csv"):
        changes[row["key"]].append(row)
    for row in table("units.csv"):
        _histories(units[row["key"]], row, changes[row["key"]])
    for row in table("codes.csv"):
        unit = units[row["key"]]
        unit.codes.append((unit.span.meet(_span(row)), row["scheme"], row["code"], row["remark"]))
    for row in table("links.csv"):
        child, parent = units[row["child"]], units[row["parent"]]
        child.parents.append((child.span.meet(parent.span).meet(_span(row)), row["hierarchy"], parent.key))
    lineage = [
        LineageRow(
            row["before"], row["after"], row["kind"], dt.date.fromisoformat(row["on"]), bool(row["partial"]),
            bool(row["inherits"]), row["legal_basis"], row["remark"],
        )
        for row in table("lineage.csv")
    ]  # fmt: skip
    return list(units.values()), lineage


def communes() -> tuple[list[UnitRow], list[LineageRow]]:
    """Districts and communes until 30 June 2025, communes after, and what became of what."""
    old_provinces, new_provinces = _provinces(dt.date(2025, 6, 30)), _provinces(REFORM)
    before = {row["code"]: _closed(row, "district-", "province", old_provinces) for row in table("districts.csv")}
    districts = {code: (unit.key, unit.span) for code, unit in before.items()}
    for row in table("communes_until_2025.csv"):
        before[row["code"]] = _closed(row, "commune-", "district", districts)
    after: dict[str, UnitRow] = {}
    for row in table("communes_from_2025.csv"):
        unit = before[row["kept_from"]] if row["kept_from"] else UnitRow(f"commune-{row['code']}", Span(REFORM, None))
        _since_reform(unit, row, new_provinces)
        after[row["code"]] = unit
    lineage = []
    for row in table("commune_lineage.csv"):
        lineage.append(_commune_lineage(row, before[row["before"]], after[row["after"]]))
    return list(before.values()) + [unit for code, unit in after.items() if unit.span.first], lineage


def communes_of(province: str, district: str) -> tuple[list[UnitRow], list[LineageRow]]:
    """The districts of one province and the communes of one of them, as of the old map, by their codes; of what became
    of them only what lies among these. `communes()` loaded later adds the rest."""
    units, lineage = communes()
    keys = {f"district-{row['code']}-until-2025" for row in table("districts.csv") if row["province"] == province}
    keys |= {
        f"commune-{row['code']}-until-2025" for row in table("communes_until_2025.csv") if row["district"] == district
    }
    return [unit for unit in units if unit.key in keys], [
        row for row in lineage if row.before in keys and row.after in keys
    ]


def _commune_lineage(row: dict[str, str], before: UnitRow, after: UnitRow) -> LineageRow:
    partial = bool(row["partial"])
    kind = "split" if partial else "continue" if len(row["before"]) == 3 else "merge"
    remark = f"matched by name, not certain: {row['doubt']}" if row["doubt"] else ""
    inherits = not partial and not row["doubt"]
    return LineageRow(before.key, after.key, kind, REFORM, partial, inherits, COMMUNE_BASIS, remark)


def _closed(row: dict[str, str], prefix: str, parent: str, parents: dict[str, tuple[str, Span]]) -> UnitRow:
    """A district or commune of the old map: its start is unknown, it ends with the reform."""
    span = Span(None, REFORM)
    unit = UnitRow(f"{prefix}{row['code']}-until-2025", span)
    unit.names.append((span, row["name"], "", ""))
    unit.kinds.append((span, row["kind"]))
    unit.codes.append((span, "gso", row["code"], ""))
    key, held = parents[row[parent]]
    unit.parents.append((span.meet(held), "administrative", key))
    return unit


def _since_reform(unit: UnitRow, row: dict[str, str], provinces: dict[str, tuple[str, Span]]) -> None:
    """Add the days from the reform on; a unit that was kept gets longer rows, or new ones where it changed."""
    new = Span(REFORM, None)
    kept = bool(row["kept_from"])
    unit.span = Span(None, None) if kept else new
    _go_on(unit.names, (row["name"], "", ""), new)
    _go_on(unit.codes, ("gso", row["code"], ""), new)
    if row["kind_2026"]:
        _go_on(unit.kinds, (row["kind"],), Span(REFORM, COMMUNES_2026))
        _go_on(unit.kinds, (row["kind_2026"],), Span(COMMUNES_2026, None))
    else:
        _go_on(unit.kinds, (row["kind"],), new)
    key, held = provinces[row["province"]]
    unit.parents.append((new.meet(held), "administrative", key))


def _go_on(rows: list, what: tuple[str, ...], span: Span) -> None:  # type: ignore[type-arg]
    if rows and rows[-1][1:] == what and rows[-1][0].until == span.first:
        rows[-1] = (Span(rows[-1][0].first, span.until), *what)
    else:
        rows.append((span, *what))


def _provinces(on: dt.date) -> dict[str, tuple[str, Span]]:
    """code -> key and span of the province that carries the code on that day."""
    spans = {row["key"]: _span(row) for row in table("units.csv")}
    found = {}
    for row in table("codes.csv"):
        span = spans[row["key"]]
        if row["scheme"] == "gso" and (span.first or on) <= on and (span.until is None or on < span.until):
            found[row["code"]] = (row["key"], span)
    return found


def _span(row: dict[str, str]) -> Span:
    last = dt.date.fromisoformat(row["last"]) + dt.timedelta(days=1) if row["last"] else None
    return Span(dt.date.fromisoformat(row["first"]) if row["first"] else None, last)


def _unit(row: dict[str, str]) -> UnitRow:
    return UnitRow(row["key"], _span(row), row["remark"])


def _histories(unit: UnitRow, row: dict[str, str], changes: list[dict[str, str]]) -> None:
    """Names and kinds with their days: the row of units.csv until the first change, then each change."""
    now = {part: row[part] for part in ("kind", "name_vi", "name_en", "short")}
    first = unit.span.first
    for change in [*sorted(changes, key=lambda each: each["on"]), None]:
        until = dt.date.fromisoformat(change["on"]) if change else unit.span.until
        span = Span(first, until)
        _go_on(unit.names, (now["name_vi"], now["name_en"], now["short"]), span)
        _go_on(unit.kinds, (now["kind"],), span)
        if change:
            now.update({part: change[part] for part in now if change[part]})
            first = until
