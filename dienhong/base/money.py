"""Amounts of đồng as people read them. Plain Python.

Beside figures, in tables and on buttons "1.234.000 đ"; in sentences and on papers the word, "1.234.000 đồng". English
has one writing for both, "1,234,000 VND". Sentences that are translated hold the word themselves.
"""

from decimal import Decimal

from dienhong.base.numbers import format_number

SIGN = {"vi": "đ", "en": "VND"}
WORD = {"vi": "đồng", "en": "VND"}


def money(amount: Decimal | int, lang: str) -> str:
    """For a table, a list, a button."""
    return f"{format_number(amount, 0, lang)} {SIGN[lang]}"


def money_said(amount: Decimal | int, lang: str) -> str:
    """For a sentence and a paper."""
    return f"{format_number(amount, 0, lang)} {WORD[lang]}"
