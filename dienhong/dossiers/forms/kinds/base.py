"""What every kind of question can do: read what was typed, judge a value, say itself in JSON Schema, show itself."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.utils.translation import gettext_lazy, pgettext_lazy

from dienhong.dossiers.forms.problems import Wrong
from dienhong.dossiers.forms.shapes import Field

Schema = dict[str, Any]
# What a machine sent in the wrong JSON type; lazy, since a right one needs no words.
TEXT, LIST, TRUTH = gettext_lazy("chữ"), gettext_lazy("danh sách"), gettext_lazy("có hoặc không")
NUMBER, DAY, PLACE = gettext_lazy("số"), pgettext_lazy("kind", "ngày"), gettext_lazy("mã đơn vị hành chính")
WHOLE, FILES, FILE = pgettext_lazy("kind", "số nguyên"), gettext_lazy("danh sách tệp"), gettext_lazy("tệp")


class Places(Protocol):
    """Administrative units on a day. `within` is the code of the unit above; "" for provinces."""

    def options(self, level: str, within: str, on: dt.date) -> list[tuple[str, str]]:
        """(code, name in the language of the moment), in Vietnamese order."""

    def exists(self, level: str, code: str, within: str, on: dt.date) -> bool: ...

    def name(self, level: str, code: str, on: dt.date) -> str:
        """Full name with the word of its kind; the code itself where nothing is known."""


@dataclass(frozen=True, slots=True)
class At:
    """When and where an answer is judged: the day whose law holds, the units of that day (None: not asked)."""

    day: dt.date
    places: Places | None = None


def whole(pattern: str) -> str:
    """The pattern over the whole value. The trap: `$` also matches before a last line break."""
    return f"^(?:{pattern})(?![\\s\\S])"


class Kind:
    name: ClassVar[str]
    literal: ClassVar[str] = "text"  # what a condition may compare it with: text, number, date, truth, list, none
    limits: ClassVar[dict[str, tuple[type, ...]]] = {}
    many: ClassVar[bool] = False  # several inputs of one name come with it

    def read(self, typed: str, field: Field, lang: str) -> Any:
        """The value of what was typed (never blank). Raises Wrong."""
        raise NotImplementedError

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        """Raises Wrong. Total over every JSON value. `values`: the visible answers before it."""
        raise NotImplementedError

    def schema(self, field: Field, at: At) -> Schema:
        raise NotImplementedError

    def canonical(self, value: Any, field: Field) -> Any:
        """The value as it is filed; `value` has been judged."""
        return value

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        """For reading."""
        return str(value)

    def typed(self, value: Any, field: Field, lang: str) -> Any:
        """For an input: what one would type to get this value."""
        return self.show(value, field, lang, At(dt.date.min))


def expect(value: Any, kinds: type | tuple[type, ...], words: Any) -> None:
    if not isinstance(value, kinds):
        raise Wrong("shape", expected=words)


def pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def at_most(digits: str) -> str:
    """A pattern for texts of as many digits that are not greater, digit by digit: "20" -> 20 | 1[0-9] | …"""
    ways = [digits]
    for place, digit in enumerate(digits):
        if digit.isdigit() and digit > "0":
            below = "0" if digit == "1" else f"[0-{int(digit) - 1}]"
            ways.append(digits[:place] + below + _any(digits[place + 1 :]))
    return "|".join(ways)


def at_least(digits: str) -> str:
    """The same, not less."""
    ways = [digits]
    for place, digit in enumerate(digits):
        if digit.isdigit() and digit < "9":
            above = "9" if digit == "8" else f"[{int(digit) + 1}-9]"
            ways.append(digits[:place] + above + _any(digits[place + 1 :]))
    return "|".join(ways)


def _any(rest: str) -> str:
    return "".join("[0-9]" if each.isdigit() else re.escape(each) for each in rest)
