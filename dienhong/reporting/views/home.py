"""The first page: to a stranger what this is, to a person where their work is, to one who watches the overview."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dienhong.base.clock import business_today
from dienhong.indicators import queries as indicators
from dienhong.organizations import demo, permissions
from dienhong.organizations.http import public, signed_in
from dienhong.organizations.models import Role
from dienhong.reporting import overview as overviews
from dienhong.reporting.permissions import OWN_ROLES
from dienhong.reporting.views.boards import coverage
from dienhong.reporting.views.shared import lang, person

WORK = (
    (OWN_ROLES, "reporting:duties"),
    ((Role.RECEIVER, Role.REGIME_MANAGER), "reporting:regimes"),
    ((Role.AUDITOR,), "reporting:journal"),
    ((Role.VIEWER,), "reporting:overview"),
    ((Role.ADMINISTRATOR,), "office"),
)


@public
@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        samples = demo.choices(business_today(), lang()) if settings.DEMO else []
        roles = list(dict.fromkeys(each.roles for each in samples))
        grouped = [(role, [each for each in samples if each.roles == role]) for role in roles]
        return render(request, "reporting/welcome.html", {"grouped": grouped})
    for roles_held, name in WORK:
        if permissions.holds(person(request), roles_held):
            return redirect(name)
    return redirect("reporting:overview" if permissions.works_here(person(request)) else "portal:home")


@signed_in
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """How far the present periods have come, and the latest figures of the nation."""
    shown, more = overviews.latest(indicators.moment(None), lang())
    standings = [(each, coverage(each.board)) for each in overviews.standings(lang())]
    return render(request, "reporting/overview.html", {"standings": standings, "latest": shown, "more": more})
