"""The tile map: one equal cell a province, drawn as SVG with a link in each cell and a table beside it.

The grids are data/tile_grid_63.csv (before 1 July 2025) and tile_grid_34.csv. Hoàng Sa and Trường Sa are cells of
their own at every size, with the name of their province. Plain Python, no Django.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from html import escape
from pathlib import Path

from dienhong.base.numbers import Empty, empty_label, format_number

DATA = Path(__file__).resolve().parents[1] / "data"
PITCH_X, PITCH_Y, WIDTH, HEIGHT = 88, 72, 83, 67  # units of the drawing
ISLANDS_WIDTH = 118
STEPS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the grid. The islands repeat the code of their province, so a cell is (code, kind)."""

    code: str
    name: str
    short: str
    row: int
    col: int
    islands: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """What a province shows: a value or a kind of empty (None: has not come), and where its passport is."""

    value: Decimal | Empty | None
    href: str


@cache
def grid(provinces: int) -> tuple[Cell, ...]:
    """The cells of the map of 63 or of 34, islands last."""
    with (DATA / f"tile_grid_{provinces}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Cell(r["code"], r["name_vi"], r["short"], int(r["row"]), int(r["col"]), r["kind"] == "archipelago")
        for r in rows
    )


def quantiles(values: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """The first value of each class but the lowest, so that up to five classes hold about as many values each.

    Equal values stay in one class, so there may be fewer. Always some value's own: what a reader sees in a cell.
    """
    ordered = sorted(values)
    firsts = (
        (ordered[-(-step * len(ordered) // STEPS)] for step in range(1, STEPS)) if len(ordered) >= STEPS else ordered
    )
    return tuple(sorted({first for first in firsts if first > ordered[0]}))


@dataclass(frozen=True, slots=True)
class TileMap:
    """A map ready to draw. `low` and `high` bound the five equal steps; values outside take the end steps.

    With `bounds` (of `quantiles`, the first value of each class but the lowest) the five classes are those instead.
    `tiles` are by province code; a province without a tile is drawn missing. `provinces` is 63 or 34. Not `whole`: the
    map of a region, on which a province without a tile has no place, so that nobody takes it for missing.
    """

    title: str
    tiles: Mapping[str, Tile]
    low: Decimal
    high: Decimal
    decimals: int = 1
    unit: str = ""
    provinces: int = 63
    bounds: tuple[Decimal, ...] = ()
    whole: bool = True

    def __post_init__(self) -> None:
        if self.provinces not in (63, 34):
            raise ValueError(f"provinces={self.provinces}: there is a grid of 63 and one of 34")
        if not self.low < self.high:
            raise ValueError(f"low={self.low}, high={self.high}: the steps need room between them")
        strangers = self.tiles.keys() - {cell.code for cell in grid(self.provinces)}
        if strangers:
            raise ValueError(f"codes that the map of {self.provinces} lacks: {', '.join(sorted(strangers))}")

    def step(self, value: Decimal) -> int:
        """1 to 5: the class in which the value lies, or the fifth of the range."""
        if self.bounds:
            return 1 + sum(bound <= value for bound in self.bounds)
        return max(1, min(STEPS, 1 + int((value - self.low) * STEPS / (self.high - self.low))))

    def classes(self) -> list[tuple[int, Decimal, Decimal, int]]:
        """(class, its lowest value, its highest, how many provinces) of the classes that hold any."""
        held: dict[int, list[Decimal]] = {}
        for tile in self.tiles.values():
            if tile.value is not None and not isinstance(tile.value, Empty):
                held.setdefault(self.step(tile.value), []).append(tile.value)
        return [(step, min(values), max(values), len(values)) for step, values in sorted(held.items())]

    def html(self, lang: str) -> str:
        """The figure: title, drawing, legend, table. Safe to print: every text is escaped here."""
        return (
            f'<figure class="tilemap"><figcaption>{escape(self.title)}</figcaption>{self.drawing(lang)}'
            f"{self.legend(lang)}{self._table(lang)}</figure>"
        )

    def drawing(self, lang: str) -> str:
        """The cells alone, as SVG."""
        held = self._held()
        cells = "".join(self._cell(cell, lang) for cell in held)
        left, top = (0, 0) if self.whole else (min(c.col for c in held) * PITCH_X, min(c.row for c in held) * PITCH_Y)
        across = max(c.col * PITCH_X + (ISLANDS_WIDTH if c.islands or self.whole else WIDTH) for c in held) - left
        down = (max(c.row for c in held) + 1) * PITCH_Y - top
        return (
            f'<svg class="cells" role="group" aria-label="{escape(self.title)}" '
            f'viewBox="{left - 3} {top - 3} {across + 6} {down + 1}">{cells}</svg>'
        )

    def _held(self) -> list[Cell]:
        return [cell for cell in grid(self.provinces) if self.whole or cell.code in self.tiles]

    def words(self, tile: Tile | None, lang: str) -> str:
        """The value as read aloud and in the table: number with unit, or the words of its empty."""
        value = tile.value if tile else None
        if value is None:
            return "not in yet" if lang == "en" else "chưa có"
        if isinstance(value, Empty):
            return empty_label(value, lang)
        return f"{format_number(value, self.decimals, lang)} {self.unit}".strip()

    def _cell(self, cell: Cell, lang: str) -> str:
        tile = self.tiles.get(cell.code)
        value = tile.value if tile else None
        number = None if isinstance(value, Empty) else value
        if cell.islands:
            # No value of its own: the province's stands in the province's cell, its name here.
            css, below = "islands", next(c.name for c in grid(self.provinces) if c.code == cell.code)
            spoken = f"{cell.name}, {below}"
        else:
            known = value in (Empty.NOTHING_AROSE, Empty.NOT_APPLICABLE)
            css = f"q{self.step(number)}" if number is not None else ("nil" if known else "none")
            below = self._short(value, lang)
            spoken = f"{cell.name}: {self.words(tile, lang)}"
        width = ISLANDS_WIDTH if cell.islands else WIDTH
        x, y = cell.col * PITCH_X, cell.row * PITCH_Y
        english = lang == "en"
        named = ' lang="vi"' if cell.islands else f' lang="{lang}"' if english else ""
        label = f'aria-label="{escape(spoken)}"' + (' lang="vi"' if english else "")  # it begins with a name
        drawn = (
            f'<rect x="{x}" y="{y}" width="{width}" height="{HEIGHT}" rx="4"/>'
            f'<text class="short{_tight(cell.short, width, 5)}" lang="vi" x="{x + width / 2:g}" y="{y + 29}">'
            f"{escape(cell.short)}</text>"
            f'<text class="value{_tight(below, width, 6)}"{named} x="{x + width / 2:g}" y="{y + 54}">'
            f"{escape(below)}</text>"
        )
        if tile is None:
            return f'<g class="{css}" role="img" {label}>{drawn}</g>'
        return f'<a class="{css}" href="{escape(tile.href)}" {label}>{drawn}</a>'

    def _short(self, value: Decimal | Empty | None, lang: str) -> str:
        """What fits into a cell: the number, or the mark of its empty."""
        if value is None:
            return "no data" if lang == "en" else "chưa có"
        if isinstance(value, Empty):
            return {Empty.NOTHING_AROSE: "−", Empty.UNKNOWN: "…", Empty.NOT_APPLICABLE: "x"}.get(value, "!")
        return format_number(value, self.decimals, lang)

    def legend(self, lang: str) -> str:
        missing = "dashed: not in yet" if lang == "en" else "viền đứt: chưa có số"
        if self.bounds:
            return f'<div class="legend classes">{self._classes(lang)}<span>{missing}</span></div>'
        boxes = "".join(
            f'<g class="q{i}"><rect x="{(i - 1) * 30}" width="30" height="12"/></g>' for i in range(1, STEPS + 1)
        )
        low, high = format_number(self.low, None, lang), format_number(self.high, None, lang)
        scale = f'<svg viewBox="0 0 150 12" preserveAspectRatio="none" aria-hidden="true">{boxes}</svg>'
        unit = f" {escape(self.unit)}" if self.unit else ""
        return f'<div class="legend"><span>{low}</span>{scale}<span>{high}{unit}</span><span>{missing}</span></div>'

    def _classes(self, lang: str) -> str:
        """Each class with its range and its number of provinces: colours of quantiles say nothing about distances."""
        held = self.classes()
        said = (
            f"{len(held)} classes with about as many provinces each, not steps of equal size"
            if lang == "en"
            else f"{len(held)} nhóm, mỗi nhóm gần bằng nhau về số tỉnh, không phải khoảng cách đều"
        )
        noun = "provinces" if lang == "en" else "tỉnh"
        boxes = ""
        for step, low, high, count in held:
            ends = dict.fromkeys(format_number(end, self.decimals, lang) for end in (low, high))
            box = f'<g class="q{step}"><rect width="30" height="12"/></g>'
            boxes += f'<li><svg viewBox="0 0 30 12" aria-hidden="true">{box}</svg>'
            boxes += f"{' – '.join(ends)}<small>{count} {noun}</small></li>"
        unit = f", {escape(self.unit)}" if self.unit else ""
        return f"<span>{said}{unit}</span><ul>{boxes}</ul>"

    def _table(self, lang: str) -> str:
        """The same figures as a table: for screen readers, for copying, for those who read rows."""
        heads = ("As a table", "Province", "Value") if lang == "en" else ("Xem dạng bảng", "Tỉnh", "Giá trị")
        rows = ""
        for cell in sorted((c for c in self._held() if not c.islands), key=lambda c: c.code):
            tile = self.tiles.get(cell.code)
            name = f'<a href="{escape(tile.href)}">{escape(cell.name)}</a>' if tile else escape(cell.name)
            rows += (
                f'<tr><th scope="row" lang="vi">{name}</th><td class="num">{escape(self.words(tile, lang))}</td></tr>'
            )
        return (
            f'<details><summary>{heads[0]}</summary><table class="table dense"><caption>{escape(self.title)}</caption>'
            f'<thead><tr><th scope="col">{heads[1]}</th><th scope="col" class="num">{heads[2]}</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></details>"
        )


def _tight(text: str, width: int, letters: int) -> str:
    """A text of more than `letters` is set smaller: on a phone letters are larger and would touch. Never squeezed."""
    return " tight" if width == WIDTH and len(text) > letters else ""
