"""The law of a service for everybody: each figure of a fee with its article, by the day it began."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from dienhong.dossiers import folders
from dienhong.organizations.http import public
from dienhong.portal.cache import cached


@public
@cached
@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Parameters and tables that the service computes with; each row has its own address (#id)."""
    rules = folders.rules_of(code) if code in folders.names() else None
    if rules is None:
        raise Http404
    sheet = folders.get(code).sheet
    context = {
        "sheet": sheet,
        "parameters": [each for each in rules.jurist_view().parameters if each.rows],
        "tables": rules.tables() if hasattr(rules, "tables") else [],
        "lang": "en" if get_language() == "en" else "vi",
    }
    return render(request, "portal/law.html", context)
