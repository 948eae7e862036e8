"""The Python evaluator: exact fractions, the kinds of empty, three truths, and a trace for the passport."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Final

from dienhong.rules.expressions.empties import ADDING, CALCULATING, DECIMALS, INTEGER_DIGITS, Reason
from dienhong.rules.expressions.kinds import kind_of, places
from dienhong.rules.expressions.nodes import COMPARISONS, Call, Kind, Node, Number, Op, Ref, to_text
from dienhong.rules.expressions.rounding import Rounding, rounded

Given = Decimal | int | Fraction | IntEnum | tuple[Decimal | int | Fraction | None, int] | None
"""A figure, or why there is none (Reason or base.numbers.Empty), or both as stored: (value, code of empty)."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, or why there is none; `number` is 0 beside any reason."""

    number: Fraction
    empty: Reason = Reason.NONE


@dataclass(frozen=True, slots=True)
class Verdict:
    """True, false, or None: cannot tell, and why."""

    holds: bool | None
    empty: Reason = Reason.NONE


@dataclass(frozen=True, slots=True)
class Step:
    """One operation as it was carried out."""

    node: Op | Call
    outcome: Amount | Verdict

    @property
    def text(self) -> str:
        return to_text(self.node)


@dataclass(frozen=True, slots=True)
class Result:
    """What came out, from which inputs (by canonical reference, in order of reading), by which steps.

    number: None when empty or a truth. truth: None when it cannot be told (`empty` says why) or a number.
    A check has passed only if `truth is True`; None is to be reported as not evaluated.
    """

    kind: Kind
    number: Fraction | None
    truth: bool | None
    empty: Reason
    inputs: Mapping[str, Amount]
    steps: tuple[Step, ...]

    def rounded(self, decimals: int, mode: Rounding = "half_away") -> Decimal | None:
        """The number at the indicator's precision: the only place where anything is rounded."""
        return None if self.number is None else rounded(self.number, decimals, mode)


ZERO: Final = Fraction(0)
_BOUND = 10**INTEGER_DIGITS
_SCALE = 10**DECIMALS
_HUNDRED = Fraction(100)


def amount(given: Given) -> Amount:
    """A figure as handed in. Raises TypeError for a float: a figure must be exact."""
    value, code = given if isinstance(given, tuple) else (given, 0)
    if isinstance(value, IntEnum):  # the trap: an IntEnum is an int, and unknown is not the number 2
        return Amount(ZERO, Reason.read(value))
    if code:
        return Amount(ZERO, Reason.read(code))
    if value is None:
        return Amount(ZERO, Reason.NOT_ENTERED)
    if isinstance(value, bool) or not isinstance(value, Decimal | int | Fraction):
        raise TypeError(f"{value!r} is not an exact number: hand in a Decimal, int or Fraction.")
    # Judged before it becomes an integer: Decimal("1e999999999") would eat all memory on the way.
    if isinstance(value, Decimal) and (not value.is_finite() or not -DECIMALS <= value.adjusted() <= INTEGER_DIGITS):
        return Amount(ZERO, Reason.NONE if value.is_zero() else Reason.TOO_LONG)
    exact = Fraction(value)
    if abs(exact) >= _BOUND or _SCALE % exact.denominator:
        return Amount(ZERO, Reason.TOO_LONG)
    return Amount(exact)


def evaluate(node: Node, inputs: Mapping[str, Given]) -> Result:
    """Evaluate over `inputs` by canonical reference ("[r1]@prev"); what is absent counts as not entered."""
    run = _Run(inputs)
    outcome = run.node(node)
    steps = tuple(run.steps)
    if isinstance(outcome, Verdict):
        return Result("truth", None, outcome.holds, outcome.empty, run.read, steps)
    number = outcome.number if outcome.empty is Reason.NONE else None
    return Result("number", number, None, outcome.empty, run.read, steps)


class _Run:
    def __init__(self, inputs: Mapping[str, Given]) -> None:
        self.inputs = inputs
        self.read: dict[str, Amount] = {}
        self.steps: list[Step] = []

    def node(self, node: Node) -> Amount | Verdict:
        if isinstance(node, Number):
            return Amount(node.value)
        if isinstance(node, Ref):
            if node.key not in self.read:
                self.read[node.key] = amount(self.inputs.get(node.key))
            return self.read[node.key]
        outcome = self.choice(node) if node.name == "if" else self.operation(node)
        self.steps.append(Step(node, outcome))
        return outcome

    def operation(self, node: Op | Call) -> Amount | Verdict:
        if node.name in ("and", "or", "not"):
            return _LOGIC[node.name]([self.verdict(arg) for arg in node.args])
        if isinstance(node, Call) and node.name == "round":
            return _round(self.amount(node.args[0]), places(node))
        amounts = [self.amount(arg) for arg in node.args]
        if node.name in COMPARISONS:
            return _compare(node.name, *amounts)
        if node.name in ("is_empty", "given"):
            empty = amounts[0].empty
            return Verdict(empty.given if node.name == "given" else empty is not Reason.NONE)
        return _NUMBERS[node.name](amounts)

    def choice(self, node: Op | Call) -> Amount | Verdict:
        """if: only the branch taken is evaluated; a condition that cannot be told gives its reason."""
        condition = self.verdict(node.args[0])
        if condition.holds is not None:
            return self.node(node.args[1 if condition.holds else 2])
        truth = kind_of(node.args[1]) == "truth"
        return Verdict(None, condition.empty) if truth else Amount(ZERO, condition.empty)

    def amount(self, node: Node) -> Amount:
        outcome = self.node(node)
        assert isinstance(outcome, Amount), f"{to_text(node)} gives no number: parse() refuses such a formula"
        return outcome

    def verdict(self, node: Node) -> Verdict:
        outcome = self.node(node)
        assert isinstance(outcome, Verdict), f"{to_text(node)} gives no truth: parse() refuses such a formula"
        return outcome


def _adding(amounts: list[Amount]) -> Reason:
    reason = amounts[0].empty
    for other in amounts[1:]:
        reason = ADDING[reason][other.empty]
    return reason


def _calculating(amounts: list[Amount]) -> Reason:
    reason = amounts[0].empty
    for other in amounts[1:]:
        reason = CALCULATING[reason][other.empty]
    return reason


def _sum(amounts: list[Amount]) -> Amount:
    reason = _adding(amounts)
    return Amount(sum((part.number for part in amounts), ZERO) if reason is Reason.NONE else ZERO, reason)


def _by(work: Callable[..., Fraction]) -> Callable[[list[Amount]], Amount]:
    def calculate(amounts: list[Amount]) -> Amount:
        reason = _calculating(amounts)
        return Amount(work(*(part.number for part in amounts)) if reason is Reason.NONE else ZERO, reason)

    return calculate


def _dividing(work: Callable[[Fraction, Fraction], Fraction]) -> Callable[[list[Amount]], Amount]:
    def divide(amounts: list[Amount]) -> Amount:
        dividend, divisor = amounts
        reason = _calculating(amounts)
        if not reason.counts_as_number:
            return Amount(ZERO, reason)
        if not divisor.number:
            return Amount(ZERO, Reason.DIVISION_BY_ZERO)
        return Amount(work(dividend.number, divisor.number))

    return divide


def _round(part: Amount, decimals: int) -> Amount:
    return Amount(Fraction(rounded(part.number, decimals)), part.empty)


def _coalesce(amounts: list[Amount]) -> Amount:
    return next((part for part in amounts if part.empty.counts_as_number), amounts[-1])


def _compare(name: str, left: Amount, right: Amount) -> Verdict:
    reason = CALCULATING[left.empty][right.empty]
    if not reason.counts_as_number:
        return Verdict(None, reason)
    return Verdict(_COMPARE[name](left.number, right.number))


def _logic(decisive: bool) -> Callable[[list[Verdict]], Verdict]:
    def combine(verdicts: list[Verdict]) -> Verdict:
        if any(part.holds is decisive for part in verdicts):
            return Verdict(decisive)
        open_ones = [part.empty for part in verdicts if part.holds is None]
        return Verdict(None, max(open_ones)) if open_ones else Verdict(not decisive)

    return combine


_LOGIC: dict[str, Callable[[list[Verdict]], Verdict]] = {
    "and": _logic(decisive=False),
    "or": _logic(decisive=True),
    "not": lambda parts: Verdict(None if parts[0].holds is None else not parts[0].holds, parts[0].empty),
}
_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_NUMBERS: dict[str, Callable[[list[Amount]], Amount]] = {
    "+": _sum,
    "sum": _sum,
    "-": lambda parts: _sum([parts[0], Amount(-parts[1].number, parts[1].empty)]),
    "*": _by(lambda a, b: a * b),
    "/": _dividing(lambda a, b: a / b),
    "change": _dividing(lambda new, old: (new - old) / abs(old) * _HUNDRED),
    "neg": _by(lambda a: -a),
    "abs": _by(abs),
    "min": _by(lambda *parts: min(parts)),
    "max": _by(lambda *parts: max(parts)),
    "coalesce": _coalesce,
}
