"""The law of each service as a jurist reads it, and signs it."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.base.typing_kept import back, back_said, stands_on
from dienhong.dossiers import folders
from dienhong.dossiers.actions import signing
from dienhong.dossiers.models import ServiceVersion, Signature
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import may


def newest() -> list[ServiceVersion]:
    rows = ServiceVersion.objects.select_related("service").order_by("service__code", "-number")
    return list(rows.distinct("service__code"))


@signed_in
@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """Every service with its newest version and who stands for it. Law is public to whoever is signed in."""
    rows = []
    for version in newest():
        rules = folders.rules_of(version.service.code)
        rows.append({
            "version": version,
            "name": _said(version.sheet["name"]),
            "unconfirmed": len(rules.jurist_view().unconfirmed) if rules else None,
            "signed": Signature.objects.filter(version=version).select_related("by").order_by("-pk").first(),
        })  # fmt: skip
    return render(request, "dossiers/services.html", {"rows": rows})


@signed_in
@require_GET
def law(request: HttpRequest, code: str) -> HttpResponse:
    """Parameters with article and remark, worked cases as they come out now, signatures."""
    version = _version(code)
    rules = folders.rules_of(code)
    person, typed = cast(Person, request.user), back(request)
    context = {
        "version": version,
        "name": _said(version.sheet["name"]),
        "view": rules.jurist_view() if rules else None,
        "worked": rules.worked() if rules else [],
        "signatures": Signature.objects.filter(version__service__code=code).select_related("by", "version"),
        "may_sign": bool(rules) and bool(may(person, Role.JURIST, signing.owner_of(version), code)),
        "lang": "en" if get_language() == "en" else "vi",
        "typing_back": back_said() if typed else "",
        "note": typed.sent.get("note", "") if typed else "",
    }
    return render(request, "dossiers/law.html", context)


@stands_on(lambda code: reverse("services:law", args=[code]))
@signed_in
@require_POST
def sign(request: HttpRequest, code: str) -> HttpResponse:
    seen = request.POST.get("seen", "")
    try:
        signing.sign_service(
            by=cast(Person, request.user), version=_version(code), seen=int(seen) if seen.isdecimal() else -1,
            note=request.POST.get("note", ""),
        )  # fmt: skip
    except NotPermitted:
        raise
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Đã ký bản này."))
    return redirect("services:law", code)


def _version(code: str) -> ServiceVersion:
    found = ServiceVersion.objects.select_related("service").filter(service__code=code).order_by("-number").first()
    if found is None:
        raise Http404
    return found


def _said(words: dict[str, str]) -> str:
    return words.get("en" if get_language() == "en" else "vi") or words["vi"]
