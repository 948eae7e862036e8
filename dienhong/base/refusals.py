"""Turns a refusal that no screen answered into a page, or problem details for a machine. Never a 500."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dienhong.base.refusal import NotPermitted, Refused

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """403 for what the person may not, 409 for what cannot be done now. Who opens an address that only a form sends to
    is told so: Django's own answer is an empty page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        opened = request.method == "GET" and "html" in request.headers.get("Accept", "")
        if answer.status_code != 405 or not opened or answer.content:
            return answer
        said = _("Địa chỉ này chỉ nhận điều một biểu mẫu gửi tới. Hãy mở lại trang có biểu mẫu ấy rồi bấm nút ở đó.")
        page = render(
            request,
            "base/refused.html",
            {"refusal": Refused("only_by_form", said), "back": _came_from(request)},
            status=405,
        )
        page["Allow"] = answer["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        status = 403 if isinstance(exception, NotPermitted) else 409
        if "json" in request.headers.get("Accept", "") or request.content_type == "application/json":
            faults = [{"code": one.code, "where": one.where, "detail": one.sentence} for one in exception.faults]
            problem = {
                "type": f"about:{exception.code}",
                "title": exception.sentence,
                "status": status,
                "faults": faults,
            }
            return JsonResponse(problem, status=status, content_type="application/problem+json")
        return render(request, "base/refused.html", {"refusal": exception, "back": _came_from(request)}, status=status)


def _came_from(request: HttpRequest) -> str:
    """The page of this site from which it was pressed, to lead back to; "" where there is none or it is this one."""
    found = urlsplit(request.headers.get("Referer", ""))
    if found.netloc != request.get_host() or found.path == request.path or found.path.startswith("//"):
        return ""
    return found.path + (f"?{found.query}" if found.query else "")
