"""One language for formulas and checks, with three evaluators held equal. See README.md beside this file.

check = parse("[carried] + [received] = [resolved] + [open]", expects="truth")
evaluate(check, {"[carried]": Decimal(5), ...}).truth      # True, False, or None: cannot tell
compile_sql(check, {"[carried]": ("t.c1", "t.e1"), ...})   # the same for a whole table
to_json(check)                                             # the same for expressions.js
"""

from functools import lru_cache

from dienhong.rules.expressions.describe import describe, explain, label
from dienhong.rules.expressions.empties import Lang, Reason
from dienhong.rules.expressions.errors import ExpressionError
from dienhong.rules.expressions.evaluate import Amount, Given, Result, Step, Verdict, evaluate
from dienhong.rules.expressions.functions import FUNCTIONS, SUBSET
from dienhong.rules.expressions.json_form import from_json, to_json
from dienhong.rules.expressions.kinds import kind_of, require
from dienhong.rules.expressions.nodes import Kind, Node, Ref, references, to_text
from dienhong.rules.expressions.parser import Parser
from dienhong.rules.expressions.rounding import Rounding, rounded
from dienhong.rules.expressions.sentences import sentence
from dienhong.rules.expressions.sql import SqlResult, compile_sql

__all__ = [
    "FUNCTIONS", "SUBSET", "Amount", "ExpressionError", "Given", "Kind", "Lang", "Node", "Reason", "Ref", "Result",
    "Rounding", "SqlResult", "Step", "Verdict", "compile_sql", "describe", "evaluate", "explain", "from_json",
    "kind_of", "label", "parse", "reads", "references", "rounded", "sentence", "to_json", "to_text",
]  # fmt: skip


@lru_cache(maxsize=4096)
def parse(text: str, expects: Kind | None = None) -> Node:
    """The tree of an expression, checked for kinds and digits; remembered, since it never changes.

    `expects`: "truth" for a check, "number" for a formula. Raises ExpressionError, which says where, what stands
    there, what was expected and what to do, in Vietnamese and English.
    """
    node = Parser(text).whole()
    if expects is None:
        kind_of(node)
    else:
        require(node, expects)
    return node


@lru_cache(maxsize=4096)
def reads(text: str) -> tuple[Ref, ...]:
    """What the expression reads, as `references` of its tree; remembered like the tree. Raises as `parse` does."""
    return references(parse(text))
