"""Periods in words, Vietnamese and English. Plain Python, no Django."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # periods re-exports these functions
    from dienhong.base.periods import Period

_ROMAN = ("", "I", "II", "III", "IV")
_MONTHS_EN = (
    *("", "January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
# kind -> (title, label, short); {y} year, {yy} its last two digits, {n} number in the year, {r} the same in Roman
_VI = {
    "month": ("Tháng {n} năm {y}", "Tháng {n}/{y}", "T{n}/{yy}"),
    "quarter": ("Quý {r} năm {y}", "Quý {r}/{y}", "Q{r}/{yy}"),
    "half_year": ("6 tháng {half_vi} năm {y}", "6 tháng {half_vi} năm {y}", "6T {half_vi}/{yy}"),
    "nine_month": ("9 tháng đầu năm {y}", "9 tháng/{y}", "9T/{yy}"),
    "year": ("Năm {y}", "Năm {y}", "{y}"),
    "week": ("Tuần {n} năm {y}", "Tuần {n}/{y}", "Tuần {n}/{yy}"),
}
_EN = {
    "month": ("{month} {y}", "{month} {y}", "{mon} {y}"),
    "quarter": ("Q{n} {y}", "Q{n} {y}", "Q{n} {y}"),
    "half_year": ("{half_en} half of {y}", "{half_en} half of {y}", "H{n} {y}"),
    "nine_month": ("First nine months of {y}", "Nine months {y}", "9M {y}"),
    "year": ("Year {y}", "{y}", "{y}"),
    "week": ("Week {n} of {y}", "Week {n}/{y}", "W{n} {y}"),
}


def _day_text(day: dt.date, lang: str, *, short: bool = False) -> str:
    if lang == "vi":
        return f"{day.day}/{day.month}" if short else f"{day.day}/{day.month}/{day.year}"
    month = _MONTHS_EN[day.month]
    return f"{day.day} {month[:3]}" if short else f"{day.day} {month} {day.year}"


def days_text(p: Period, lang: str = "vi") -> str:
    """The days inside, for the small line under a title: "15/3/2020–14/6/2020"."""
    first, last = _day_text(p.first, lang), _day_text(p.last, lang)
    return first if p.first == p.last else f"{first}–{last}" if lang == "vi" else f"{first} – {last}"


def _event_text(p: Period, lang: str, form: int) -> str:
    number = p.key.rsplit("-", 1)[1]
    word = "Báo cáo số" if lang == "vi" else "Report no."
    return f"{word} {number}" if form == 2 else f"{word} {number} ({days_text(p, lang)})"


def _text(p: Period, lang: str, form: int) -> str:
    if p.kind == "day":
        return _day_text(p.first, lang, short=form == 2)
    if p.kind == "event":
        return _event_text(p, lang, form)
    year, suffix = p.key[:4], p.key[5:]
    n = int(suffix[1:]) if suffix not in ("Y", "9M") else 1
    month = _MONTHS_EN[n] if p.kind == "month" else ""
    return (_VI if lang == "vi" else _EN)[p.kind][form].format(
        y=year,
        yy=year[2:],
        n=n,
        r=_ROMAN[n] if p.kind == "quarter" else "",
        month=month,
        mon=month[:3],
        half_vi="đầu" if n == 1 else "cuối",
        half_en="First" if n == 1 else "Second",
    )


def label(p: Period, lang: str = "vi", short: bool = False) -> str:
    """For columns and lists: "Quý II/2020", "Tháng 7/2020"; short for chart axes: "QII/20", "T7/20"."""
    return _text(p, lang, 2 if short else 1)


def title(p: Period, lang: str = "vi") -> str:
    """For headings: "Quý II năm 2020"."""
    return _text(p, lang, 0)
