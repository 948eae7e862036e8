"""The closed list of cross-checks, read from data/checks.yaml and judged: what is set beside what, in which words."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dienhong.rules.expressions import ExpressionError, Ref, parse, references
from dienhong.watch.models import Kind

FILE = Path(__file__).parent / "data" / "checks.yaml"
EXPRESSED = (Kind.HORIZONTAL, Kind.TEMPORAL)
SOURCES = (Kind.SOURCE, Kind.COUNTED)
OPERATORS = ("=", "≥", "≤")
HALF = Fraction(1, 2)
_WORDS = {"key", "kind", "indicators", "left", "op", "right", "hierarchy", "tolerance", "from", "days", "name",
          "sentence"}  # fmt: skip


class BadDefinition(ValueError):
    """A definition that says nothing clear; the message names file, key and what is wrong."""


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """One definition. `codes` empty: all indicators. `tolerance` in units of the left indicator's last digit."""

    key: str
    kind: Kind
    codes: frozenset[str]
    left: str
    op: str
    right: str
    hierarchy: str
    tolerance: Fraction
    first: dt.date
    days: int
    name: dict[str, str]
    sentence: dict[str, str]

    @property
    def left_refs(self) -> tuple[Ref, ...]:
        return references(parse(self.left, expects="number")) if self.left else ()

    @property
    def right_refs(self) -> tuple[Ref, ...]:
        return references(parse(self.right, expects="number")) if self.right else ()

    @property
    def reads(self) -> frozenset[str]:
        """Codes of the indicators whose figures it looks at; empty: of all."""
        return self.codes | {ref.code for ref in (*self.left_refs, *self.right_refs)}

    @property
    def looks_back(self) -> bool:
        """Whether a figure of one period also decides what is said of the next."""
        return any(ref.period for ref in (*self.left_refs, *self.right_refs))

    def agrees(self, left: Fraction, right: Fraction, decimals: int) -> bool:
        apart, most = left - right, self.tolerance / Fraction(10**decimals)
        held: dict[str, bool] = {"=": abs(apart) <= most, "≥": apart >= -most, "≤": apart <= most}
        return held[self.op]


@cache
def every() -> dict[str, CrossCheck]:
    """By key, in the order of the file. BadDefinition for one that is not clear."""
    found: dict[str, CrossCheck] = {}
    for row in yaml.safe_load(FILE.read_text(encoding="utf-8")):
        made = _made(row)
        if made.key in found:
            raise BadDefinition(f"{FILE.name}, {made.key}: the key stands twice")
        found[made.key] = made
    return found


def _made(row: dict[str, Any]) -> CrossCheck:
    where = f"{FILE.name}, {row.get('key', '?')}"
    if strange := set(row) - _WORDS:
        raise BadDefinition(f"{where}: {sorted(strange)} is not understood; known are {sorted(_WORDS)}")
    try:
        named = row.get("indicators", [])
        made = CrossCheck(
            row["key"], Kind(row["kind"]), frozenset() if named == "all" else frozenset(named), row.get("left", ""),
            row.get("op", "="), row.get("right", ""), row.get("hierarchy", ""),
            Fraction(str(row["tolerance"])) if "tolerance" in row else HALF, row["from"], row["days"],
            {lang: row["name"][lang] for lang in ("vi", "en")}, {lang: row["sentence"][lang] for lang in ("vi", "en")},
        )  # fmt: skip
        refs = (*made.left_refs, *made.right_refs)
    except (KeyError, ValueError, TypeError, ExpressionError) as error:
        raise BadDefinition(f"{where}: {error!r}") from error
    _judge(made, where, refs)
    return made


def _judge(made: CrossCheck, where: str, refs: tuple[Ref, ...]) -> None:
    expressed = made.kind in EXPRESSED
    if expressed != bool(made.left and made.right):
        raise BadDefinition(f"{where}: `left` and `right` belong to horizontal and temporal checks, and only to them")
    if made.op not in OPERATORS:
        raise BadDefinition(f"{where}: op {made.op!r} is none of {OPERATORS}")
    if (made.kind == Kind.VERTICAL) != bool(made.hierarchy):
        raise BadDefinition(f"{where}: `hierarchy` belongs to vertical checks, and each of them needs one")
    if any(ref.period not in ("", "prev") or ref.measure for ref in refs):
        raise BadDefinition(f"{where}: only @prev is looked back to, and no measure is named")
    if any(ref.period for ref in refs) != (made.kind == Kind.TEMPORAL):
        raise BadDefinition(f"{where}: a temporal check looks back to @prev, and no other does")
    if expressed and any(ref.period or ref.breakdown for ref in made.left_refs[:1]):
        raise BadDefinition(f"{where}: the first figure on the left is the one it is about: no @prev, no breakdown")
