"""Drawings of tiles as SVG: classes and no colours, every mark a link to its passport. Plain functions of an answer.

One drawing serves the page, the wall and the files: a page and a wall colour it by board.css, a file by palette.py.
"""

from decimal import Decimal
from html import escape

from django.utils.translation import gettext as _

from dienhong.base.components.tilemap import quantiles
from dienhong.base.numbers import Empty
from dienhong.centre.answer import Answer, Mark
from dienhong.centre.forms import Size
from dienhong.indicators import chart

LETTER = 6.4  # width of a letter of 13 units
CLOSE, CLOSEST = ' lengthAdjust="spacingAndGlyphs"', 0.8  # how a text is set closer, and how far that is still read
ROW = 21  # height of a row of a list


def svg(css: str, size: Size, title: str, body: str) -> str:
    return (
        f'<svg class="drawing {css}" viewBox="0 0 {size.width} {size.height}" role="group" '
        f'aria-label="{escape(title)}">{body}</svg>'
    )


def link(mark: Mark, body: str, *, words: str = "", stop: bool = True) -> str:
    """A mark as the door to its passport; `stop` false where the keyboard has another way there."""
    name = escape(words or f"{mark.name or mark.label}: {mark.text}")
    way = "" if stop else ' tabindex="-1"'
    return f'<a href="{escape(mark.href)}" aria-label="{name}"{way}><title>{name}</title>{body}</a>'


def line(said: Answer, size: Size) -> str:
    points = [chart.Point(mark.label, mark.text, mark.value, mark.href, mark.solid, mark.broken) for mark in said.marks]
    frame = chart.Frame("drawing", size.width, size.height, 64)
    target, reach = _aim(said)
    return chart.framed(points, said.title, frame, decimals=said.decimals, lang=said.lang, target=target, reach=reach)


def _aim(said: Answer) -> tuple[Decimal | None, tuple[int, int]]:
    """The target's level, and the first and last of the periods that it is about; None where none of them is shown."""
    places = [place for place, mark in enumerate(said.marks) if mark.aimed]
    if said.tile.target is None or not places:
        return None, (0, 0)
    return said.tile.target.bound, (places[0], places[-1])


def spark(said: Answer, size: Size) -> str:
    """A small line without axes, the target dashed, a dot on the last value; each period is a door as wide as it."""
    values = [mark.value for mark in said.marks]
    there = [value for value in values if value is not None]
    if len(there) < 2:
        return ""
    target, reach = _aim(said)
    held = there if target is None or not _near(target, there) else [*there, target]
    low, spread = min(held), (max(held) - min(held)) or Decimal(1)
    step = (size.width - 12) / max(1, len(values) - 1)

    def x(place: int) -> float:
        return 6 + place * step

    def y(value: Decimal) -> float:
        return 6 + float((spread - (value - low)) / spread) * (size.height - 12)

    ends = (x(reach[0]) - step / 2, x(reach[1]) + step / 2)
    parts = [_level(y(target), *ends)] if target is not None and len(held) > len(there) else []
    parts += [f'<polyline class="run" points="{run}"/>' for run in _runs(said.marks, x, y)]
    last = max(place for place, value in enumerate(values) if value is not None)
    parts.append(_end(x(last), y(values[last] or Decimal(0)), said.marks[last].solid))
    parts += [
        link(mark, f'<rect class="hit" x="{x(place) - step / 2:.1f}" y="0" width="{step:.1f}" height="{size.height}"/>',
             stop=False)
        for place, mark in enumerate(said.marks)
        if mark.value is not None
    ]  # fmt: skip
    drawing = svg("spark", size, said.title, "".join(parts))
    return drawing.replace("<svg ", '<svg preserveAspectRatio="none" ', 1)


def _near(target: Decimal, values: list[Decimal]) -> bool:
    """A target far from every value would flatten the line; then it is said in words alone."""
    spread = max(values) - min(values)
    return min(values) - spread * 2 <= target <= max(values) + spread * 2


def _level(y: float, first: float, last: float) -> str:
    return f'<line class="target" x1="{first:.1f}" x2="{last:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _end(x: float, y: float, solid: bool) -> str:
    """A dot that stays round when the drawing is stretched: a line of no length with round ends."""
    at = f'd="M{x:.1f} {y:.1f}h.01"'
    return f'<path class="dot" {at}/>' + ("" if solid else f'<path class="dot inner" {at}/>')


def _runs(marks: tuple[Mark, ...], x: chart.Place, y: chart.Level) -> list[str]:
    runs: list[list[str]] = [[]]
    for place, mark in enumerate(marks):
        if mark.value is None or mark.broken:
            runs.append([])
        if mark.value is not None:
            runs[-1].append(f"{x(place):.1f},{y(mark.value):.1f}")
    return [" ".join(run) for run in runs if len(run) > 1]


def columns(said: Answer, size: Size) -> str:
    """Bars over periods from zero; what is not official is drawn hollow."""
    values = [mark.value for mark in said.marks if mark.value is not None]
    if not values:
        return ""
    target, reach = _aim(said)
    top = max([Decimal(0), *values, *([target] if target is not None else [])])
    low = min([Decimal(0), *values])
    spread = (top - low) or Decimal(1)
    room, step = size.height - 38, size.width / len(said.marks)

    def y(value: Decimal) -> float:
        return 16 + float((top - value) / spread) * room

    parts = [f'<line class="hair zero" x1="0" x2="{size.width}" y1="{y(Decimal(0)):.1f}" y2="{y(Decimal(0)):.1f}"/>']
    stride = -(-len(said.marks) * 52 // size.width)
    for place, mark in enumerate(said.marks):
        left, middle = place * step, (place + 0.5) * step
        last = len(said.marks) - 1 - place
        if last % stride == 0:
            parts.append(f'<text class="mid" x="{middle:.1f}" y="{size.height - 5}">{escape(mark.label)}</text>')
        if mark.value is None:
            continue
        ends = sorted((y(mark.value), y(Decimal(0))))
        bar = (
            f'<rect class="beam{"" if mark.solid else " hollow"}" x="{left + step * 0.14:.1f}" y="{ends[0]:.1f}" '
            f'width="{step * 0.72:.1f}" height="{max(1.5, ends[1] - ends[0]):.1f}"/>'
        )
        fits, squeezed = _letters(mark.text) * CLOSEST <= step - 3, f' textLength="{step - 3:.1f}"{CLOSE}'
        closer = squeezed if fits and _letters(mark.text) > step - 3 else ""
        shown = f'<text class="mid figure" x="{middle:.1f}" y="{ends[0] - 4:.1f}"{closer}>{escape(mark.text)}</text>'
        parts.append(link(mark, bar + (shown if fits or last == 0 else "")))
    if target is not None:
        parts.append(_level(y(target), reach[0] * step, (reach[1] + 1) * step))  # over the bars: of one, a stub is left
    return svg("columns", size, said.title, "".join(parts))


def ranking(said: Answer, size: Size) -> str:
    """A row a unit: place, name, bar from zero, value."""
    if not said.marks:
        return ""
    first = int(said.columns[0]) if said.columns else len(said.marks)
    gap = 14 if first < len(said.marks) else 0
    height = len(said.marks) * ROW + gap
    values = [mark.value for mark in said.marks if mark.value is not None]
    top, low = max([Decimal(0), *values]), min([Decimal(0), *values])
    spread = (top - low) or Decimal(1)
    names = min(size.width * 0.44, max(len(mark.name) for mark in said.marks) * LETTER + 26)
    figures = max(len(mark.text) for mark in said.marks) * LETTER + 6
    room = size.width - names - figures - 8
    parts = []
    for place, mark in enumerate(said.marks):
        at = place * ROW + (gap if place >= first else 0)
        start = names + float((min(Decimal(0), mark.value or Decimal(0)) - low) / spread) * room
        wide = float(abs(mark.value or Decimal(0)) / spread) * room
        parts.append(
            link(
                mark,
                f'<rect class="hit" x="0" y="{at}" width="{size.width}" height="{ROW}"/>'
                f'<text class="place" x="18" y="{at + 15}">{escape(mark.row)}</text>'
                f'<text class="name" lang="vi" x="24" y="{at + 15}"{_fit(mark.name, names - 28)}>'
                f"{escape(mark.name)}</text>"
                f'<rect class="beam{"" if mark.solid else " hollow"}" x="{start:.1f}" y="{at + 4}" '
                f'width="{max(1.0, wide):.1f}" height="{ROW - 8}"/>'
                f'<text class="end figure" x="{size.width}" y="{at + 15}">{escape(mark.text)}</text>',
                words=f"{mark.row}. {mark.name}: {mark.text}",
            )
        )
    if gap:
        middle = first * ROW + gap / 2
        parts.append(f'<line class="break" x1="0" x2="{size.width}" y1="{middle}" y2="{middle}"/>')
    return svg("ranking", Size(size.width, height), said.title, "".join(parts))


def _letters(text: str) -> float:
    """How wide a number stands in bold units of 13: a dot is half a digit."""
    return sum(3.6 if letter in ".,  " else 6.7 for letter in text)


def _fit(text: str, room: float) -> str:
    """A long name is set closer instead of being cut."""
    return f' textLength="{room:.0f}"{CLOSE}' if len(text) * LETTER > room else ""


def heat(said: Answer, size: Size) -> str:
    """Units down, periods across; a gap where units between were left out. Steps of quantiles over all cells; a kind of
    empty has its mark, missing a dash. Heads that are wider than their column stand on end."""
    if not said.marks:
        return ""
    names = list(dict.fromkeys(mark.row for mark in said.marks))
    bounds = quantiles([mark.value for mark in said.marks if mark.value is not None])
    left = min(size.width * 0.34, max(len(name) for name in names) * LETTER + 8)
    wide = (size.width - left) / max(1, len(said.columns))
    longest = max((len(label) for label in said.columns), default=0) * LETTER
    upright = longest + 2 > wide
    top, gap = (longest + 10 if upright else ROW), (8 if said.split else 0)
    rows = [top + down * ROW + (gap if said.split <= down else 0) for down in range(len(names))]
    height = top + len(names) * ROW + gap
    parts = []
    for place, label in enumerate(said.columns):
        middle = left + (place + 0.5) * wide
        turned = f'class="turned" transform="translate({middle + 4:.1f} {top - 5:.1f}) rotate(-90)"'
        at = turned if upright else f'class="mid" x="{middle:.1f}" y="14"'
        parts.append(f"<text {at}>{escape(label)}</text>")
    for y, name in zip(rows, names, strict=True):
        parts.append(f'<text class="name" lang="vi" x="0" y="{y + 15:g}"{_fit(name, left - 8)}>{escape(name)}</text>')
    if gap:
        level = rows[said.split] - gap / 2
        parts.append(f'<line class="break" x1="0" x2="{size.width}" y1="{level:g}" y2="{level:g}"/>')
    for number, mark in enumerate(said.marks):
        down, across = divmod(number, len(said.columns))
        box = f'x="{left + across * wide + 1:.1f}" y="{rows[down] + 1:g}" width="{wide - 2:.1f}" height="{ROW - 2}"'
        step = _class(mark, bounds)
        css = f"q{step}" if step else "nil" if mark.shown in (Empty.NOTHING_AROSE, Empty.NOT_APPLICABLE) else "none"
        shown = mark.text if mark.value is not None else "−" if css == "nil" else ""
        room = f'<text class="mid" x="{left + (across + 0.5) * wide:.1f}" y="{rows[down] + 15:g}"'
        text = f"{room}{_fit(shown, wide - 6)}>{escape(shown)}</text>" if shown else ""
        words = f"{mark.row}, {mark.label}: {mark.text}"
        parts.append(f'<g class="cell {css}">{link(mark, f"<rect {box}/>{text}", words=words)}</g>')
    return svg("heat", Size(size.width, round(height)), said.title, "".join(parts))


def _class(mark: Mark, bounds: tuple[Decimal, ...]) -> int:
    """1 to 5; 0 without a value."""
    return 0 if mark.value is None else 1 + sum(bound <= mark.value for bound in bounds)


def heat_legend(said: Answer) -> str:
    """Each class with its lowest and highest value, and what the outline means."""
    bounds = quantiles([mark.value for mark in said.marks if mark.value is not None])
    held: dict[int, list[Mark]] = {}
    for mark in said.marks:
        if mark.value is not None:
            held.setdefault(_class(mark, bounds), []).append(mark)
    boxes = ""
    for step, marks in sorted(held.items()):
        order = sorted(marks, key=lambda mark: mark.value or 0)
        ends = " – ".join(dict.fromkeys(escape(each.text) for each in (order[0], order[-1])))
        box = f'<g class="q{step}"><rect width="30" height="12"/></g>'
        boxes += f'<li><svg viewBox="0 0 30 12" aria-hidden="true">{box}</svg>{ends}</li>'
    words = _("viền đứt: chưa có số")
    missing = f"<span>{escape(words)}</span>" if any(mark.value is None for mark in said.marks) else ""
    return f'<div class="heat"><div class="legend classes"><ul>{boxes}</ul>{missing}</div></div>' if boxes else ""
