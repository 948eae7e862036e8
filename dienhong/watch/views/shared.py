"""What several screens need."""

from collections.abc import Iterable
from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person
from dienhong.organizations.permissions import works_here
from dienhong.watch.words import lang


def person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def worker(request: HttpRequest) -> Person:
    """Who holds a role here; citizens and partners are told that these pages are not theirs."""
    by = person(request)
    if not works_here(by):
        raise NotPermitted("not_permitted", _("Trang này chỉ mở cho người làm việc trong hệ thống."))
    return by


def own_units(by: Person, roles: Iterable[str]) -> list[tuple[int, str]]:
    """The units on which the person holds one of the roles, by name; not all below."""
    today = clock.business_today()
    own = permissions.in_force(by.grants.filter(role__in=list(roles)), today)
    ids = list(own.order_by("unit").values_list("unit", flat=True).distinct())
    names, rows = organizations.office_names(ids, today, lang()), organizations.name_rows(ids, today)
    return [(pk, names[pk]) for pk in sorted(rows, key=lambda pk: rows[pk].sort_key)]


def whole(text: str) -> int:
    """A number of an address; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
