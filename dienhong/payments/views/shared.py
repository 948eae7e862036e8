"""Small things of several screens."""

import datetime as dt
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import get_language

from dienhong.base import clock, moments
from dienhong.base.refusal import Refused
from dienhong.organizations.models import Person
from dienhong.organizations.permissions import holds
from dienhong.payments import queries


def me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def keeper(request: HttpRequest) -> Person:
    """Who may look into the books; 404 for others, who need not know that there are any."""
    if not holds(request.user, queries.READING):
        raise Http404
    return me(request)


def number(text: str) -> int | None:
    """A whole number as typed, with or without the reader's mark between thousands: 1.000 in Vietnamese, 1,000 in
    English."""
    mark = "," if get_language() == "en" else "."
    plain = text.replace(mark, "").replace(" ", "").strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= 15 else None


def span(request: HttpRequest) -> tuple[dt.date, dt.date]:
    """first and last of the address; this month where nothing readable is given."""
    today = clock.business_today()
    return _day(request.GET.get("first", "")) or today.replace(day=1), _day(request.GET.get("last", "")) or today


def _day(text: str) -> dt.date | None:
    try:
        return moments.read(text).date()
    except (ValueError, OverflowError):
        return None


def said(request: HttpRequest, refusal: Refused, *to: object) -> HttpResponseRedirect:
    """Back to the page with the sentence of the refusal."""
    messages.error(request, refusal.sentence)
    return redirect(str(to[0]), *to[1:])
