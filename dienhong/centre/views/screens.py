"""A screen of a wall: signed in by its code, or looked at by an official, now or at a past minute."""

import datetime as dt
import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dienhong.base import clock, moments
from dienhong.centre import permissions, wall, wall_actions
from dienhong.centre.models import Display
from dienhong.centre.views.walls import bad_moment
from dienhong.indicators import queries as indicators
from dienhong.indicators.views.asked import language
from dienhong.organizations.http import signed_in

COOKIE = "wall"
YEARS = 2 * 365 * 24 * 3600


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    # public
    if request.method == "GET":
        return render(request, "centre/screen_sign_in.html", {"wrong": False})
    code = request.POST.get("code", "")[:40]
    if display(code) is None:
        return render(request, "centre/screen_sign_in.html", {"wrong": True}, status=422)
    answer = redirect("centre:screen")
    answer.set_cookie(
        COOKIE, code, max_age=YEARS, httponly=True, samesite="Strict", secure=bool(settings.SESSION_COOKIE_SECURE)
    )
    return answer


def display(code: str) -> Display | None:
    """The display that the code signs in, while it has not ended."""
    rows = Display.objects.filter(secret=wall_actions.hashed(code), ended_at=None)
    return rows.select_related("show").first() if code else None


@never_cache
@require_GET
def screen(request: HttpRequest) -> HttpResponse:
    """What a paired screen shows; without its code it is asked for it."""
    # public
    found = display(request.COOKIES.get(COOKIE, ""))
    if found is None:
        return redirect("centre:screen_sign_in")
    return _page(request, found.show.slug, found.screen, reverse("centre:screen_snapshot"), "/live/screen", "vi", "")


@never_cache
@require_GET
def screen_snapshot(request: HttpRequest) -> HttpResponse:
    # public
    found = display(request.COOKIES.get(COOKIE, ""))
    if found is None:
        return JsonResponse({"error": _("Màn hình này chưa được ghép.")}, status=403)
    return _json(found.show.slug, None, "vi")


@never_cache
@signed_in
@require_GET
def view(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The same page for an official; `at` (business time) replays the minute."""
    at = request.GET.get("at", "")
    address = reverse("centre:view_snapshot", args=[slug]) + (f"?at={at}" if _moment(request) else "")
    live = "" if at else f"/live/walls/{slug}?lang={language()}"
    return _page(request, slug, number, address, live, language(), at)


@never_cache
@signed_in
@require_GET
def view_snapshot(request: HttpRequest, slug: str) -> HttpResponse:
    return _json(slug, _moment(request), language())


def _moment(request: HttpRequest) -> dt.datetime | None:
    text = request.GET.get("at", "").strip()
    if not text:
        return None
    try:
        chosen = moments.read(text)
    except (ValueError, OverflowError):
        raise bad_moment(text) from None
    return indicators.from_business(min(chosen, clock.business_now()))


def _json(slug: str, moment: dt.datetime | None, lang: str) -> HttpResponse:
    with translation.override(lang):
        made = wall.snapshot(wall.stand(wall.show_of(slug), moment), lang)
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False})


def _page(request: HttpRequest, slug: str, number: int, address: str, live: str, lang: str, at: str) -> HttpResponse:
    held = wall.stand(wall.show_of(slug), _moment(request) if at else None)
    if not 1 <= number <= held.spec.screens:
        raise Http404(_("Tường này không có màn hình số %(n)d.") % {"n": number})
    with translation.override(lang):
        first = wall.snapshot(held, lang)
        page = {
            "first": first, "number": number, "of": held.spec.screens, "address": address, "live": live, "lang": lang,
            "name": held.version.name(lang), "home": permissions.HOME, "slug": slug,
            "data": json.dumps(first, ensure_ascii=False),
        }  # fmt: skip
        return render(request, "centre/screen.html", page)
