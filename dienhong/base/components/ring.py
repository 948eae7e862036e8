"""The ring: one tick for each unit that owes a figure, drawn as inline SVG. Plain Python, no Django.

Up to 48 px it is three arcs in at most 500 bytes; larger, every tick; over 80 units the ticks stand for groups.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

INLINE = 26  # px: the size beside a figure; the style sheet knows it, so it is not written
SMALL = 48  # px: up to here arcs, above it ticks
GROUP_OVER = 80  # owing units: above this, a tick is a group
GROUPS_WITHOUT_NAMES = 72
FEW = 6  # owing units: up to here pieces of a ring instead of ticks
PIECE_GAP = 14.0  # degrees between them
LEAST = 16.0  # degrees: one missing of 63 must still be seen on a ring of 20 px
STAR_SMALL = "M32 20l4 8 8 4-8 4-4 8-4-8-8-4 8-4z"  # in a drawing of 64 × 64


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who owes a figure and who gave it. `late` is a part of `reported`; what is left over is not due yet."""

    reported: int
    late: int
    missing: int
    total: int
    official: bool = False
    noun: str = ""

    def __post_init__(self) -> None:
        if min(self.reported, self.late, self.missing, self.total) < 0:
            raise ValueError(f"{self!r}: a count cannot be below zero")
        if self.late > self.reported or self.reported + self.missing > self.total:
            raise ValueError(f"{self!r}: late is a part of reported, reported and missing are parts of total")

    @property
    def waiting(self) -> int:
        return self.total - self.reported - self.missing


def ring_name(cover: Coverage, lang: str) -> str:
    """The ring in words, for those who hear it: "61 trên 63 đơn vị đã báo cáo, 2 thiếu"."""
    if lang == "en":
        return _name_en(cover)
    if not cover.total:
        return "không đơn vị nào phải báo cáo"
    words = [f"{cover.reported} trên {cover.total} {cover.noun or 'đơn vị'} đã báo cáo"]
    words += [f"{cover.late} chậm"] if cover.late else []
    words += [f"{cover.missing} thiếu"] if cover.missing else []
    words += [f"{cover.waiting} chưa đến hạn"] if cover.waiting else []
    return ", ".join(words) + ("; chính thức" if cover.official else "")


def _name_en(cover: Coverage) -> str:
    if not cover.total:
        return "no unit owes this figure"
    noun = cover.noun or ("unit" if cover.total == 1 else "units")
    words = [f"{cover.reported} of {cover.total} {noun} reported"]
    words += [f"{cover.late} late"] if cover.late else []
    words += [f"{cover.missing} missing"] if cover.missing else []
    words += [f"{cover.waiting} not due yet"] if cover.waiting else []
    return ", ".join(words) + ("; official" if cover.official else "")


@lru_cache(maxsize=4096)
def ring(
    cover: Coverage,
    *,
    size: int = INLINE,
    lang: str = "vi",
    named: bool = True,
    groups: tuple[tuple[int, int, int], ...] = (),
) -> str:
    """SVG of the ring. `size` is px beside text of 16 px, written in em, so it grows with the text around it.

    `named=False` where a link around it carries the name. `groups` is (reported, late, missing) for each province,
    used only when more than 80 units owe.
    """
    name = f'role="img" aria-label="{escape(ring_name(cover, lang))}"' if named else 'aria-hidden="true"'
    side, body = (64, _arcs(cover)) if size <= SMALL else (32, _ticks(cover, groups))
    em = f"{size / 16:.4g}em"
    extent = "" if size == INLINE else f' width="{em}" height="{em}"'
    return f'<svg class="ring"{extent} viewBox="0 0 {side} {side}" {name}>{body}</svg>'


def mark(size: int = 30) -> str:
    """The mark of the product: the ring with 24 ticks, as decoration beside the name."""
    em = f"{size / 16:.4g}em"
    drawn = _path(_spokes(range(24), 24, 10.2, 15.0), 1.6, "") + _star(True)
    return f'<svg class="ring mark" width="{em}" height="{em}" viewBox="0 0 32 32" aria-hidden="true">{drawn}</svg>'


def _arc(radius: int, start: float, sweep: float) -> str:
    """An arc in a drawing of 64 × 64 with whole coordinates, short to write; degrees clockwise from the top."""
    if sweep >= 359.9:  # an arc whose ends meet draws nothing
        return f"M32 {32 - radius}a{radius} {radius} 0 1 1-.01 0z"

    def point(degrees: float) -> str:
        angle = math.radians(degrees)
        return f"{32 + radius * math.sin(angle):.0f} {32 - radius * math.cos(angle):.0f}"

    return f"M{point(start)}A{radius} {radius} 0 {int(sweep > 180)} 1 {point(start + sweep)}"


def sweeps(counts: Sequence[int], least: float = LEAST) -> list[float]:
    """Degrees for each count, 360 in all; a count above zero never falls under `least`, the largest pays for it."""
    total = sum(counts)
    if not total:
        return [0.0 for _ in counts]
    degrees = [360 * n / total for n in counts]
    raised = [max(d, least) if n else 0.0 for d, n in zip(degrees, counts, strict=True)]
    biggest = max(range(len(raised)), key=lambda i: raised[i])
    raised[biggest] -= sum(raised) - 360
    return raised


def _arcs(cover: Coverage) -> str:
    on_time = cover.reported - cover.late
    degrees = sweeps([on_time, cover.late, cover.missing, cover.waiting])
    if not cover.total:
        degrees = [0.0, 0.0, 360.0, 0.0]
    looks = (
        (24, ' stroke-width="10"'),
        (26, ' class="late" stroke-width="6"'),
        (27, ' class="missing" stroke-dasharray="4"'),
    )
    drawn, start = "", 0.0
    several = sum(1 for d in degrees if d) > 1
    for sweep, (radius, look) in zip(degrees, looks, strict=False):
        if sweep:
            gap = 3.0 if several else 0.0
            drawn += f'<path{look} d="{_arc(radius, start + gap / 2, sweep - gap)}"/>'
        start += sweep
    fill = ' fill="currentColor"' if cover.official else ""
    return f'<g fill="none" stroke="currentColor" stroke-width="3">{drawn}<path{fill} d="{STAR_SMALL}"/></g>'


def _star(filled: bool) -> str:
    """The star of the drum, eight rays."""
    corners = " ".join(_fine(6.6 if i % 2 == 0 else 2.9, i * 22.5) for i in range(16))
    fill = "currentColor" if filled else "none"
    return f'<path d="M{corners}z" fill="{fill}" stroke="currentColor" stroke-width=".8"/>'


def _spokes(places: Sequence[int] | range, of: int, inner: float, outer: float) -> str:
    step = 360 / of
    return "".join(f"M{_fine(inner, i * step)}L{_fine(outer, i * step)}" for i in places)


def _fine(radius: float, degrees: float) -> str:
    angle = math.radians(degrees)
    return f"{16 + radius * math.sin(angle):.2f} {16 - radius * math.cos(angle):.2f}"


def _path(d: str, width: float, css: str) -> str:
    kind = f' class="{css}"' if css else ""
    return f'<path{kind} d="{d}" fill="none" stroke="currentColor" stroke-width="{width:.3g}"/>' if d else ""


def _apportion(counts: Sequence[int], ticks: int) -> list[int]:
    """Ticks for each count by largest remainder; a count above zero keeps at least one tick."""
    total = sum(counts)
    shares = [n * ticks / total for n in counts]
    out = [max(1, math.floor(s)) if n else 0 for s, n in zip(shares, counts, strict=True)]
    by_rest = sorted(range(len(counts)), key=lambda i: shares[i] - out[i], reverse=True)
    while sum(out) != ticks:
        short = sum(out) < ticks
        chosen = by_rest[0] if short else max(range(len(out)), key=lambda i: out[i])
        out[chosen] += 1 if short else -1
        by_rest.append(by_rest.pop(0))
    return out


def _ticks(cover: Coverage, groups: tuple[tuple[int, int, int], ...]) -> str:
    if not cover.total:
        return _path("M16 2a14 14 0 1 1-.01 0z", 0.6, "missing") + _star(cover.official)
    if cover.total > GROUP_OVER and groups:
        return _group_ticks(groups) + _star(cover.official)
    counts = [cover.reported - cover.late, cover.late, cover.missing, cover.waiting]
    if cover.total <= FEW:
        return _few(counts) + _star(cover.official)
    if cover.total > GROUP_OVER:
        counts = _apportion(counts, GROUPS_WITHOUT_NAMES)
    of = sum(counts)
    width = min(2.4, 0.68 * 2 * math.pi * 10.2 / of)
    first, second, third = counts[0], counts[0] + counts[1], sum(counts[:3])
    return (
        _path(_spokes(range(first), of, 10.2, 15), width, "")
        + _path(_spokes(range(first, second), of, 12.4, 15), width, "late")
        + _path(_spokes(range(second, third), of, 13.2, 15), width * 0.6, "missing")
        + _path(_spokes(range(third, of), of, 14.3, 15), width * 0.6, "waiting")
        + _star(cover.official)
    )


def _few(counts: list[int]) -> str:
    """So few units that lone ticks would not look like a ring: each is a piece of it, one alone the whole.

    Broad where it reported, narrow where late, thin and faint where missing or not due.
    """
    looks = ((12.6, 4.8, ""), (13.7, 2.6, "late"), (13.8, 1.0, "missing"), (14.6, 0.6, "waiting"))
    of, drawn, place = sum(counts), "", 0
    for (radius, width, css), count in zip(looks, counts, strict=True):
        pieces = "".join(_piece(radius, each, of) for each in range(place, place + count))
        drawn += _path(pieces, width, css)
        place += count
    return drawn


def _piece(radius: float, place: int, of: int) -> str:
    if of == 1:
        return f"M16 {16 - radius:.4g}a{radius} {radius} 0 1 1-.01 0z"
    step = 360 / of
    start, end = place * step + PIECE_GAP / 2, (place + 1) * step - PIECE_GAP / 2
    return f"M{_fine(radius, start)}A{radius} {radius} 0 0 1 {_fine(radius, end)}"


def _group_ticks(groups: tuple[tuple[int, int, int], ...]) -> str:
    """One tick a province: its length is the share that reported, its tip is faint for what is missing."""
    of = len(groups)
    width = min(2.4, 0.68 * 2 * math.pi * 10.2 / of)
    solid, slow, faint = "", "", ""
    for i, (reported, late, missing) in enumerate(groups):
        here = range(i, i + 1)
        owed = reported + missing
        edge = 15 - 4.8 * (reported / owed if owed else 0)
        tick = _spokes(here, of, edge, 15) if reported else ""
        solid, slow = (solid, slow + tick) if late else (solid + tick, slow)
        faint += _spokes(here, of, 10.2, edge) if missing else ""
    return _path(solid, width, "") + _path(slow, width, "late") + _path(faint, width / 2, "missing")
