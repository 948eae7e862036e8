"""The closed schema of a board: what a tile may say, read strictly. A key that is not known here is refused.

`dienhong.board/1`: {"schema", "tiles": [tile, …]}. A tile is a question, never an answer: which form, which indicator
(or regime), which unit, which periods, and how it is judged. Numbers are text with a dot, as exact decimals.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from dienhong.base import periods
from dienhong.base.refusal import Fault

SCHEMA = "dienhong.board/1"
MOST_TILES = 48
ACROSS, DOWN = 4, 3  # cells of a page of a board; a wall shows one page on each screen
OPERATORS = ("≥", "≤", ">", "<")
YEARS = (1976, 2100)  # of which a target may be
COMPARES = ("prev", "year_before", "none")
_ID = re.compile(r"[a-z0-9]{1,16}")
_CODE = re.compile(r"(?:S\.)?[0-9]{2}\.[0-9]{3}")
_WORD = re.compile(r"[A-Za-z0-9_.=;-]{0,120}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,10})?")


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison with a number. Of a target, `basis` says where it comes from and `year` for which year it was set,
    0 where that was not said."""

    operator: str
    bound: Decimal
    basis: str = ""
    year: int = 0

    def met(self, value: Decimal) -> bool:
        return {
            "≥": value >= self.bound, "≤": value <= self.bound, ">": value > self.bound, "<": value < self.bound,
        }[self.operator]  # fmt: skip

    def judges(self, last: dt.date) -> bool:
        """Whether a period that ends that day is one of its own: the plan of 2020 says nothing of 2019."""
        return self.year == last.year

    def json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"operator": self.operator, "bound": f"{self.bound:f}", "basis": self.basis}
        return said | ({"year": self.year} if self.year else {})


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile. `unit` is a code as in addresses; `kind` and `calendar` of its periods, `count` how many; `fresh`:
    hours after which a value that did not change is no longer drawn, 0 for what the kind of period asks."""

    id: str
    form: str
    title_vi: str = ""
    title_en: str = ""
    indicator: str = ""
    breakdown: str = ""
    unit: str = "VN"
    calendar: str = "calendar"
    kind: str = "month"
    count: int = 12
    compare: str = "prev"
    good: str = ""
    target: Bound | None = None
    attention: Bound | None = None
    fresh: int = 0
    regime: str = ""
    width: int = 1
    height: int = 1
    own: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def title(self, lang: str) -> str:
        return (self.title_en if lang == "en" else "") or self.title_vi

    def json(self) -> dict[str, Any]:
        """Only what differs from nothing said, so that a file of a board is read easily."""
        said: dict[str, Any] = {"id": self.id, "form": self.form}
        for name in _FIELDS:
            value = getattr(self, name)
            if name not in said and value != _DEFAULTS[name]:
                said[name] = value.json() if isinstance(value, Bound) else dict(value) if name == "own" else value
        return said


_FIELDS = tuple(Tile.__dataclass_fields__)
_DEFAULTS: dict[str, Any] = {name: getattr(Tile("", ""), name) for name in _FIELDS}


@dataclass(frozen=True, slots=True)
class Spec:
    tiles: tuple[Tile, ...] = ()

    def json(self) -> dict[str, Any]:
        return {"schema": SCHEMA, "tiles": [tile.json() for tile in self.tiles]}

    def tile(self, pk: str) -> Tile | None:
        return next((tile for tile in self.tiles if tile.id == pk), None)

    def pages(self) -> list[tuple[Tile, ...]]:
        """The tiles page by page of ACROSS × DOWN cells, in their order; a tile is never cut."""
        found: list[list[Tile]] = []
        room: list[list[bool]] = []
        for tile in self.tiles:
            if not found or not _place(room, tile):
                found.append([])
                room = [[False] * ACROSS for _row in range(DOWN)]
                _place(room, tile)
            found[-1].append(tile)
        return [tuple(page) for page in found]


def _place(room: list[list[bool]], tile: Tile) -> bool:
    """Take the first free cells, as a grid in the browser does with `dense`."""
    for row in range(DOWN - tile.height + 1):
        for col in range(ACROSS - tile.width + 1):
            cells = [(y, x) for y in range(row, row + tile.height) for x in range(col, col + tile.width)]
            if not any(room[y][x] for y, x in cells):
                for y, x in cells:
                    room[y][x] = True
                return True
    return False


def read(data: object, forms: Mapping[str, Any]) -> tuple[Spec, list[Fault]]:
    """The spec and everything that is wrong with it; with faults the spec holds the tiles that could be read."""
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("tiles"), list):
        return Spec(), [Fault("schema", _("Đây không phải một bảng theo mẫu %(schema)s.") % {"schema": SCHEMA})]
    faults = [_unknown(name, "") for name in data if name not in ("schema", "tiles")]
    if len(data["tiles"]) > MOST_TILES:
        faults.append(Fault("tiles", _("Một bảng có nhiều nhất %(n)d ô.") % {"n": MOST_TILES}, "tiles"))
    tiles: list[Tile] = []
    for number, each in enumerate(data["tiles"][:MOST_TILES]):
        tile, wrong = read_tile(each, f"tiles.{number}", forms)
        faults += wrong
        if tile is not None and tile.id in {one.id for one in tiles}:
            faults.append(Fault("id", _("Hai ô mang cùng mã %(id)s.") % {"id": tile.id}, f"tiles.{number}.id"))
        elif tile is not None:
            tiles.append(tile)
    return Spec(tuple(tiles)), faults


def read_tile(data: object, where: str, forms: Mapping[str, Any]) -> tuple[Tile | None, list[Fault]]:
    """One tile; None where not even its id and form are there. What is wrong leaves the default in its place."""
    if not isinstance(data, dict):
        return None, [Fault("tile", _("Mỗi ô là một đối tượng JSON."), where)]
    faults = [_unknown(str(name), where) for name in data if name not in _FIELDS]
    given = {name: data[name] for name in _FIELDS if name in data}
    values: dict[str, Any] = {}
    for name, value in given.items():
        read_one = _READERS[name]
        try:
            values[name] = read_one(value)
        except ValueError as error:
            faults.append(Fault(name, str(error), f"{where}.{name}", str(value)[:60]))
    if not {"id", "form"} <= values.keys():
        return None, faults or [Fault("tile", _("Ô thiếu mã hoặc dạng."), where)]
    tile, said = Tile(**values), {fault.where for fault in faults}
    more = [Fault(each.code, each.sentence, f"{where}.{each.where}") for each in _together(tile, forms)]
    return tile, faults + [each for each in more if each.where not in said]


def _together(tile: Tile, forms: Mapping[str, Any]) -> list[Fault]:
    """What fields say of one another."""
    if tile.form not in forms:
        return [Fault("form", _("Không có dạng ô “%(form)s”.") % {"form": tile.form}, "form")]
    faults = []
    needs = forms[tile.form].needs
    if "indicator" in needs and not tile.indicator:
        faults.append(Fault("indicator", _("Chọn một chỉ tiêu cho ô này."), "indicator"))
    if "own" in needs and not tile.own:
        faults.append(Fault("own", _("Dán đặc tả Vega-Lite cho ô này."), "own"))
    if tile.kind not in periods.CALENDARS.get(tile.calendar, ()):
        faults.append(Fault("kind", _("Lịch này không có loại kỳ ấy."), "kind"))
    return faults


def _unknown(name: str, where: str) -> Fault:
    return Fault("unknown", _("Không nhận trường “%(name)s”.") % {"name": name[:60]}, f"{where}.{name}".strip("."))


def _text(most: int) -> Callable[[Any], str]:
    def read_one(value: Any) -> str:
        if not isinstance(value, str) or len(value) > most or any(ord(letter) < 32 for letter in value):
            raise ValueError(_("Cần một dòng chữ, nhiều nhất %(n)d ký tự.") % {"n": most})
        return value.strip()

    return read_one


def _matching(pattern: re.Pattern[str], empty: bool = True) -> Callable[[Any], str]:
    def read_one(value: Any) -> str:
        if not isinstance(value, str) or not (pattern.fullmatch(value) or (empty and not value)):
            raise ValueError(_("Viết không đúng dạng."))
        return value

    return read_one


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read_one(value: Any) -> str:
        if value not in choices:
            raise ValueError(_("Chỉ nhận: %(choices)s.") % {"choices": ", ".join(choices)})
        return str(value)

    return read_one


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def read_one(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(_("Cần một số nguyên từ %(low)d đến %(high)d.") % {"low": low, "high": high})
        return value

    return read_one


def _target(value: Any) -> Bound | None:
    if not isinstance(value, dict) or "year" not in value:
        return _bound(value)
    bound = _bound({name: each for name, each in value.items() if name != "year"})
    return bound and replace(bound, year=_whole(*YEARS)(value["year"]))


def _bound(value: Any) -> Bound | None:
    if value is None:
        return None
    known = {"operator", "bound", "basis"}
    if not isinstance(value, dict) or not {"operator", "bound"} <= value.keys() <= known:
        raise ValueError(_("Cần phép so sánh và một số."))
    text = str(value["bound"])
    try:
        if not _NUMBER.fullmatch(text):
            raise InvalidOperation
        bound = Decimal(text)
    except InvalidOperation:
        raise ValueError(_("“%(text)s” không phải một số.") % {"text": text[:30]}) from None
    return Bound(_one_of(*OPERATORS)(value["operator"]), bound, _text(200)(value.get("basis", "")))


def _object(value: Any) -> dict[str, Any]:
    from dienhong.centre import vega

    if not isinstance(value, dict):
        raise ValueError(_("Đặc tả Vega-Lite là một đối tượng JSON."))
    vega.refuse(value)
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "id": _matching(_ID, empty=False),
    "form": _text(20),
    "title_vi": _text(120),
    "title_en": _text(120),
    "indicator": _matching(_CODE),
    "breakdown": _matching(_WORD),
    "unit": _matching(_WORD, empty=False),
    "calendar": _one_of(*periods.CALENDARS),
    "kind": _one_of(*periods.KINDS),
    "count": _whole(1, 60),
    "compare": _one_of(*COMPARES),
    "good": _one_of("", "up", "down"),
    "target": _target,
    "attention": _bound,
    "fresh": _whole(0, 24 * 800),
    "regime": _matching(_WORD),
    "width": _whole(1, ACROSS),
    "height": _whole(1, DOWN),
    "own": _object,
}
