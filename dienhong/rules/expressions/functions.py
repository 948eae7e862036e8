"""The functions of the language: how many arguments, of which kind, and what they give."""

from dataclasses import dataclass

from dienhong.rules.expressions.nodes import OPERATORS, Kind


@dataclass(frozen=True)
class Function:
    """`most` None: as many as one likes. `gives` None: the kind of its branches (if)."""

    least: int
    most: int | None
    takes: Kind = "number"
    gives: Kind | None = "number"


FUNCTIONS: dict[str, Function] = {
    "abs": Function(1, 1),
    "min": Function(1, None),
    "max": Function(1, None),
    "sum": Function(1, None),
    "round": Function(2, 2),
    "change": Function(2, 2),
    "coalesce": Function(1, None),
    "is_empty": Function(1, 1, gives="truth"),
    "given": Function(1, 1, gives="truth"),
    "if": Function(3, 3, gives=None),
}

# The node kinds that every evaluator covers; expressions.js declares the same list and a test compares them.
SUBSET: tuple[str, ...] = tuple(sorted({"number", "ref", *OPERATORS, *FUNCTIONS}))
