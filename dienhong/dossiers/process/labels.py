"""Where names stand in a drawing: beside what they name, on nothing else. Plain geometry, in the file's own units.

A file's labels are placed for the modeller that drew it, in another font and in one language, so they are tried first
and taken only where they touch nothing. Every name is measured by the mean width of a letter: close enough for
choosing a side, and the reason for the margin around each.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # x, y, width, height
LINE: Final = 15.0  # between lines of a name
LETTER: Final = 6.6  # mean width of a letter at the size of process.css
MOST_LINES: Final = 3
WIDTHS: Final = (96.0, 66.0, 132.0)  # of a name that stands beside its shape
GAPS: Final = (4.0, 14.0, 26.0, 40.0)  # from the shape
# What it costs to stand on a shape (per unit of area), on another name, on a line (per crossing), and away from where
# one looks first (per place in the order of trying).
ON_SHAPE, ON_NAME, ON_LINE, LATER = 1.0, 2.0, 150.0, 1.0


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text, each with its middle at `x`; the first baseline at `y`."""

    lines: tuple[str, ...]
    x: float
    y: float
    box: Box


@dataclass(slots=True)
class Ground:
    """What is drawn already: shapes, lines from point to point, names."""

    shapes: list[Box]
    lines: list[tuple[Point, Point]]
    names: list[Box] = field(default_factory=list)

    def cost(self, box: Box) -> float:
        """0 where the box touches nothing."""
        on_shapes = sum(overlap(box, each) for each in self.shapes)
        on_names = sum(overlap(box, each) for each in self.names)
        crossed = sum(crosses(box, each) for each in self.lines)
        return ON_SHAPE * on_shapes + ON_NAME * on_names + ON_LINE * crossed

    def settle(self, tried: Iterable[tuple[tuple[str, ...], float, float]]) -> Label:
        """The cheapest of (lines, middle, top), the earlier one of two that cost the same. At least one is tried."""
        best: tuple[float, Label] | None = None
        for place, (lines, middle, top) in enumerate(tried):
            made = _label(lines, middle, top)
            cost = self.cost(made.box) + LATER * place
            if best is None or cost < best[0]:
                best = (cost, made)
            if cost <= LATER * place:
                break
        assert best is not None
        self.names.append(best[1].box)
        return best[1]


def _label(lines: tuple[str, ...], middle: float, top: float) -> Label:
    width, height = measured(lines)
    return Label(lines, middle, top + LINE * 0.8, (middle - width / 2, top, width, height))


def measured(lines: Sequence[str]) -> tuple[float, float]:
    return max(len(each) for each in lines) * LETTER, len(lines) * LINE


def overlap(one: Box, other: Box) -> float:
    """Area that both cover."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def crosses(box: Box, line: tuple[Point, Point]) -> bool:
    """Whether a line runs through a box, not only along its edge (Liang and Barsky's clipping)."""
    (x, y), (to_x, to_y) = line
    first, last = 0.0, 1.0
    for start, step, low, size in ((x, to_x - x, box[0], box[2]), (y, to_y - y, box[1], box[3])):
        if step == 0:
            if not low < start < low + size:
                return False
            continue
        near, far = sorted(((low - start) / step, (low + size - start) / step))
        first, last = max(first, near), min(last, far)
    return first < last


def diamond(box: Box) -> list[Box]:
    """A gateway covers its box's middle and not the corners: three boxes."""
    x, y, width, height = box
    return [
        (x, y + height * 0.35, width, height * 0.3), (x + width * 0.2, y + height * 0.2, width * 0.6, height * 0.6),
        (x + width * 0.35, y, width * 0.3, height),
    ]  # fmt: skip


def edges(box: Box) -> list[tuple[Point, Point]]:
    x, y, width, height = box
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return list(zip(corners, [*corners[1:], corners[0]], strict=True))


def inside(text: str, box: Box) -> Iterator[tuple[tuple[str, ...], float, float]]:
    """In a task: the middle first, then a little up or down, out of the way of what sits on its edge."""
    x, y, width, height = box
    lines = wrapped(text, width - 12)
    _wide, high = measured(lines)
    middle = y + (height - high) / 2 + (2 if len(lines) > 1 else 0)
    for off in (0.0, -6.0, 6.0, -12.0, 12.0):
        if off == 0.0 or y <= middle + off <= y + height - high:
            yield lines, x + width / 2, middle + off


def beside(text: str, box: Box, drawn: Box | None) -> Iterator[tuple[tuple[str, ...], float, float]]:
    """Of an event or gateway: where the file has it, then below, above, right, left, the corners, and farther off."""
    if drawn is not None:
        yield wrapped(text, drawn[2]), drawn[0] + drawn[2] / 2, drawn[1]
    for gap in GAPS:
        for width in WIDTHS:
            lines = wrapped(text, width)
            yield from ((lines, middle, top) for middle, top in _around(box, measured(lines), gap))


def _around(box: Box, size: tuple[float, float], gap: float) -> list[Point]:
    """(middle, top) of a text of that size on every side of the box."""
    x, y, width, height = box
    wide, high = size
    middle, below, above = x + width / 2, y + height + gap, y - gap - high
    right, left = x + width + gap + wide / 2, x - gap - wide / 2
    level = y + (height - high) / 2
    past_right, past_left = middle + gap + wide / 2, middle - gap - wide / 2
    return [
        (middle, below), (middle, above), (right, level), (left, level), (past_right, below), (past_left, below),
        (past_right, above), (past_left, above), (right, below - gap), (left, below - gap), (right, above + gap),
        (left, above + gap),
    ]  # fmt: skip


def along(text: str, line: Sequence[Point]) -> Iterator[tuple[tuple[str, ...], float, float]]:
    """Of a flow: by its first stretch, on either side of it, near its start and then farther on; then the next."""
    lines = (text,)
    wide, high = measured(lines)
    for (from_x, from_y), (to_x, to_y) in pairwise(line):
        for part in (0.0, 0.5, 1.0):
            if from_y == to_y:
                room = max(0.0, abs(to_x - from_x) - wide)
                # Where the stretch is shorter than the word, both end together: the gateway's corner is free.
                ahead = wide / 2 + room * part if abs(to_x - from_x) >= wide else abs(to_x - from_x) - wide / 2 - 2
                middle = from_x + ahead * (1 if to_x >= from_x else -1)
                yield from (
                    (lines, middle, top) for top in (from_y - high - 2, from_y + 3, from_y - high - 9, from_y + 9)
                )
            elif from_x == to_x:
                room = max(0.0, abs(to_y - from_y) - high - 4)
                down = 2 + room * part
                top = from_y + down if to_y > from_y else from_y - down - high
                yield from ((lines, from_x + side * (wide / 2 + 5), top) for side in (1, -1))
            else:
                far = 0.3 + 0.2 * part
                at = (from_x + (to_x - from_x) * far, from_y + (to_y - from_y) * far, 0.0, 0.0)
                yield from ((lines, *each) for gap in GAPS for each in _around(at, (wide, high), gap))


def wrapped(text: str, width: float) -> tuple[str, ...]:
    """Lines of at most so many pixels, broken between words, three at most."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) * LETTER <= width or not lines[-1] or len(lines) == MOST_LINES:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
