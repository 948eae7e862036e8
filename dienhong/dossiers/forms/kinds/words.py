"""Text, long text, and what has a pattern: numbers of people, companies, phones, vehicles."""

import re
import unicodedata
from typing import Any, ClassVar

from dienhong.dossiers.forms.kinds.base import TEXT, At, Kind, Schema, at_most, expect, whole
from dienhong.dossiers.forms.problems import Wrong
from dienhong.dossiers.forms.shapes import Field

# Control characters, invisible ones, and those that turn the direction of writing: nothing a form needs.
HIDDEN = "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff"
CLEAN = re.compile(f"[^{HIDDEN}]*")
CLEAN_LINE = re.compile(f"[^{HIDDEN}\\t\\n]*")
LINE = whole(f"[^{HIDDEN}\\t\\n]*[^\\s{HIDDEN}][^{HIDDEN}\\t\\n]*")
LINES = whole(f"[^{HIDDEN}]*[^\\s{HIDDEN}][^{HIDDEN}]*")
WORDS_LINE, WORDS_LINES = re.compile(LINE), re.compile(LINES)
MOST_LINE, MOST_LINES = 300, 4000


class Text(Kind):
    name = "text"
    limits: ClassVar = {"max": (int,), "min": (int,), "pattern": (str,), "example": (dict,)}
    most, pattern, clean = MOST_LINE, LINE, CLEAN_LINE

    def read(self, typed: str, field: Field, lang: str) -> str:
        return unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n")).strip()

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        expect(value, str, TEXT)
        if not self.clean.fullmatch(value):
            raise Wrong("one_line" if CLEAN.fullmatch(value) and "\n" in value else "bad_sign")
        if not re.search(self.pattern, value):
            raise Wrong("required")
        most, least = field.limits.get("max", self.most), field.limits.get("min", 0)
        if len(value) > most:
            raise Wrong("too_long", length=len(value), most=most)
        if len(value) < least:
            raise Wrong("too_short", least=least)
        own = field.limits.get("pattern")
        if own and not re.search(whole(own), value):
            raise Wrong("not_this_shape", typed=value, expected=field.limits["example"]["vi"])

    def schema(self, field: Field, at: At) -> Schema:
        said: Schema = {"type": "string", "pattern": self.pattern, "maxLength": field.limits.get("max", self.most)}
        if least := field.limits.get("min"):
            said["minLength"] = least
        return {"allOf": [said, {"pattern": whole(own)}]} if (own := field.limits.get("pattern")) else said


class LongText(Text):
    name = "long_text"
    limits: ClassVar = {"max": (int,), "min": (int,)}
    most, pattern, clean = MOST_LINES, LINES, CLEAN


class Code(Kind):
    """Something with a normal form and a pattern. `trouble` says more than "no" where it can."""

    shape: ClassVar[str]
    wrong: ClassVar[str]

    def normal(self, text: str) -> str:
        return re.sub(r"[\s.\-]", "", unicodedata.normalize("NFC", text)).upper()

    def read(self, typed: str, field: Field, lang: str) -> str:
        return self.normal(typed)

    def pattern_of(self, field: Field, at: At) -> str:
        return whole(self.shape)

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        expect(value, str, TEXT)
        if not re.search(self.pattern_of(field, at), value):
            raise self.trouble(value, field, at)

    def trouble(self, value: str, field: Field, at: At) -> Wrong:
        return Wrong(self.wrong, typed=value)

    def schema(self, field: Field, at: At) -> Schema:
        return {"type": "string", "pattern": self.pattern_of(field, at)}


class Identity(Code):
    """Personal identification number: province or country of birth, century and sex, year, serial; no check digit.

    `old: true` also takes the nine digits of the earlier identity card, which most people held in 2020.
    """

    name, wrong = "identity", "identity"
    limits: ClassVar = {"old": (bool,)}

    def pattern_of(self, field: Field, at: At) -> str:
        born = f"[01][0-9]{{2}}|[23](?:{at_most(f'{at.day.year % 100:02d}')})"
        if at.day.year < 2000:
            born = "[01][0-9]{2}"
        return whole(f"[0-9]{{3}}(?:{born})[0-9]{{6}}" + ("|[0-9]{9}" if field.limits.get("old") else ""))

    def trouble(self, value: str, field: Field, at: At) -> Wrong:
        if re.fullmatch("[0-9]{12}", value):
            return Wrong("identity_year", typed=value)
        return Wrong("identity_or_old" if field.limits.get("old") else "identity", typed=value)


WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def tax_check_digit(first_nine: str) -> int:
    """10 − (Σ dᵢ·wᵢ mod 11); a code whose sum gives 10 is not issued (unconfirmed)."""
    return 10 - sum(int(digit) * weight for digit, weight in zip(first_nine, WEIGHTS, strict=True)) % 11


class TaxCode(Code):
    name, wrong = "tax_code", "tax_code"
    shape = "[0-9]{10}(?:-[0-9]{3})?"

    def normal(self, text: str) -> str:
        digits = re.sub(r"[\s.\-]", "", text)
        return f"{digits[:10]}-{digits[10:]}" if len(digits) == 13 else digits

    def judge(self, value: Any, field: Field, values: dict[str, Any], at: At) -> None:
        super().judge(value, field, values, at)
        if not is_tax_code(value):
            raise Wrong("tax_check", typed=value)

    def schema(self, field: Field, at: At) -> Schema:
        # A check digit is no pattern; readers that know the format check it (schema.formats()).
        return {**super().schema(field, at), "format": "vn-tax-code"}


def is_tax_code(value: Any) -> bool:
    return (
        isinstance(value, str)
        and re.search(whole(TaxCode.shape), value) is not None
        and tax_check_digit(value[:9]) == int(value[9])
    )


class Phone(Code):
    name, wrong = "phone", "phone"
    shape = "0(?:[35789][0-9]{8}|2[0-9]{9})"

    def normal(self, text: str) -> str:
        return re.sub(r"^(?:\+84|0084)", "0", re.sub(r"[\s.()\-]", "", text))


class Email(Code):
    name, wrong = "email", "email"
    shape = r"[A-Za-z0-9._%+'\-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,24}"

    def normal(self, text: str) -> str:
        return text.strip()


NEVER_LOCAL = {"13", "42", "44", "45", "46", "87", "91", "96"}


class Plate(Code):
    """Normal form: upper case, no separators, Đ kept. Letters I J O Q W are never used; local codes run 11–99."""

    name, wrong = "plate", "plate"
    shape = (
        "(?:1[1-24-9]|2[0-9]|3[0-9]|4[013789]|5[0-9]|6[0-9]|7[0-9]|8[0-689]|9[02-57-9])"
        "[ABCDEFGHKLMNPRSTUVXYZĐ](?:[1-9]|[ABCDEFGHKLMNPRSTUVXYZĐ])?[0-9]{4,5}"
    )

    def trouble(self, value: str, field: Field, at: At) -> Wrong:
        if re.fullmatch("[A-Z]{2}[0-9]{4}", value):
            return Wrong("plate_army", typed=value)
        if value[:2] in NEVER_LOCAL or re.fullmatch("(?:0[0-9]|10)", value[:2]):
            return Wrong("plate_code", digits=value[:2])
        return Wrong("plate", typed=value)


class Chassis(Code):
    """Six to seventeen letters and digits, without I, O, Q (ISO 3779); as on the factory slip."""

    name, wrong = "chassis", "chassis"
    shape = "[A-HJ-NPR-Z0-9]{6,17}"

    def trouble(self, value: str, field: Field, at: At) -> Wrong:
        return Wrong("chassis_letters" if re.fullmatch("[A-Z0-9]{6,17}", value) else "chassis", typed=value)


class Engine(Code):
    name, wrong = "engine", "engine"
    shape = "[A-Z0-9*/]{4,25}"
