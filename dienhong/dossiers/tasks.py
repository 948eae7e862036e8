"""What an officer may do at a place: outcomes and questions, from the process and the service's sheet.

    tasks:
      fix_base:
        asks:
          - {key: base_value, kind: money, label: {vi: …, en: …}}
        outcomes:
          - {key: fixed, label: {vi: …, en: …}}
      compare:
        outcomes:
          - {key: same, label: {…}, facts: {register_match: true}}
          - {key: other, label: {…}, facts: {register_match: false}, reason: true}

A task that the sheet does not name has one outcome, "done".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base.refusal import Fault, Refused
from dienhong.dossiers import computing
from dienhong.dossiers.models import Place
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.table import Process

COMMON = ("acceptance", "lapse", "withdrawal")
FIXING = "fix_base"  # the task at which an officer settles what the rules could not
ROW = "row"  # its outcome where the rules listed the answers to choose from
LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Outcome:
    key: str
    label: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)
    needs_reason: bool = False

    @property
    def said(self) -> str:
        return self.label.get("en" if get_language() == "en" else "vi") or self.label["vi"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a task: kind money, whole, text or choice. `only`: the outcome to which it belongs."""

    key: str
    kind: str
    label: Mapping[str, str]
    hint: Mapping[str, str] = field(default_factory=dict)
    required: bool = True
    only: str = ""
    choices: tuple[Mapping[str, Any], ...] = ()

    @property
    def said(self) -> str:
        return self.label.get("en" if get_language() == "en" else "vi") or self.label["vi"]

    @property
    def hinted(self) -> str:
        return self.hint.get("en" if get_language() == "en" else "vi") or self.hint.get("vi", "")


def name_of(place: Place) -> str:
    """What the place is called, in the reader's language."""
    return name_in(persist.process_of(place.dossier), place.element)


def name_in(process: Process, element: str) -> str:
    node = process.nodes.get(element)
    if node is None:
        return element
    return (node.label_en if get_language() == "en" else "") or node.said


def fact_of(place: Place) -> str:
    """Which of the common facts the gateway behind the task asks; "" where it asks none of them."""
    process = persist.process_of(place.dossier)
    for flow_id in process.nodes[place.element].outgoing:
        target = process.nodes[process.flows[flow_id].target]
        for way in target.outgoing:
            found = re.match(r"(\w+) ==", process.flows[way].condition)
            if found and found[1] in COMMON:
                return found[1]
    return ""


def outcomes(place: Place) -> list[Outcome]:
    """For tasks without a common fact; those have verbs of their own."""
    if fact_of(place):
        return []
    said = _sheet(place).get("outcomes")
    if not said:
        return [Outcome("done", {"vi": "Xong bước này", "en": "Step done"})]
    rows = [Outcome(ROW, {"vi": "Theo dòng chọn trong bảng", "en": "By the row chosen"})] if _listed(place)[1] else []
    return rows + [
        Outcome(each["key"], each["label"], each.get("facts", {}), bool(each.get("reason", False))) for each in said
    ]


def asks(place: Place) -> list[Ask]:
    """What the sheet asks; where the rules found several answers, the choice among them before it."""
    found = [
        Ask(each["key"], each.get("kind", "text"), each["label"], each.get("hint", {}), each.get("required", True))
        for each in _sheet(place).get("asks", [])
    ]
    fact, listed = _listed(place)
    if listed:
        label = {"vi": "Dòng đúng với xe này", "en": "The row that fits this case"}
        found.insert(0, Ask(fact, "choice", label, only=ROW, choices=tuple(listed)))
    return found


def _listed(place: Place) -> tuple[str, list[dict[str, Any]]]:
    return computing.choices(place.dossier) if place.element == FIXING else ("", [])


def read(place: Place, answers: Mapping[str, str], outcome: str = "") -> dict[str, Any]:
    """The answers as facts: those that the outcome needs. Raises Refused with a fault for each that cannot be read."""
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for ask in asks(place):
        if ask.only != (ROW if outcome == ROW else ""):
            continue
        text = answers.get(ask.key, "").strip()
        if not text:
            if ask.required:
                faults.append(Fault("missing", _("Điền “%(label)s”.") % {"label": ask.said}, where=ask.key))
            continue
        if ask.kind == "text":
            found[ask.key] = text[:500]
            continue
        if ask.kind == "choice":
            if text in {str(each["value"]) for each in ask.choices}:
                found[ask.key] = text
            else:
                faults.append(Fault("missing", _("Chọn “%(label)s”.") % {"label": ask.said}, where=ask.key))
            continue
        digits = re.sub(r"[.\s\u00a0]|đ$", "", text)
        if not digits.isascii() or not digits.isdigit() or int(digits) > LARGEST:
            sentence = _("“%(label)s” là số nguyên, ví dụ 549.000.000.") % {"label": ask.said}
            faults.append(Fault("not_a_number", sentence, where=ask.key, typed=text))
        else:
            found[ask.key] = int(digits)
    if faults:
        raise Refused("incomplete", faults[0].sentence, faults)
    return found


def _sheet(place: Place) -> Mapping[str, Any]:
    said: Mapping[str, Any] = place.dossier.version.sheet.get("tasks", {}).get(place.element, {})
    return said
