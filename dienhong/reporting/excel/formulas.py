"""A computed cell's expression as an Excel formula, so that the sum moves while the officer types.

The figure that counts is computed by us; the formula is a help and, read back, a cross-check. What Excel cannot say
(an earlier period that is not on the sheet, `given`, `coalesce`) is left without a formula.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dienhong.rules.expressions import Node, Ref, parse, references
from dienhong.rules.expressions.nodes import Call, Number, Op, needs_parentheses, walk

ADDING = {"+", "-", "sum"}
SPELLED = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "+": "+", "-": "-", "*": "*", "/": "/"}
CALLED = {"abs": "ABS", "min": "MIN", "max": "MAX", "sum": "SUM", "round": "ROUND", "if": "IF", "and": "AND"}
Place = Callable[[Ref], str | None]
"""The A1 address of a reference as seen from the formula's sheet, or None where it does not stand in the workbook."""


class NoFormulaError(ValueError):
    """The expression has a part that Excel cannot say."""


@dataclass(frozen=True, slots=True)
class _Writer:
    place: Place

    def address(self, ref: Ref) -> str:
        found = None if ref.measure or ref.breakdown else self.place(ref)
        if found is None:
            raise NoFormulaError(ref.key)
        return found

    def write(self, node: Node) -> str:
        if isinstance(node, Number):
            return node.text
        if isinstance(node, Ref):
            return f"N({self.address(node)})"
        return self.call(node) if isinstance(node, Call) else self.operator(node)

    def call(self, node: Call) -> str:
        if node.name == "change":
            new, old = map(self.write, node.args)
            return f"(({new})-({old}))/ABS({old})*100"
        if node.name not in CALLED:
            raise NoFormulaError(node.name)
        return f"{CALLED[node.name]}({','.join(map(self.write, node.args))})"

    def operator(self, node: Op) -> str:
        if node.name in ("and", "or", "not"):
            return f"{node.name.upper()}({','.join(map(self.write, node.args))})"
        inner = [
            f"({self.write(arg)})" if needs_parentheses(node, index) else self.write(arg)
            for index, arg in enumerate(node.args)
        ]
        return f"-({inner[0]})" if node.name == "neg" else f"{inner[0]}{SPELLED[node.name]}{inner[1]}"


def excel_formula(formula: str, decimals: int, place: Place) -> str | None:
    """`=…` for a computed cell, or None where Excel has no way to say it.

    Blank while an input is blank; "…" and "!" travel on; "x" too, unless the formula only adds, where it counts as
    nothing; "-" when nothing arose anywhere. N() makes the marks 0, as the expression language counts them.
    """
    node = parse(formula)
    writer = _Writer(place)
    try:
        inner = writer.write(node)
        inputs = [writer.address(ref) for ref in references(node)]
    except NoFormulaError:
        return None
    if not inputs:
        return f"=ROUND({inner},{decimals})"
    adds = all(part.name in ADDING for part in walk(node) if isinstance(part, Op | Call))
    out = f'IF(COUNT({",".join(inputs)})=0,"-",IFERROR(ROUND({inner},{decimals}),"x"))'
    for mark in ("…", "!") if adds else ("…", "x", "!"):
        out = f'IF({_any(inputs, mark)},"{mark}",{out})'
    return f'=IF({_any(inputs, "")},"",{out})'


def _any(inputs: list[str], mark: str) -> str:
    return "OR(" + ",".join(f'{one}="{mark}"' for one in inputs) + ")"
