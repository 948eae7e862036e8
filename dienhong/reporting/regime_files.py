"""Regime folders: `regimes/<name>/{regime.yaml, form.yaml, checks.yaml}` read, judged, and made into rows.

A folder that lacks one of the elements of Article 7 of Decree 09/2019/NĐ-CP, or contradicts itself, is refused with
a sentence that names the file, the place and what was expected (`regime_judges`).
"""

import hashlib
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dienhong.reporting import regime_judges
from dienhong.reporting.regime_shapes import NUMERIC, Cell, Check, Folder, RegimeFault, fault

__all__ = ["FILES", "Cell", "Check", "Folder", "RegimeFault", "folders", "read"]
FILES = ("regime.yaml", "form.yaml", "checks.yaml")
ONE_COLUMN = [{"key": "v", "letter": "C", "label": {"vi": "", "en": ""}}]


def folders(root: Path | None = None) -> list[Path]:
    """Every regime folder, in the order of their names. A folder counts as one by any of its files."""
    root = root or Path(__file__).resolve().parents[1] / "regimes"
    return sorted({path.parent for name in FILES for path in root.glob(f"*/{name}")})


@cache
def read(path: Path) -> Folder:
    """Read and judge one folder. Raises RegimeFault."""
    texts = {name: _text(path, name) for name in FILES}
    digest = hashlib.sha256("\0".join(f"{name}\0{texts[name]}" for name in FILES).encode()).hexdigest()
    sheet, form, checks = (_yaml(path, name, texts[name]) for name in FILES)
    regime_judges.judge_sheet(path, sheet)
    forms = form.get("forms") or []
    regime_judges.judge_forms(path, sheet, forms)
    cells = [cell for one in forms for cell in _cells(path, one)]
    regime_judges.judge_cells(path, cells)
    rules = [rule for one in checks.get("checks") or [] for rule in _checks(path, one, cells)]
    regime_judges.judge_checks(path, sheet, cells, rules)
    return Folder(path.name, digest, sheet, forms, cells, rules)


def _text(path: Path, name: str) -> str:
    try:
        return (path / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise fault(
            path, name, "file", "is missing; a regime folder holds regime.yaml, form.yaml, checks.yaml"
        ) from None


def _yaml(path: Path, name: str, text: str) -> dict[str, Any]:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise fault(path, name, "file", f"is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise fault(path, name, "file", "must be a mapping of names to values")
    return data


def _cells(path: Path, form: dict[str, Any]) -> Iterator[Cell]:
    columns = form.get("columns") or ONE_COLUMN
    single = len(columns) == 1
    for index, row in enumerate(form["rows"]):
        if row.get("heading"):
            continue
        for place, column in enumerate(columns):
            yield _cell(path, form, row, column, index, place, single)


def _cell(
    path: Path, form: dict[str, Any], row: dict[str, Any], column: dict[str, Any], index: int, place: int, single: bool
) -> Cell:
    key = str(row["key"]) if single else f"{row['key']}/{column['key']}"
    formula = row.get("formula", "")
    if formula and not single:
        formula = re.sub(r"\[([^\]/]+)\]", lambda found: f"[{found[1]}/{column['key']}]", formula)
    formula = formula or column.get("formula", "").replace("{row}", str(row["key"]))
    kind = row.get("kind") or column.get("kind") or ("computed" if formula else "number")
    label = dict(row["label"])
    if not single:
        label = {lang: f"{label[lang]}, {column['label'][lang]}" for lang in ("vi", "en")}
    unit = row.get("unit") or column.get("unit") or form.get("unit") or {}
    return Cell(
        form=form["key"],
        sheet=form["sheet"],
        key=key,
        row=str(row["key"]),
        column=column["key"],
        position=index * len(form.get("columns") or ONE_COLUMN) + place,
        address=f"{column['letter']}{form['first_row'] + index}",
        number=str(row.get("number", "")),
        label=label,
        kind="computed" if formula else kind,
        required=_required(form, row, column, kind),
        is_sum=bool(row.get("sum")),
        formula=formula,
        choices=list(row.get("choices") or column.get("choices") or []),
        indicator=str(row.get("indicator") or column.get("indicator") or ""),
        breakdown={**(row.get("breakdown") or {}), **(column.get("breakdown") or {})},
        measure=str(row.get("measure") or column.get("measure") or "value"),
        decimals=_decimals(path, form, row, column, key),
        unit=unit if kind in NUMERIC else {},
        factor=str(row["factor"]) if row.get("factor") else None,
    )


def _required(form: dict[str, Any], row: dict[str, Any], column: dict[str, Any], kind: str) -> bool:
    """A number is asked for unless row, column or form say otherwise; text, date and choice only where they say so."""
    return bool(row.get("required", column.get("required", form.get("required", True) and kind in NUMERIC)))


def _decimals(path: Path, form: dict[str, Any], row: dict[str, Any], column: dict[str, Any], key: str) -> int:
    said = row.get("decimals", column.get("decimals", form.get("decimals", 0)))
    if not isinstance(said, int) or not 0 <= said <= 10:
        raise fault(path, "form.yaml", key, f"decimals {said!r}; write a whole number from 0 to 10")
    return said


def _checks(path: Path, rule: dict[str, Any], cells: list[Cell]) -> Iterator[Check]:
    """The checks of one entry: one, or one per cell of `each` (patterns like r*/found) or per row of `each_row`."""
    for name in ("key", "severity", "expression", "sentence"):
        if not rule.get(name):
            raise fault(path, "checks.yaml", str(rule.get("key", "?")), f"has no {name}")
    if rule.get("each"):
        for key in _matching(path, rule, rule["each"], [cell.key for cell in cells if cell.kind == "number"], cells):
            yield _check(rule, key, "{cell}", [key])
    elif rule.get("each_row"):
        rows = list(dict.fromkeys(cell.row for cell in cells if cell.kind != "computed"))
        for row in _matching(path, rule, rule["each_row"], rows, cells):
            yield _check(rule, row, "{row}", [key.replace("{row}", row) for key in rule.get("cells") or []])
    else:
        yield _check(rule, "", "", list(rule.get("cells") or []))


def _matching(
    path: Path, rule: dict[str, Any], wanted: list[str], typed: list[str], cells: list[Cell]
) -> Iterator[str]:
    """Patterns stand for cells that are typed in, in the form's order; a whole name may also be a computed cell."""
    every = {cell.key for cell in cells} | {cell.row for cell in cells}
    seen: set[str] = set()
    for pattern in map(str, wanted):
        found = [pattern] if pattern in every else [key for key in typed if fnmatchcase(key, pattern)]
        if not found:
            raise fault(path, "checks.yaml", rule["key"], f"{pattern!r} fits no cell or row of the form")
        for key in found:
            if key not in seen:
                seen.add(key)
                yield key


def _check(rule: dict[str, Any], name: str, mark: str, cells: list[str]) -> Check:
    def put(text: str) -> str:
        return text.replace(mark, name) if mark else text

    sentence = rule["sentence"]
    return Check(
        key=f"{rule['key']}.{name}" if name else str(rule["key"]),
        severity=rule["severity"],
        expression=put(str(rule["expression"])),
        cells=cells,
        sentence={lang: put(str(text)) for lang, text in sentence.items()} if isinstance(sentence, dict) else {},
        basis=rule.get("basis", ""),
    )
