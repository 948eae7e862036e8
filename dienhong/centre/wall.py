"""The wall at a moment: the cue, the show and the boards of that time, every tile drawn. Replay is this with an earlier
moment, for nothing of a wall is kept but what was said and what was published.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from dienhong.base import clock, playing
from dienhong.centre import kept, queries, show_spec, wall_actions
from dienhong.centre.asking import Sight
from dienhong.centre.models import BoardVersion, Cue, Show, ShowVersion
from dienhong.centre.show_spec import Scene, Screen, ShowSpec

TAKEOVER = "takeover"  # key of the scene that the chair's board makes


@dataclass(frozen=True)
class Wall:
    """A show as it stood; `moment` (record time) where it is a past one, or where the newest cue replays one, and then
    `scene` is the one that was chosen within the replay, "" for the one that was on at that moment."""

    show: Show
    version: ShowVersion
    spec: ShowSpec
    cue: Cue | None
    moment: dt.datetime | None
    boards: dict[str, BoardVersion]
    scene: str = ""


def show_of(slug: str) -> Show:
    found = Show.objects.filter(slug=slug).first()
    if found is None:
        raise Http404(_("Không có màn hình lớn “%(slug)s”.") % {"slug": slug[:60]})
    return found


def stand(show: Show, as_of: dt.datetime | None = None) -> Wall:
    """The wall now, or as it stood at a moment of record time; a cue that replays leads to that moment once."""
    cue = wall_actions.newest(show, as_of)
    if as_of is None and cue is not None and cue.kind == Cue.Kind.REPLAY and cue.moment is not None:
        past = stand(show, cue.moment)
        return Wall(show, past.version, past.spec, past.cue, cue.moment, past.boards, cue.scene)
    version = wall_actions.version_of(show, as_of)
    if version is None:
        raise Http404(_("Chương trình này chưa có bản nào."))
    spec = show_spec.read(version.spec)[0]
    wanted = spec.boards() | ({cue.board} if cue is not None and cue.board else set())
    held = {row.board.slug: row for row in queries.newest(as_of, wanted)}
    for slug in wanted - held.keys():  # before its first version: that one, with the figures of then
        first = BoardVersion.objects.filter(board__slug=slug).select_related("board__column").order_by("number").first()
        held |= {slug: first} if first is not None and as_of is not None else {}
    return Wall(show, version, spec, cue, as_of, held)


def snapshot(wall: Wall, lang: str) -> dict[str, Any]:
    """Everything a display needs to go on by itself: the cue, every scene, every tile as HTML with its age contract."""
    seen = Sight.past(wall.moment, lang) if wall.moment else Sight.now(lang)
    specs = {slug: queries.spec_of(row) for slug, row in wall.boards.items()}
    tiles: dict[str, Any] = {}
    for slug, spec in specs.items():
        drawn = kept.tiles(spec.tiles, seen)
        for pk, each in drawn.items():
            opens = reverse("centre:tile", args=[slug, pk])
            tiles[f"{slug}/{pk}"] = {"html": each.fixed(opens), "known": each.known, "fresh": each.fresh}
    scenes = list(wall.spec.scenes)
    if wall.cue is not None and wall.cue.kind == Cue.Kind.TAKEOVER:
        scenes.append(_takeover(wall, specs))
    return {
        "now": clock.record_now().timestamp(),  # last: drawing takes its time, and displays set their clocks by it
        "clock": clock.business_at(wall.moment or clock.record_now()).isoformat(),
        "show": wall.version.name(lang),
        "across": wall.spec.across,
        "down": wall.spec.down,
        "replay": clock.business_at(wall.moment).isoformat() if wall.moment else None,
        "moment": wall.moment.timestamp() if wall.moment else None,
        "cue": state(wall),
        "playing": _told(wall),
        "scenes": [_scene(scene, wall, specs, lang) for scene in scenes],
        "tiles": tiles,
    }


def _told(wall: Wall) -> str:
    """What else there is to know of what is shown. How far a demo has come is no matter of a wall: it would be drawn
    anew with every period."""
    if wall.moment:
        return not_yet(wall)
    return _("Quốc gia mẫu đang chạy tiếp: số các kỳ trước còn đang đến.") if playing.current() is not None else ""


def not_yet(wall: Wall) -> str:
    """That the wall itself was not there yet at the moment that is replayed; "" where it was."""
    if wall.moment is None or wall.moment >= wall.version.at:
        return ""
    return _("Lúc ấy chưa có chương trình này: đây là bản đầu tiên của nó, với số liệu của lúc ấy.")


def state(wall: Wall) -> dict[str, Any]:
    """The newest cue as a display computes its scene from: kind, scene, since when (record seconds). A past minute
    stands still, at the scene that was chosen within the replay or at its own."""
    cue, first = wall.cue, wall.spec.scenes[0].key if wall.spec.scenes else ""
    if cue is None:
        kind, scene = ("hold", wall.scene or first) if wall.moment else ("rotate", first)
        return {"number": 0, "kind": kind, "scene": scene, "since": wall.version.at.timestamp()}
    known = {scene.key for scene in wall.spec.scenes}
    kind = "hold" if wall.moment else cue.kind
    scene = TAKEOVER if cue.kind == Cue.Kind.TAKEOVER else cue.scene if cue.scene in known else first
    if wall.scene in known:
        scene = wall.scene
    elif wall.moment and cue.kind == Cue.Kind.ROTATE:
        scene = scene_at(wall.spec, scene, cue.at.timestamp(), wall.moment.timestamp())
    return {"number": cue.pk, "kind": kind, "scene": scene, "since": cue.at.timestamp()}


def scene_at(spec: ShowSpec, first: str, since: float, now: float) -> str:
    """The scene that rotation has come to, beginning with `first`; the display computes the same."""
    keys = [scene.key for scene in spec.scenes]
    if not keys:
        return ""
    start = keys.index(first) if first in keys else 0
    left = max(0.0, now - since) % sum(scene.seconds for scene in spec.scenes)
    for step in range(len(keys)):
        scene = spec.scenes[(start + step) % len(keys)]
        if left < scene.seconds:
            return scene.key
        left -= scene.seconds
    return keys[start]


def _takeover(wall: Wall, specs: dict[str, Any]) -> Scene:
    """The chair's board: its pages over the screens, the first one again where there are more screens than pages."""
    slug = wall.cue.board if wall.cue else ""
    pages = len(specs[slug].pages()) if slug in specs else 0
    screens = tuple(Screen(slug, n if n <= pages else 1) for n in range(1, wall.spec.screens + 1))
    return Scene(TAKEOVER, _("Chủ tọa"), "Chair", 60, screens)


def _scene(scene: Scene, wall: Wall, specs: dict[str, Any], lang: str) -> dict[str, Any]:
    screens = []
    for screen in scene.screens:
        row = wall.boards.get(screen.board)
        pages = specs[screen.board].pages() if screen.board in specs else []
        tiles = pages[screen.page - 1] if len(pages) >= screen.page else ()
        screens.append({
            "board": screen.board,
            "name": row.name(lang) if row else "",
            "column": row.board.column.name(lang) if row else "",
            "tiles": [f"{screen.board}/{tile.id}" for tile in tiles],
        })  # fmt: skip
    return {"key": scene.key, "name": scene.name(lang), "seconds": scene.seconds, "screens": screens}
