"""The editor of a board: tiles are added, moved, changed and removed on screen; nothing typed is lost on an error.

The board being edited travels in the form itself until it is saved as a version, so the page works without a script,
two windows do not mix, and a refusal shows everything as it was typed.
"""

import json
import secrets
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.centre import actions, board_changes, forms, kept, permissions, queries, spec
from dienhong.centre.given import read_json
from dienhong.centre.models import Board, BoardVersion, Column
from dienhong.centre.spec import Spec, Tile
from dienhong.centre.tile_form import TileForm, initial_of
from dienhong.centre.views import shared
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Entry
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Role


@dataclass
class Draft:
    """What one page of the editor holds: the spec as it stands, names, the tile whose form is open. `base`: the version
    that saving follows; `begun`: the one that was written on from; `theirs`: what somebody saved meanwhile."""

    version: BoardVersion
    base: int
    made: Spec
    name_vi: str
    name_en: str
    editing: str = ""
    form: TileForm | None = None
    refusal: Refused | None = None
    dirty: bool = False
    focus: str = ""
    begun: int = 0
    theirs: "Theirs | None" = None


@dataclass(frozen=True, slots=True)
class Theirs:
    """A version that was saved meanwhile, and what it changed of the one before that the draft follows."""

    version: BoardVersion
    before: int
    names: bool
    changes: board_changes.Changes


@signed_in
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Name and column first; the tiles come in the editor."""
    permissions.require(shared.person(request), permissions.ARRANGES)
    refusal = None
    if request.method == "POST":
        column = get_object_or_404(Column, key=request.POST.get("column", ""))
        names = request.POST.get("name_vi", ""), request.POST.get("name_en", "")
        try:
            made = actions.make_board(by=shared.person(request), column=column, name_vi=names[0], name_en=names[1])
        except NotPermitted:
            raise
        except Refused as refused:
            refusal = refused
        else:
            return redirect("centre:edit", made.board.slug)
    given = request.POST or request.GET
    page = {
        "columns": Column.objects.order_by("position"), "refusal": refusal, "lang": shared.sight(request).lang,
        "column": given.get("column", ""), "name_vi": given.get("name_vi", ""), "name_en": given.get("name_en", ""),
    }  # fmt: skip
    return render(request, "centre/new.html", page, status=422 if refusal else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """`version` begins from an older one: saved, it is the next version."""
    permissions.require(shared.person(request), permissions.ARRANGES)
    version = queries.board(slug)
    if request.method == "GET":
        older = queries.version(version.board, request.GET.get("version", "")) if "version" in request.GET else version
        names, again = (older.name_vi, older.name_en), older.number != version.number
        draft = Draft(version, version.number, queries.spec_of(older), *names, dirty=again, begun=older.number)
        return _page(request, draft)
    draft = _given(request, version)
    verb, _colon, pk = request.POST.get("do", "").partition(":")
    if draft.form is not None and verb == "look":
        draft.form, draft.focus = TileForm(initial=_fitting(request.POST.dict())), "id_form"
        return _page(request, draft)
    if draft.form is not None and verb != "cancel":
        if not draft.form.is_valid():
            return _page(request, draft, 422)
        _put(draft, draft.form.cleaned_data["tile"])
    draft.form, draft.editing = None, ""
    if verb == "save":
        return _saved(request, draft)
    _do(draft, verb, pk, shared.sight(request).lang)
    return _page(request, draft)


def _given(request: HttpRequest, version: BoardVersion) -> Draft:
    """The draft as the form brought it. A spec that somebody bent by hand loses what cannot be read."""
    try:
        data = read_json(request.POST.get("spec", ""))
    except ValueError:
        data = version.spec
    draft = Draft(
        version, _number(request.POST.get("base", "")) or version.number, spec.read(data, forms.FORMS)[0],
        request.POST.get("name_vi", ""), request.POST.get("name_en", ""), request.POST.get("editing", ""), dirty=True,
        begun=_number(request.POST.get("begun", "")),
    )  # fmt: skip
    if draft.editing:
        draft.form = TileForm(request.POST)
    return draft


def _number(said: str) -> int:
    """A version's number as the form brought it; 0 for what is none."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0


def _fitting(said: dict[str, str]) -> dict[str, Any]:
    """What was typed, in the size in which the form that was chosen can be read."""
    form = forms.FORMS.get(said.get("form", ""))
    return said | ({"width": form.width, "height": form.height} if form else {})


def _put(draft: Draft, tile: Tile) -> None:
    """The tile in its place, or last where it is new."""
    there = draft.made.tile(tile.id) is not None
    tiles = tuple(tile if each.id == tile.id else each for each in draft.made.tiles)
    draft.made = Spec(tiles if there else (*tiles, tile))
    draft.focus = f"edit-{tile.id}"


def _do(draft: Draft, verb: str, pk: str, lang: str) -> None:
    places = [tile.id for tile in draft.made.tiles]
    if verb == "add":
        draft.editing = secrets.token_hex(4)
        draft.form, draft.focus = TileForm(initial={"form": "figure"}), "id_form"
    elif verb == "edit" and (tile := draft.made.tile(pk)) is not None:
        draft.editing, draft.form, draft.focus = pk, TileForm(initial=initial_of(tile, lang)), "id_form"
    elif verb == "take":
        _take(draft, pk)
    elif verb == "remove":
        draft.made = Spec(tuple(tile for tile in draft.made.tiles if tile.id != pk))
        draft.focus = "add-tile"
    elif verb in ("up", "down") and pk in places:
        draft.made = Spec(_moved(draft.made.tiles, places.index(pk), -1 if verb == "up" else 1))
        draft.focus = f"{verb}-{pk}"
    elif verb in ("wider", "narrower", "taller", "lower") and (tile := draft.made.tile(pk)) is not None:
        step = 1 if verb in ("wider", "taller") else -1
        side, most = ("width", spec.ACROSS) if verb in ("wider", "narrower") else ("height", spec.DOWN)
        _put(draft, replace(tile, **{side: min(most, max(1, getattr(tile, side) + step))}))
        draft.focus = f"{verb}-{pk}"


def _take(draft: Draft, since: str) -> None:
    """The tiles that came to the board since that version, after one's own."""
    before = _before(draft.version, _number(since))
    came = board_changes.between(queries.spec_of(before), queries.spec_of(draft.version)).added
    there = {tile.id for tile in draft.made.tiles}
    new = tuple(tile for tile in came if tile.id not in there)
    draft.made = Spec((*draft.made.tiles, *new))
    draft.focus = f"edit-{new[0].id}" if new else "add-tile"


def _moved(tiles: tuple[Tile, ...], place: int, step: int) -> tuple[Tile, ...]:
    there = place + step
    if not 0 <= there < len(tiles):
        return tiles
    row = list(tiles)
    row[place], row[there] = row[there], row[place]
    return tuple(row)


def _saved(request: HttpRequest, draft: Draft) -> HttpResponse:
    try:
        actions.save_board(
            by=shared.person(request), board=draft.version.board, base=draft.base, name_vi=draft.name_vi,
            name_en=draft.name_en, data=draft.made.json(),
        )  # fmt: skip
    except NotPermitted:
        raise
    except Refused as refusal:
        draft.refusal = refusal
        if refusal.code == "changed_meanwhile":  # who saves again has been told
            draft.theirs = _theirs(draft)
            draft.base = draft.theirs.version.number
        return _page(request, draft, 422)
    return shared.go(request, "centre:board", draft.version.board.slug)


def _theirs(draft: Draft) -> Theirs:
    newest = queries.board(draft.version.board.slug)
    before = _before(newest, draft.base)
    names = (newest.name_vi, newest.name_en) != (before.name_vi, before.name_en)
    return Theirs(newest, draft.base, names, board_changes.between(queries.spec_of(before), queries.spec_of(newest)))


def _before(newest: BoardVersion, number: int) -> BoardVersion:
    """The version of that number; of a number that a form was bent to, the newest."""
    return newest.board.versions.filter(number=number).first() or newest


def _told(theirs: Theirs, entries: list[Entry], lang: str) -> dict[str, Any]:
    """What was saved meanwhile, in names: by whom, when, which tiles came, went or changed."""
    said, words = theirs.changes, {key: str(form.name) for key, form in forms.FORMS.items()}
    by_code = {row.indicator.code: row for row in entries}
    named = {
        name: [board_changes.called(tile, by_code, words, lang) for tile in getattr(said, name)]
        for name in ("added", "removed", "changed")
    }
    return {"version": theirs.version, "names": theirs.names, "moved": said.moved, "before": theirs.before, **named}


def _page(request: HttpRequest, draft: Draft, status: int = 200) -> HttpResponse:
    seen = shared.sight(request)
    drawn = kept.tiles(draft.made.tiles, seen)
    now = clock.record_now().timestamp()
    tiles = [(tile, drawn[tile.id].shown(now, "#")) for tile in draft.made.tiles]
    entries = sorted(indicators.entries(as_of=seen.at).values(), key=lambda row: row.indicator.code)
    page = {
        "draft": draft, "tiles": tiles, "spec": json.dumps(draft.made.json(), ensure_ascii=False),
        "slug": draft.version.board.slug, "lang": seen.lang, "form": draft.form, "refusal": draft.refusal,
        "entries": [(row.indicator.code, row.name_en if seen.lang == "en" else row.name_vi) for row in entries]
        if draft.form else [],
        "units": shared.drill(permissions.HOME, seen) if draft.form else None,
        "roles": [(role.value, role.label, role.value in draft.version.shared) for role in Role],
        "theirs": _told(draft.theirs, entries, seen.lang) if draft.theirs else None,
        "known": draft.form is not None and draft.made.tile(draft.editing) is not None,
    }  # fmt: skip
    return render(request, "centre/editor.html", page, status=status)


@signed_in
@require_POST
def share(request: HttpRequest, slug: str) -> HttpResponse:
    board = get_object_or_404(Board, slug=slug)
    actions.share_board(by=shared.person(request), board=board, roles=request.POST.getlist("role"))
    return redirect("centre:board", slug)


@signed_in
@require_POST
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    board = get_object_or_404(Board, slug=slug)
    try:
        actions.retire_board(by=shared.person(request), board=board, reason=request.POST.get("reason", ""))
    except NotPermitted:
        raise
    except Refused as refusal:
        version = queries.board(slug)
        made = Draft(version, version.number, queries.spec_of(version), version.name_vi, version.name_en)
        made.refusal = refusal
        return _page(request, made, 422)
    return redirect("centre:boards")
