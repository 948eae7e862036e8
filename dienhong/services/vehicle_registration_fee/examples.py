"""The worked cases of examples.yaml: read for the jurist's screen, run as tests."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from dienhong.rules.law.reading import read
from dienhong.rules.law.results import Result

FILE = Path(__file__).resolve().parent / "examples.yaml"


@dataclass(frozen=True)
class Example:
    """`expect`: amount, and exempt, or kind, base, rate, factor, capped."""

    key: str
    say: str
    on: dt.date
    facts: Mapping[str, Any]
    expect: Mapping[str, Any]

    def differences(self, result: Result) -> list[str]:
        """What the result says otherwise; empty when it is as expected."""
        found = seen(result)
        return [
            f"{name}: expected {value}, computed {found.get(name)}"
            for name, value in self.expect.items()
            if found.get(name) != value
        ]


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    return tuple(
        Example(one["key"], one["say"], one["declared_on"], one["facts"], one["expect"])
        for one in read(FILE)["examples"]
    )


def seen(result: Result) -> dict[str, Any]:
    """The parts of a result that an example may expect."""
    if result.exempt:
        return {"exempt": True, "amount": result.amount}
    steps = {step.key: step for step in result.steps}
    rate, reduced = Fraction(steps["rate"].value), Fraction(steps["reduced"].value)
    made: dict[str, Any] = {"amount": result.amount, "kind": steps["kind"].value, "rate": rate}
    made["base"] = Fraction(steps["price"].value) * Fraction(steps["residual"].value if "residual" in steps else 1)
    if steps["reduced"].rows:
        made["factor"] = reduced / rate
    if steps["capped"].value != steps["full"].value:
        made["capped"] = True
    return made
