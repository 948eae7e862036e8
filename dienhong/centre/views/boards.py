"""The list of columns and boards, and a board."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dienhong.base import clock
from dienhong.centre import desk, kept, permissions, queries
from dienhong.centre.models import BoardVersion
from dienhong.centre.views import shared
from dienhong.indicators.views.asked import language, said_of_moment
from dienhong.organizations.http import signed_in

MOST_VERSIONS = 30  # on the page of a board


@signed_in
@require_GET
def boards(request: HttpRequest) -> HttpResponse:
    who = shared.person(request)
    page = {
        "columns": queries.columns(who),
        "lang": language(),
        "arranges": permissions.may(who, permissions.ARRANGES),
    }
    return render(request, "centre/boards.html", page)


@signed_in
@require_GET
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """`unit` asks the same of another unit; `as_of` as it was known then, with the board as it was then."""
    seen = shared.sight(request)
    version, held = shared.board_or_404(request, slug, seen)
    spec = queries.spec_of(version)
    code = request.GET.get("unit", "")[:20]
    where = shared.drill(code or permissions.HOME, seen)
    drawn = kept.tiles(spec.tiles, seen, code)
    now = clock.record_now().timestamp()
    query = urlencode({name: value for name in ("unit", "as_of") if (value := request.GET.get(name))})
    grown, asked = desk.grown(spec.tiles), f"?{query}" if query else ""
    tiles = [
        drawn[tile.id].shown(seen.second, reverse("centre:tile", args=[slug, tile.id]) + asked, grown.get(tile.id, ""))
        for tile in spec.tiles
    ]
    page = {
        "version": version, "name": version.name(seen.lang), "column": version.board.column.name(seen.lang),
        "tiles": tiles, "where": where, "drilled": bool(code), "held": held, "number": version.number,
        "arranges": (arranges := permissions.may(shared.person(request), permissions.ARRANGES)),
        "versions": _versions(version) if arranges else [],
        "slug": slug, "lang": seen.lang, "now": now, **said_of_moment(request),
    }  # fmt: skip
    return render(request, "centre/board.html", page)


def _versions(shown: BoardVersion) -> list[dict[str, Any]]:
    """Every saving of the board, newest first, with the address of the board as it was right after it."""
    rows = shown.board.versions.select_related("by").order_by("-number")[:MOST_VERSIONS]
    return [
        {
            "number": row.number,
            "business": row.business,
            "by": row.by.name if row.by else "",
            "here": row.pk == shown.pk,
            "as_of": (row.business + dt.timedelta(microseconds=1)).isoformat(),
        }
        for row in rows
    ]
