"""The tree of an expression as JSON, which is what the browser's evaluator takes.

Nested lists whose first member is the operation:
["<=", ["abs", ["change", ["ref", "[r1]"], ["ref", "[r1]@prev"]]], ["number", "30"]]
"""

import re
from typing import Any

from dienhong.rules.expressions.functions import FUNCTIONS
from dienhong.rules.expressions.nodes import OPERATORS, Call, Node, Number, Op, Ref

Json = list[Any]


def to_json(node: Node) -> Json:
    if isinstance(node, Number):
        return ["number", node.text]
    if isinstance(node, Ref):
        return ["ref", node.key]
    return [node.name, *map(to_json, node.args)]


_REF = re.compile(r"\[([^\]]+)\](?:@([\w.]+))?(?::([\w.]+))?(?:\{([^}]*)\})?")


def from_json(data: Json) -> Node:
    """The tree of `to_json`'s lists. Raises ValueError where they are something else. It does not check kinds."""
    match data:
        case ["number", str() as text] if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
            return Number(text)
        case ["ref", str() as key] if found := _REF.fullmatch(key):
            pairs = (pair.split("=", 1) for pair in (found[4] or "").split(", ") if pair)
            breakdown = tuple((name, member) for name, member in pairs)
            return Ref(found[1], found[2] or "", found[3] or "", breakdown)
        case [str() as name, *args] if args:
            inner = tuple(from_json(arg) for arg in args)
            if name in OPERATORS:
                return Op(name, inner)
            if name in FUNCTIONS:
                return Call(name, inner)
    raise ValueError(f"not the JSON of an expression: {data!r:.80}")
