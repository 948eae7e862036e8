"""Time limits and fees out of a table whose cells were run together (public-services.md, 2.6). Plain Python.

What is certain is read; the rest keeps its text with a verdict that says why. A fee is never guessed: "free" whose
note names an amount is "ask the agency", and 50 VNĐ is a fee that lost its thousands.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

HEADER = "Hình thức nộpThời gianPhí, lệ phíMô tả"
NAMES = {"Trực tiếp": 1, "Trực tuyến": 2, "Dịch vụ bưu chính": 3}  # the national interface's numbers of channels
LINE = re.compile(r"(Trực tuyến|Dịch vụ bưu chính|Trực tiếp)(?=\d|Miễn phí|Không có thông tin|Không phải trả)")
# "Ngày làm việc" before "Ngày": a working day is not a day.
TIME = re.compile(r"(\d+(?:[.,]\d+)?) (Ngày làm việc|Ngày|Giờ làm việc|Giờ|Tháng|Năm)")
BARE = re.compile(r"(\d+)(?=Miễn phí|Không có thông tin)")
UNKNOWN, FREE = "Không có thông tin", "Miễn phí"
FEE = re.compile(r"(\d{1,3}(?:,\d{3})*(?:\.\d+)?) (Việt Nam Đồng|VNĐ|USD)")
# What makes "free" doubtful: an amount, a rate of charge, or the people's council that sets one.
NAMES_MONEY = re.compile(r"\d[\d.,]* ?(?:đồng|đ\b|vnđ)|hội đồng nhân dân|hđnd|mức thu|mức phí", re.IGNORECASE)
LEAST_DONG = 1000
UNITS = {
    "Ngày làm việc": "working_day", "Ngày": "day", "Giờ làm việc": "working_hour", "Giờ": "hour",
    "Tháng": "month", "Năm": "year",
}  # fmt: skip


class Limit(StrEnum):
    """How a time cell was read. Only UNDERSTOOD has a value and a unit; NO_UNIT has a value alone."""

    UNDERSTOOD = "understood"
    NO_UNIT = "no_unit"
    UNKNOWN = "unknown"
    RUN_TOGETHER = "run_together"
    WORDS = "words"


class Fee(StrEnum):
    """How a fee cell was read. FREE is nought đồng, with a harmless note or none; ASK says free and names money."""

    FREE = "free"
    AMOUNT = "amount"
    UNKNOWN = "unknown"
    ASK = "ask"
    RUN_TOGETHER = "run_together"
    LOST_THOUSANDS = "lost_thousands"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Line:
    """One way of filing with its limit and fee. `text` is the whole line as published.

    `amount` is in `currency` (VND or USD); `value` counts `unit`s; `note` is what stands in brackets behind the fee,
    `about` the description behind that.
    """

    channel: int
    text: str
    limit: Limit
    fee: Fee
    value: Decimal | None = None
    unit: str = ""
    amount: Decimal | None = None
    currency: str = ""
    note: str = ""
    about: str = ""


def lines(text: str) -> list[Line]:
    """Every line of the table in its order; none for a text without one."""
    return [_line(channel, words) for channel, words in _split(text.replace(HEADER, ""))]


def _split(text: str) -> Iterator[tuple[str, str]]:
    found = list(LINE.finditer(text))
    for place, match in enumerate(found):
        until = found[place + 1].start() if place + 1 < len(found) else len(text)
        yield match[1], text[match.end() : until].strip()


def _line(channel: str, text: str) -> Line:
    number = NAMES[channel]
    if match := TIME.match(text):
        value = Decimal(match[1].replace(",", "."))
        return _priced(number, text, text[match.end() :], Limit.UNDERSTOOD, value, UNITS[match[2]])
    if match := BARE.match(text):
        return _priced(number, text, text[match.end() :], Limit.NO_UNIT, Decimal(match[1]), "")
    if text.startswith(UNKNOWN):
        return _priced(number, text, text[len(UNKNOWN) :], Limit.UNKNOWN, None, "")
    if text[:1].isdigit():
        # "120 VNĐ": one day and 20, or 120?
        return Line(number, text, Limit.RUN_TOGETHER, Fee.RUN_TOGETHER)
    return Line(number, text, Limit.WORDS, Fee.WORDS, about=text)


def _priced(channel: int, text: str, rest: str, limit: Limit, value: Decimal | None, unit: str) -> Line:
    rest = rest.strip()
    fee, amount, currency, after = _fee(rest)
    note, about = _bracket(after)
    return Line(channel, text, limit, fee, value, unit, amount, currency, note, about)


def _fee(text: str) -> tuple[Fee, Decimal | None, str, str]:
    """Verdict, amount, currency, and what stands behind them."""
    if text.startswith(FREE):
        after = text[len(FREE) :]
        if NAMES_MONEY.search(after):
            return Fee.ASK, None, "", after
        return Fee.FREE, Decimal(0), "VND", after
    if match := FEE.match(text):
        amount, currency = Decimal(match[1].replace(",", "")), "USD" if match[2] == "USD" else "VND"
        if currency == "VND" and amount < LEAST_DONG:
            return Fee.LOST_THOUSANDS, None, "", text[match.end() :]
        return Fee.AMOUNT, amount, currency, text[match.end() :]
    return Fee.UNKNOWN, None, "", text.removeprefix(UNKNOWN)


def _bracket(text: str) -> tuple[str, str]:
    """The note in the first pair of brackets, and the rest; a bracket that never closes runs to the end."""
    text = text.strip()
    if not text.startswith("("):
        return "", text
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth:
            return text[1:place].strip(), text[place + 1 :].strip()
    return text[1:].strip(), ""
