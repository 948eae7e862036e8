"""Views are closed unless they say otherwise: `@signed_in` or `@public` stands on each, and the middleware sees to it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base.refusal import Refused
from dienhong.organizations.permissions import NotAllowed

View = Callable[..., HttpResponse]


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
        if "json" in request.headers.get("Accept", "") or request.content_type == "application/json":
            return JsonResponse({"error": _("Phiên làm việc đã hết; đăng nhập lại.")}, status=401)
        return redirect(f"{reverse('sign_in')}?{urlencode({'next': request.get_full_path()})}")

    guarded.access = "signed_in"  # type: ignore[attr-defined]
    return guarded
