"""Worked examples of a regime folder: figures in, the checks that fail out. A specialist reads them, a test runs them.

`examples.yaml` holds a list: `key`, `say` (vi, en), `figures` (cell -> text as typed; `others`: what all further number
cells hold), `previous` and `year_before` likewise, `texts` (section -> text), `from` (another example to begin with),
and what must come of it: `fails`, `asks`, `computed`, `unreadable`, `blank`. No database.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dienhong.base.numbers import parse_cell
from dienhong.reporting import checks, narratives, regime_files
from dienhong.reporting.figures import BLANK, Figure, compute, in_order
from dienhong.reporting.models import CheckRule, FormCell
from dienhong.reporting.regime_shapes import Cell, Folder
from dienhong.reporting.review import missing

PERIODS = {"": "figures", "prev": "previous", "year_before": "year_before"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an example. `fails` stop the report, `asks` want an explanation; sentences by check and language."""

    fails: list[str]
    asks: list[str]
    passed: list[str]
    unreadable: list[str]
    blank: list[str]
    figures: dict[str, Figure]
    sentences: dict[str, dict[str, str]] = field(default_factory=dict)


def read(path: Path) -> dict[str, dict[str, Any]]:
    """The examples of a folder by key, each with what it takes over `from` another one."""
    out: dict[str, dict[str, Any]] = {}
    for example in yaml.safe_load((path / "examples.yaml").read_text(encoding="utf-8"))["examples"]:
        base = out.get(example.get("from", ""), {})
        merged = {**base, **example}
        for name in (*PERIODS.values(), "texts"):
            taken = {} if name in example and example[name] is None else base.get(name, {})
            merged[name] = {**taken, **(example.get(name) or {})}
        for name in ("fails", "asks", "unreadable", "blank", "computed"):
            merged[name] = example.get(name) or ({} if name == "computed" else [])
        out[example["key"]] = merged
    return out


def run(folder: Folder, example: dict[str, Any]) -> Outcome:
    """Judge the example as `review.judge` judges a version. KeyError for a cell the form does not have."""
    cells = {cell.key: cell for cell in map(_cell, folder.cells)}
    by_period = {word: _figures(cells, example[name]) for word, name in PERIODS.items()}
    now = by_period[""]
    sections = folder.sheet.get("outline") or []
    extra = narratives.for_checks(narratives.differences(example["texts"], cells, now), sections)
    findings = checks.run(_rules(folder), cells, {**by_period, **extra, "": {**now, **extra[""]}})
    return Outcome(
        fails=[one.rule.key for one in findings if one.blocks],
        asks=[one.rule.key for one in findings if one.asks],
        passed=[one.rule.key for one in findings if one.outcome == checks.Outcome.PASSED],
        unreadable=[key for key in cells if now[key].problem],
        blank=[key for key, cell in cells.items() if missing(cell, now[key])],
        figures=now,
        sentences={one.rule.key: one.sentences for one in findings if one.sentences},
    )


def prove(path: Path) -> list[str]:
    """What of the folder's examples does not hold, each as a sentence; none where all is as they say."""
    folder = regime_files.read(path)
    return [sentence for example in read(path).values() for sentence in _wrong(folder, example)]


def _wrong(folder: Folder, example: dict[str, Any]) -> Iterator[str]:
    came = run(folder, example)
    for name in ("fails", "asks", "unreadable", "blank"):
        said, found = sorted(example[name]), sorted(getattr(came, name))
        if said != found:
            yield f"{example['key']}: {name} {said} is what it says, {found} is what came"
    for key, text in example["computed"].items():
        cell = next(one for one in folder.cells if one.key == key)
        parsed = parse_cell(str(text), decimals=cell.decimals, convention="dot_thousands")
        figure = came.figures[key]
        empty = None if parsed.kind is None else int(parsed.kind)
        if (parsed.value, empty) != (figure.value, figure.empty):
            yield f"{example['key']}: {key} is said to be {text!r}, but {figure.value} ({figure.empty}) came"
    unfilled = [key for key, words in came.sentences.items() if any("{" in text for text in words.values())]
    if unfilled:
        yield f"{example['key']}: sentences of {', '.join(unfilled)} are not filled"


def shown(path: Path) -> set[str]:
    """Checks that at least one example makes fail or ask."""
    return {key for one in read(path).values() for key in (*one["fails"], *one["asks"])}


def _cell(cell: Cell) -> FormCell:
    return FormCell(
        key=cell.key,
        row=cell.row,
        kind=cell.kind,
        required=cell.required,
        address=cell.address,
        formula=cell.formula,
        decimals=cell.decimals,
        label_vi=cell.label["vi"],
        label_en=cell.label["en"],
    )


def _rules(folder: Folder) -> list[CheckRule]:
    return [
        CheckRule(
            key=check.key,
            severity=check.severity,
            expression=check.expression,
            cells=check.cells,
            sentence_vi=check.sentence["vi"],
            sentence_en=check.sentence["en"],
        )
        for check in folder.checks
    ]


def _figures(cells: dict[str, FormCell], typed: dict[str, Any]) -> dict[str, Figure]:
    unknown = sorted(set(typed) - set(cells) - {"others"})
    if unknown:
        raise KeyError(f"the form has no cell {', '.join(unknown)}")
    out = {key: _figure(cell, typed) for key, cell in cells.items() if cell.kind != FormCell.Kind.COMPUTED}
    for cell in in_order(cells.values()):
        out[cell.key] = compute(cell, out)
    return out


def _figure(cell: FormCell, typed: dict[str, Any]) -> Figure:
    number = cell.kind == FormCell.Kind.NUMBER
    text = str(typed.get(cell.key, typed.get("others", "") if number else ""))
    if not text:
        return BLANK
    if not number:
        return Figure(text, empty=0)
    parsed = parse_cell(text, decimals=cell.decimals, convention="dot_thousands")
    empty = None if parsed.kind is None else int(parsed.kind)
    return Figure(text, parsed.value, empty, parsed.problem.kind if parsed.problem else "")
