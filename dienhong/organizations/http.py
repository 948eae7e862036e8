"""Views are closed unless they say otherwise: `@signed_in` or `@public` stands on each; the middleware sees to it."""

import inspect
import re
from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Any
from urllib.parse import urlencode

from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dienhong.base.refusal import NotPermitted

View = Callable[..., HttpResponse]
# Packages whose views guard themselves: sign-in is public by nature, an API names its own authentication.
GUARD_THEMSELVES = ("allauth.", "ninja.", "django.views.i18n", "django.contrib.staticfiles", "django.views.static")
SAID_PUBLIC = re.compile(r"^def [^\n]*(?:\n[^\n]*)*?:\n(?:    \"\"\"(?:.|\n)*?\"\"\"\n)?    # public\b", re.MULTILINE)


def public(view: View) -> View:
    """Anyone may see this page."""

    @wraps(view)
    def open_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    open_view.access = "public"  # type: ignore[attr-defined]
    return open_view


def signed_in(view: View) -> View:
    """Anyone signed in may come here; what they may see and do, the view and its actions decide."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if _wants_json(request):
            return JsonResponse({"error": _("Phiên làm việc đã hết; đăng nhập lại.")}, status=401)
        sign_in = f"{reverse('sign_in')}?{urlencode({'next': request.get_full_path()})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": sign_in})
        return redirect(sign_in)

    guarded.access = "signed_in"  # type: ignore[attr-defined]
    return guarded


@cache
def access(view: View) -> str:
    """How a view is declared: public, signed_in, itself (by its package), or "" when nobody said anything."""
    each: Any = view
    while True:
        if said := getattr(each, "access", ""):
            return str(said)
        if getattr(each, "login_required", True) is False:  # Django's own login_not_required
            return "public"
        # A class-based view leads on to the method its decorators wrapped, in Django's module: ask on every step.
        if getattr(getattr(each, "view_class", each), "__module__", "").startswith(GUARD_THEMSELVES):
            return "itself"
        inner = each.func if isinstance(each, partial) else getattr(each, "__wrapped__", None)
        if inner is None:
            return "public" if _says_public(each) else ""
        each = inner


def _says_public(view: Any) -> bool:
    """Whether `# public` is the first line of the view, as rooms below this one write it."""
    try:
        source = inspect.getsource(view)
    except (OSError, TypeError):
        return False
    return SAID_PUBLIC.search(inspect.cleandoc(source) if source[:1].isspace() else source) is not None


def closed_by_default(get_response: View) -> View:
    """Refuse a view that nobody declared; show the reason where an action said NotPermitted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        if access(view):
            return None
        return refused(request, _("Trang này chưa khai báo ai được xem nên không mở cho ai."))

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refused(request, error.sentence) if isinstance(error, NotPermitted) else None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def samples_prove_nothing(get_response: View) -> View:
    """Say to an account of the demo why a page that asks for its password again is closed: it has none.

    Stands after allauth's middleware, so that it is asked first: allauth would answer with a bare 403.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, ReauthenticationRequired) or not getattr(request.user, "demo", False):
            return None
        return refused(
            request,
            _("Tài khoản mẫu vào bằng một lần bấm: không có mật khẩu, nên không đặt được mật khẩu hay bước thứ hai."),
        )

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """403 with its administrative reason, as a page or as JSON."""
    if _wants_json(request):
        return JsonResponse({"error": reason}, status=403)
    return render(request, "organizations/refused.html", {"reason": reason}, status=403)


def _wants_json(request: HttpRequest) -> bool:
    return "json" in request.headers.get("Accept", "") or request.content_type == "application/json"
