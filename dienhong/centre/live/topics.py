"""What a stream is about: a wall or a board, in a language; who may listen, and what its picture is now."""

import hashlib
import tempfile
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import translation

from dienhong.base import clock
from dienhong.centre import desk, forms, kept, permissions, queries, stamps, wall
from dienhong.centre.asking import Sight
from dienhong.centre.models import BoardVersion, Cue, ShowVersion
from dienhong.centre.views.screens import COOKIE, display

_WITHIN = ("rotate", "hold")
LONGEST_PATH = 100  # bytes of a socket's address; the system takes 107


@dataclass(frozen=True, slots=True)
class Topic:
    kind: str  # wall or board
    slug: str
    lang: str

    def picture(self) -> dict[str, Any]:
        """Everything as it stands. Http404 where it is gone."""
        with translation.override(self.lang):
            if self.kind == "wall":
                return wall.snapshot(wall.stand(wall.show_of(self.slug)), self.lang)
            return self._board()

    def cue(self, old: dict[str, Any]) -> dict[str, Any] | None:
        """The newest cue of a wall where it only leads to another of the scenes that `old` has; None otherwise."""
        if self.kind != "wall" or old.get("replay") or old.get("cue", {}).get("kind") not in _WITHIN:
            return None
        held = wall.stand(wall.show_of(self.slug))
        state = wall.state(held)
        return state if state["kind"] in _WITHIN and held.moment is None else None

    def _board(self) -> dict[str, Any]:
        wanted = queries.spec_of(queries.board(self.slug)).tiles
        drawn, grown, tiles = kept.tiles(wanted, Sight.now(self.lang)), desk.grown(wanted), {}
        for pk, each in drawn.items():
            html = each.fixed(reverse("centre:tile", args=[self.slug, pk]), grown.get(pk, ""))
            tiles[f"{self.slug}/{pk}"] = {"html": html, "known": each.known, "fresh": each.fresh}
        return {"now": clock.record_now().timestamp(), "tiles": tiles}


def said() -> tuple[object, ...]:
    """Moves with every cue, every saving, and whatever tiles show beside figures: when to look at a picture again
    though no figure was published."""
    return (*stamps.newest(Cue, ShowVersion, BoardVersion), *forms.moved(forms.FORMS).values())


def admitted(path: str, query: str, cookies: str) -> Topic | None:
    """The topic of an address under /live/, if who asks may listen: a paired screen, or an official."""
    close_old_connections()
    try:
        jar = {name: each.value for name, each in SimpleCookie(cookies).items()}
    except CookieError:
        return None
    if path == "/live/screen":
        found = display(jar.get(COOKIE, ""))
        return Topic("wall", found.show.slug, "vi") if found else None
    kind, _slash, slug = path.removeprefix("/live/").partition("/")
    lang = parse_qs(query).get("lang", ["vi"])[0]
    who = _person(jar.get(settings.SESSION_COOKIE_NAME, ""))
    if who is None or lang not in ("vi", "en") or not slug:
        return None
    try:
        if kind == "walls" and permissions.watches(who, wall.stand(wall.show_of(slug)).boards.values()):
            return Topic("wall", slug, lang)
        if kind == "boards" and permissions.sees(who, queries.board(slug)):
            return Topic("board", slug, lang)
    except Http404:
        return None
    return None


def _person(session: str) -> Any:
    request = HttpRequest()
    request.session = SessionStore(session)
    who = get_user(request)
    return who if who.is_authenticated else None


def address() -> Path:
    """The hub's socket: in the home of the installation, or where that has too long a name, in the temporary folder."""
    path = settings.HOME / "live.sock"
    if len(str(path).encode()) <= LONGEST_PATH:
        return Path(path)
    name = hashlib.sha256(str(path).encode()).hexdigest()[:24]
    return Path(tempfile.gettempdir()) / f"dienhong-{name}.sock"
