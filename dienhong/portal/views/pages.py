"""The first page, and search."""

from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from dienhong.catalogue import queries, served
from dienhong.catalogue.models import Audience, Version
from dienhong.catalogue.search import live
from dienhong.catalogue.search.engine import Hit
from dienhong.catalogue.search.typed import LONGEST_QUERY
from dienhong.dossiers.models import CLOSED
from dienhong.dossiers.queries import drafts
from dienhong.organizations import permissions
from dienhong.organizations.http import public
from dienhong.organizations.models import Person
from dienhong.portal import cases
from dienhong.portal.cache import cached
from dienhong.portal.sentences import TODO

FOUND = 20
SUGGESTED = 8
MOST_USED = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One answer with what the list says of it."""

    hit: Hit
    standing: queries.Standing
    agency: str


@public
@cached
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search first; then life events; then what is used most."""
    groups = [(audience, queries.life_events(audience.value)) for audience in Audience]
    many = queries.listed().count()
    context = {"groups": groups, "most_used": _with_standing(queries.most_used(MOST_USED)), "many": many,
               "here": len(served.services()), "mine": _mine(request), "roleless": _roleless(request)}  # fmt: skip
    return render(request, "portal/home.html", context)


@public
@cached
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answers to ?q=; a code alone leads straight to its page."""
    asked = _asked(request)
    hits = live.find(asked, FOUND) if asked else []
    if len(hits) == 1 and hits[0].by_code:
        return redirect("procedures:one", code=hits[0].entry.code)
    return render(request, "portal/search.html", {"q": asked, "found": [_found(hit) for hit in hits]})


@public
@cached
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Names while typing, as a piece of a page."""
    asked = _asked(request)
    hits = live.suggest(asked, SUGGESTED) if len(asked) > 1 else []
    return render(request, "portal/suggestions.html", {"hits": hits})


def _asked(request: HttpRequest) -> str:
    """What was typed: one line, no more than a person types; NUL and the like are blanks."""
    text = "".join(char if char.isprintable() else " " for char in request.GET.get("q", ""))
    return " ".join(text.split())[:LONGEST_QUERY]


def _found(hit: Hit) -> Found:
    standings = {each.key: each for each in (queries.HERE, queries.SYNCHRONISED, queries.DESCRIBED)}
    return Found(hit, standings[hit.entry.standing], hit.entry.agency)


def _mine(request: HttpRequest) -> dict[str, int] | None:
    """For who is signed in: how many wait for them, how many run, how many are begun. Such a page is not kept."""
    if not isinstance(request.user, Person):
        return None
    rows = cases.of(request.user).exclude(status__in=CLOSED).order_by().values_list("status").annotate(Count("pk"))
    counts = dict(rows)
    todo = sum(number for status, number in counts.items() if status in TODO)
    begun = drafts.of(request.user).count()
    return {"todo": todo, "running": sum(counts.values()) - todo, "drafts": begun}


def _roleless(request: HttpRequest) -> bool:
    """Whether one is signed in and holds no role: a citizen, or an official to whom none was given yet."""
    return isinstance(request.user, Person) and not request.user.demo and not permissions.works_here(request.user)


def _with_standing(rows: list[Version]) -> list[tuple[Version, queries.Standing]]:
    return [(row, queries.standing(row.procedure.code, row.procedure.synchronised_with)) for row in rows]
