"""The fee for copies: so much a copy. Numbers of the law stand in parameters.yaml."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dienhong.rules.law import Algebra, FactMissing, Law, Single
from dienhong.rules.law import jurist as jurists
from dienhong.rules.law.faults import Said
from dienhong.rules.law.reading import read
from dienhong.rules.law.results import FromLaw, Line, Recheck, Reference, Result
from dienhong.rules.law.results import recheck as recheck_stored
from dienhong.rules.law.words import LANGUAGES, article, money

NAME = "civil_status_extract"
FILE = Path(__file__).resolve().parent / "parameters.yaml"


@lru_cache(maxsize=1)
def law() -> Law:
    return Law.load(FILE)


def fee(c: Algebra) -> Any:
    price = c.step("price", c.parameter("fee.copy"))
    return c.step("amount", c.rounded(price * c.number("copies"), c.parameter("rounding.unit")))


def compute(facts: Mapping[str, Any], on: dt.date) -> Result:
    """The fee for `copies` under the law of that day. FactMissing without them."""
    copies = facts.get("copies")
    if not isinstance(copies, int) or copies < 1:
        raise FactMissing("copies", {"vi": "Còn thiếu số bản sao.", "en": "The number of copies is missing."})
    return _reckon(Single(FromLaw(law()), {"copies": copies}, on))


@dataclass(frozen=True)
class Preview:
    """What is said before anyone signs in."""

    sentence: Said


def fees_before_sign_in(partial: Mapping[str, Any], on: dt.date) -> Preview:
    """The fee of so many copies in a sentence. FactMissing without them."""
    made = compute(partial, on)
    return Preview(_each(money, made.amount))


def recheck(stored: Mapping[str, Any]) -> Recheck:
    """A stored result computed again."""
    return recheck_stored(stored, law(), _reckon)


def jurist_view() -> jurists.JuristView:
    """Every parameter with its article and remark."""
    return jurists.view(law())


def worked() -> list[jurists.Worked]:
    """Every case of examples.yaml, computed now."""
    found = []
    for one in read(FILE.with_name("examples.yaml"))["examples"]:
        amount, expected = compute(one["facts"], one["declared_on"]).amount, one["amount"]
        differs = () if amount == expected else (f"amount: expected {expected}, computed {amount}",)
        day = one["declared_on"].isoformat()
        found.append(jurists.Worked(one["key"], one["say"], day, f"{expected}", f"{amount}", differs))
    return found


def _reckon(single: Single) -> Result:
    amount = int(fee(single).value)
    steps = {step.key: step for step in single.steps}
    row, copies = steps["price"].rows[0], single.facts["copies"]
    basis = (Reference("article", _each(article, row.article), row.id, row.unconfirmed),)
    note: Said = {"vi": "Mỗi bản sao.", "en": "For each copy."}
    total: Said = {"vi": f"{copies} bản", "en": f"{copies} copies"}
    lines = (
        Line("price", {"vi": "Phí mỗi bản", "en": "Fee a copy"}, _each(money, int(row.value or 0)), note, basis),
        Line("amount", {"vi": "Phí phải nộp", "en": "To pay"}, _each(money, amount), total, total=True),
    )
    said: Said = {
        "vi": f"{copies} bản sao, mỗi bản {money(int(row.value or 0), 'vi')}.",
        "en": f"{copies} copies at {money(int(row.value or 0), 'en')} each.",
    }
    heading: Said = {"vi": "Bản sao trích lục hộ tịch", "en": "Copies of a civil status extract"}
    return Result(NAME, single.on, single.facts, amount, tuple(single.steps), tuple(single.asked), lines, said, heading)


def _each(made: Any, value: Any) -> Said:
    return {language: made(value, language) for language in LANGUAGES}
