"""What happens to every request: a line in the log, the content policy, the maintenance banner."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from dienhong.base import request_context
from dienhong.config import upkeep

log = logging.getLogger("dienhong.request")
Next = Callable[[HttpRequest], HttpResponse]
QUIET = ("/healthz", "/readyz", "/metrics", settings.STATIC_URL)
# While the house is closed, who runs it still signs in and opens it again.
OPEN_WHILE_CLOSED = ("/admin-office/system/", "/account/login/", "/account/2fa/authenticate/", "/sign-in/")
GIVEN_ID = re.compile(r"[0-9a-f]{16,40}")


def request_log(get_response: Next) -> Next:
    """Name the request, answer it, say in one line who asked what, how it ended and how long it took (ms)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        name = given if settings.BEHIND_PROXY and GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        tokens = request_context.request_id.set(name), request_context.actor.set("")
        began = time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-Id"] = name
            if not request.path.startswith(QUIET) or response.status_code >= 500:
                took = (time.perf_counter() - began) * 1000
                # The path only: a query string may hold what a person searched for.
                log.info("%s %r %d %.0f ms", request.method, request.path, response.status_code, took)
            return response
        finally:
            request_context.request_id.reset(tokens[0])
            request_context.actor.reset(tokens[1])

    return middleware


def who(get_response: Next) -> Next:
    """Tell the log for whom we work. Reads the session only if it is there already: no query for visitors."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.session.get("_auth_user_id") if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if key:
            request_context.actor.set(f"person:{key}")
        return get_response(request)

    return middleware


def content_security_policy(get_response: Next) -> Next:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response

    return middleware


def maintenance(get_response: Next) -> Next:
    """`request.banner`: the announcement of the administrator, or None. While closed, writes are refused with 503."""

    def middleware(request: HttpRequest) -> HttpResponse:
        banner = upkeep.current()
        request.banner = banner  # type: ignore[attr-defined]  # for templates: {{ request.banner.text }}
        kept_open = request.method in {"GET", "HEAD", "OPTIONS"} or request.path.startswith(OPEN_WHILE_CLOSED)
        if banner and banner.closed and not kept_open:
            with translation.override(translation.get_language_from_request(request)):
                return _closed(request, banner)
        return get_response(request)

    return middleware


def _closed(request: HttpRequest, banner: upkeep.Banner) -> HttpResponse:
    """Nothing was written, and why: as JSON, as a line for a part of a page, or as a page that leads back."""
    said = _("Trang đang bảo trì, mọi thay đổi tạm ngừng: %(text)s. Điều vừa gửi chưa được ghi.") % {
        "text": banner.text.rstrip(" .")
    }
    later = {"Retry-After": "600"}
    if "json" in request.headers.get("Accept", "") or request.content_type == "application/json":
        return JsonResponse({"error": said, "maintenance": True}, status=503, headers=later)
    if request.headers.get("HX-Request"):
        return HttpResponse(said, status=503, content_type="text/plain; charset=utf-8", headers=later)
    # Without the request: who asks is not known yet, and the page needs nothing of it.
    return HttpResponse(render_to_string("config/closed.html", {"said": said}), status=503, headers=later)
