"""Walls: the list, the control of one (operator and chair, also from a phone), its displays."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dienhong.base import clock, moments
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.centre import permissions, queries, wall, wall_actions
from dienhong.centre.models import Cue, Display, Show
from dienhong.centre.views import shared
from dienhong.indicators import queries as indicators
from dienhong.indicators.views.asked import language
from dienhong.organizations.http import signed_in


@signed_in
@require_GET
def walls(request: HttpRequest) -> HttpResponse:
    lang = language()
    permissions.require_watch(shared.person(request), ())
    rows = []
    for show in Show.objects.order_by("pk"):
        version = show.versions.order_by("-number").first()
        if version is not None:
            rows.append((show, version.name(lang), version, show.displays.filter(ended_at=None).count()))
    page = {"rows": rows, "arranges": permissions.may(shared.person(request), permissions.ARRANGES)}
    return render(request, "centre/walls.html", page)


@signed_in
@require_GET
def control(request: HttpRequest, slug: str) -> HttpResponse:
    """One operator drives every display from here; the chair takes over and gives back."""
    return _control(request, wall.show_of(slug))


def _control(request: HttpRequest, show: Show, refusal: Refused | None = None, code: str = "") -> HttpResponse:
    who, lang = shared.person(request), language()
    permissions.require_watch(who, ())
    held = wall.stand(show)
    state = wall.state(held)
    here = _here(held, state)
    boards = [row for row in queries.newest() if permissions.sees(who, row)]
    displays = list(show.displays.filter(ended_at=None).order_by("screen", "pk"))
    taken = {each.screen for each in displays}
    page = {
        "show": show, "version": held.version, "name": held.version.name(lang), "spec": held.spec, "state": state,
        "here": here, "lang": lang, "refusal": refusal, "code": code,
        "scenes": [(scene, scene.name(lang)) for scene in held.spec.scenes], "boards": boards,
        "cues": permissions.may(who, permissions.CUES), "chairs": permissions.may(who, permissions.TAKES_OVER),
        "arranges": permissions.may(who, permissions.ARRANGES), "taken": state["kind"] == "takeover",
        "displays": displays, "free": next((n for n in range(1, held.spec.screens + 1) if n not in taken), 1),
        "screens": range(1, held.spec.screens + 1), "business": clock.business_now(),
        "replayed": clock.business_at(held.moment) if held.moment else None, "not_yet": wall.not_yet(held),
    }  # fmt: skip
    return render(request, "centre/control.html", page, status=422 if refusal else 200)


def _here(held: wall.Wall, state: dict[str, Any]) -> str:
    if state["kind"] != "rotate":
        return str(state["scene"])
    return wall.scene_at(held.spec, state["scene"], state["since"], clock.record_now().timestamp())


@signed_in
@require_POST
def cue(request: HttpRequest, slug: str) -> HttpResponse:
    show = wall.show_of(slug)
    try:
        _cue(request, show)
    except NotPermitted:
        raise
    except Refused as refusal:
        return _control(request, show, refusal)
    return redirect("centre:control", slug)


def _cue(request: HttpRequest, show: Show) -> None:
    """`do`: go:<scene> (rotate from it), hold, rotate, next, back, take (board), give, replay (moment), live. While a
    past minute is replayed, go, next and back lead to another scene of that minute; live alone ends it."""
    by = shared.person(request)
    verb, _colon, scene = request.POST.get("do", "").partition(":")
    held = wall.stand(show)
    keys = [each.key for each in held.spec.scenes]
    here = _here(held, wall.state(held))
    here = here if here in keys else keys[0] if keys else ""
    if verb == "take":
        wall_actions.take_over(by=by, show=show, board=request.POST.get("board", ""))
    elif verb == "replay":
        wall_actions.cue(by=by, show=show, kind=Cue.Kind.REPLAY, moment=_moment(request))
    elif verb in ("go", "hold", "rotate", "next", "back", "give", "live"):
        step = {"next": 1, "back": -1}.get(verb, 0)
        to = scene if verb == "go" else keys[(keys.index(here) + step) % len(keys)] if here in keys else ""
        if held.moment and verb in ("go", "next", "back"):
            wall_actions.cue(by=by, show=show, kind=Cue.Kind.REPLAY, scene=to, moment=held.moment)
            return
        permissions.require(by, permissions.CUES)
        if held.moment and verb in ("hold", "rotate"):
            raise Refused("replayed", _("Tường đang chiếu lại một lúc đã qua; bấm “Trở về hiện tại” trước."))
        kind = Cue.Kind.HOLD if verb == "hold" else Cue.Kind.ROTATE
        wall_actions.cue(by=by, show=show, kind=kind, scene=_of_today(show, to) if held.moment else to)
    else:
        raise Refused("cue", _("Không có lệnh ấy."))


def _of_today(show: Show, scene: str) -> str:
    """The scene that rotation goes on from after a replay; the programme of then may have had others."""
    version = wall_actions.version_of(show)
    keys = [each["key"] for each in version.spec["scenes"]] if version else []
    return scene if scene in keys else keys[0] if keys else ""


def _moment(request: HttpRequest) -> Any:
    try:
        chosen = moments.read(request.POST.get("moment", "").strip())
    except (ValueError, OverflowError):
        raise Refused("moment", _("Viết lúc cần chiếu lại như 05/08/2020 14:02.")) from None
    if chosen > clock.business_now():
        raise Refused("moment", _("Lúc ấy chưa đến."))
    return indicators.from_business(chosen)


@signed_in
@require_POST
def pair(request: HttpRequest, slug: str) -> HttpResponse:
    show = wall.show_of(slug)
    screen = request.POST.get("screen", "")
    try:
        _display, code = wall_actions.pair_display(
            by=shared.person(request), show=show, screen=int(screen) if screen.isdecimal() and len(screen) < 3 else 0,
            name=request.POST.get("name", ""),
        )  # fmt: skip
    except NotPermitted:
        raise
    except Refused as refusal:
        return _control(request, show, refusal)
    return _control(request, show, code=f"{code[:4]}-{code[4:8]}-{code[8:]}")


@signed_in
@require_POST
def end(request: HttpRequest, slug: str, display: int) -> HttpResponse:
    show = wall.show_of(slug)
    wall_actions.end_display(by=shared.person(request), display=get_object_or_404(Display, pk=display, show=show))
    return redirect("centre:control", slug)


@dataclass
class _Edit:
    spec: dict[str, Any]
    base: int
    name_vi: str
    name_en: str
    refusal: Refused | None = None
    focus: str = ""


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Scenes on the wall's screens; as in the editor of boards the draft travels in the form."""
    permissions.require(shared.person(request), permissions.ARRANGES)
    show = wall.show_of(slug) if slug else None
    if request.method == "GET":
        version = show.versions.order_by("-number")[0] if show else None
        draft = (
            _Edit(version.spec, version.number, version.name_vi, version.name_en)
            if version
            else _Edit({"schema": "dienhong.show/1", "across": 1, "down": 1, "scenes": [_new_scene([])]}, 0, "", "")
        )
        return _editor(request, show, draft)
    draft = _typed(request)
    verb, _colon, key = request.POST.get("do", "").partition(":")
    if verb == "save":
        return _save(request, show, draft)
    _arrange(draft, verb, key)
    return _editor(request, show, draft)


def _new_scene(scenes: list[dict[str, Any]]) -> dict[str, Any]:
    taken = {scene["key"] for scene in scenes}
    key = next(f"s{n}" for n in range(1, 99) if f"s{n}" not in taken)
    return {"key": key, "name_vi": "", "name_en": "", "seconds": 40, "screens": []}


def _typed(request: HttpRequest) -> _Edit:
    post = request.POST
    across, down = (_number(post.get(name, ""), 1) for name in ("across", "down"))
    scenes = []
    for key in post.getlist("scene")[:24]:
        screens = []
        for place in range(min(12, max(1, across * down))):
            board, _at, page = post.get(f"{key}-screen-{place}", "").partition("@")
            screens.append({"board": board, "page": _number(page, 1)})
        scenes.append({
            "key": key, "name_vi": post.get(f"{key}-name_vi", ""), "name_en": post.get(f"{key}-name_en", ""),
            "seconds": _number(post.get(f"{key}-seconds", ""), 0), "screens": screens,
        })  # fmt: skip
    spec = {"schema": "dienhong.show/1", "across": across, "down": down, "scenes": scenes}
    return _Edit(spec, _number(post.get("base", ""), 0), post.get("name_vi", ""), post.get("name_en", ""))


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


def _arrange(draft: _Edit, verb: str, key: str) -> None:
    scenes = draft.spec["scenes"]
    places = [scene["key"] for scene in scenes]
    if verb == "add":
        scenes.append(_new_scene(scenes))
        draft.focus = f"{scenes[-1]['key']}-name_vi"
    elif verb == "remove":
        draft.spec["scenes"] = [scene for scene in scenes if scene["key"] != key]
        draft.focus = "add-scene"
    elif verb in ("up", "down") and key in places:
        here = places.index(key)
        there = here + (-1 if verb == "up" else 1)
        if 0 <= there < len(scenes):
            scenes[here], scenes[there] = scenes[there], scenes[here]
        draft.focus = f"{verb}-{key}"


def _save(request: HttpRequest, show: Show | None, draft: _Edit) -> HttpResponse:
    names: dict[str, Any] = {"name_vi": draft.name_vi, "name_en": draft.name_en, "data": draft.spec}
    try:
        if show is None:
            version = wall_actions.make_show(by=shared.person(request), **names)
        else:
            version = wall_actions.save_show(by=shared.person(request), show=show, base=draft.base, **names)
    except NotPermitted:
        raise
    except Refused as refusal:
        draft.refusal = refusal
        if refusal.code == "changed_meanwhile" and show is not None:
            draft.base = show.versions.order_by("-number")[0].number
        return _editor(request, show, draft, 422)
    return shared.go(request, "centre:control", version.show.slug)


def _editor(request: HttpRequest, show: Show | None, draft: _Edit, status: int = 200) -> HttpResponse:
    lang = language()
    choices = []
    for row in queries.newest():
        for page in range(1, len(queries.spec_of(row).pages()) + 1):
            choices.append(
                (f"{row.board.slug}@{page}", f"{row.name(lang)}, {_('trang')} {page}" if page > 1 else row.name(lang))
            )
    count = min(12, max(1, draft.spec["across"] * draft.spec["down"]))
    scenes = []
    for scene in draft.spec["scenes"]:
        given = [f"{each['board']}@{each['page']}" for each in scene["screens"]]
        screens = [(place, (given + [""] * count)[place]) for place in range(count)]
        scenes.append((scene, screens))
    page_ = {"show": show, "draft": draft, "spec": draft.spec, "scenes": scenes, "choices": choices,
             "refusal": draft.refusal, "lang": lang}  # fmt: skip
    return render(request, "centre/show_editor.html", page_, status=status)


def bad_moment(text: str) -> BadRequest:
    return BadRequest(_("Không hiểu thời điểm “%(text)s”; viết 05/08/2020 14:02.") % {"text": text[:40]})
