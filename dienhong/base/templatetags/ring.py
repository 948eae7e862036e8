"""Template tags of the look: ring, mark, num, vnum, age, due, delta, tilemap.

`{% load ring %}`. Everything they print is escaped here; nothing needs a style attribute.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dienhong.base import clock
from dienhong.base.components import ring as drawn
from dienhong.base.components.tilemap import TileMap
from dienhong.base.money import money
from dienhong.base.numbers import Empty, empty_label, format_number

register = template.Library()
SOON = 3  # working days: from here on a deadline is amber

Figure = Decimal | int | Empty | None


def _lang() -> str:
    return "en" if (translation.get_language() or "vi").startswith("en") else "vi"


def _beside(unit: str) -> str:
    """The unit with its space; English writes % against the figure, Vietnamese apart from it."""
    return unit if unit == "%" and _lang() == "en" else f" {unit}"


def _coverage(given: object) -> drawn.Coverage:
    """A Coverage, or a mapping, or anything with its fields."""
    if isinstance(given, drawn.Coverage):
        return given
    if isinstance(given, Mapping):
        return drawn.Coverage(**given)
    reported, late, missing, total = (int(getattr(given, name)) for name in ("reported", "late", "missing", "total"))
    return drawn.Coverage(reported, late, missing, total, official=bool(getattr(given, "official", False)))


@register.simple_tag
def ring(
    coverage: object, size: int = 26, href: str = "", label: str = "", groups: object = (), opens: str = "",
    beside: bool = False,
) -> SafeString:  # fmt: skip
    """The ring; with `href` it is the door to the passport, or to what `opens` names; `label` says of which figure.

    `beside`: a link of the same row leads there too, so the ring is pressed but is no second stop of the Tab key.
    """
    cover, lang = _coverage(coverage), _lang()
    shares = tuple(tuple(share) for share in groups) if groups else ()  # type: ignore[attr-defined]
    svg = mark_safe(drawn.ring(cover, size=size, lang=lang, named=not href, groups=shares))  # noqa: S308
    if not href:
        return svg
    name = drawn.ring_name(cover, lang)
    passport = opens or _("Hộ chiếu")
    about = f"{passport}: {label}, {name}" if label else f"{passport}: {name}"
    stop = SafeString(' tabindex="-1"') if beside else ""
    return format_html('<a class="door" href="{}"{} aria-label="{}" title="{}">{}</a>', href, stop, about, name, svg)


@register.simple_tag
def mark(size: int = 30) -> SafeString:
    return mark_safe(drawn.mark(size))  # noqa: S308


@register.filter
def vnum(value: Figure, decimals: int | None = None) -> str:
    """A figure in the reader's language, bare text: 12.904; a kind of empty becomes its words."""
    if isinstance(value, Empty):
        return empty_label(value, _lang())
    return "" if value is None else format_number(Decimal(value), decimals, _lang())


@register.filter
def vmoney(value: Decimal | int | None) -> str:
    """An amount with its sign, bare text: 12.904 đ, in English 12,904 VND."""
    return "" if value is None else money(value, _lang())


@register.simple_tag
def num(value: Figure, decimals: int | None = None, unit: str = "") -> SafeString:
    """A figure with its unit small beside it. None is a value that has not come."""
    if value is None:
        return format_html('<span class="empty-value missing">{}</span>', _("chưa có"))
    if isinstance(value, Empty) and value is not Empty.NONE:
        kind = value.name.lower().replace("_", "-")
        return format_html('<span class="empty-value {}">{}</span>', kind, empty_label(value, _lang()))
    unit = str(unit)  # a template's _("…") arrives unspoken
    gap = _beside(unit).removesuffix(unit)
    beside = format_html('{}<span class="unit">{}</span>', gap, unit) if unit else ""
    return format_html('<span class="fig">{}{}</span>', format_number(Decimal(value), decimals, _lang()), beside)


def _local(moment: dt.datetime | dt.date) -> str:
    """14:02, 05/08/2020: the same in both languages, day before month."""
    if not isinstance(moment, dt.datetime):
        return moment.strftime("%d/%m/%Y")
    return timezone.localtime(moment, clock.HANOI).strftime("%H:%M, %d/%m/%Y")


def _when(moment: dt.datetime | dt.date, words: str, css: str = "") -> SafeString:
    return format_html(
        '<time class="{}" datetime="{}" data-when="{}" tabindex="0"><span>{}</span></time>',
        f"{css} when".strip(), moment.isoformat(), _local(moment), words,
    )  # fmt: skip


def age_words(seconds: float) -> str:
    """How long ago, in the largest whole unit, rounded down; a moment of the future is 'just now'."""
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if minutes < 1:
        return _("vừa xong")
    if hours < 1:
        return ngettext("%(n)d phút", "%(n)d phút", minutes) % {"n": minutes}
    if days < 1:
        return ngettext("%(n)d giờ", "%(n)d giờ", hours) % {"n": hours}
    if days < 60:
        return ngettext("%(n)d ngày", "%(n)d ngày", days) % {"n": days}
    months = days // 30
    return ngettext("%(n)d tháng", "%(n)d tháng", months) % {"n": months}


@register.simple_tag
def age(moment: dt.datetime, clock_name: str = "business") -> SafeString:
    """'6 phút' since a moment, by the business clock; `clock_name="record"` for journal, saving and sessions."""
    now = clock.record_now() if clock_name == "record" else clock.business_now()
    return _when(moment, age_words((now - moment).total_seconds()))


def due_words(moment: dt.datetime | dt.date, working_days: int, now: dt.datetime) -> tuple[str, str]:
    """What is left, and its class. `working_days` come from rules.workdays, below zero once the day is past."""
    late = now > moment if isinstance(moment, dt.datetime) else now.date() > moment
    if late and working_days >= 0:
        return _("quá hạn hôm nay"), "bad"
    if working_days < 0:
        past = -working_days
        return ngettext("quá hạn %(n)d ngày làm việc", "quá hạn %(n)d ngày làm việc", past) % {"n": past}, "bad"
    if working_days == 0:
        if not isinstance(moment, dt.datetime):
            return _("hạn hôm nay"), "late"
        hours = int((moment - now).total_seconds() // 3600)
        return ngettext("còn %(n)d giờ", "còn %(n)d giờ", hours) % {"n": hours}, "late"
    words = ngettext("còn %(n)d ngày làm việc", "còn %(n)d ngày làm việc", working_days) % {"n": working_days}
    return words, "late" if working_days <= SOON else ""


@register.simple_tag
def due(moment: dt.datetime | dt.date, working_days: int) -> SafeString:
    """'còn 3 ngày làm việc' as a tag, its date on hover, focus and paper."""
    words, css = due_words(moment, working_days, clock.business_now())
    return _when(moment, words, f"tag {css}".strip())


@register.simple_tag
def delta(
    value: Decimal | None, decimals: int | None = None, unit: str = "", than: str = "", good: str = ""
) -> SafeString:
    """▲ tăng 0,4 điểm so với tháng trước. `good` is "up" or "down" where one of them is good, else no colour."""
    if value is None:
        return format_html('<span class="delta flat">{} {}</span>', _("không so được"), than)
    way = "flat" if value == 0 else ("up" if value > 0 else "down")
    sign, word = {"up": ("▲", _("tăng")), "down": ("▼", _("giảm")), "flat": ("▬", _("không đổi"))}[way]
    css = "" if not good or way == "flat" else ("good" if way == good else "bad")
    amount = (
        "" if way == "flat" else f" {format_number(abs(value), decimals, _lang())}{_beside(str(unit)) if unit else ''}"
    )
    tail = format_html(' <span class="than">{}</span>', than) if than else ""
    return format_html(
        '<span class="delta {} {}"><span aria-hidden="true">{}</span> <b>{}{}</b>{}</span>',
        way, css, sign, word, amount, tail,
    )  # fmt: skip


@register.simple_tag
def tilemap(tiles: TileMap) -> SafeString:
    """The tile map of a `components.tilemap.TileMap`, in the reader's language."""
    return mark_safe(tiles.html(_lang()))  # noqa: S308


@register.filter
def as_head(text: object) -> str:
    """A sentence before a colon: without its own full stop."""
    return str(text).rstrip(" .")
