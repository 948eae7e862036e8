"""The fee before anything is sent, from the rules of the service: lines for the screen, or why there is none yet."""

import datetime as dt
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from dienhong.dossiers.forms.problems import language
from dienhong.rules.law.faults import Undecided


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    figure: str
    note: str
    references: tuple[str, ...]
    total: bool


@dataclass(frozen=True, slots=True)
class Fee:
    """`amount` in whole đồng; None where nothing can be computed: then `why` says what is missing or who decides."""

    amount: int | None
    heading: str = ""
    lines: tuple[Line, ...] = ()
    exempt: bool = False
    why: str = ""
    fact: str = ""  # the field that would settle it, if it is one


def preview(service: str, content: Mapping[str, Any], on: dt.date) -> Fee | None:
    """What this content would cost if declared on that day; None for a service whose folder has no rules."""
    name = f"dienhong.services.{service}.rules"
    try:
        if find_spec(name) is None:
            return None
    except ModuleNotFoundError:
        return None
    try:
        result = importlib.import_module(name).compute(content, on)
    except Undecided as undecided:
        return Fee(None, why=undecided.said[language()], fact=undecided.fact)
    return Fee(
        result.amount,
        heading=str(result.heading[language()]),
        lines=tuple(_line(each) for each in result.lines),
        exempt=result.exempt,
    )


def _line(line: Any) -> Line:
    lang = language()
    references = tuple(str(each.said[lang]) for each in line.references)
    return Line(str(line.label[lang]), str(line.figure[lang]), str(line.note[lang]), references, line.total)
