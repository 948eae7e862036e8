"""Small words of the officer's screens."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template

from dienhong.base.clock import HANOI
from dienhong.base.numbers import format_number
from dienhong.dossiers import words
from dienhong.dossiers.forms.problems import language
from dienhong.dossiers.views.case import Failed

register = template.Library()
NOTHING = Failed("", "")


@register.filter
def at(mapping: Mapping[str, Any], key: object) -> Any:
    """What stands under a key; "" for none."""
    return mapping.get(str(key), "")


@register.simple_tag
def failure(failed: Failed | None, key: object) -> Failed:
    """What went wrong with this form; an empty one for all others."""
    return failed if failed is not None and failed.key == str(key) else NOTHING


@register.filter
def clock_time(moment: dt.datetime | None) -> str:
    """ "09:41 20/08/2020" in Hanoi."""
    return f"{moment.astimezone(HANOI):%H:%M %d/%m/%Y}" if moment else ""


@register.filter
def status_word(code: int) -> str:
    return words.status(code)


@register.inclusion_tag("dossiers/acts/line.html")
def line(
    offer: Any, f: Failed, name: str, label: str, where: str = "", hint: str = "", optional: bool = False,
    lines: int = 0, value: str = "", numeric: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """One field of an act's form: label, hint, what is wrong, input with what was typed."""
    return {
        "id": f"{offer.key}-{where or name}".replace(".", "-"),
        "name": name,
        "label": label,
        "hint": hint,
        "optional": optional,
        "lines": lines,
        "value": f.typed.get(name, value),
        "error": f.by_field.get(where or name, ""),
        "numeric": numeric,
    }


@register.filter
def figure(amount: int) -> str:
    return format_number(amount, 0, language())


@register.inclusion_tag("dossiers/figure_link.html")
def door(shown: Any, digits: int = 0, unit: str = "") -> dict[str, Any]:
    """A figure of the leader's board, the number itself its passport's door; a dash where it was not counted."""
    return {"x": shown, "digits": digits, "unit": unit}
