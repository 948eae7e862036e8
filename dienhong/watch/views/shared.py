"""What several screens need."""

from collections.abc import Iterable
from typing import cast

from django.http import HttpRequest

from dienhong.base import clock
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person
from dienhong.watch.words import lang


def person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def own_units(by: Person, roles: Iterable[str]) -> list[tuple[int, str]]:
    """The units on which the person holds one of the roles, by name; not all below."""
    today = clock.business_today()
    own = permissions.in_force(by.grants.filter(role__in=list(roles)), today)
    ids = list(own.order_by("unit").values_list("unit", flat=True).distinct())
    names, rows = organizations.full_names(ids, today, lang()), organizations.name_rows(ids, today)
    return [(pk, names[pk]) for pk in sorted(rows, key=lambda pk: rows[pk].sort_key)]


def whole(text: str) -> int:
    """A number of an address; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
