"""Small words of the payment screens."""

import datetime as dt
from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.money import money
from dienhong.payments import sentences

register = template.Library()


@register.filter
def at(names: Mapping[int, str], key: int) -> str:
    return names.get(key, "")


@register.filter
def trusted_picture(svg: str) -> SafeString:
    """The code drawn by codes_shown.picture: our own SVG, only squares."""
    return mark_safe(svg)  # noqa: S308


@register.filter
def day_or_dong(value: object) -> str:
    """A day of a difference, or an amount in đồng."""
    if isinstance(value, str):
        return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
    return money(int(str(value)), get_language() or "vi")


@register.filter
def way(provider: str) -> str:
    return sentences.way(provider)


@register.filter
def business(at: dt.datetime) -> dt.datetime:
    """What the demo's clock said at a moment of the machine's: one clock on one page."""
    return clock.business_at(at)


@register.filter
def step_words(step: str) -> str:
    return {
        "begun": _("mới mở"), "sent": _("đang nộp"), "pending": _("ngân hàng chưa trả lời"),
        "failed": _("nộp không được"), "captured": _("tiền đã vào"),
    }[step]  # fmt: skip
