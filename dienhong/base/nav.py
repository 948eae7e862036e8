"""The top bar's register: each room puts its items in from its `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Item:
    """One word in the top bar. `prefix` and `also` are the parts of the address under which it is the current one.

    `yields`: which doors go behind "more" first when one row does not hold all of them; the higher, the sooner.
    """

    label: "str | _StrPromise"
    url_name: str
    order: int
    prefix: str = ""
    shown: Callable[[HttpRequest], bool] = lambda request: True
    also: tuple[str, ...] = ()
    yields: int = 0


@dataclass(frozen=True, slots=True)
class Tool:
    """Something beside the menus of the top bar. `template` is included with `value`; nothing is shown for None."""

    template: str
    value: Callable[[HttpRequest], object]


# What a row of 1280 px leaves beside the name and the tools, in px; less where a past moment stands among the tools.
# Words are measured by their letters: the server cannot see the font, and a letter of the text face is about 7.4 px.
ROOM, ROOM_AS_OF = 600, 520
LETTER, GAP = 7.4, 17.0
MORE = 62.0

_items: dict[str, Item] = {}
_tools: dict[str, Tool] = {}


def register(item: Item) -> None:
    """Order: my work 10, reports 20, indicators 30, journal 40. Registering an address twice replaces it."""
    _items[item.url_name] = item


def items(request: HttpRequest) -> list[dict[str, object]]:
    """What this person may see, in order; exactly one item at most is current: the one with the longest prefix."""
    found = [
        {
            "label": item.label,
            "url": reverse(item.url_name),
            "prefix": _prefix(item, request.path),
            "yields": item.yields,
        }
        for item in sorted(_items.values(), key=lambda item: item.order)
        if item.shown(request)
    ]
    here = [str(each["prefix"]) for each in found if request.path.startswith(str(each["prefix"]))]
    longest = max(here, key=len, default=None)
    return [{**each, "current": each["prefix"] == longest} for each in found]


def bar(request: HttpRequest) -> dict[str, list[dict[str, object]]]:
    """The doors of one row, `row`, and those behind "more", `more`, each in order. The current one stays in the row."""
    doors = items(request)
    room = ROOM_AS_OF if request.GET.get("as_of") else ROOM
    row = list(doors)
    if _width(row) > room:
        going = sorted((each for each in row if not each["current"]), key=lambda each: int(str(each["yields"])))
        while going and _width(row) + MORE > room:
            row.remove(going.pop())
    return {"row": row, "more": [each for each in doors if each not in row]}


def _width(doors: list[dict[str, object]]) -> float:
    return sum(len(str(each["label"])) * LETTER + GAP for each in doors)


def _prefix(item: Item, path: str) -> str:
    """The one of its prefixes under which the address lies, else its first."""
    first = item.prefix or reverse(item.url_name)
    return max((each for each in (first, *item.also) if path.startswith(each)), key=len, default=first)


def register_tool(tool: Tool) -> None:
    """Registering a template twice replaces it."""
    _tools[tool.template] = tool


def tools(request: HttpRequest) -> list[dict[str, object]]:
    """Their values are asked only where a template shows them: a part of a page has no top bar."""
    return [{"template": each.template, "value": partial(each.value, request)} for each in _tools.values()]
