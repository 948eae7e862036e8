"""One case: exact fractions, and everything that was asked and computed on the way."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from dienhong.rules.expressions.rounding import rounded
from dienhong.rules.law.algebra import Algebra
from dienhong.rules.law.faults import FactMissing, FactWrong, NoLaw
from dienhong.rules.law.parameters import Row

T = TypeVar("T")
Token = tuple[str, Fraction | str]  # ("amount" | "/1" | "times" | "sign", figure or sign), for an expression in numbers
AMOUNT, RATE, PLAIN, SIGN = "amount", "/1", "number", "sign"


class Source(Protocol):
    """Who answers for the law: the file (LawSource), or the rows stored with a result (results.Stored)."""

    def row(self, path: str, *keys: str, on: dt.date) -> Row | None: ...

    def bracket(self, path: str, figure: Fraction, on: dt.date) -> Row | None: ...

    def unit(self, path: str, *keys: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """One question put to the law: path, keys or figure, and the row that answered, or None where none was in force."""

    path: str
    keys: tuple[str, ...]
    row: Row | None


@dataclass(frozen=True, slots=True)
class Step:
    """A named value, its expression, and the law asked for it."""

    key: str
    value: Fraction | str
    expression: tuple[Token, ...]
    asked: tuple[Asked, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(dict.fromkeys(one.row for one in self.asked if one.row is not None))


class One:
    """A fraction with its expression. `gap` says which parameter was not in force where the value is unknown."""

    __slots__ = ("gap", "sum", "tokens", "value")

    def __init__(self, value: Fraction, tokens: tuple[Token, ...] = (), gap: str = "", is_sum: bool = False) -> None:
        self.value, self.tokens, self.gap, self.sum = value, tokens, gap, is_sum

    def _with(self, sign: str, other: "One", value: Fraction, is_sum: bool) -> "One":
        tokens = (*_inside(self, sign), (SIGN, sign), *_inside(other, sign))
        return One(value, tokens, self.gap or other.gap, is_sum)

    def __add__(self, other: "One") -> "One":
        return self._with("+", other, self.value + other.value, True)

    def __sub__(self, other: "One") -> "One":
        return self._with("−", other, self.value - other.value, True)

    def __mul__(self, other: "One") -> "One":
        return self._with("×", other, self.value * other.value, False)

    def __le__(self, other: "One") -> "Truth":
        return Truth(self.value <= other.value, self.gap or other.gap)

    def __lt__(self, other: "One") -> "Truth":
        return Truth(self.value < other.value, self.gap or other.gap)


def _inside(one: One, sign: str) -> tuple[Token, ...]:
    return ((SIGN, "("), *one.tokens, (SIGN, ")")) if one.sum and sign == "×" else one.tokens


@dataclass(frozen=True, slots=True)
class Truth:
    holds: bool
    gap: str = ""

    def __and__(self, other: "Truth") -> "Truth":
        return Truth(self.holds and other.holds, self.gap or other.gap)

    def __or__(self, other: "Truth") -> "Truth":
        return Truth(self.holds or other.holds, self.gap or other.gap)

    def __invert__(self) -> "Truth":
        return Truth(not self.holds, self.gap)


class Word(str):
    """A label of one case."""

    __slots__ = ()

    def among(self, *names: str) -> Truth:
        return Truth(self in names)


class Single(Algebra):
    """`facts`: name -> int, str, bool; None and "" count as not given. `on` is the deciding day."""

    def __init__(self, source: Source, facts: Mapping[str, Any], on: dt.date) -> None:
        self.source, self.facts, self.on = source, facts, on
        self.steps: list[Step] = []
        self.asked: list[Asked] = []
        self._taken = 0

    def number(self, fact: str) -> One:
        given = self.facts.get(fact)
        if given is None or given == "":
            raise FactMissing(fact)
        if isinstance(given, bool) or not isinstance(given, int):
            said = (
                f"“{fact}” phải là số nguyên, nhưng là “{given}”.",
                f"“{fact}” must be a whole number, not “{given}”.",
            )
            raise FactWrong(fact, {"vi": said[0], "en": said[1]})
        return One(Fraction(given), ((AMOUNT, Fraction(given)),))

    def label(self, fact: str) -> Word:
        return Word(self.facts.get(fact) or "")

    def flag(self, fact: str) -> Truth:
        return Truth(bool(self.facts.get(fact)))

    def year(self) -> One:
        return One(Fraction(self.on.year), ((PLAIN, Fraction(self.on.year)),))

    def word(self, name: str) -> Word:
        return Word(name)

    def count(self, number: int | Fraction) -> One:
        return One(Fraction(number), ((AMOUNT, Fraction(number)),))

    def row(self, path: str, *keys: str) -> Row | None:
        """The row in force; the question is kept with the answer."""
        row = self.source.row(path, *keys, on=self.on)
        self.asked.append(Asked(path, tuple(map(str, keys)), row))
        return row

    def parameter(self, path: str, *keys: Any) -> One:
        row = self.row(path, *keys)
        if row is None:
            return One(Fraction(0), (), ".".join((path, *keys)))
        if not isinstance(row.value, Fraction):
            raise NoLaw(row.parameter, self.on)
        return One(row.value, ((self.source.unit(path, *keys) or AMOUNT, row.value),))

    def in_force(self, path: str, *keys: Any) -> Truth:
        row = self.row(path, *keys)
        return Truth(row is not None and row.value is not False)

    def cite(self, path: str, *keys: Any) -> None:
        self.row(path, *keys)

    def scale(self, path: str, figure: Any) -> One:
        row = self.source.bracket(path, figure.value, self.on)
        self.asked.append(Asked(path, (str(figure.value),), row))
        if row is None or not isinstance(row.value, Fraction):
            return One(Fraction(0), (), path)
        return One(row.value, ((self.source.unit(path) or RATE, row.value),), figure.gap)

    def either(self, condition: Any, yes: Callable[[], T], no: Callable[[], T]) -> T:
        if condition.gap:
            raise NoLaw(condition.gap, self.on)
        return yes() if condition.holds else no()

    def least(self, one: Any, other: Any) -> One:
        chosen: One = one if one.value <= other.value else other
        return One(chosen.value, chosen.tokens, one.gap or other.gap)

    def rounded(self, number: Any, unit: Any) -> One:
        gap = number.gap or unit.gap
        whole = Fraction(int(rounded(number.value / (unit.value or 1), 0))) * unit.value
        return One(whole, number.tokens, gap)

    def step(self, key: str, value: T) -> T:
        """A number with a gap ends here: NoLaw names the parameter that was not in force."""
        if isinstance(value, One):
            if value.gap:
                raise NoLaw(value.gap, self.on)
            self._keep(Step(key, value.value, value.tokens, tuple(self.asked[self._taken :])))
        else:
            shown = str(value.holds).lower() if isinstance(value, Truth) else str(value)
            self._keep(Step(key, shown, (), tuple(self.asked[self._taken :])))
        return value

    def _keep(self, step: Step) -> None:
        self.steps.append(step)
        self._taken = len(self.asked)
