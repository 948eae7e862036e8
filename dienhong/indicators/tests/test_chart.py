"""The line of an indicator: an axis of round steps, gaps kept, letters that fit on a phone."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest

from dienhong.indicators import chart
from dienhong.indicators.chart import Point


def points(*values: str | None) -> list[Point]:
    return [Point(f"Q{n}", v or "", None if v is None else Decimal(v), f"/{n}") for n, v in enumerate(values, 1)]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        ("0", "10", ["0.0", "2.5", "5.0", "7.5", "10.0"]),
        ("30", "100", ["0", "25", "50", "75", "100"]),
        ("95", "100", ["94", "96", "98", "100"]),
        ("-8", "3", ["-10", "-5", "0", "5"]),
        ("7", "7", None),
    ],
)
def test_steps_are_round_and_hold_both_ends(low: str, high: str, ticks: list[str] | None) -> None:
    found = chart.nice(Decimal(low), Decimal(high))
    assert found[0] <= Decimal(low)
    assert found[-1] >= Decimal(high)
    assert len(found) >= 2
    if ticks:
        assert found == [Decimal(tick) for tick in ticks]


def test_an_axis_that_leaves_zero_out_is_known() -> None:
    drawn = chart.line(points("1600", "1641"), "t", decimals=0, lang="vi")
    assert (drawn.from_zero, drawn.base) == (False, "1.600")
    assert chart.line(points("2", "100"), "t", decimals=0, lang="vi").from_zero
    assert ">1.600<" in drawn.svg


def test_a_gap_stays_a_gap_and_texts_are_escaped() -> None:
    drawn = chart.line(
        [*points("1", "2", None, "3", "4"), Point("<b>", "5", Decimal(5), "/5")], "<i>", decimals=0, lang="vi"
    )
    wide = drawn.svg.split("</svg>")[0]
    assert wide.count("<polyline") == 2
    assert "<b>" not in drawn.svg
    assert chart.line(points("1", None), "t", decimals=0, lang="vi").svg == ""


def test_labels_do_not_run_into_one_another() -> None:
    many = [Point(f"Th{n}/2020", str(n), Decimal(n), "/") for n in range(1, 25)]
    drawn = chart.line(many, "t", decimals=0, lang="vi")
    for svg, frame in zip(drawn.svg.split("</svg>"), chart.FRAMES, strict=False):
        below = rf'<text class="(?:mid|end|)" x="([\d.]+)" y="{frame.height - 6}">'
        places = sorted(float(x) for x in re.findall(below, svg))
        assert len(places) >= 2
        assert all(two - one >= 7 * chart.LETTER for one, two in pairwise(places)), places
