"""The ring says who owes and who gave, in under 500 bytes beside a figure, and every tick when large."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dienhong.base.components.ring import GROUP_OVER, SMALL, Coverage, mark, ring, ring_name, sweeps


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    total = draw(st.integers(0, 11_200))
    reported = draw(st.integers(0, total))
    late = draw(st.integers(0, reported))
    missing = draw(st.integers(0, total - reported))
    return Coverage(reported, late, missing, total, official=draw(st.booleans()))


@given(cover=coverages(), lang=st.sampled_from(["vi", "en"]))
def test_a_ring_beside_a_figure_stays_under_500_bytes(cover: Coverage, lang: str) -> None:
    assert len(ring(cover, size=26, lang=lang).encode()) <= 500
    assert len(ring(cover, size=26, lang=lang, named=False).encode()) <= 500


def ticks(svg: str) -> int:
    return len(re.findall(r"M[\d.]+ [\d.]+L", svg))


@pytest.mark.parametrize("total", [7, 12, 34, 63, GROUP_OVER])
def test_a_large_ring_has_one_tick_for_each_unit_that_owes(total: int) -> None:
    assert ticks(ring(Coverage(total - 1, 0, 1, total), size=104)) == total


def test_ticks_differ_by_length_and_class() -> None:
    svg = ring(Coverage(61, 3, 2, 63), size=104)
    late = re.search(r'<path class="late" d="([^"]*)"', svg)
    missing = re.search(r'<path class="missing" d="([^"]*)"', svg)
    assert late is not None
    assert missing is not None
    assert (ticks(late[1]), ticks(missing[1])) == (3, 2)


def test_over_80_units_the_ticks_stand_for_groups() -> None:
    communes = Coverage(10_812, 310, 291, 11_103)
    provinces = tuple((170, 2, 1) for _ in range(63))
    assert ticks(ring(communes, size=104)) == 72
    grouped = ring(communes, size=104, groups=provinces)
    assert ticks(grouped) == 63 * 2, "a tick of what came, its tip of what is missing"


def test_one_missing_of_many_is_still_drawn_wide_enough_to_be_seen() -> None:
    assert min(s for s in sweeps([11_102, 0, 1, 0]) if s) >= 16
    assert ticks(ring(Coverage(11_102, 0, 1, 11_103), size=104)) == 72
    assert 'class="missing"' in ring(Coverage(11_102, 0, 1, 11_103), size=104)


@given(st.lists(st.integers(0, 12_000), min_size=1, max_size=4))
def test_the_arcs_close_the_ring(counts: list[int]) -> None:
    degrees = sweeps(counts)
    assert abs(sum(degrees) - (360 if sum(counts) else 0)) < 1e-6
    assert all((d > 0) == (n > 0) for d, n in zip(degrees, counts, strict=True))


def test_its_name_in_words() -> None:
    assert ring_name(Coverage(61, 0, 2, 63), "vi") == "61 trên 63 đơn vị đã báo cáo, 2 thiếu"
    assert ring_name(Coverage(61, 0, 2, 63), "en") == "61 of 63 units reported, 2 missing"
    assert ring_name(Coverage(1, 1, 0, 1, official=True), "en") == "1 of 1 unit reported, 1 late; official"
    assert ring_name(Coverage(12, 0, 0, 12, noun="tháng"), "vi") == "12 trên 12 tháng đã báo cáo"
    assert ring_name(Coverage(20, 3, 2, 63), "vi") == "20 trên 63 đơn vị đã báo cáo, 3 chậm, 2 thiếu, 41 chưa đến hạn"
    assert ring_name(Coverage(0, 0, 0, 0), "vi") == "không đơn vị nào phải báo cáo"


def test_a_hostile_noun_is_escaped() -> None:
    assert '"><script' not in ring(Coverage(1, 0, 0, 1, noun='"><script>'))


def test_the_star_is_filled_for_an_official_figure_only() -> None:
    for size in (26, 104):
        assert 'fill="currentColor"' in ring(Coverage(1, 0, 0, 1, official=True), size=size)
        assert 'fill="currentColor"' not in ring(Coverage(1, 0, 0, 1), size=size)


@pytest.mark.parametrize("counts", [(1, 2, 0, 1), (60, 0, 4, 63), (-1, 0, 0, 1)])
def test_counts_that_cannot_be_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="Coverage"):
        Coverage(*counts)


def test_arcs_up_to_48_px_and_ticks_above() -> None:
    cover = Coverage(61, 0, 2, 63)
    assert ticks(ring(cover, size=SMALL)) == 0
    assert ticks(ring(cover, size=SMALL + 1)) == 63


def test_the_mark_is_a_ring_of_24_ticks() -> None:
    assert ticks(mark()) == 24
    assert 'style="' not in mark()


def test_one_unit_is_a_whole_ring_and_not_a_lone_tick() -> None:
    """A single tick above a star looks like a fault of the drawing."""
    drawn = {
        "": ring(Coverage(1, 0, 0, 1), size=104),
        "late": ring(Coverage(1, 1, 0, 1), size=104),
        "missing": ring(Coverage(0, 0, 1, 1), size=104),
        "waiting": ring(Coverage(0, 0, 0, 1), size=104),
    }
    for css, svg in drawn.items():
        assert "0 1 1-.01 0z" in svg
        assert (f'class="{css}"' in svg) == bool(css)
    assert len(set(drawn.values())) == 4


def test_few_units_are_pieces_of_a_ring() -> None:
    svg = ring(Coverage(3, 1, 1, 4), size=104)
    assert ticks(svg) == 0
    assert len(re.findall(r"M[\d.]+ [\d.]+A", svg)) == 4
