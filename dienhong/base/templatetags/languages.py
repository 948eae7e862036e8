"""Source text that exists in Vietnamese only, inside a page of another language: marked, so a voice reads it right.

`{% load languages %}`, then `{{ name|vi }}`. Whatever is shown and was typed or named by people goes through it.
"""

from collections.abc import Iterable

from django import template
from django.utils import translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from dienhong.base import acts, clock
from dienhong.base.text import is_vietnamese

register = template.Library()
UNCONFIRMED = "(unconfirmed)"  # how tables and law mark what no source was seen for


@register.filter
def vi(text: object) -> SafeString:
    """The text, in a `lang="vi"` of its own where the page is not Vietnamese and the text is. None is nothing."""
    given = text if isinstance(text, SafeString) else str("" if text is None else text)
    shown = conditional_escape(given)
    foreign = not (translation.get_language() or "vi").startswith("vi")
    if foreign and not is_vietnamese(shown):
        return shown
    shown = SafeString(shown.replace(UNCONFIRMED, "(chưa xác nhận)"))  # the mark of the tables, read by programs too
    if not foreign:
        return shown
    return format_html('<span lang="vi">{}</span>', shown)


@register.filter
def names(text: str, called: Iterable[str]) -> SafeString:
    """A sentence of the interface with the Vietnamese names inside it marked, where the page is not Vietnamese."""
    shown: str = conditional_escape(text)
    for name in called:
        shown = shown.replace(conditional_escape(name), vi(name))
    return SafeString(shown)


@register.filter
def in_time(text: object) -> str:
    """A legal basis with the acts marked that were issued after the business day."""
    lang = "vi" if (translation.get_language() or "vi").startswith("vi") else "en"
    return acts.dated(str(text), clock.business_today(), lang)


@register.filter
def vi_attribute(text: object) -> SafeString:
    """` lang="vi"` for an element whose whole text it is, where a span inside is not possible: option, title."""
    if (translation.get_language() or "vi").startswith("vi") or not is_vietnamese(str(text)):
        return SafeString("")
    return SafeString(' lang="vi"')
