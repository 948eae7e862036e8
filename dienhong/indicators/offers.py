"""What rooms above offer beside a figure: something to do because of it, and what was done already.

Rooms register; the page of a passport shows. Nothing is offered to a machine that reads the JSON.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from dienhong.indicators.models import Period
from dienhong.indicators.queries import SeriesKey


@dataclass(frozen=True, slots=True)
class Act:
    """A button beside the figure."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that hangs on the figure. `css`: good, late, bad or nothing; `name` is typed by people."""

    name: str
    url: str
    said: str = ""
    css: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """`heading` stands over `lines`; without lines it is not shown."""

    acts: tuple[Act, ...] = ()
    heading: str = ""
    lines: tuple[Line, ...] = ()


Offering = Callable[[HttpRequest, SeriesKey, Period], Offer]
_offerings: dict[str, Offering] = {}


def register(name: str, offering: Offering) -> None:
    """Registering a name again replaces it."""
    _offerings[name] = offering


def offers(request: HttpRequest, key: SeriesKey, period: Period, but: str = "") -> list[Offer]:
    """What every room offers, in the order of registration, without the offering named `but`. `period` is the figure's;
    the key's id of it is 0 where the period has no row."""
    return [offering(request, key, period) for name, offering in _offerings.items() if name != but]
