"""How a procedure's time limits and fees are said: what is certain as a figure, the rest as the text it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from dienhong.base.money import money
from dienhong.base.numbers import format_number
from dienhong.catalogue.models import Document, FeeVerdict, LimitVerdict, Line, Version

KNOWN_LEVELS = ("ministry", "province", "district", "commune", "other")


@dataclass(frozen=True, slots=True)
class Way:
    """Ways of filing that share one limit and one fee. `sure` says of each whether the source was understood."""

    channels: tuple[str, ...]
    limit: str
    limit_sure: bool
    fee: str
    fee_sure: bool
    note: str
    about: str
    text: str


def ways(lines: Iterable[Line]) -> list[Way]:
    """In the source's order, ways that differ in nothing but the channel together."""
    grouped: dict[tuple[object, ...], tuple[list[str], Line]] = {}
    for line in lines:
        key = (line.limit, line.value, line.unit, line.fee, line.amount, line.currency, line.note, line.about)
        channels, _first = grouped.setdefault(key, ([], line))
        if (name := str(line.get_channel_display())) not in channels:
            channels.append(name)
    return [_way(channels, line) for channels, line in grouped.values()]


def _way(channels: list[str], line: Line) -> Way:
    limit_sure = line.limit == LimitVerdict.UNDERSTOOD
    fee_sure = line.fee in {FeeVerdict.FREE, FeeVerdict.AMOUNT}
    return Way(tuple(channels), limit(line), limit_sure, fee(line), fee_sure, line.note, line.about, line.text)


def limit(line: Line) -> str:
    """The time limit in words; never a guess of its unit."""
    if line.limit == LimitVerdict.UNDERSTOOD and line.value is not None:
        return _count(line.value, line.unit)
    said = {
        LimitVerdict.NO_UNIT: _("Chưa đọc được: nguồn ghi %(value)s, không có đơn vị")
        % {"value": _number(line.value or Decimal(0))},
        LimitVerdict.UNKNOWN: _("Nguồn không có thông tin"),
        LimitVerdict.RUN_TOGETHER: _("Chưa đọc được: số ngày dính với số tiền"),
        LimitVerdict.WORDS: _("Nguồn ghi bằng lời"),
    }
    return said[LimitVerdict(line.limit)]


def fee(line: Line) -> str:
    """The fee in words; "free" only where nothing speaks against it."""
    if line.fee == FeeVerdict.AMOUNT and line.amount is not None:
        if line.currency == "USD":
            return _("%(amount)s đô la Mỹ") % {"amount": _number(line.amount)}
        return money(line.amount, "en" if get_language() == "en" else "vi")
    said = {
        FeeVerdict.FREE: _("Miễn phí"),
        FeeVerdict.UNKNOWN: _("Nguồn không có thông tin"),
        FeeVerdict.ASK: _("Hỏi cơ quan giải quyết: nguồn ghi miễn phí mà lại nêu mức thu"),
        FeeVerdict.RUN_TOGETHER: _("Chưa đọc được: số tiền dính với số ngày"),
        FeeVerdict.LOST_THOUSANDS: _("Chưa đọc được: số tiền ở nguồn mất phần nghìn"),
        FeeVerdict.WORDS: _("Nguồn ghi bằng lời"),
    }
    return said[FeeVerdict(line.fee)]


def _count(value: Decimal, unit: str) -> str:
    """Vietnamese has one form; English two, chosen by the whole number at or above."""
    many = int(value) if value == int(value) else 2
    forms = {
        "working_day": ngettext("%(n)s ngày làm việc", "%(n)s ngày làm việc", many),
        "day": ngettext("%(n)s ngày", "%(n)s ngày", many),
        "working_hour": ngettext("%(n)s giờ làm việc", "%(n)s giờ làm việc", many),
        "hour": ngettext("%(n)s giờ", "%(n)s giờ", many),
        "month": ngettext("%(n)s tháng", "%(n)s tháng", many),
        "year": ngettext("%(n)s năm", "%(n)s năm", many),
    }
    return forms[unit] % {"n": _number(value)}


def _number(value: Decimal) -> str:
    whole = value.to_integral_value()
    lang = (get_language() or "vi")[:2]
    return format_number(value, 0 if value == whole else 2, lang)


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of one case. `folded`: remarks rather than papers, shown when asked for."""

    name: str
    papers: list[Document]
    folded: bool


def cases(version: Version) -> list[Papers]:
    """In the source's order. Rows of nought originals and nought copies under "Lưu ý" are remarks."""
    rows = version.cases.prefetch_related(Prefetch("documents", Document.objects.order_by("place"))).order_by("place")
    return [Papers(row.name, list(row.documents.all()), "lưu ý" in row.name.lower()) for row in rows]


def filing(version: Version) -> list[tuple[str, bool]]:
    """Ways of filing with yes or no; a way that the source says nothing about is left out."""
    flags = {"counter": version.by_counter, "online": version.online, "post": version.by_post}
    return [(words, flag) for key, words in _filing().items() if (flag := flags[key]) is not None]


def channels(sheet: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """The same as a service's sheet has it: the ways it names."""
    return [(words, True) for key, words in _filing().items() if key in sheet.get("channels", ())]


def _filing() -> dict[str, str]:
    return {
        "counter": _("Trực tiếp tại nơi tiếp nhận"),
        "online": _("Trực tuyến"),
        "post": _("Qua bưu chính công ích"),
    }


def subjects(sheet: Mapping[str, Any]) -> list[str]:
    """Whom a service's sheet names as those who may ask; a kind that is not known here stands as the sheet has it."""
    words = {
        "citizen": _("Công dân"),
        "business": _("Doanh nghiệp"),
        "organisation": _("Tổ chức"),
        "foreigner": _("Người nước ngoài"),
    }
    return [words.get(key, key) for key in sheet.get("subjects", ())]


def levels(keys: Iterable[str]) -> list[str]:
    """Names of the levels of government that carry it out, highest first."""
    words = {
        "ministry": _("Cấp bộ"),
        "province": _("Cấp tỉnh"),
        "district": _("Cấp huyện"),
        "commune": _("Cấp xã"),
        "other": _("Cơ quan khác"),
    }
    held = set(keys)
    return [words[key] for key in KNOWN_LEVELS if key in held]
