"""A line over periods as inline SVG, with a gap where there is no figure. Plain Python; the table beside it says all.

Title and figures stand in the page as text, so the drawing is one image with one name.
"""

from dataclasses import dataclass
from decimal import Decimal
from html import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 240, 8, 16, 28


@dataclass(frozen=True, slots=True)
class Point:
    """`value` None is a gap; `solid` false (estimate, preliminary) is drawn hollow; `broken`: the method changed."""

    label: str
    text: str
    value: Decimal | None
    href: str
    solid: bool = True
    broken: bool = False


def line(points: list[Point], title: str) -> str:
    """The drawing; "" with fewer than two values. Every text is escaped here."""
    values = [point.value for point in points if point.value is not None]
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    spread = (high - low) or Decimal(1)

    def x(place: int) -> float:
        return LEFT + place * (WIDTH - 2 * LEFT - 60) / max(1, len(points) - 1)

    def y(value: Decimal) -> float:
        return float(TOP + (high - value) / spread * (HEIGHT - TOP - BOTTOM))

    parts: list[str] = []
    for run in _runs(points):
        path = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in run)
        parts.append(f'<polyline class="run" points="{path}"/>')
    for place, point in enumerate(points):
        if point.broken:
            parts.append(
                f'<line class="break" x1="{x(place):.1f}" x2="{x(place):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
            )
        if point.value is not None:
            kind = "dot" if point.solid else "dot hollow"
            mark = f'<circle class="{kind}" cx="{x(place):.1f}" cy="{y(point.value):.1f}" r="4"/>'
            name = escape(f"{point.label}: {point.text}")
            parts.append(f'<a href="{escape(point.href)}" aria-label="{name}"><title>{name}</title>{mark}</a>')
    parts.append(_ends(points, x, y))
    return (
        f'<svg class="line-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )


def _runs(points: list[Point]) -> list[list[tuple[int, Decimal]]]:
    """Stretches without a gap; a break of the method begins a new one."""
    runs: list[list[tuple[int, Decimal]]] = [[]]
    for place, point in enumerate(points):
        if point.value is None or point.broken:
            runs.append([])
        if point.value is not None:
            runs[-1].append((place, point.value))
    return [run for run in runs if len(run) > 1]


def _ends(points: list[Point], x: object, y: object) -> str:
    """The first and last period below the line, the last figure beside its dot."""
    assert callable(x)
    assert callable(y)
    last = max(place for place, point in enumerate(points) if point.value is not None)
    shown = points[last]
    below = HEIGHT - 6
    return (
        f'<text x="{x(0):.1f}" y="{below}">{escape(points[0].label)}</text>'
        f'<text class="end" x="{x(len(points) - 1):.1f}" y="{below}">{escape(points[-1].label)}</text>'
        f'<text class="figure" x="{x(last) + 8:.1f}" y="{y(shown.value) + 5:.1f}">{escape(shown.text)}</text>'
    )
