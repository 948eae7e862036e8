"""Conditions on the ways out of an exclusive gateway, asked of a dossier's facts.

The house's expression language knows numbers and truths of figures only; facts of a dossier are also texts and plain
yes or no. So here is a small subset of Python's expressions, which every BPMN engine written in Python reads alike:

    table_hit                          a fact that is true or false
    not paid and amount > 0            and, or, not
    origin == "domestic"               == != < <= > >=, of a fact with a literal or with another fact
    decision in ("refuse", "return")   one of several literals

Literals are whole numbers, texts, True and False. Nothing is called, computed or looked up; a fact that is missing, or
of a kind that does not compare, is an error with the fact's name, never a silent no.
"""

import ast
import itertools
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

Facts = Mapping[str, Any]
LONGEST, MOST_CASES = 500, 4096
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: bool(a == b),
    ast.NotEq: lambda a, b: bool(a != b),
    ast.Lt: lambda a, b: bool(a < b),
    ast.LtE: lambda a, b: bool(a <= b),
    ast.Gt: lambda a, b: bool(a > b),
    ast.GtE: lambda a, b: bool(a >= b),
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class ConditionError(ValueError):
    """The text is no condition; the sentence says why."""


class FactMissing(LookupError):
    """A condition asked for a fact that the dossier lacks, or that has the wrong kind. `args[0]` is its name."""


Ask = Callable[[Facts], Any]


class Condition:
    """A condition that was read: `ask(facts)` gives True or False; `names` are the facts it needs."""

    def __init__(self, text: str, tree: ast.expr) -> None:
        self.text = text
        self.tree = tree
        self.names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
        self._ask = _truth(tree)

    def ask(self, facts: Facts) -> bool:
        """Raises FactMissing."""
        return bool(self._ask(facts))


@lru_cache(maxsize=4096)
def read(text: str) -> Condition:
    """Raises ConditionError with a sentence."""
    if len(text) > LONGEST:
        raise ConditionError(_("điều kiện dài quá {most} ký tự").format(most=LONGEST))
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConditionError(_("“{text}” không đọc được như một điều kiện").format(text=text)) from error
    return Condition(text.strip(), tree)


def _truth(node: ast.expr) -> Ask:
    if isinstance(node, ast.BoolOp):
        parts = [_truth(value) for value in node.values]
        if isinstance(node.op, ast.And):
            return lambda facts: all(part(facts) for part in parts)
        return lambda facts: any(part(facts) for part in parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _truth(node.operand)
        return lambda facts: not inner(facts)
    if isinstance(node, ast.Compare):
        return _comparison(node)
    if isinstance(node, ast.Name):
        return _flag(node.id)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        fixed = node.value
        return lambda facts: fixed
    raise ConditionError(_("“{text}” không phải là điều kiện đúng hoặc sai").format(text=ast.unparse(node)))


def _flag(name: str) -> Ask:
    def ask(facts: Facts) -> bool:
        value = facts.get(name)
        if not isinstance(value, bool):
            raise FactMissing(name)
        return value

    return ask


def _comparison(node: ast.Compare) -> Ask:
    if len(node.ops) != 1:
        raise ConditionError(
            _("“{text}” so sánh nhiều lần một lúc; viết từng lần, nối bằng and").format(text=ast.unparse(node))
        )
    operator = node.ops[0]
    compare = _COMPARE.get(type(operator))
    if compare is None:
        raise ConditionError(_("“{text}” dùng phép so sánh không được phép").format(text=ast.unparse(node)))
    left = _side(node.left)
    right = _members(node.comparators[0]) if isinstance(operator, (ast.In, ast.NotIn)) else _side(node.comparators[0])
    ordering = isinstance(operator, _ORDERING)

    def ask(facts: Facts) -> bool:
        one, other = left(facts), right(facts)
        if ordering and (type(one) is not type(other) or isinstance(one, bool)):
            raise FactMissing(ast.unparse(node.left))
        return compare(one, other)

    return ask


def _side(node: ast.expr) -> Ask:
    if isinstance(node, ast.Name):
        name = node.id

        def ask(facts: Facts) -> Any:
            value = facts.get(name)
            if value is None:
                raise FactMissing(name)
            return value

        return ask
    value = _literal(node)
    return lambda facts: value


def _members(node: ast.expr) -> Ask:
    if not isinstance(node, (ast.Tuple, ast.List)):
        raise ConditionError(
            _('sau in cần một dãy, ví dụ ("a", "b"), không phải “{text}”').format(text=ast.unparse(node))
        )
    values = tuple(_literal(each) for each in node.elts)
    return lambda facts: values


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        if type(node.operand.value) is int:
            return -node.operand.value
    elif isinstance(node, ast.Constant) and type(node.value) in (int, str, bool):
        return node.value
    raise ConditionError(
        _("“{text}” phải là số nguyên, chữ trong nháy, True hoặc False").format(text=ast.unparse(node))
    )


def exhaustive(conditions: list[Condition]) -> bool:
    """Whether one of the conditions holds whatever the facts are.

    Every fact takes each value that could make a difference: the literals it is compared with, one beside and one
    between each, or both truths. Facts compared with one another cannot be told: no. So is what needs more than
    MOST_CASES trials.
    """
    values: dict[str, list[Any]] = {}
    for condition in conditions:
        if not _collect(condition.tree, values):
            return False
    cases = 1
    for name, seen in values.items():
        values[name] = _probes(seen)
        cases *= len(values[name])
    if cases > MOST_CASES:
        return False
    for combination in itertools.product(*values.values()):
        facts = dict(zip(values, combination, strict=True))
        try:
            if not any(condition.ask(facts) for condition in conditions):
                return False
        except FactMissing:
            return False
    return True


def _collect(tree: ast.expr, values: dict[str, list[Any]]) -> bool:
    """Literals by fact; False where two facts are compared."""
    compared: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = (node.left, node.comparators[0])
            names = [side for side in sides if isinstance(side, ast.Name)]
            if len(names) == 2:
                return False
            for name, other in zip(names, (s for s in sides if not isinstance(s, ast.Name)), strict=False):
                compared.add(id(name))
                elements = other.elts if isinstance(other, (ast.Tuple, ast.List)) else [other]
                values.setdefault(name.id, []).extend(_literal(each) for each in elements)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in compared:
            values.setdefault(node.id, []).append(True)
    return True


def _probes(seen: list[Any]) -> list[Any]:
    if any(isinstance(value, bool) for value in seen):
        return [True, False]
    if all(isinstance(value, str) for value in seen):
        return [*sorted(set(seen)), "\x00"]
    numbers = sorted({value for value in seen if isinstance(value, int)})
    return sorted({near for value in numbers for near in (value - 1, value, value + 1)})
