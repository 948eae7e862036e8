"""Turns a refusal that no screen answered into a page, or problem details for a machine. Never a 500."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from dienhong.base.refusal import NotPermitted, Refused

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """403 for what the person may not, 409 for what cannot be done now."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

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
        return render(request, "base/refused.html", {"refusal": exception}, status=status)
