"""What several screens need."""

from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.directives.lived import LivedAssignment
from dienhong.directives.models import Assignment, Directive
from dienhong.directives.permissions import ISSUING, may_see, may_see_directive
from dienhong.directives.queries.standing import lived
from dienhong.directives.words import lang
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person


def person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def assignment_or_404(request: HttpRequest, pk: int) -> LivedAssignment:
    """An assignment with where it stands, if the person may see it; the reason otherwise."""
    rows = lived(Assignment.objects.filter(pk=pk)).select_related("directive__issuer", "issuer", "lead", "parent")
    found = get_object_or_404(rows)
    if not may_see(person(request), found):
        raise NotPermitted("not_permitted", _("Nhiệm vụ này của đơn vị khác; bạn không được giao xem."))
    return found


def directive_or_404(request: HttpRequest, pk: int) -> Directive:
    found = get_object_or_404(
        Directive.objects.select_related("issuer", "indicator", "period", "unit", "breakdown"), pk=pk
    )
    if not may_see_directive(person(request), found):
        raise NotPermitted("not_permitted", _("Chỉ đạo này của đơn vị khác; bạn không được giao xem."))
    return found


def issuers_of(by: Person) -> list[tuple[int, str]]:
    """The units the person may issue for, by name; those they hold a grant on, not all below."""
    today = clock.business_today()
    own = permissions.in_force(by.grants.filter(role__in=ISSUING), today)
    ids = list(own.order_by("unit").values_list("unit", flat=True).distinct())
    names, rows = organizations.office_names(ids, today, lang()), organizations.name_rows(ids, today)
    return [(pk, names[pk]) for pk in sorted(rows, key=lambda pk: rows[pk].sort_key)]
