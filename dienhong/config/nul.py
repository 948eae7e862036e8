"""NUL, the character that PostgreSQL's text cannot hold: refused in an address, left out of a form that was typed.

A browser never sends it in an address; in a form it comes along with pasted text, and what was typed is kept.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

NUL = "\x00"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class NulMiddleware:
    """400 with a sentence; as problem details where a machine asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path_info or NUL in unquote_plus(request.META.get("QUERY_STRING", "")):
            return _refused(request, _("Địa chỉ có ký tự NUL (%00), thứ không chữ nào có; bỏ nó đi."))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Here the form has been read already, to look for its token. A view without a token may want the body itself,
        and a body is read once: its messages are for machines."""
        if request.method != "POST" or request.content_type not in FORMS or getattr(view, "csrf_exempt", False):
            return
        if any(NUL in text for _name, texts in request.POST.lists() for text in texts if isinstance(text, str)):
            request.POST = _without(request.POST)  # type: ignore[assignment]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """In the body of a machine's message: its sender has the text, so it is refused there too."""
        if isinstance(exception, DataError | ValueError) and "NUL (0x00)" in str(exception):
            return _refused(request, _("Nội dung gửi lên có ký tự NUL; bỏ nó đi rồi gửi lại."))
        return None


def _without(form: QueryDict) -> QueryDict:
    cleaned = QueryDict(mutable=True, encoding=form.encoding)
    for name, texts in form.lists():
        cleaned.setlist(name, [text.replace(NUL, "") if isinstance(text, str) else text for text in texts])
    cleaned._mutable = False
    return cleaned


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    machine = request.path_info.startswith("/api/") or "json" in request.headers.get("Accept", "")
    if not machine:
        raise BadRequest(sentence)
    problem = {"type": "about:nul", "title": sentence, "status": 400}
    return JsonResponse(
        problem, status=400, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )
