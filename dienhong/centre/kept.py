"""Tiles drawn once: the HTML of a tile by its question, language and moment, for pages and walls alike.

As known now a tile is kept until a publication touches it (stamps.py), the business day changes or KEPT seconds pass,
since who is late depends on the clock too. As of a past moment it never changes. What one process of a host drew, the
others take (drawn.py).
"""

import datetime as dt
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation

from dienhong.base import clock
from dienhong.centre import drawn, forms, stamps
from dienhong.centre.answer import Answer
from dienhong.centre.asking import CannotAsk, Sight, Subject, subjects
from dienhong.centre.drawn import AGE, OPEN, STATE, Drawn
from dienhong.centre.forms import Size
from dienhong.centre.spec import Tile
from dienhong.indicators import queries

KEPT = 60.0
MOST = 1500
CELL, GAP, HEAD = 258, 54, {1: 116, 2: 404, 3: 692}  # room for a drawing in a tile of one cell, by its height


# By what a tile's HTML depends on: until when it is good (monotonic seconds), and the tile.
_kept: OrderedDict[tuple[object, ...], tuple[float, Drawn]] = OrderedDict()
_lock = threading.Lock()


def answers(tiles: Iterable[Tile], sight: Sight, unit: str = "") -> dict[str, Answer]:
    """tile id -> its answer; a tile that cannot be asked says why."""
    wanted = [_of_unit(tile, unit) for tile in tiles]
    with translation.override(sight.lang):
        found = subjects(wanted, sight, unit)
        return {tile.id: _answer(tile, found.get(tile.id), sight) for tile in wanted}


def _of_unit(tile: Tile, unit: str) -> Tile:
    """Drilling: what a subject is told apart, a form without an indicator reads from the tile."""
    return replace(tile, unit=unit) if unit and forms.of(tile.form).plain is not None else tile


def _answer(tile: Tile, subject: Subject | CannotAsk | None, sight: Sight) -> Answer:
    form = forms.of(tile.form)
    try:
        if form.plain is not None:
            return form.plain(tile, sight)
        if isinstance(subject, Subject) and form.answer is not None:
            return form.answer(subject)
        raise subject if isinstance(subject, CannotAsk) else CannotAsk("")
    except CannotAsk as error:
        named = subject.title if isinstance(subject, Subject) else error.title
        title = tile.title(sight.lang) or named or tile.indicator
        return Answer(tile, title, sight.lang, problem=str(error))


def tiles(wanted: Iterable[Tile], sight: Sight, unit: str = "") -> dict[str, Drawn]:
    """tile id -> the tile drawn; those that are not kept are asked together."""
    asked = list(wanted)
    keys = _keys(asked, sight, unit)
    now = time.monotonic()
    with _lock:
        held = {pk: kept for pk, key in keys.items() if (kept := _kept.get(key)) is not None and kept[0] > now}
    found = {pk: tile for pk, (_until, tile) in held.items()}
    missing = [tile for tile in asked if tile.id not in found]
    if missing:
        made = _drawn(missing, keys, sight, unit)
        until = float("inf") if sight.at.past else now + KEPT
        with _lock:
            for pk, each in made.items():
                _kept[keys[pk]] = (until, each)
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        found |= made
    return found


def _drawn(missing: list[Tile], keys: dict[str, tuple[object, ...]], sight: Sight, unit: str) -> dict[str, Drawn]:
    """By another process of this host, which was asked for them at the same moment, else here."""
    if connection.in_atomic_block:  # what was read may yet be taken back
        return _draw_all(missing, sight, unit)
    names = {tile.id: drawn.name(keys[tile.id]) for tile in missing}
    with drawn.turn(names.values()):
        found = drawn.read(names, KEPT)
        left = [tile for tile in missing if tile.id not in found]
        made = _draw_all(left, sight, unit) if left else {}
        drawn.write(names, made, KEPT)
    return found | made


def _draw_all(wanted: list[Tile], sight: Sight, unit: str) -> dict[str, Drawn]:
    made = answers(wanted, sight, unit)
    with translation.override(sight.lang):
        return {pk: draw(answer, sight) for pk, answer in made.items()}


def _keys(asked: list[Tile], sight: Sight, unit: str) -> dict[str, tuple[object, ...]]:
    """tile id -> what its HTML depends on."""
    common = (connection.settings_dict["NAME"], sight.lang, sight.today, unit, sight.as_of)
    said = {tile.id: json.dumps(tile.json(), sort_keys=True) for tile in asked}
    if sight.at.past:
        return {pk: (*common, text, sight.at.at) for pk, text in said.items()}
    marks = stamps.stamps()
    marks.follow()
    known = {row.code: row.pk for row in queries.by_codes({tile.indicator for tile in asked} - {""}, sight.at)}
    parts = marks.parts(set(known.values()), sight.at)
    moved = forms.moved({tile.form for tile in asked})
    return {
        tile.id: (*common, said[tile.id], moved.get(tile.form), marks.of(parts.get(known.get(tile.indicator, 0), ())))
        for tile in asked
    }


def size(tile: Tile) -> Size:
    return Size(CELL * tile.width + GAP * (tile.width - 1), HEAD[tile.height])


def draw(said: Answer, sight: Sight) -> Drawn:
    """The tile's HTML, with its drawing for a desk and, where that is wide, one for a phone."""
    form, head = forms.of(said.tile.form), said.head
    drawing = slim = problem = ""
    if form.draw is not None and not said.problem:
        try:
            drawing = form.draw(said, size(said.tile))
            slim = form.draw(said, Size(CELL, 170)) if said.tile.width > 1 else ""
        except ValueError as error:  # of a board's own Vega-Lite
            problem = str(error)
    counted = form.plain is not None and head is not None
    # As of a past moment nothing goes stale any more: its age then is all there is to say.
    fresh = head.fresh if head and not sight.at.past else 0
    page = {
        "counted": counted, "fresh": fresh, "a": said, "form": form, "head": head, "drawing": drawing, "slim": slim,
        "problem": said.problem or problem,
        "age": AGE, "state": STATE, "open": OPEN, "size": f"w{said.tile.width} h{said.tile.height}",
        "last_known": clock.business_at(dt.datetime.fromtimestamp(head.known, dt.UTC)) if head and head.known else None,
        "legend": form.legend(said) if form.legend and drawing else "",
    }  # fmt: skip
    html = render_to_string("centre/tile.html", page)
    return Drawn(said.tile.id, html, head.known if head else None, fresh, counted)


def forget() -> None:
    """Between tests."""
    with _lock:
        _kept.clear()
    drawn.forget()
