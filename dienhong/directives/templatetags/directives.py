"""Template tags of directives: the four states with what they are counted out of, one figure of a condition."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.numbers import format_number
from dienhong.directives.queries.standing import Counts
from dienhong.directives.words import lang
from dienhong.organizations import queries as organizations

register = template.Library()


@dataclass(frozen=True, slots=True)
class Part:
    """One of the four: how many, out of how many, and what remains. `start` in the bar, in units of one assignment."""

    name: str
    label: str
    number: int
    total: int
    start: int

    @property
    def rest(self) -> int:
        return self.total - self.number

    @property
    def percent(self) -> str:
        """Beside the two numbers it is made of, never alone; rounded half away from zero, once."""
        return format_number(Decimal(self.number * 100) / Decimal(self.total or 1), 1, lang())


def parts(counts: Counts) -> list[Part]:
    """The four states in their order."""
    labels = (
        ("on_time", _("Xong đúng hạn"), counts.on_time),
        ("late", _("Xong muộn"), counts.late),
        ("in_time", _("Đang làm, trong hạn"), counts.in_time),
        ("overdue", _("Đang làm, quá hạn"), counts.overdue),
    )
    found, start = [], 0
    for name, label, number in labels:
        found.append(Part(name, label, number, counts.total, start))
        start += number
    return found


@register.inclusion_tag("directives/four.html")
def four(counts: Counts, url: str = "", heading: str = "") -> dict[str, Any]:
    """The four states, whole. `url` is a list's address without its `show`; each number opens its list."""
    return {"counts": counts, "parts": parts(counts), "url": url, "heading": heading}


@register.simple_tag
def unit_name(unit_id: int) -> str:
    return organizations.shown_name(unit_id, clock.business_today(), lang())


@register.filter
def plain_number(value: Decimal | None, decimals: int | None = None) -> str:
    """A figure as text in the reader's language; "chưa có" where there is none."""
    return _("chưa có") if value is None else format_number(value, decimals, lang())
