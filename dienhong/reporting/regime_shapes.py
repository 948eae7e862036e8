"""What a regime folder is made of once it is read, and the fault that stops it from loading."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NUMERIC = ("number", "computed")
KINDS = (*NUMERIC, "text", "date", "choice")


class RegimeFault(ValueError):
    """A regime folder that cannot be loaded. The text names file, place, what is wrong and what to do."""


def fault(path: Path, file: str, place: str, sentence: str) -> RegimeFault:
    return RegimeFault(f"regimes/{path.name}/{file}, {place}: {sentence}")


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
    """A check over cells; one per cell or row where the folder says `each` or `each_row`."""

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
