"""Words of the law in the reader's language."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def in_lang(words: Mapping[str, str], lang: str) -> str:
    return words.get(lang) or words.get("vi", "")
