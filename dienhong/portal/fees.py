"""The fee before anything is sent, from the rules of the service: lines for the screen, or why there is none yet."""

import datetime as dt
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from dienhong.dossiers.forms.problems import language
from dienhong.rules.law.faults import Undecided


@dataclass(frozen=True, slots=True)
class Reference:
    """What a line rests on, and where it is to be read: the parameter's row or the table's."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    figure: str
    note: str
    references: tuple[Reference, ...]
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
        lines=lines([each.json() for each in result.lines], service),
        exempt=result.exempt,
    )


def lines(stored: Iterable[Mapping[str, Any]], service: str) -> tuple[Line, ...]:
    """The lines of a working-out, made now or kept with a dossier, in the reader's language."""
    lang = language()
    return tuple(
        Line(
            str(each["label"][lang]), str(each["figure"][lang]), str(each["note"][lang]),
            tuple(_reference(one, service) for one in each.get("references", [])), bool(each.get("total")),
        )
        for each in stored
    )  # fmt: skip


def _reference(stored: Mapping[str, Any], service: str) -> Reference:
    page = reverse("portal:law", args=[service])
    return Reference(str(stored["said"][language()]), f"{page}#{quote(str(stored['id']))}")
