"""Figures, days and articles as people read them, in Vietnamese and English."""

import datetime as dt
import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from dienhong.base import money as currency
from dienhong.rules.law.single import AMOUNT, PLAIN, RATE, SIGN, Token

LANGUAGES = ("vi", "en")
_DECIMALS = 6


@lru_cache(maxsize=8192)
def amount(value: Fraction | int, language: str) -> str:
    """549000000 -> "549.000.000" or "549,000,000"; a fraction of a đồng keeps its decimals."""
    exact = Fraction(value)
    whole, rest = divmod(abs(exact), 1)
    text = f"{whole:,}"
    if rest:
        text += f"{float(rest):.{_DECIMALS}f}".rstrip("0")[1:]
    text = ("−" if exact < 0 else "") + text
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text


@lru_cache(maxsize=8192)
def percent(value: Fraction | int, language: str) -> str:
    """0.072 -> "7,2 %" or "7.2%"."""
    return amount(Fraction(value) * 100, language) + (" %" if language == "vi" else "%")


def money(value: Fraction | int, language: str) -> str:
    return f"{amount(value, language)} {currency.SIGN[language]}"


def day(on: dt.date, language: str) -> str:
    return f"{on:%d/%m/%Y}" if language == "vi" else f"{on.day} {on:%B %Y}"


def token(one: Token, language: str) -> str:
    kind, value = one
    if kind == SIGN or isinstance(value, str):
        return str(value)
    if kind == RATE:
        return percent(value, language)
    return str(value) if kind == PLAIN else amount(value, language)


def expression(tokens: Iterable[Token], language: str) -> str:
    """ "549.000.000 × 12 % × 50 %"."""
    text = " ".join(token(one, language) for one in tokens)
    return text.replace("( ", "(").replace(" )", ")")


_ENGLISH = [
    (r"Nghị quyết của HĐND (.+?)(?=;|,|$)", r"Resolution of the People's Council of \1"),
    (r"Nghị quyết", "Resolution"), (r"Nghị định", "Decree"), (r"Thông tư", "Circular"), (r"Quyết định", "Decision"),
    (r"Điều", "Article"), (r"khoản", "clause"), (r"điểm", "point"), (r"đoạn cuối", "last paragraph"),
    (r"được sửa bởi", "as amended by"), (r"và", "and"), (r"sau khi hợp nhất với", "after the merger with"),
    (r"chưa rõ điều khoản", "clause not yet checked"), (r"mức", "rate of"), (r"Luật", "Law"), (r"Mẫu số", "Form"),
]  # fmt: skip


@lru_cache(maxsize=2048)
def article(text: str, language: str) -> str:
    """The reference as written (Vietnamese), or its English; numbers of laws stay as they are."""
    if language == "vi":
        return text
    for vietnamese, english in _ENGLISH:
        text = re.sub(rf"\b{vietnamese}\b" if "(" not in vietnamese else vietnamese, english, text)
    return text


_ASSUMED = {AMOUNT: amount, RATE: percent}


def figure(value: Fraction, kind: str, language: str) -> str:
    return _ASSUMED.get(kind, amount)(value, language)
