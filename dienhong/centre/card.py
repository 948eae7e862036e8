"""A tile as a file: one SVG by day with its own colours and fonts, from which PNG and PDF are made; and as JSON.

The drawing is the one of the page. Ring, stage, moment and a QR code to the passport go along, so that a picture that
left the house can still be asked where it comes from.
"""

import re
from html import escape
from typing import Any

import segno
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.components.ring import ring, ring_name
from dienhong.centre import forms, kept, palette
from dienhong.centre.answer import Answer, Mark
from dienhong.centre.asking import Sight
from dienhong.centre.forms import Size
from dienhong.centre.models import BoardVersion

SCHEMA = "dienhong.tile/1"
EDGE, WIDTH = 28, {1: 520, 2: 860, 3: 1120, 4: 1280}
_SIZE = re.compile(r' (?:width|height)="[^"]*"')
_VAR = re.compile(r"var\(--([a-z0-9-]+)\)")
_STYLE = """
text{font-family:'Dien Hong Text';fill:var(--ink);font-size:13px}
.head{font-family:'Dien Hong Head';font-weight:600;font-size:21px}
.big{font-size:52px;font-weight:700}.quiet,.under{fill:var(--quiet);font-size:15px}.unit{fill:var(--quiet);font-size:20px;font-weight:400}
.delta{font-size:17px}.good{fill:var(--good)}.bad{fill:var(--bad)}
.run{fill:none;stroke:var(--indigo);stroke-width:2}.dot{fill:var(--indigo);stroke:var(--indigo);stroke-width:2}
.dot.hollow{fill:var(--sheet)}.hair{stroke:var(--line);stroke-width:1}.zero{stroke:var(--edge)}
.break{stroke:var(--edge);stroke-dasharray:3 3}.target{stroke:var(--bronze);stroke-width:2;stroke-dasharray:6 5}
.end{text-anchor:end;fill:var(--quiet)}.mid{text-anchor:middle;fill:var(--quiet)}.figure{font-weight:700;fill:var(--ink)}
.turned{fill:var(--quiet)}.place{text-anchor:end;fill:var(--quiet)}.hit{fill:none}.beam{fill:var(--seq-4)}
.spark .dot{stroke-width:10;stroke-linecap:round}.spark .inner{stroke:var(--sheet);stroke-width:5}
.beam.hollow{fill:var(--sheet);stroke:var(--seq-4);stroke-width:2}
.q1 rect{fill:var(--seq-1)}.q2 rect{fill:var(--seq-2)}.q3 rect{fill:var(--seq-3)}.q4 rect{fill:var(--seq-4)}
.q5 rect{fill:var(--seq-5)}.q4 text,.q5 text{fill:var(--paper)}
.nil rect,.none rect,.islands rect{fill:none;stroke:var(--edge)}
.none rect,.islands rect{stroke-dasharray:5 4}.cells text{text-anchor:middle;font-size:21px}
.cells .short{font-weight:700}.cells .value{font-size:20px}.cells .none .value,.cells .islands .value{fill:var(--quiet)}
.four-bar .on_time{fill:var(--good)}.four-bar .late{fill:var(--late)}.four-bar .in_time{fill:var(--seq-3)}
.four-bar .overdue{fill:var(--bad)}
.late{stroke:var(--late)}.missing{stroke:var(--edge)}
"""


def svg(said: Answer, seen: Sight, site: str) -> str:
    """The card; `site` stands before the addresses of its links."""
    form, colours = forms.of(said.tile.form), palette.day()
    width = WIDTH[max(said.tile.width, 2 if form.lists else 1)]
    parts, y = _top(said)
    room = width - 2 * EDGE
    if form.draw is not None and not said.problem:
        drawing = form.draw(said, Size(room, kept.HEAD[said.tile.height] + 60))
        inner, tall = _nested(drawing, EDGE, y, room)
        parts.append(inner)
        y += tall + 16
    for mark in said.marks if form.plain is not None else ():
        parts.append(
            f'<text x="{EDGE}" y="{y + 18}">{escape(mark.label)}, {escape(mark.name)}: {escape(mark.text)}</text>'
        )
        y += 24
    foot, tall = _foot(said, seen, site, y, width)
    body = "".join([*parts, foot]).replace('href="/', f'href="{escape(site)}/')
    style = f"<style>{_STYLE}</style>"
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y + tall}" viewBox="0 0 {width} {y + tall}">'
        f'{style}<rect width="100%" height="100%" fill="var(--sheet)"/>{body}</svg>'
    )
    return _VAR.sub(lambda name: colours[name[1]], whole)


def _top(said: Answer) -> tuple[list[str], int]:
    """Title, period and unit, value with its change and target; and where the drawing begins."""
    head = said.head
    under = " · ".join(
        filter(None, [head.period if head else "", said.where, _("minh họa") if head and head.demo else ""])
    )
    parts = [
        f'<text class="head" x="{EDGE}" y="44">{escape(said.title)}</text>',
        f'<text class="under" x="{EDGE}" y="70">{escape(under)}</text>',
    ]
    if said.problem or head is None:
        return [*parts, f'<text class="quiet" x="{EDGE}" y="110">{escape(said.problem)}</text>'], 130
    y = 128
    unit = f'<tspan class="unit" dx="8">{escape(said.unit)}</tspan>' if head.value is not None else ""
    parts.append(f'<text class="big" x="{EDGE}" y="{y}">{escape(head.text)}{unit}</text>')
    if head.change:
        sign = {"up": "▲", "down": "▼", "flat": "▬"}[head.change.way]
        # Apart: our fonts lack the sign, and one strange glyph would change the font of the whole line.
        than = ", ".join(filter(None, [head.change.than, head.change.part]))
        words = escape(f"{head.change.text} {than}")
        css = f'class="delta {head.change.judged}" y="{y + 28}"'
        parts.append(f'<text {css} x="{EDGE}">{sign}</text><text {css} x="{EDGE + 20}">{words}</text>')
        y += 28
    if head.target:
        said_of = f"{head.target} ({head.basis})" if head.basis else head.target
        parts.append(f'<text class="quiet" x="{EDGE}" y="{y + 24}">{escape(said_of)}</text>')
        y += 24
    return parts, y + 22


def _nested(drawing: str, x: int, y: int, width: int) -> tuple[str, int]:
    """The drawing within the card, as high as its shape asks."""
    if not drawing:
        return "", 0
    found = re.search(r'viewBox="([-0-9. ]+)"', drawing)
    assert found is not None, "every drawing of ours and of Vega's has one"
    first, rest = drawing.split(">", 1)
    drawing = f"{_SIZE.sub('', first)}>{rest}"  # Vega says its own size in the first tag
    wide, tall = (float(each) for each in found[1].split()[2:])
    high = min(round(width * tall / wide), 1100)
    return drawing.replace("<svg", f'<svg x="{x}" y="{y}" width="{width}" height="{high}"', 1), high


def _foot(said: Answer, seen: Sight, site: str, y: int, width: int) -> tuple[str, int]:
    """Ring, how many of how many, stage, as of when; the QR code leads to the passport."""
    head, parts = said.head, []
    told = head is not None and head.cover is not None and head.cover.official  # the ring says it
    words = [] if head is None or told else [head.stage]
    if head and head.cover:
        drawn = ring(head.cover, size=40, lang=said.lang, named=False).replace(
            "<svg", f'<svg x="{EDGE}" y="{y + 10}" color="var(--bronze)"', 1
        )
        parts.append(re.sub(r'width="[^"]+em" height="[^"]+em"', 'width="40" height="40"', drawn, count=1))
        words.insert(0, ring_name(head.cover, said.lang))
    known = _("như đã biết lúc %(when)s") % {"when": f"{seen.at.business.astimezone(clock.HANOI):%H:%M, %d/%m/%Y}"}
    first, second = escape(" · ".join(filter(None, words))), escape(f"Diên Hồng · {known}")
    parts.append(f'<text class="quiet" x="{EDGE + 54}" y="{y + 26}">{first}</text>')
    parts.append(f'<text class="quiet" x="{EDGE + 54}" y="{y + 48}">{second}</text>')
    if head and head.href:
        code = segno.make(site + head.href, error="m")
        side = int(code.symbol_size(scale=2, border=1)[0])
        drawn = code.svg_inline(scale=2, border=1, dark=palette.day()["ink"])
        parts.append(drawn.replace("<svg", f'<svg x="{width - EDGE - side}" y="{y - 4}"', 1))
        return "".join(parts), max(72, side + 8)
    return "".join(parts), 72


def data(version: BoardVersion, said: Answer, seen: Sight) -> dict[str, Any]:
    """`dienhong.tile/1`: the question, the head, and every mark with its passport; numbers are text."""
    head = said.head
    return {
        "schema": SCHEMA,
        "board": {"slug": version.board.slug, "version": version.number},
        "tile": said.tile.json(),
        "title": said.title,
        "unit": said.unit,
        "where": said.where,
        "as_of": {"record": seen.at.at.isoformat(), "business": clock.business_at(seen.at.at).isoformat()},
        "problem": said.problem,
        "head": None if head is None else {
            "value": None if head.value is None else f"{head.value:f}", "text": head.text, "period": head.period,
            "stage": head.stage, "official": head.official, "passport": head.href, "demo": head.demo,
            "coverage": None if head.cover is None else {
                name: getattr(head.cover, name) for name in ("reported", "late", "missing", "total")
            },
            "known": head.known, "fresh_seconds": head.fresh, "target": head.target, "met": head.met,
            "basis": head.basis,
            "change": None if head.change is None else {
                "amount": None if head.change.amount is None else f"{head.change.amount:f}",
                "text": head.change.text, "than": head.change.than,
            },
        },
        "marks": [_mark(mark) for mark in said.marks],
        "note": said.note,
    }  # fmt: skip


def _mark(mark: Mark) -> dict[str, Any]:
    return {
        "label": mark.label, "name": mark.name, "row": mark.row, "text": mark.text, "official": mark.solid,
        "value": None if mark.value is None else f"{mark.value:f}", "passport": mark.href,
    }  # fmt: skip
