"""Numbers as people type them and as people read them. Exact decimals only; never guesses.

A cell is blank (not yet entered: kind None), a value (Empty.NONE), one of the kinds of empty, or a Problem.
Typed marks: `-` `–` `—` `−` nothing arose; `…` `...` `..` unknown; `x` not applicable; `!` source down; the words
that the screens show for them are read too, so that a copied table pastes back.
Plain Python, no Django: `rules` uses it.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import IntEnum
from typing import Literal

from dienhong.base.number_problems import (
    MAX_FRACTION_DIGITS,
    MAX_INTEGER_DIGITS,
    Problem,
    problem,
    typed_text,
)

__all__ = [
    "EXACT",
    "STYLE",
    "Convention",
    "Empty",
    "Parsed",
    "Problem",
    "empty_label",
    "empty_mark",
    "format_number",
    "parse_cell",
    "parse_native",
    "typed_text",
]

Convention = Literal["dot_thousands", "dot_decimal"]
MINUS = "\N{MINUS SIGN}"
MAX_TEXT = 200
EXCEL_DIGITS = 15
# The trap: Decimal's default context has 28 digits and even unary minus rounds to it; our bound is 20 + 10.
EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


class Empty(IntEnum):
    """Why a place holds no value. NONE: a value is there. RETRACTED marks a version and is never typed."""

    NONE = 0
    NOTHING_AROSE = 1
    UNKNOWN = 2
    NOT_APPLICABLE = 3
    SOURCE_DOWN = 4
    RETRACTED = 9


@dataclass(frozen=True, slots=True)
class Parsed:
    """kind None with no problem: not yet entered. kind NONE: `value` stands. Other kinds: no value.

    The trap: Empty.NONE is 0 and so false; ask `has_value`, or `kind is None`, never `if parsed.kind`.
    """

    kind: Empty | None
    value: Decimal | None = None
    problem: Problem | None = None

    @property
    def has_value(self) -> bool:
        return self.kind is Empty.NONE

    @property
    def is_blank(self) -> bool:
        return self.kind is None and self.problem is None


_LABELS = {
    Empty.NOTHING_AROSE: ("-", "không phát sinh", "nothing arose"),
    Empty.UNKNOWN: ("…", "chưa có số", "unknown"),
    Empty.NOT_APPLICABLE: ("x", "không áp dụng", "not applicable"),
    Empty.SOURCE_DOWN: ("!", "mất nguồn", "source down"),
    Empty.RETRACTED: ("", "không còn được tính", "no longer counts"),
}
_MARKS = {
    **dict.fromkeys(("-", "–", "—", MINUS), Empty.NOTHING_AROSE),
    **dict.fromkeys(("…", "...", ".."), Empty.UNKNOWN),
    **dict.fromkeys(("x", "×"), Empty.NOT_APPLICABLE),
    "!": Empty.SOURCE_DOWN,
    **{word: kind for kind, words in _LABELS.items() if kind is not Empty.RETRACTED for word in words},
}
STYLE: dict[str, Convention] = {"vi": "dot_thousands", "en": "dot_decimal"}
_STYLE_NAMES = {
    "dot_thousands": (
        "dấu chấm ngăn hàng nghìn, dấu phẩy ngăn thập phân",
        "dot groups thousands, comma begins the decimals",
    ),
    "dot_decimal": (
        "dấu phẩy ngăn hàng nghìn, dấu chấm ngăn thập phân",
        "comma groups thousands, dot begins the decimals",
    ),
}
_EXCEL_ERRORS = {
    "#DIV/0!": ("chia cho 0", "division by zero"),
    "#N/A": ("không tìm thấy giá trị", "value not found"),
    "#VALUE!": ("công thức gặp sai kiểu dữ liệu", "wrong kind of value in the formula"),
    "#REF!": ("công thức trỏ tới ô đã mất", "the formula points to a cell that is gone"),
    "#NAME?": ("Excel không biết tên trong công thức", "a name in the formula is not known"),
    "#NUM!": ("kết quả quá lớn hoặc không tính được", "the result is too large or cannot be computed"),
    "#NULL!": ("hai vùng ô không giao nhau", "two ranges do not meet"),
    "#SPILL!": ("kết quả tràn sang ô đã có dữ liệu", "the result spills onto filled cells"),
    "#CALC!": ("Excel không tính được công thức", "the formula cannot be calculated"),
}
_OTHER_ERROR = ("Excel không hiện được giá trị của ô", "Excel could not show the cell's value")

_DASHES = "\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d"
_NBSP = "\u00a0\u2007\u2009\u202f"
_SIGN = rf"[+\-{MINUS}]?"
_PLAIN = re.compile(rf"({_SIGN})([0-9.,]*[0-9][0-9.,]*)")
_STYLED = {
    "dot_thousands": re.compile(r"(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?"),
    "dot_decimal": re.compile(r"(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?"),
}
_SPACED = re.compile(rf"{_SIGN}\s*[0-9.,]+(?:\s+[0-9.,]+)*")
_EXPONENT = re.compile(rf"({_SIGN})([0-9]+)(?:[.,]([0-9]+))?[eE]([+-]?[0-9]+)")
_DATE = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]{4}[/-][0-9]{1,2}[/-][0-9]{1,2}|[0-9]{1,2}/[0-9]{1,4}")
_UNIT = re.compile(rf"{_SIGN}\s*[0-9][0-9.,\s]*[^0-9.,\s].*", re.DOTALL)
_NOT_FINITE = {"nan": "nan", "inf": "infinity", "infinity": "infinity", "∞": "infinity", "vô cực": "infinity"}


def _styled(body: str, style: Convention) -> Decimal | None:
    """The unsigned number read in one style, or None where the style does not allow it."""
    group, point = (".", ",") if style == "dot_thousands" else (",", ".")
    return Decimal(body.replace(group, "").replace(point, ".")) if _STYLED[style].fullmatch(body) else None


def _read(text: str, locale: str, convention: Convention | None) -> tuple[str, tuple[Decimal, ...]] | None:
    """Text of sign, digits, dots and commas -> (problem kind or "", readings); None for any other text."""
    if text.isascii() and text.isdigit() and text[0] != "0":  # most cells
        return "", (Decimal(text),)
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    sign, body = match.groups()
    kind = ""
    if re.match(r"0[0-9]", body):
        body, kind = re.sub(r"^0+(?=[0-9])", "", body), "leading_zero"
    style = convention or STYLE[locale]
    other: Convention = "dot_decimal" if style == "dot_thousands" else "dot_thousands"
    own, alien = _styled(body, style), _styled(body, other)
    if own is not None and alien is not None and own != alien and convention is None:
        readings, kind = tuple(sorted((own, alien))), kind or "ambiguous"
    elif own is not None:
        readings = (own,)
    elif alien is not None:
        readings, kind = (alien,), kind or "separator"
    else:
        return "malformed", ()
    return kind, tuple(r.copy_negate() if sign in ("-", MINUS) and r else r for r in readings)


def _cleaned(text: str) -> str:
    """The text without what people and programs put around and inside numbers: only to offer a reading."""
    text = "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c not in "'’%‰")
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc"))
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    if text.endswith(("-", MINUS)) and text[0].isdigit():
        text = "-" + text[:-1]
    return "-" + text[1:] if text[:1] and text[0] in _DASHES else text


def _symptom(text: str) -> str | None:
    """The first thing, from outside in, that keeps this text from being a plain number; None if it looks plain."""
    tests = (
        ("invisible", any(unicodedata.category(c) in ("Cf", "Cc") and c not in "\t\n\r" for c in text)),
        ("formula_error", text.startswith("#")),
        ("formula", text.startswith("=")),
        ("fullwidth", any("\uff10" <= c <= "\uff19" for c in text)),
        ("foreign_digits", any(c.isdigit() and not c.isascii() for c in text)),
        ("percent", bool(re.fullmatch(r"[^%‰]*[0-9][^%‰]*[%‰]", text))),
        ("parentheses", bool(re.fullmatch(r"\([^()]*[0-9][^()]*\)", text))),
        ("apostrophe", bool(re.fullmatch(r"['’]?[0-9.,'’+-]+", text)) and any(c in "'’" for c in text)),
        ("date", bool(_DATE.fullmatch(text))),
        ("dash_minus", text[0] in _DASHES and text[1:].lstrip()[:1].isdigit()),
        ("trailing_minus", bool(re.fullmatch(rf"[0-9][0-9.,\s]*[-{MINUS}]", text))),
        ("nbsp", bool(_SPACED.fullmatch(text)) and any(c in _NBSP for c in text)),
        ("space", bool(_SPACED.fullmatch(text)) and any(c.isspace() for c in text)),
        ("exponent", bool(_EXPONENT.fullmatch(text))),
        ("unit", bool(_UNIT.fullmatch(text))),
    )
    return next((kind for kind, present in tests if present), None)


def _exponent_reading(text: str) -> tuple[Decimal, ...]:
    match = _EXPONENT.fullmatch(text)
    if match is None or len(match[4]) > 4:  # 1e999999999 is never expanded
        return ()
    value = Decimal(f"{match[1].replace(MINUS, '-')}{match[2]}.{match[3] or '0'}e{match[4]}")
    return (Decimal(format(value, "f")),) if value and not _too_many_digits(value) else ()


def _readings(symptom: str, text: str, locale: str, convention: Convention | None) -> tuple[Decimal, ...]:
    if symptom == "exponent":
        return _exponent_reading(text)
    if symptom in ("formula_error", "formula", "date", "unit"):
        return ()
    if any(c in "\n\r\t" for c in text):  # two cells in one, not one number with a space
        return ()
    found = _read(_cleaned(text), locale, convention)
    return tuple(r for r in found[1] if not _too_many_digits(r)) if found else ()


def _refuse(text: str, locale: str, convention: Convention | None, decimals: int | None) -> Problem | None:
    symptom = _symptom(text)
    if symptom is not None:
        have = _EXCEL_ERRORS.get(text.upper(), _OTHER_ERROR) if symptom == "formula_error" else ""
        readings = _readings(symptom, text, locale, convention)
        return problem(symptom, text, readings, locale=locale, have=have, decimals=decimals)
    not_finite = _NOT_FINITE.get(text.lstrip(f"+-{MINUS}").casefold())
    return problem(not_finite, text) if not_finite else None


def parse_cell(text: str, *, decimals: int | None, locale: str = "vi", convention: Convention | None = None) -> Parsed:
    """Read one cell. `decimals`: most decimals the indicator takes (None: any up to the bound).

    `1.234` and `1,234` stay ambiguous until the person has said, once for the pasted block, which `convention`
    holds: also for whole-number indicators, since 1.234 thousand typed as units would be wrong by a thousand.
    The value has exactly `decimals` decimals where they are given.
    """
    stripped = (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()
    if not stripped:
        return Parsed(None)
    mark = _MARKS.get(stripped.casefold())
    if mark is not None:
        return Parsed(mark)
    if len(stripped) > MAX_TEXT:
        return Parsed(None, None, problem("too_long", stripped, have=len(stripped), limit=MAX_TEXT))
    found = _read(stripped, locale, convention)
    if found is None or found[0] == "malformed":  # 19.8.2020 has the characters of a number, and is a date
        refused = _refuse(stripped, locale, convention, decimals)
        if refused is not None or found is None:
            return Parsed(None, None, refused or problem("text", stripped))
    kind, readings = found
    if kind:
        have = _STYLE_NAMES[convention or STYLE[locale]]
        readings = tuple(r for r in readings if not _too_many_digits(r))
        return Parsed(None, None, problem(kind, stripped, readings, locale=locale, have=have, decimals=decimals))
    return _accept(readings[0], stripped, decimals)


def _too_many_digits(value: Decimal) -> bool:
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return True
    if exponent <= 0 and len(digits) <= MAX_INTEGER_DIGITS and -exponent <= MAX_FRACTION_DIGITS:
        return False
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0")) if any(digits) else len(digits)
    return bool(value) and (value.adjusted() >= MAX_INTEGER_DIGITS or -(exponent + zeros) > MAX_FRACTION_DIGITS)


def _accept(value: Decimal, raw: str, decimals: int | None) -> Parsed:
    """Bound and precision of a finite number; zeros beyond the precision say nothing and are dropped."""
    if _too_many_digits(value):
        return Parsed(None, None, problem("too_many_digits", raw))
    if not decimals and value.as_tuple().exponent == 0 and value:
        return Parsed(Empty.NONE, value)
    if not value:
        value = Decimal(0)  # no negative zero, no zero of a thousand decimals
    _, _, fraction = format(value, "f").partition(".")
    fraction = fraction.rstrip("0")
    if decimals is None:
        return Parsed(Empty.NONE, value if fraction else Decimal(format(value, "f").partition(".")[0]))
    if len(fraction) > decimals:
        kind = "precision" if decimals else "not_whole"
        return Parsed(None, None, problem(kind, raw, have=len(fraction), limit=decimals))
    return Parsed(Empty.NONE, value.quantize(Decimal(1).scaleb(-decimals), context=EXACT))


def parse_native(
    value: object,
    *,
    decimals: int | None,
    locale: str = "vi",
    convention: Convention | None = None,
    excel: bool = False,
) -> Parsed:
    """Read a value that a workbook or a JSON body already typed: int, float, Decimal, str or None.

    A float counts as the shortest decimal that means it (its repr). `excel`: take it at the 15 digits that Excel
    shows, so that =0.1+0.2 is 0.3; a float of more than 15 whole digits has lost some and is refused. True/False
    and dates are refused: Excel makes dates of numbers, and Python counts True as 1.
    """
    if value is None:
        return Parsed(None)
    if isinstance(value, str):
        return parse_cell(value, decimals=decimals, locale=locale, convention=convention)
    if isinstance(value, bool):
        return Parsed(None, None, problem("boolean", "TRUE" if value else "FALSE"))
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return Parsed(None, None, problem("date", str(value)))
    if isinstance(value, int):
        return _native_int(value, decimals)
    if isinstance(value, float | Decimal):
        return _native_decimal(value, decimals, excel=excel)
    return Parsed(None, None, problem("type", "", have=type(value).__name__))


def _native_int(value: int, decimals: int | None) -> Parsed:
    if abs(value) >= 10**MAX_INTEGER_DIGITS:  # asked first: str() of a huge int is refused by Python itself
        return Parsed(None, None, problem("too_many_digits", f"{'-' if value < 0 else ''}10^{MAX_INTEGER_DIGITS}…"))
    return _accept(Decimal(value), str(value), decimals)


def _native_decimal(value: float | Decimal, decimals: int | None, *, excel: bool) -> Parsed:
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    raw = str(value)
    if exact.is_nan():
        return Parsed(None, None, problem("nan", raw))
    if exact.is_infinite():
        return Parsed(None, None, problem("infinity", raw))
    if isinstance(value, float) and exact and exact.adjusted() >= EXCEL_DIGITS:
        kind = "too_many_digits" if _too_many_digits(exact) else "lost_digits"
        return Parsed(None, None, problem(kind, raw))
    if isinstance(value, float) and excel:
        exact = Context(prec=EXCEL_DIGITS, rounding=ROUND_HALF_UP).plus(exact)
    return _accept(exact, raw, decimals)


def format_number(value: Decimal | int, decimals: int | None, lang: str = "vi", *, sign: bool = False) -> str:
    """For reading: vi "12.904" "−1,5", en "12,904" "−1.5"; half away from zero; None keeps the value's decimals.

    `sign`: "+" before a positive number (changes). Floats are refused (TypeError), NaN and infinity too (ValueError).
    """
    if isinstance(value, float | bool):
        raise TypeError(f"format_number takes Decimal or int, not {value!r}: floats are not exact.")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number that can be shown.")
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), context=EXACT)
    whole, _, fraction = format(number.copy_abs(), "f").partition(".")
    grouped = f"{int(whole):,}"
    group, point = (".", ",") if lang == "vi" else (",", ".")
    lead = "" if not number else MINUS if number < 0 else "+" if sign else ""
    return lead + grouped.replace(",", group) + (point + fraction if fraction else "")


def empty_mark(kind: Empty) -> str:
    """The mark that people type for this kind: "-", "…", "x", "!"; "" for NONE and RETRACTED."""
    return _LABELS[kind][0] if kind in _LABELS else ""


def empty_label(kind: Empty, lang: str = "vi") -> str:
    """The words that screens show: "không phát sinh"; "" for NONE."""
    return _LABELS[kind][1 if lang == "vi" else 2] if kind in _LABELS else ""


def whole_in_both(value: int) -> dict[str, str]:
    """A whole number as it is read in Vietnamese and in English, for notices that find their language later."""
    return {lang: format_number(value, 0, lang) for lang in ("vi", "en")}
