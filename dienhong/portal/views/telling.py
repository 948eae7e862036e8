"""What visitors tell us: that a page was seen, whether it helped, in which language and colours they read."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from dienhong.base import views as base
from dienhong.base.refusal import Refused
from dienhong.catalogue import queries
from dienhong.catalogue.reading import codes
from dienhong.organizations.http import public
from dienhong.portal import actions, seen

# Pages that are kept carry no token, so these three are asked without one. Who forges them changes a language, a
# colour, or a count by one.


@public
@csrf_exempt
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    return set_language(request)


@public
@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    return base.theme(request)


@public
@csrf_exempt
@require_POST
def seen_view(request: HttpRequest) -> HttpResponse:
    """A procedure's page was looked at; its own script says so when the page is shown."""
    read = codes.read(request.POST.get("code", "")[:40])
    if read is None:
        return HttpResponseBadRequest(_("Mã thủ tục không đúng."))
    seen.note(read.short())
    return HttpResponse(status=204)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    """Say whether a procedure's page helped; nothing is asked about who says it."""
    version = queries.procedure(request.GET.get("code", "")[:40])
    if version is None:
        return redirect("portal:home")
    typed, refusal = {"helped": "", "text": ""}, None
    if request.method == "POST":
        typed = {"helped": request.POST.get("helped", ""), "text": request.POST.get("text", "")}
        helped = {"yes": True, "no": False}.get(typed["helped"])
        try:
            actions.say_feedback(
                by="job:portal", code=version.procedure.code, helped=helped, text=typed["text"],
                lang=(get_language() or "vi")[:2],
            )  # fmt: skip
        except Refused as refused:
            refusal = refused.sentence
        else:
            return render(request, "portal/thanks.html", {"version": version})
    context = {"version": version, "typed": typed, "refusal": refusal, "most": actions.LONGEST}
    return render(request, "portal/feedback.html", context, status=409 if refusal else 200)
