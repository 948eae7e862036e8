"""A line over periods as inline SVG, with a gap where there is no figure. Plain Python; the table beside it says all.

Drawn twice, for a desk and for a phone, since letters in a drawing shrink with it; the style sheet shows one of them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from dienhong.base.numbers import format_number

TOP, BOTTOM, LETTER = 16, 28, 7.6  # LETTER: width of a digit of 14 units
TICKS = 5
Place = Callable[[int], float]
Level = Callable[[Decimal], float]


@dataclass(frozen=True, slots=True)
class Point:
    """`value` None is a gap; `solid` false (estimate, preliminary) is drawn hollow; `broken`: the method changed."""

    label: str
    text: str
    value: Decimal | None
    href: str
    solid: bool = True
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawing ("" with fewer than two values), and its axis: a line may leave zero out, and the page says so."""

    svg: str = ""
    base: str = ""
    top: str = ""
    from_zero: bool = True


@dataclass(frozen=True, slots=True)
class Frame:
    """The room for one drawing, in its own units. `every`: the least distance between labels below the line."""

    css: str
    width: int
    height: int
    every: int


FRAMES = (Frame("wide", 720, 260, 78), Frame("slim", 340, 230, 100))


def line(points: list[Point], title: str, *, decimals: int | None, lang: str) -> Drawn:
    """The drawing for both widths. Every text is escaped here."""
    values = [point.value for point in points if point.value is not None]
    if len(values) < 2:
        return Drawn()
    ticks = nice(min(values), max(values))
    said = [format_number(tick, _places(ticks, decimals), lang) for tick in ticks]
    svg = "".join(_drawing(frame, points, title, list(zip(ticks, said, strict=True))) for frame in FRAMES)
    return Drawn(svg, said[0], said[-1], ticks[0] <= 0 <= ticks[-1])


def framed(
    points: list[Point], title: str, frame: Frame, *, decimals: int | None, lang: str,
    target: Decimal | None = None, reach: tuple[int, int] = (0, 0),
) -> str:  # fmt: skip
    """One drawing of that size, with the target as a dashed line over the points that it is about (`reach`, first and
    last); "" with fewer than two values."""
    values = [point.value for point in points if point.value is not None]
    if len(values) < 2:
        return ""
    held = values if target is None else [*values, target]
    ticks = nice(min(held), max(held), max(3, min(TICKS, frame.height // 40)))
    said = [format_number(tick, _places(ticks, decimals), lang) for tick in ticks]
    return _drawing(frame, points, title, list(zip(ticks, said, strict=True)), target, reach)


def nice(low: Decimal, high: Decimal, most: int = TICKS) -> list[Decimal]:
    """Round steps of 1, 2, 2,5 or 5 that hold both ends; zero joins where it lies close to the lowest."""
    if Decimal(0) < low <= (high - low) / 2:
        low = Decimal(0)
    spread = (high - low) or abs(high) or Decimal(1)
    rough = spread / (most - 1)
    power = Decimal(10) ** math.floor(math.log10(rough))
    step = next(power * size for size in (1, 2, Decimal("2.5"), 5, 10) if power * size >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * place for place in range(first, max(last, first + 1) + 1)]


def _places(ticks: list[Decimal], decimals: int | None) -> int:
    """As many decimals as the steps need, never more than the indicator's figures have."""
    step = (ticks[1] - ticks[0]).normalize()
    needed = max(0, -int(step.as_tuple().exponent))
    return needed if decimals is None else min(needed, max(decimals, 1))


def _drawing(
    frame: Frame, points: list[Point], title: str, ticks: list[tuple[Decimal, str]],
    target: Decimal | None = None, reach: tuple[int, int] = (0, 0),
) -> str:  # fmt: skip
    left = max(len(said) for _tick, said in ticks) * LETTER + 8
    shown = max(place for place, point in enumerate(points) if point.value is not None)
    right = len(points[shown].text) * LETTER + 14 if shown > len(points) - 3 else 14.0
    low, high = ticks[0][0], ticks[-1][0]

    def x(place: int) -> float:
        return left + 6 + place * (frame.width - left - right - 6) / max(1, len(points) - 1)

    def y(value: Decimal) -> float:
        return float(TOP + (high - value) / (high - low) * (frame.height - TOP - BOTTOM))

    parts = [_grid(frame, ticks, left, y), *_runs_drawn(points, x, y), *_marks(frame, points, x, y)]
    if target is not None:
        half = max(6.0, (x(1) - x(0)) / 2)  # one period alone is as wide as its place
        first, end = max(left, x(reach[0]) - half), min(frame.width, x(reach[1]) + half)
        level = f'x1="{first:.1f}" x2="{end:.1f}" y1="{y(target):.1f}" y2="{y(target):.1f}"'
        parts.insert(1, f'<line class="target" {level}/>')
    parts += [_below(frame, points, x, end=right < 30), _last(points, shown, x, y)]
    return (
        f'<svg class="line-chart {frame.css}" viewBox="0 0 {frame.width} {frame.height}" role="group" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _grid(frame: Frame, ticks: list[tuple[Decimal, str]], left: float, y: Level) -> str:
    """The axis at the left: a hair and a figure for each step; zero is stronger."""
    return "".join(
        f'<line class="hair{" zero" if tick == 0 else ""}" x1="{left:.1f}" x2="{frame.width}" y1="{y(tick):.1f}" '
        f'y2="{y(tick):.1f}"/><text class="end" x="{left - 5:.1f}" y="{y(tick) + 5:.1f}">{escape(said)}</text>'
        for tick, said in ticks
    )


def _runs_drawn(points: list[Point], x: Place, y: Level) -> list[str]:
    paths = (" ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in run) for run in _runs(points))
    return [f'<polyline class="run" points="{path}"/>' for path in paths]


def _marks(frame: Frame, points: list[Point], x: Place, y: Level) -> list[str]:
    """A dot with its door for each figure, a hair for each change of method."""
    parts = []
    for place, point in enumerate(points):
        if point.broken:
            at = f'x1="{x(place):.1f}" x2="{x(place):.1f}" y1="{TOP}" y2="{frame.height - BOTTOM}"'
            parts.append(f'<line class="break" {at}/>')
        if point.value is None:
            continue
        kind = "dot" if point.solid else "dot hollow"
        mark = f'<circle class="{kind}" cx="{x(place):.1f}" cy="{y(point.value):.1f}" r="4"/>'
        name = escape(f"{point.label}: {point.text}")
        parts.append(f'<a href="{escape(point.href)}" aria-label="{name}"><title>{name}</title>{mark}</a>')
    return parts


def _runs(points: list[Point]) -> list[list[tuple[int, Decimal]]]:
    """Stretches without a gap; a break of the method begins a new one."""
    runs: list[list[tuple[int, Decimal]]] = [[]]
    for place, point in enumerate(points):
        if point.value is None or point.broken:
            runs.append([])
        if point.value is not None:
            runs[-1].append((place, point.value))
    return [run for run in runs if len(run) > 1]


def _below(frame: Frame, points: list[Point], x: Place, *, end: bool) -> str:
    """Periods below the line, as many as fit: the last one always, then back in equal steps.

    `end`: the last one ends at its dot, since there is no room to the right of it.
    """
    last = len(points) - 1
    longest = max(len(point.label) for point in points) * LETTER + 10
    stride = max(1, math.ceil(max(frame.every, longest) / max(1.0, x(1) - x(0))))
    return "".join(
        f'<text class="{"end" if end and place == last else "mid"}" x="{x(place):.1f}" '
        f'y="{frame.height - 6}">{escape(points[place].label)}</text>'
        for place in range(last, -1, -stride)
    )


def _last(points: list[Point], place: int, x: Place, y: Level) -> str:
    """The last figure beside its dot; before the last place, above it."""
    value = points[place].value
    assert value is not None
    beside = place > len(points) - 3
    across, down = (x(place) + 8, y(value) + 5) if beside else (x(place), y(value) - 10)
    css = "figure" if beside else "figure mid"
    return f'<text class="{css}" x="{across:.1f}" y="{down:.1f}">{escape(points[place].text)}</text>'
