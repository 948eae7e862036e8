"""The same check for machines: a file or a code in, the verdict as JSON out; mistakes as problem details (RFC 9457)."""

import json

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from dienhong.base.refusal import Refused
from dienhong.documents.verdicts import Outcome, Verdict
from dienhong.documents.views import Busy, ask_code, ask_file
from dienhong.organizations.http import public

STATUS = {Outcome.MISTYPED: 422, Outcome.UNKNOWN_CODE: 404}


@csrf_exempt  # says nothing of whoever is signed in, and changes nothing
@public
@never_cache
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """multipart/form-data with `file`, or JSON {"code": "…"}."""
    sent = request.FILES.get("file") if request.content_type == "multipart/form-data" else None
    if isinstance(sent, UploadedFile):
        try:
            return _answer(ask_file(request, sent))
        except Refused as refusal:
            return _problem(refusal.code, refusal.sentence, 413 if refusal.code == "too_large" else 422)
        except Busy as busy:
            return _problem("busy", busy.sentence, 429)
    return _by_code(request, _code_in(request))


@public
@never_cache
@require_GET
def code(request: HttpRequest, code: str) -> HttpResponse:
    return _by_code(request, code)


def _code_in(request: HttpRequest) -> str:
    try:
        said = json.loads(request.body or b"{}") if request.content_type == "application/json" else request.POST
        found = said.get("code", "")
    except (ValueError, AttributeError):
        return ""
    return found if isinstance(found, str) else ""


def _by_code(request: HttpRequest, typed: str) -> HttpResponse:
    if not typed:
        return _problem("nothing_to_check", _("Hãy gửi tệp ở mục file hoặc mã ở mục code."), 422)
    try:
        return _answer(ask_code(request, typed))
    except Busy as busy:
        return _problem("busy", busy.sentence, 429)


def _answer(verdict: Verdict) -> HttpResponse:
    return JsonResponse(verdict.json(), status=STATUS.get(verdict.outcome, 200))


def _problem(name: str, sentence: str, status: int) -> HttpResponse:
    problem = {"type": f"about:{name}", "title": sentence, "status": status}
    headers = {"Retry-After": "60"} if status == 429 else {}
    return JsonResponse(problem, status=status, content_type="application/problem+json", headers=headers)
