"""The tile map: every province one cell, both archipelagos always, nothing told by colour alone."""

import re
from decimal import Decimal

import pytest

from dienhong.base.components.showcase import sample_map
from dienhong.base.components.tilemap import Tile, TileMap, grid
from dienhong.base.numbers import Empty


def cells(html: str) -> list[str]:
    return re.findall(r'<(?:a|g) class="(?:q\d|none|nil|islands)"[^>]*aria-label="[^"]*">', html)


@pytest.mark.parametrize("provinces", [63, 34])
def test_each_province_has_one_cell_of_its_own(provinces: int) -> None:
    mainland = [cell for cell in grid(provinces) if not cell.islands]
    assert len(mainland) == len({c.code for c in mainland}) == len({c.short for c in grid(provinces)}) - 2 == provinces
    assert len({(c.row, c.col) for c in grid(provinces)}) == provinces + 2


@pytest.mark.parametrize("provinces", [63, 34])
@pytest.mark.parametrize("filled", [True, False])
def test_both_archipelagos_are_always_drawn_with_their_province(provinces: int, filled: bool) -> None:
    drawn = sample_map(provinces) if filled else TileMap("t", {}, Decimal(0), Decimal(1), provinces=provinces)
    html = drawn.html("vi")
    assert len(cells(html)) == provinces + 2
    assert 'aria-label="Hoàng Sa, Đà Nẵng"' in html
    assert 'aria-label="Trường Sa, Khánh Hòa"' in html


def test_each_cell_with_a_tile_is_a_link_and_each_province_a_row_of_the_table() -> None:
    html = sample_map(63).html("vi")
    assert len(re.findall(r'<a class="(?:q\d|none|nil)" href="#map"', html)) == 63
    assert html.count('<th scope="row">') == 63


def test_missing_is_dashed_and_says_so_and_nothing_arose_is_not_missing() -> None:
    tiles = {"01": Tile(None, "/a"), "02": Tile(Empty.NOTHING_AROSE, "/b"), "04": Tile(Decimal(5), "/c")}
    html = TileMap("t", tiles, Decimal(0), Decimal(10)).html("vi")
    assert '<a class="none" href="/a" aria-label="Hà Nội: chưa có">' in html
    assert '<a class="nil" href="/b" aria-label="Hà Giang: không phát sinh">' in html
    assert '<a class="q3" href="/c" aria-label="Cao Bằng: 5,0">' in html


@pytest.mark.parametrize(
    ("value", "step"), [("79", 1), ("80", 1), ("83.99", 1), ("84", 2), ("90", 3), ("99.9", 5), ("100", 5), ("120", 5)]
)
def test_steps_are_equal_fifths_and_the_ends_hold_what_lies_outside(value: str, step: int) -> None:
    assert TileMap("t", {}, Decimal(80), Decimal(100)).step(Decimal(value)) == step


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="63"):
        TileMap("t", {}, Decimal(0), Decimal(1), provinces=61)
    with pytest.raises(ValueError, match="room"):
        TileMap("t", {}, Decimal(1), Decimal(1))
    with pytest.raises(ValueError, match="lacks: 99"):
        TileMap("t", {"99": Tile(None, "")}, Decimal(0), Decimal(1))


def test_texts_are_escaped() -> None:
    html = TileMap("<b>", {"01": Tile(None, '"><script>')}, Decimal(0), Decimal(1)).html("vi")
    assert "<b>" not in html
    assert "<script>" not in html
