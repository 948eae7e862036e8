"""Whole numbers, money in đồng, decimals, days."""

import datetime as dt
import re
from typing import Any, ClassVar

from dienhong.base.money import money
from dienhong.dossiers.forms.kinds.base import DAY, NUMBER, WHOLE, At, Kind, Schema, at_least, at_most, expect, whole
from dienhong.dossiers.forms.problems import Wrong, language
from dienhong.dossiers.forms.shapes import Field

_SPACES = re.compile("[\\s\u00a0\u2007\u2009\u202f_]")
_CURRENCY = re.compile("(?:đồng|vnđ|vnd|đ|₫)$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", re.ASCII)
LARGEST = 10**15


def group(number: int, lang: str) -> str:
    """With the language's thousands sign: 1.500.000 or 1,500,000."""
    said = f"{number:,}"
    return (said if lang == "en" else said.replace(",", ".")).replace("-", "\N{MINUS SIGN}")


class Whole(Kind):
    name, literal = "whole", "number"
    limits: ClassVar = {"min": (int,), "max": (int,), "unit": (dict,), "plain": (bool,)}
    least, example = -LARGEST, 1500

    def bounds(self, field: Field) -> tuple[int, int]:
        return field.limits.get("min", self.least), field.limits.get("max", LARGEST)

    def read(self, typed: str, field: Field, lang: str) -> int:
        text = _CURRENCY.sub("", _SPACES.sub("", typed)).replace("\N{MINUS SIGN}", "-")
        sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
        if _GROUPED.fullmatch(digits):
            digits = re.sub("[.,]", "", digits)
        if not re.fullmatch("[0-9]{1,20}", digits):
            example = "2020" if field.limits.get("plain") else group(self.example, lang)
            raise Wrong("not_whole", typed=typed, example=example)
        return sign * int(digits)

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong("shape", expected=WHOLE)
        least, most = self.bounds(field)
        if value < least:
            raise Wrong("too_small", typed=self._plain(value, field), least=self._plain(least, field))
        if value > most:
            raise Wrong("too_large", typed=self._plain(value, field), most=self._plain(most, field))

    def _plain(self, number: int, field: Field) -> str:
        return str(number) if field.limits.get("plain") else group(number, language())

    def canonical(self, value: Any, field: Field) -> Any:
        return int(value)

    def schema(self, field: Field, at: At) -> Schema:
        least, most = self.bounds(field)
        return {"type": "integer", "minimum": least, "maximum": most}

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        unit = field.limits.get("unit", {})
        number = str(value) if field.limits.get("plain") else group(int(value), lang)
        return f"{number} {unit.get(lang) or unit.get('vi', '')}".strip()

    def typed(self, value: Any, field: Field, lang: str) -> str:
        return str(int(value)) if field.limits.get("plain") else group(int(value), lang)


class Money(Whole):
    """Integer đồng, never negative."""

    name = "money"
    limits: ClassVar = {"min": (int,), "max": (int,)}
    least, example = 0, 540_000_000

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        return money(int(value), lang)


class Decimals(Kind):
    """Exact: kept as text in its shortest form ("1.4"), bounded by digits before and after the point."""

    name = "decimal"
    literal = "none"
    limits: ClassVar = {"digits": (int,), "decimals": (int,), "unit": (dict,)}
    _NUMBER: ClassVar = re.compile(r"\d+(?:\.\d+)?", re.ASCII)

    def size(self, field: Field) -> tuple[int, int]:
        return field.limits.get("digits", 9), field.limits.get("decimals", 2)

    def read(self, typed: str, field: Field, lang: str) -> str:
        text = _SPACES.sub("", typed)
        decimals = self.size(field)[1]
        found = self._plain(text, typed, decimals)
        if not self._NUMBER.fullmatch(found):
            raise Wrong("not_number", typed=typed, example="1.4" if lang == "en" else "1,4")
        before, _, after = found.partition(".")
        after = after.rstrip("0")
        return (before.lstrip("0") or "0") + (f".{after}" if after else "")

    def _plain(self, text: str, typed: str, decimals: int) -> str:
        """With a point before the decimals and no grouping; what two people could read in two ways is asked."""
        signs = [each for each in text if each in ".,"]
        if len(set(signs)) == 2:
            last = signs[-1]
            return text.replace("," if last == "." else ".", "").replace(last, ".")
        if len(signs) > 1:
            return re.sub("[.,]", "", text) if _GROUPED.fullmatch(text) else typed
        if signs and _GROUPED.fullmatch(text):
            if decimals >= 3 and not text.startswith("0"):
                bare = re.sub("[.,]", "", text)
                raise Wrong("two_readings", typed=typed, one=bare, other=text.replace(".", ","))
            if not text.startswith("0"):
                return re.sub("[.,]", "", text)
        return text.replace(",", ".")

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        expect(value, str, NUMBER)
        if not re.search(whole(r"(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?"), value):
            raise Wrong("not_number", typed=value, example="1.4")
        digits, decimals = self.size(field)
        before, _, after = value.partition(".")
        if len(before) > digits:
            raise Wrong("too_many_digits", typed=value, digits=digits)
        if len(after) > decimals:
            raise Wrong("too_many_decimals", typed=value, decimals=decimals)

    def schema(self, field: Field, at: At) -> Schema:
        digits, decimals = self.size(field)
        tail = rf"(?:\.[0-9]{{0,{decimals - 1}}}[1-9])?" if decimals else ""
        return {"type": "string", "pattern": whole(rf"(?:0|[1-9][0-9]{{0,{digits - 1}}}){tail}")}

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        unit = field.limits.get("unit", {})
        return f"{self.typed(value, field, lang)} {unit.get(lang) or unit.get('vi', '')}".strip()

    def typed(self, value: Any, field: Field, lang: str) -> str:
        return str(value) if lang == "en" else str(value).replace(".", ",")


class Date(Kind):
    """ISO text. `min`, `max`: a day, or `today` for the day whose law holds."""

    name, literal = "date", "date"
    limits: ClassVar = {"min": (str,), "max": (str,)}
    _TYPED: ClassVar = (
        re.compile(r"(?P<d>\d{1,2})[/.\- ](?P<m>\d{1,2})[/.\- ](?P<y>\d{4})", re.ASCII),
        re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", re.ASCII),
        re.compile(r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})", re.ASCII),
    )

    def bound(self, field: Field, name: str, at: At) -> dt.date | None:
        said = field.limits.get(name)
        return None if said is None else at.day if said == "today" else dt.date.fromisoformat(said)

    def read(self, typed: str, field: Field, lang: str) -> str:
        text = typed.strip()
        found = next((match for each in self._TYPED if (match := each.fullmatch(text))), None)
        if not found:
            raise Wrong("not_a_day", typed=typed)
        try:
            return dt.date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
        except ValueError:
            raise Wrong("no_such_day", typed=typed) from None

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        expect(value, str, DAY)
        if not re.search(whole("[0-9]{4}-[0-9]{2}-[0-9]{2}"), value):
            raise Wrong("not_a_day", typed=value)
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            raise Wrong("no_such_day", typed=value) from None
        least, most = self.bound(field, "min", at), self.bound(field, "max", at)
        if least and day < least:
            raise Wrong("too_early", typed=f"{day:%d/%m/%Y}", least=f"{least:%d/%m/%Y}")
        if most and day > most:
            raise Wrong("too_late", typed=f"{day:%d/%m/%Y}", most=f"{most:%d/%m/%Y}")

    def schema(self, field: Field, at: At) -> Schema:
        parts: list[Schema] = [{"pattern": whole("[0-9]{4}-[0-9]{2}-[0-9]{2}")}]
        for name, bounded in (("min", at_least), ("max", at_most)):
            if day := self.bound(field, name, at):
                parts.append({"pattern": whole(bounded(day.isoformat()))})
        return {"type": "string", "format": "date", "allOf": parts}

    def show(self, value: Any, field: Field, lang: str, at: At) -> str:
        return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
