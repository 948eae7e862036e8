"""Screens of the base room: the theme as a choice that lasts, and every component in every state."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dienhong.base.components.showcase import context as every_component
from dienhong.base.context import THEMES

YEAR = 365 * 24 * 3600


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    # public
    chosen = request.POST.get("theme", "")
    if chosen not in {"auto", *THEMES}:
        return HttpResponseBadRequest(_("Không có màu nền ấy."))
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    # The page's own script reads and writes it too, so not HttpOnly; it says nothing about the person.
    response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE))
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 400. Says what was wrong where one of our views said it; other reasons are for the log."""
    # public
    said = str(exception) if type(exception) is BadRequest else ""
    if not hasattr(request, "user"):
        request.user = AnonymousUser()  # a forged host is refused before anybody is asked who they are
    return render(request, "400.html", {"said": said}, status=400)


@require_GET
def look(request: HttpRequest) -> HttpResponse:
    # public
    asked = request.GET.get("theme", "")
    return render(request, "base/look.html", {"asked_theme": asked if asked in THEMES else "", **every_component()})
