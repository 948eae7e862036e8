"""Regime folders: `regimes/<name>/{regime.yaml, form.yaml, checks.yaml}` read, judged, and made into rows.

A folder that lacks one of the elements of Article 7 of Decree 09/2019/NĐ-CP is refused with a sentence
that names the file, the place and what was expected.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dienhong.base import periods
from dienhong.rules import expressions

FILES = ("regime.yaml", "form.yaml", "checks.yaml")
# Article 7: name, content, reporters, receiver, channels, deadline, frequency, cut-off, outline, data form.
REQUIRED = ("code", "name", "kind", "calendar", "frequency", "content", "valid_from", "lead_agency", "legal_basis")
REQUIRED += ("tiers", "cutoff", "channels")
NUMERIC = ("number", "computed")


class RegimeFault(ValueError):
    """A regime folder that cannot be loaded. The text names file, place, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a form, as the folder says it; see reporting.models.FormCell."""

    form: str
    sheet: str
    key: str
    row: str
    column: str
    position: int
    address: str
    number: str
    label: dict[str, str]
    kind: str
    required: bool
    is_sum: bool
    formula: str
    choices: list[str]
    indicator: str
    breakdown: dict[str, str]
    measure: str
    decimals: int
    unit: dict[str, str]
    factor: str | None


@dataclass(frozen=True, slots=True)
class Check:
    key: str
    severity: str
    expression: str
    cells: list[str]
    sentence: dict[str, str]
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A whole regime folder, already judged."""

    name: str
    digest: str
    sheet: dict[str, Any]
    forms: list[dict[str, Any]]
    cells: list[Cell] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)


def folders(root: Path | None = None) -> list[Path]:
    """Every regime folder, in the order of their names."""
    root = root or Path(__file__).resolve().parents[1] / "regimes"
    return sorted(path.parent for path in root.glob("*/regime.yaml"))


@cache
def read(path: Path) -> Folder:
    """Read and judge one folder. Raises RegimeFault."""
    texts = {name: _text(path, name) for name in FILES}
    digest = hashlib.sha256("\0".join(f"{name}\0{texts[name]}" for name in FILES).encode()).hexdigest()
    sheet, form, checks = (_yaml(path, name, texts[name]) for name in FILES)
    _judge_sheet(path, sheet)
    cells = [cell for one in form["forms"] for cell in _cells(path, one)]
    _judge_cells(path, cells)
    rules = [rule for one in checks.get("checks", []) for rule in _checks(path, one)]
    _judge_expressions(path, cells, rules)
    return Folder(path.name, digest, sheet, form["forms"], cells, rules)


def _fault(path: Path, file: str, place: str, sentence: str) -> RegimeFault:
    return RegimeFault(f"regimes/{path.name}/{file}, {place}: {sentence}")


def _text(path: Path, name: str) -> str:
    try:
        return (path / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _fault(
            path, name, "file", "is missing; a regime folder holds regime.yaml, form.yaml, checks.yaml"
        ) from None


def _yaml(path: Path, name: str, text: str) -> dict[str, Any]:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _fault(path, name, "file", f"is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise _fault(path, name, "file", "must be a mapping of names to values")
    return data


def _judge_sheet(path: Path, sheet: dict[str, Any]) -> None:
    for name in REQUIRED:
        if not sheet.get(name):
            raise _fault(path, "regime.yaml", name, "is empty; Article 7 of Decree 09/2019 asks for it")
    if sheet.get("secrecy"):
        raise _fault(path, "regime.yaml", "secrecy", "a regime on state secrets does not belong in this system")
    if sheet["calendar"] not in periods.CALENDARS:
        raise _fault(
            path, "regime.yaml", "calendar", f"{sheet['calendar']!r} is unknown; write one of {list(periods.CALENDARS)}"
        )
    if sheet["content"] != "figures" and not sheet.get("outline"):
        raise _fault(path, "regime.yaml", "outline", "is empty, but the content has narrative")
    for tier in sheet["tiers"]:
        for name in ("key", "reporters", "receiver", "due"):
            if not tier.get(name):
                raise _fault(
                    path, "regime.yaml", f"tiers.{tier.get('key', '?')}", f"has no {name}: each tier states its own"
                )


def _cells(path: Path, form: dict[str, Any]) -> Iterator[Cell]:
    columns = form.get("columns") or [{"key": "v", "letter": "C", "label": {"vi": "", "en": ""}}]
    single = len(columns) == 1
    rows = [row for row in form["rows"]]
    for index, row in enumerate(rows):
        if row.get("heading"):
            continue
        for place, column in enumerate(columns):
            yield _cell(path, form, row, column, index, place, single)


def _cell(
    path: Path, form: dict[str, Any], row: dict[str, Any], column: dict[str, Any], index: int, place: int, single: bool
) -> Cell:
    if not row.get("key") or not row.get("label", {}).get("vi"):
        raise _fault(path, "form.yaml", f"row {index + 1} of {form['key']}", "needs a key and a label in vi and en")
    key = row["key"] if single else f"{row['key']}/{column['key']}"
    formula = row.get("formula", "")
    if formula and not single:
        formula = re.sub(r"\[([^\]/]+)\]", lambda found: f"[{found[1]}/{column['key']}]", formula)
    formula = formula or column.get("formula", "").replace("{row}", row["key"])
    kind = row.get("kind") or column.get("kind") or ("computed" if formula else "number")
    label = dict(row["label"])
    if not single:
        label = {lang: f"{label[lang]}, {column['label'][lang]}" for lang in ("vi", "en")}
    unit = row.get("unit") or column.get("unit") or form.get("unit") or {}
    return Cell(
        form=form["key"],
        sheet=form["sheet"],
        key=key,
        row=row["key"],
        column=column["key"],
        position=index * len(form.get("columns") or [1]) + place,
        address=f"{column['letter']}{form['first_row'] + index}",
        number=str(row.get("number", "")),
        label=label,
        kind="computed" if formula else kind,
        required=bool(row.get("required", column.get("required", kind in NUMERIC))),
        is_sum=bool(row.get("sum")),
        formula=formula,
        choices=list(row.get("choices") or column.get("choices") or []),
        indicator=str(row.get("indicator") or column.get("indicator") or ""),
        breakdown={**(row.get("breakdown") or {}), **(column.get("breakdown") or {})},
        measure=str(row.get("measure") or column.get("measure") or "value"),
        decimals=int(row.get("decimals", column.get("decimals", form.get("decimals", 0)))),
        unit=unit,
        factor=str(row["factor"]) if row.get("factor") else None,
    )


def _judge_cells(path: Path, cells: list[Cell]) -> None:
    seen: dict[str, str] = {}
    for cell in cells:
        if cell.key in seen or f"{cell.sheet}!{cell.address}" in seen:
            raise _fault(path, "form.yaml", cell.key, "this key or address is used twice")
        seen[cell.key] = seen[f"{cell.sheet}!{cell.address}"] = cell.key
        if len(cell.sheet) > 31:
            raise _fault(path, "form.yaml", cell.sheet, "a sheet name has at most 31 characters")


def _checks(path: Path, rule: dict[str, Any]) -> Iterator[Check]:
    for name in ("key", "severity", "expression", "sentence"):
        if not rule.get(name):
            raise _fault(path, "checks.yaml", str(rule.get("key", "?")), f"has no {name}")
    for cell in rule.get("each") or [None]:
        text = rule["expression"].replace("{cell}", cell) if cell else rule["expression"]
        cells = [cell] if cell else list(rule.get("cells") or [])
        key = f"{rule['key']}.{cell}" if cell else rule["key"]
        yield Check(key, rule["severity"], text, cells, dict(rule["sentence"]), rule.get("basis", ""))


def _judge_expressions(path: Path, cells: list[Cell], checks: list[Check]) -> None:
    known = {cell.key for cell in cells}
    for file, key, text in [
        *(("form.yaml", cell.key, cell.formula) for cell in cells if cell.formula),
        *(("checks.yaml", check.key, check.expression) for check in checks),
    ]:
        try:
            node = expressions.parse(text)
        except expressions.ExpressionError as error:
            raise _fault(path, file, key, str(error)) from error
        for reference in expressions.references(node):
            if reference.code not in known:
                raise _fault(path, file, key, f"refers to [{reference.code}], which no cell of the form is called")
    for check in checks:
        for cell_key in check.cells:
            if cell_key not in known:
                raise _fault(
                    path, "checks.yaml", check.key, f"points at {cell_key}, which no cell of the form is called"
                )
