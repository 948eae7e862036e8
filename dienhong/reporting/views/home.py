"""The first page: straight to where a person's work is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from dienhong.organizations import permissions
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Role
from dienhong.reporting.permissions import OWN_ROLES
from dienhong.reporting.views.shared import person

WORK = (
    (OWN_ROLES, "reporting:duties"),
    ((Role.RECEIVER, Role.REGIME_MANAGER), "reporting:regimes"),
    ((Role.AUDITOR,), "reporting:journal"),
)


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    for roles, name in WORK:
        if permissions.holds(person(request), roles):
            return redirect(name)
    return redirect("indicators:list")
