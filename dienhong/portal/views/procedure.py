"""The page of one procedure: what it is, who may ask, what to bring, how long, how much, where, by which law."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from dienhong.base import clock
from dienhong.catalogue import queries, served
from dienhong.catalogue.models import State
from dienhong.organizations.http import public
from dienhong.portal import handled, presenting
from dienhong.portal.cache import cached
from dienhong.portal.views.editing import edits


@public
@cached
@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """A local code, or one typed another way, leads to the address of the procedure that answers for it."""
    version = queries.procedure(code)
    if version is None:
        raise Http404
    known = version.procedure.code
    if code != known:
        return redirect("procedures:one", code=known)
    sheet = handled.sheet(known) if version.state != State.REPEALED else {}
    context = {
        "version": version,
        "called": [version.agency.name],  # Vietnamese within a sentence of the page's language
        "standing": queries.standing(known, version.procedure.synchronised_with),
        "service": served.services().get(known),
        "sheet": sheet,
        # What the folder of a service says of itself, while the catalogue has not been told more than words of it.
        "by_sheet": bool(sheet) and not (version.lines.exists() or version.cases.exists() or version.results.exists()),
        "in_force": handled.in_force(sheet, clock.business_today()),
        "costs": handled.before_sign_in(sheet, clock.business_today()),
        "repealed": version.state == State.REPEALED,
        "ways": presenting.ways(version.lines.order_by("place")),
        "filing": presenting.filing(version) or presenting.channels(sheet),
        "subjects": presenting.subjects(sheet),
        "cases": presenting.cases(version),
        "results": version.results.order_by("place"),
        "basis": version.basis.order_by("place"),
        "levels": queries.levels(version),
        "level_names": presenting.levels(version.levels),
        "events": version.procedure.life_events.select_related("event").order_by("event__audience", "event__order"),
        "edits": edits(request),
        "older": version.procedure.versions.select_related("decision").order_by("-number"),
    }
    return render(request, "portal/procedure.html", context)
