"""Words of the law in the reader's language."""

from collections.abc import Mapping

from django import template

from dienhong.rules.law.parameters import UNCONFIRMED

register = template.Library()


@register.filter
def in_lang(words: Mapping[str, str], lang: str) -> str:
    return words.get(lang) or words.get("vi", "")


@register.filter
def unmarked(remark: str) -> str:
    """A remark without the mark of the tables, where the page says "not confirmed" in words of its own."""
    return remark.replace(UNCONFIRMED, "").strip()
