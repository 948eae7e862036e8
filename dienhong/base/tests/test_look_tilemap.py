"""The tile map: every province one cell, both archipelagos always, nothing told by colour alone."""

import re
from decimal import Decimal

import pytest

from dienhong.base.components.showcase import sample_map
from dienhong.base.components.tilemap import Tile, TileMap, grid, quantiles
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
    assert html.count('<th scope="row" lang="vi">') == 63
    named = re.findall(r"<[ag] [^>]*aria-label[^>]*>", sample_map(63).html("en"))
    assert len(named) == 65
    assert all('lang="vi"' in each for each in named), "names of provinces are Vietnamese on an English page"


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


def test_quantiles_use_every_colour_where_equal_steps_use_two() -> None:
    """Two giants and 61 small ones: in equal steps all but the giants are one pale colour."""
    codes = sorted({cell.code for cell in grid(63)})
    values = [*range(100, 161), 200_000, 260_000]
    tiles = {code: Tile(Decimal(value), "/x") for code, value in zip(codes, values, strict=True)}
    bounds = quantiles(tile.value for tile in tiles.values() if isinstance(tile.value, Decimal))
    drawn = TileMap("t", tiles, Decimal(100), Decimal(260_000), 0, bounds=bounds)
    assert [count for _step, _low, _high, count in drawn.classes()] == [13, 13, 12, 13, 12]
    html = drawn.html("vi")
    assert "5 nhóm, mỗi nhóm gần bằng nhau về số tỉnh" in html
    assert "100 – 112<small>13 tỉnh</small>" in html
    assert "150" in html
    assert len(TileMap("t", tiles, Decimal(100), Decimal(260_000)).classes()) == 2 + 1


def test_equal_values_stay_in_one_class() -> None:
    same = [Decimal(7)] * 40 + [Decimal(9)] * 23
    assert quantiles(same) == (Decimal(9),)
    assert quantiles([Decimal(3)] * 5) == ()
    assert quantiles([Decimal(1), Decimal(2)]) == (Decimal(2),)
    tiles = {"01": Tile(Decimal(7), "/a"), "02": Tile(Decimal(9), "/b")}
    assert [row[0] for row in TileMap("t", tiles, Decimal(7), Decimal(9), bounds=quantiles(same)).classes()] == [1, 2]


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


def test_the_map_of_a_region_holds_its_own_provinces_alone() -> None:
    tiles = {code: Tile(Decimal(code), "#map") for code in ("46", "48")}
    html = TileMap("t", tiles, Decimal(0), Decimal(99), whole=False).html("vi")
    assert len(cells(html)) == 3, "Huế, Đà Nẵng and Hoàng Sa, and nobody else as missing"
    assert 'aria-label="Hoàng Sa, Đà Nẵng"' in html
    assert 'viewBox="-3 -3' not in html, "the frame is the region's"
