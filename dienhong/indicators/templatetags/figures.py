"""Template filters of passports: moments, percentages, addresses that carry the chosen moment along."""

import datetime as dt
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from dienhong.base import clock
from dienhong.base.numbers import format_number

register = template.Library()


@register.filter
def moment(text: str) -> str:
    """An ISO moment as 14:02, 05/08/2020, Hanoi time; the same in both languages."""
    return timezone.localtime(dt.datetime.fromisoformat(text), clock.HANOI).strftime("%H:%M, %d/%m/%Y") if text else ""


@register.filter
def day(text: str) -> str:
    """An ISO day as 14/09/2020."""
    return f"{dt.date.fromisoformat(text):%d/%m/%Y}"


@register.filter
def day_of(text: str) -> str:
    """The day of an ISO moment, in Hanoi, as 14/09/2020."""
    return timezone.localtime(dt.datetime.fromisoformat(text), clock.HANOI).strftime("%d/%m/%Y") if text else ""


@register.filter
def percent(text: str) -> str:
    """A number as text, as +0,3 %."""
    lang = "en" if (translation.get_language() or "vi").startswith("en") else "vi"
    return f"{format_number(Decimal(text), 1, lang, sign=True)} %"


@register.filter
def add_path(path: str, unit_id: int) -> str:
    return f"{path}/{unit_id}" if path else str(unit_id)


@register.filter
def as_of(url: str, chosen: str) -> str:
    """The address with the chosen moment, if one is chosen."""
    if not chosen:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'as_of': chosen})}"


@register.filter
def opens(row: dict[str, Any], chosen: str) -> str:
    """The address behind a row's twist, ending in a query; "" where there is nothing to open."""
    if not row["leaf"]:
        return as_of(row["branch_url"], chosen)
    if row["value"] is None and not row["empty"]:
        return ""
    path, _mark, query = row["url"].partition("?")
    return as_of(f"{path}branch/?{query or 'leaf=1'}", chosen)


@register.filter
def lookup(mapping: dict[Any, str], key: Any) -> str:
    """mapping[key], or nothing."""
    return mapping.get(key, "")


@register.filter
def drawn(svg: str) -> SafeString:
    """A drawing of `indicators.chart`, which escapes every text itself."""
    return mark_safe(svg)  # noqa: S308
