"""The tree of an expression: four kinds of node, and its text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

Kind = Literal["number", "truth"]

PRECEDENCE = {"or": 1, "and": 2, "not": 3, "=": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4}
PRECEDENCE |= {"+": 5, "-": 5, "*": 6, "/": 6, "neg": 7}
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
OPERATORS = frozenset(PRECEDENCE)


@dataclass(frozen=True)
class Number:
    """A literal; `text` has a decimal point and no sign."""

    text: str
    at: int = field(default=0, compare=False)

    @cached_property
    def value(self) -> Fraction:
        return Fraction(self.text)


@dataclass(frozen=True)
class Ref:
    """A cell or indicator. Empty `period`: the period reported; empty `measure`: the indicator's own."""

    code: str
    period: str = ""
    measure: str = ""
    breakdown: tuple[tuple[str, str], ...] = ()
    at: int = field(default=0, compare=False)

    @cached_property
    def key(self) -> str:
        """The canonical text, by which values, columns and labels are looked up: [r1]@prev:estimate{sex=f}."""
        period = f"@{self.period}" if self.period else ""
        measure = f":{self.measure}" if self.measure else ""
        members = ", ".join(f"{name}={member}" for name, member in self.breakdown)
        return f"[{self.code}]{period}{measure}" + (f"{{{members}}}" if members else "")


@dataclass(frozen=True)
class Op:
    """An operator: not and neg (unary minus) take one operand, all others two."""

    name: str
    args: tuple["Node", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    """A function of `functions.FUNCTIONS`."""

    name: str
    args: tuple["Node", ...]
    at: int = field(default=0, compare=False)


Node = Number | Ref | Op | Call


def walk(node: Node) -> Iterator[Node]:
    """Every node, leaves first, left to right."""
    if isinstance(node, Op | Call):
        for arg in node.args:
            yield from walk(arg)
    yield node


def references(node: Node) -> tuple[Ref, ...]:
    """The cells and indicators that an expression reads, each once, in order of appearance."""
    return tuple(dict.fromkeys(part for part in walk(node) if isinstance(part, Ref)))


def to_text(node: Node) -> str:
    """The expression as a person writes it, with as few parentheses as needed; parsing it gives the same tree."""
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Ref):
        return node.key
    if isinstance(node, Call):
        return f"{node.name}({', '.join(map(to_text, node.args))})"
    inner = [
        f"({to_text(arg)})" if needs_parentheses(node, index) else to_text(arg) for index, arg in enumerate(node.args)
    ]
    if node.name == "neg":
        return f"-{inner[0]}"
    return f"not {inner[0]}" if node.name == "not" else f"{inner[0]} {node.name} {inner[1]}"


def needs_parentheses(node: Op, index: int) -> bool:
    """Whether the operand at `index` must be wrapped; comparisons never chain, the rest group from the left."""
    arg = node.args[index]
    if not isinstance(arg, Op):
        return False
    own, other = PRECEDENCE[node.name], PRECEDENCE[arg.name]
    return other < own or (other == own and (index == 1 or own == PRECEDENCE["="]))
