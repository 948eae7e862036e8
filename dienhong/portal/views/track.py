"""Following a dossier without an account: its code and the secret beside it. One answer for all that is wrong."""

import hmac
import secrets
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dienhong.base import clock
from dienhong.documents.limiter import address_of
from dienhong.dossiers.models import Dossier
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import public
from dienhong.portal import cases, sentences

MOST, SECONDS = 20, 600  # tries of one address, counted for all workers together
LONGEST = 60
NOBODY = secrets.token_hex(4)  # compared with where no dossier has the code, so that both take as long


@dataclass(frozen=True, slots=True)
class Typed:
    code: str = ""
    secret: str = ""


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """?code= may be there already, from the picture on the slip; the secret is never in an address."""
    if request.method != "POST":
        return _form(request, Typed(code=_read(request.GET.get("code", ""))))
    typed = Typed(_read(request.POST.get("code", "")), _read(request.POST.get("secret", "")))
    if not _may_try(address_of(request)):
        said = _("Bạn đã thử quá nhiều lần. Hãy chờ mười phút rồi thử lại.")
        return _form(request, typed, said, 429)
    dossier = _found(typed)
    if dossier is None:
        said = _("Không có hồ sơ nào mang mã và số bí mật này. So lại từng chữ với giấy hoặc trang sau khi nộp.")
        return _form(request, typed, said, 422)
    context = {
        "dossier": dossier,
        "sheet": dossier.version.sheet,
        "unit": organizations.shown_name(dossier.unit, clock.business_today(), cases.lang()),
        "state": sentences.state(dossier),
        "left": sentences.left(dossier),
        "awaited": sentences.awaited(dossier),
        "steps": cases.steps(dossier),
    }
    return render(request, "portal/mine/tracked.html", context)


def _form(request: HttpRequest, typed: Typed, fault: str = "", status: int = 200) -> HttpResponse:
    return render(request, "portal/mine/track.html", {"typed": typed, "fault": fault}, status=status)


def _read(text: str) -> str:
    """As it is kept: capitals, no blanks; a slip may be read over the telephone."""
    return "".join(char for char in text.upper() if char.isprintable() and not char.isspace())[:LONGEST]


def _found(typed: Typed) -> Dossier | None:
    dossier = Dossier.objects.filter(code=typed.code).select_related("version", "unit").first()
    secret = dossier.secret if dossier else NOBODY
    return dossier if hmac.compare_digest(secret.encode(), typed.secret.encode()) and dossier else None


def _may_try(address: str) -> bool:
    key = f"track:{address}"
    cache.add(key, 0, SECONDS)
    try:
        return cache.incr(key) <= MOST
    except ValueError:  # it ran out in between
        cache.set(key, 1, SECONDS)
        return True
