"""What a computation answers: the amount, why, and a form that can be stored and checked years later."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from dienhong.rules.law import words
from dienhong.rules.law.faults import Said, Undecided
from dienhong.rules.law.parameters import Law, Row, Scale
from dienhong.rules.law.single import Asked, Single, Step
from dienhong.rules.law.tables import bracket

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Reference:
    """What a line rests on: an article of law (with the parameter row) or a row of a price table."""

    kind: str  # "article" | "table_row"
    said: Said
    id: str
    unconfirmed: bool = False

    def json(self) -> dict[str, object]:
        return {"kind": self.kind, "said": self.said, "id": self.id, "unconfirmed": self.unconfirmed}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the screen: label, figure at the right, a note and what it rests on. `total` marks the last."""

    key: str
    label: Said
    figure: Said
    note: Said
    references: tuple[Reference, ...] = ()
    total: bool = False

    def json(self) -> dict[str, object]:
        made = {"key": self.key, "label": self.label, "figure": self.figure, "note": self.note, "total": self.total}
        return made | {"references": [one.json() for one in self.references]}


class FromLaw:
    """Answers from the parameter file as it stands."""

    def __init__(self, law: Law) -> None:
        self.law = law

    def row(self, path: str, *keys: str, on: dt.date) -> Row | None:
        return self.law.row(path, *keys, on=on)

    def bracket(self, path: str, figure: Fraction, on: dt.date) -> Row | None:
        return bracket(self.law.scale(path), figure, on)

    def unit(self, path: str, *keys: str) -> str:
        found = self.law[path]
        if isinstance(found, Scale):
            return found.brackets[0][1].unit
        return next((series.unit for series in self.law.candidates(path, *keys)), "")


class FromRecord(FromLaw):
    """Answers from the questions stored with a result: the law as it was answered then, whatever the file says now."""

    def __init__(self, law: Law, asked: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(law)
        self.answers = {
            (one["path"], *one["keys"]): Row.of(one["row"]) if one["row"] is not None else None for one in asked
        }

    def _answer(self, *question: str) -> Row | None:
        if question not in self.answers:
            raise Undecided("not_recorded", {
                "vi": f"Hồ sơ tính không ghi câu hỏi {'.'.join(question)}: dữ kiện đã bị đổi.",
                "en": f"The record holds no answer to {'.'.join(question)}: a fact was changed.",
            })  # fmt: skip
        return self.answers[question]

    def row(self, path: str, *keys: str, on: dt.date) -> Row | None:
        return self._answer(path, *keys)

    def bracket(self, path: str, figure: Fraction, on: dt.date) -> Row | None:
        return self._answer(path, str(figure))


@dataclass(frozen=True)
class Result:
    """One computed case. `amount` is whole đồng; `exempt` is not the same as an amount of 0.

    `lines` are what a screen shows, `explanation` the sentence, `heading` whose case it is; `more` holds what the
    service adds (price_explanation, warnings) as plain data and is stored too.
    """

    law: str
    on: dt.date
    inputs: Mapping[str, Any]
    amount: int
    steps: tuple[Step, ...]
    asked: tuple[Asked, ...]
    lines: tuple[Line, ...]
    explanation: Said
    heading: Said
    currency: str = "VND"
    exempt: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The parameter rows used, each once, in the order they were asked."""
        return tuple(dict.fromkeys(one.row for one in self.asked if one.row is not None))

    @property
    def unconfirmed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.unconfirmed)

    def json(self) -> dict[str, Any]:
        """Plain data; `digest` covers everything else."""
        made: dict[str, Any] = {
            "format": FORMAT, "law": self.law, "on": self.on.isoformat(), "inputs": dict(self.inputs),
            "amount": self.amount, "currency": self.currency, "exempt": self.exempt,
            "asked": [_question(one) for one in self.asked],
            "steps": [_step(one) for one in self.steps],
            "lines": [one.json() for one in self.lines],
            "explanation": dict(self.explanation), "heading": dict(self.heading), "more": dict(self.more),
        }  # fmt: skip
        return made | {"digest": digest(made)}


def _question(asked: Asked) -> dict[str, object]:
    return {"path": asked.path, "keys": list(asked.keys), "row": asked.row.json() if asked.row else None}


def _step(step: Step) -> dict[str, object]:
    return {
        "key": step.key, "value": str(step.value), "rows": [row.id for row in step.rows],
        "expression": {language: words.expression(step.expression, language) for language in words.LANGUAGES},
        "articles": list(dict.fromkeys(row.article for row in step.rows)),
    }  # fmt: skip


def digest(stored: Mapping[str, Any]) -> str:
    """SHA-256 of the content without the digest itself, keys in order."""
    content = {key: value for key, value in stored.items() if key != "digest"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Recheck:
    """`same`: the stored facts and rows give the stored amount again, and nothing was altered.

    `differences` names what is not as computed. `law_moved` are rows that the parameter file holds differently today:
    not a fault of the record, but worth a look (a law corrected backwards).
    """

    amount: int | None
    differences: tuple[str, ...]
    law_moved: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return not self.differences


Compute = Callable[[Single], "Result"]


def recheck(stored: Mapping[str, Any], law: Law, compute: Compute) -> Recheck:
    """Evaluates the stored facts again with the stored answers of the law, and compares every part."""
    if stored.get("format") != FORMAT:
        return Recheck(None, (f"format {stored.get('format')!r}",))
    wrong = [] if digest(stored) == stored.get("digest") else ["digest"]
    try:
        single = Single(FromRecord(law, stored["asked"]), stored["inputs"], dt.date.fromisoformat(stored["on"]))
        again = compute(single).json()
    except (Undecided, KeyError, ValueError) as fault:
        return Recheck(None, (*wrong, f"cannot be computed again: {fault}"))
    parts = ("amount", "currency", "exempt", "asked", "steps", "lines", "explanation", "heading", "more", "inputs")
    wrong += [part for part in parts if again[part] != stored.get(part)]
    return Recheck(again["amount"], tuple(wrong), moved(stored, law))


def moved(stored: Mapping[str, Any], law: Law) -> tuple[str, ...]:
    """Ids of stored rows that the file no longer holds, or holds with another value."""
    now = {row.id: row for series in law.every() for row in series.rows}
    then = [Row.of(one["row"]) for one in stored["asked"] if one["row"]]
    changed = [row.id for row in then if row.id not in now or now[row.id].value != row.value]
    return tuple(dict.fromkeys(changed))
