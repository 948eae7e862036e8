"""Words of the law in the reader's language."""

import datetime as dt
from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def in_lang(words: Mapping[str, str], lang: str) -> str:
    return words.get(lang) or words.get("vi", "")


@register.filter
def day_of(iso: str) -> str:
    """2020-06-28 as people write it: 28/06/2020."""
    return f"{dt.date.fromisoformat(iso):%d/%m/%Y}"
