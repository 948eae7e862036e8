"""Conditions over answers: when a field of a form is shown, which way a gateway goes. Small, total, without surprises.

    vehicle_kind = "car_le9" and not origin = "imported"
    seats > 9 or payload_kg >= 1500
    condition in ("used", "confiscated")
    exempt                              a yes/no answer that is yes
    given(plate)                        something was answered
    has(papers, "invoice")              among several choices
    count(owners) > 1                   rows of a group
    on >= 2022-03-01                    a date; `on` is what the caller names so

Loosest to tightest: `or`, `and`, `not`. A comparison has a name on its left and a literal (text, number, date, yes, no)
on its right, so that the same condition can be said in JSON Schema. The expression language of `rules.expressions`
computes numbers; this one decides.

Two truths only. What is missing, or of another kind than the literal, equals nothing and is neither less nor more;
`a != x` is exactly `not a = x`. Dates may be `date` or ISO text in the values; numbers int or Decimal; yes/no bool.
Plain Python, no Django.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

Literal = str | bool | int | Decimal | dt.date
MAX_LENGTH, MAX_DEPTH = 1000, 30
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_TOKEN = re.compile(
    r"""\s*(?:(?P<date>\d{4}-\d\d-\d\d)|(?P<number>-?\d+(?:\.\d+)?)|"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'"""
    r"""|(?P<name>[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)|(?P<sign><=|>=|!=|==|[=<>≤≥≠(),]))""",
    re.ASCII,
)
_SAME_SIGN = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
_WORDS = {"and", "or", "not", "in", "given", "has", "count", "yes", "no", "true", "false"}
_TRUTH = {"yes": True, "true": True, "no": False, "false": False}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class ConditionError(ValueError):
    """A condition that cannot be read. The text says where, what was expected and what to do."""


@dataclass(frozen=True, slots=True)
class Compare:
    name: str
    sign: str
    value: Literal


@dataclass(frozen=True, slots=True)
class In:
    name: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Given:
    name: str


@dataclass(frozen=True, slots=True)
class Has:
    name: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Count:
    name: str
    sign: str
    value: int


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class Both:
    """All of the parts."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the parts."""

    parts: "tuple[Condition, ...]"


Condition = Compare | In | Given | Has | Count | Not | Both | Either


@cache
def parse(text: str) -> Condition:
    """Raises ConditionError."""
    return _Parser(text).whole()


def leaves(condition: Condition) -> Iterator[Compare | In | Given | Has | Count]:
    """Every question that the condition asks, in order."""
    if isinstance(condition, Not):
        yield from leaves(condition.part)
    elif isinstance(condition, Both | Either):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def names(condition: Condition) -> frozenset[str]:
    """What it asks about."""
    return frozenset(leaf.name for leaf in leaves(condition))


def holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Whether it is true of these values. Total: raises nothing, whatever the values are."""
    match condition:
        case Both(parts):
            return all(holds(part, values) for part in parts)
        case Either(parts):
            return any(holds(part, values) for part in parts)
        case Not(part):
            return not holds(part, values)
        case Compare(name, sign, literal):
            return _compare(values.get(name), sign, literal)
        case In(name, literals):
            value = values.get(name)
            return any(_same(value, literal) for literal in literals)
        case Given(name):
            return is_given(values.get(name))
        case Has(name, literal):
            value = values.get(name)
            return isinstance(value, list | tuple) and any(_same(each, literal) for each in value)
        case Count(name, sign, number):
            value = values.get(name)
            return _compare(len(value) if isinstance(value, list | tuple) else 0, sign, number)


def is_given(value: Any) -> bool:
    """Something was answered: not nothing, not empty text, not an empty list. `no` and 0 are answers."""
    return value is not None and value != "" and value != [] and value != ()


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | Decimal | float):
        return "number"
    if isinstance(value, dt.date):
        return "date"
    return "text" if isinstance(value, str) else "other"


def _comparable(value: Any, literal: Literal) -> Any:
    """The value in the literal's kind, or None."""
    wanted = _kind(literal)
    if isinstance(value, dt.datetime):
        value = value.date()
    if wanted == "date" and isinstance(value, str):
        try:
            return dt.date.fromisoformat(value) if _ISO.fullmatch(value) else None
        except ValueError:
            return None
    return value if _kind(value) == wanted else None


def _same(value: Any, literal: Literal) -> bool:
    found = _comparable(value, literal)
    return found is not None and bool(found == literal)


def _compare(value: Any, sign: str, literal: Literal) -> bool:
    if sign in {"=", "!="}:
        return _same(value, literal) == (sign == "=")
    found = _comparable(value, literal)
    return found is not None and _kind(literal) in {"number", "date"} and _ORDER[sign](found, literal)


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    at: int


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise ConditionError(f"longer than {MAX_LENGTH} characters: split it into two fields or pages")
        self.text, self.place, self.depth = text, 0, 0
        self.tokens = list(self._tokens())

    def _tokens(self) -> Iterator[_Token]:
        at, end = 0, len(self.text.rstrip())
        while at < end:
            found = _TOKEN.match(self.text, at)
            if not found or not found.lastgroup:
                raise self._error(at, f"{self.text[at:].strip()[:12]!r} is not understood", "a name, a value or a sign")
            kind, word = found.lastgroup, found[found.lastgroup]
            yield _Token("text" if kind in {"double", "single"} else kind, _SAME_SIGN.get(word, word), at)
            at = found.end()
        yield _Token("end", "", end)

    def _error(self, at: int, wrong: str, expected: str) -> ConditionError:
        return ConditionError(f"{self.text!r}, character {at + 1}: {wrong}; expected {expected}")

    def _refuse(self, expected: str) -> ConditionError:
        token = self.tokens[self.place]
        return self._error(token.at, f"{token.text!r} stands here" if token.text else "it ends here", expected)

    def _next(self) -> _Token:
        token = self.tokens[self.place]
        self.place += token.kind != "end"
        return token

    def _take(self, text: str) -> bool:
        token = self.tokens[self.place]
        found = token.kind in {"sign", "name"} and token.text == text
        self.place += found
        return found

    def _must(self, text: str) -> None:
        if not self._take(text):
            raise self._refuse(repr(text))

    def whole(self) -> Condition:
        found = self._either()
        if self.tokens[self.place].kind != "end":
            raise self._refuse("'and', 'or' or the end")
        return found

    def _either(self) -> Condition:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._refuse(f"at most {MAX_DEPTH} levels of brackets")
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Condition:
        parts = [self._not()]
        while self._take("and"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _not(self) -> Condition:
        negated = False
        while self._take("not"):
            negated = not negated
        found = self._question()
        return Not(found) if negated else found

    def _question(self) -> Condition:
        if self._take("("):
            found = self._either()
            self._must(")")
            return found
        for word in ("given", "has", "count"):
            if self._take(word):
                return self._function(word)
        name = self._name()
        if self._take("in"):
            return In(name, self._literals())
        sign = self.tokens[self.place]
        if sign.kind == "sign" and sign.text not in {"(", ")", ","}:
            self.place += 1
            return Compare(name, sign.text, self._literal(sign.text))
        return Compare(name, "=", True)

    def _function(self, word: str) -> Condition:
        self._must("(")
        name = self._name()
        if word == "has":
            self._must(",")
            value = self._literal("=")
            self._must(")")
            return Has(name, value)
        self._must(")")
        if word == "given":
            return Given(name)
        sign = self._next().text
        number = self._literal(sign) if sign in {*_ORDER, "=", "!="} else None
        if not isinstance(number, int) or isinstance(number, bool):
            raise self._refuse("a comparison with a whole number, such as count(owners) > 1")
        return Count(name, sign, number)

    def _name(self) -> str:
        token = self.tokens[self.place]
        if token.kind != "name" or token.text in _WORDS:
            raise self._refuse("the name of a field")
        self.place += 1
        return token.text

    def _literals(self) -> tuple[Literal, ...]:
        self._must("(")
        found = [self._literal("=")]
        while self._take(","):
            found.append(self._literal("="))
        self._must(")")
        return tuple(found)

    def _literal(self, sign: str) -> Literal:
        token = self.tokens[self.place]
        value = self._value(token)
        if value is None:
            raise self._refuse('a value written out: "text", a number, a date as 2020-08-20, yes or no')
        if sign not in {"=", "!="} and isinstance(value, str | bool):
            raise self._refuse(f"a number or a date after {sign}")
        self.place += 1
        return value

    def _value(self, token: _Token) -> Literal | None:
        match token.kind:
            case "text":
                return token.text
            case "number":
                return Decimal(token.text) if "." in token.text else int(token.text)
            case "name":
                return _TRUTH.get(token.text)
            case "date":
                try:
                    return dt.date.fromisoformat(token.text)
                except ValueError:
                    raise self._error(token.at, f"{token.text} is no day", "a day of the calendar") from None
        return None
