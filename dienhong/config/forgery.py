"""A form whose token no longer holds: signed in again elsewhere, cookies gone, or sent from another site."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dienhong.base import typing_kept


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """In the reader's words; from a page of ours that keeps what was typed, back to that page with all of it.

    Nothing is done with what was sent, and it is kept only where the browser says that a page of ours sent it.
    """
    if typing_kept.of_ours(request) and typing_kept.keeps(request) and request.POST.get("do") != "autosave":
        typing_kept.keep(request)
        return redirect(request.get_full_path())
    if "json" in request.headers.get("Accept", "") or request.content_type == "application/json":
        said = {"type": "about:csrf", "title": _("Trang đã cũ; tải lại rồi gửi lại."), "status": 403}
        return JsonResponse(said, status=403, content_type="application/problem+json")
    return render(request, "csrf.html", status=403)
