"""What an officer may do at a place: outcomes and questions, from the process and the service's sheet.

    tasks:
      fix_base:
        asks:
          - {key: base_value, kind: money, label: {vi: …, en: …}, for: [fixed]}
          - {key: entitled, kind: choice, label: {…}, if: asks_exemption, for: [row, fixed],
             choices: [{value: "no", label: {…}, facts: {asks_exemption: false}, reason: true}]}
        outcomes:
          - {key: fixed, label: {vi: …, en: …}, if: not amount_known}
      compare:
        outcomes:
          - {key: same, label: {…}, facts: {register_match: true}}
          - {key: other, label: {…}, facts: {register_match: false}, reason: true}

`if`: offered under that condition only (reviewing.facts); `for`: the outcomes that a question belongs to, without it
all but `row`. A choice may carry facts of its own. A task that the sheet does not name has one outcome, "done".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base.refusal import Fault, Refused
from dienhong.dossiers import computing, reviewing
from dienhong.dossiers.models import Place
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.table import Process
from dienhong.rules.conditions import holds, parse

COMMON = ("acceptance", "lapse", "withdrawal")
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
    """One question of a task: kind money, whole, text or choice. `outcomes`: those it belongs to; None: all but ROW."""

    key: str
    kind: str
    label: Mapping[str, str]
    hint: Mapping[str, str] = field(default_factory=dict)
    required: bool = True
    outcomes: tuple[str, ...] | None = None
    choices: tuple[Mapping[str, Any], ...] = ()

    def belongs(self, outcome: str) -> bool:
        return outcome != ROW if self.outcomes is None else outcome in self.outcomes

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
        Outcome(each["key"], each["label"], each.get("facts", {}), bool(each.get("reason", False)))
        for each in _offered(place, said)
    ]


def asks(place: Place) -> list[Ask]:
    """What the sheet asks; where the rules found several answers, the choice among them before it."""
    found = [
        Ask(
            each["key"], each.get("kind", "text"), each["label"], each.get("hint", {}), each.get("required", True),
            tuple(each["for"]) if "for" in each else None, tuple(each.get("choices", ())),
        )
        for each in _offered(place, _sheet(place).get("asks", []))
    ]  # fmt: skip
    fact, listed = _listed(place)
    if listed:
        label = {"vi": "Dòng đúng với xe này", "en": "The row that fits this case"}
        found.insert(0, Ask(fact, "choice", label, outcomes=(ROW,), choices=tuple(listed)))
    return found


def needs_reason(place: Place, answers: Mapping[str, str], outcome: str) -> bool:
    """Whether an answer that counts for the outcome is one that wants a reason."""
    return any(
        each.get("reason") and str(each["value"]) == answers.get(ask.key, "").strip()
        for ask in asks(place)
        if ask.belongs(outcome)
        for each in ask.choices
    )


def again(place: Place) -> list[Outcome]:
    """As what a dossier may be accepted although another is about the same thing."""
    said = _sheet(place).get("again") or [
        {"key": "again", "label": {"vi": "Vẫn tiếp nhận", "en": "Accept all the same"}}
    ]
    return [Outcome(each["key"], each["label"], needs_reason=True) for each in said]


def compares(place: Place) -> bool:
    """Whether the task is to hold the declaration against the register's answer: `compares: question` in the sheet."""
    return _sheet(place).get("compares") == "question"


def _offered(place: Place, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not any("if" in each for each in said):
        return said
    known = reviewing.facts(place.dossier)
    return [each for each in said if "if" not in each or holds(parse(each["if"]), known)]


def _listed(place: Place) -> tuple[str, list[dict[str, Any]]]:
    return computing.choices(place.dossier) if place.element == reviewing.FIXING else ("", [])


def read(place: Place, answers: Mapping[str, str], outcome: str = "") -> dict[str, Any]:
    """The answers as facts: those that the outcome needs. Raises Refused with a fault for each that cannot be read."""
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for ask in asks(place):
        if not ask.belongs(outcome):
            continue
        text = answers.get(ask.key, "").strip()
        if not text:
            if ask.required:
                said = _("Chọn “%(label)s”.") if ask.kind == "choice" else _("Điền “%(label)s”.")
                faults.append(Fault("missing", said % {"label": ask.said}, where=ask.key))
            continue
        if ask.kind == "text":
            found[ask.key] = text[:500]
            continue
        if ask.kind == "choice":
            if chosen := next((each for each in ask.choices if str(each["value"]) == text), None):
                found |= {ask.key: text, **chosen.get("facts", {})}
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
