"""What the screens of the Centre share: who asks, as of when, for which unit; a board that may be seen."""

from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.centre import permissions, queries
from dienhong.centre.asking import TREES, Sight
from dienhong.centre.models import BoardVersion
from dienhong.indicators import places
from dienhong.indicators.views import asked
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Link, Person, Unit


def person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def sight(request: HttpRequest) -> Sight:
    """As of the moment that the address names, else as known now."""
    at, lang = asked.moment(request), asked.language()
    day = at.business.date() if at.past else clock.business_today()
    return Sight(at, day, lang, request.GET.get("as_of", "") if at.past else "")


def board_or_404(request: HttpRequest, slug: str, seen: Sight) -> tuple[BoardVersion, bool]:
    """The version that held at the moment, and whether it did: before the first one, the first one stands."""
    past = seen.at.at if seen.at.past else None
    held = queries.newest(past, [slug])
    version = held[0] if held else _first(slug)
    permissions.require_sight(person(request), version)
    return version, bool(held)


def _first(slug: str) -> BoardVersion:
    row = BoardVersion.objects.select_related("board__column").filter(board__slug=slug).order_by("number").first()
    if row is None or not queries.newest(None, [slug]):
        raise Http404(_("Không có bảng “%(slug)s”.") % {"slug": slug[:60]})
    return row


def go(request: HttpRequest, name: str, *args: object) -> HttpResponse:
    """On to another page, also from a form that htmx sent: a redirect would be put into a part of the page."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(name, args=args)})
    return redirect(name, *args)


@dataclass(frozen=True, slots=True)
class Step:
    """A unit one can go to from a board."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Drill:
    """Where a board stands in the tree: the unit, those above it, and by group those right below it."""

    unit: Step
    above: list[Step]
    below: list[tuple[str, list[Step]]]


def drill(code: str, seen: Sight) -> Drill:
    """Http404 for a code that no unit bears that day."""
    try:
        unit = places.unit(code, seen.today)
    except Unit.DoesNotExist as error:
        raise Http404(str(error)) from None
    links = Link.objects.filter(hierarchy__key__in=TREES, validity__contains=seen.today, superseded_at=None)
    down = links.filter(parent=unit.pk).values_list("hierarchy__key", "child").order_by("hierarchy__key", "child")
    up = dict(links.filter(child=unit.pk).order_by("-hierarchy__key").values_list("hierarchy__key", "parent"))
    above = list(dict.fromkeys(up[tree] for tree in ("administrative", "six_regions", "sector") if tree in up))
    everyone = {unit.pk, *above, *(child for _tree, child in down)}
    rows = organizations.name_rows(everyone, seen.today)
    codes = places.codes(everyone, seen.today)

    def step(pk: int) -> Step:
        row = rows.get(pk)
        return Step(codes[pk], ((row.name_en if seen.lang == "en" else "") or row.name_vi) if row else f"#{pk}")

    groups: dict[str, list[int]] = {}
    for tree, child in down:
        groups.setdefault(tree, []).append(child)
    words = {"administrative": _("Đơn vị hành chính"), "six_regions": _("Vùng"), "new_regions": _("Vùng mới"),
             "sector": _("Đơn vị trong ngành")}  # fmt: skip
    below = [
        (words[tree], [step(pk) for pk in sorted(groups[tree], key=lambda pk: rows[pk].sort_key if pk in rows else "")])
        for tree in ("six_regions", "new_regions", "administrative", "sector")
        if tree in groups
    ]
    return Drill(step(unit.pk), [step(pk) for pk in above], below)
