"""One tile opened: large, with what lies below it, what it is made from, and its picture as a file."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dienhong.base import clock
from dienhong.base.numbers import format_number
from dienhong.centre import answer, card, forms, kept, permissions, queries, vega
from dienhong.centre.asking import Sight, Subject, subjects
from dienhong.centre.offering import CHANGES
from dienhong.centre.spec import Tile
from dienhong.centre.views import shared
from dienhong.indicators import definition, offers, places
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Period
from dienhong.indicators.queries import Total
from dienhong.indicators.queries import kept as rows
from dienhong.organizations.http import signed_in

KINDS = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf", "json": "application/json"}


def _tile(request: HttpRequest, slug: str, pk: str, seen: Sight) -> tuple[Any, Tile]:
    version, _held = shared.board_or_404(request, slug, seen)
    found = queries.spec_of(version).tile(pk)
    if found is None:
        raise Http404(_("Bảng này không có ô ấy."))
    return version, found


@signed_in
@require_GET
def tile(request: HttpRequest, slug: str, tile: str) -> HttpResponse:
    seen, unit = shared.sight(request), request.GET.get("unit", "")[:20]
    version, found = _tile(request, slug, tile, seen)
    where = shared.drill(unit or found.unit, seen)
    wide = replace(found, width=min(2, max(found.width, 2)), height=max(found.height, 2))
    drawn = kept.tiles([wide], seen, unit)[wide.id]
    subject = subjects([replace(found, form="ranking")], seen, unit).get(found.id) if found.indicator else None
    with translation.override(seen.lang):
        more = _more(request, subject) if isinstance(subject, Subject) else {}
    query, now = request.META.get("QUERY_STRING", ""), clock.record_now().timestamp()
    page = {
        "version": version, "name": version.name(seen.lang), "slug": slug, "lang": seen.lang, "where": where,
        "html": drawn.shown(seen.second, request.get_full_path()), "query": query, "now": now,
        "files": [(kind, reverse("centre:picture", args=[slug, tile, kind])) for kind in KINDS],
        "target": found.target if "target" in forms.of(found.form).offers else None,
        "wanted": format_number(found.target.bound, None, seen.lang) if found.target else "",
        "arranges": permissions.may(shared.person(request), permissions.ARRANGES), "rows": [], "offers": [],
        "unit_words": "", **more,
    }  # fmt: skip
    return render(request, "centre/tile_page.html", page)


def _more(request: HttpRequest, subject: Subject) -> dict[str, Any]:
    """The units below in the newest period, what the figure is made from, where its change is explained, and what can
    be done because of it."""
    listed = answer.listed(subject)
    found = answer.totals(subject)
    row, made = found[-1]
    below = sorted(listed[1], key=lambda mark: (-(mark.value or 0), mark.name)) if listed else []
    return {
        "title": subject.title, "unit_words": subject.words, "period": subject.label(row),
        "below": below, "below_period": subject.label(listed[0]) if listed else "",
        "inputs": [each for ref, part in made.inputs.items() if (each := _input(subject, ref, part)) is not None],
        "passport": subject.href(row), "rows": list(reversed(answer.points(subject, found))),
        "indicator": subject.indicator.code, "why": _why(subject, row),
        "offers": offers.offers(request, subject.key(row), row, but=CHANGES),
    }  # fmt: skip


def _input(subject: Subject, ref: str, part: Total) -> dict[str, str] | None:
    """One side of a rate or one name in a formula, with its passport."""
    if part.key is None:
        return None
    code = indicators.indicator_of(part.key.indicator_id).code
    row = rows.period_by_id(part.key.period_id)
    where = subject.places.code(part.key.unit_id, row.last)
    href = places.figure_url(code, row, where, key=part.key, as_of=subject.sight.as_of)
    entry = indicators.entry(part.key.indicator_id, subject.sight.at)
    decimals = None if entry is None else entry.decimals
    text = _("chưa có") if part.value is None else format_number(part.value, decimals, subject.sight.lang)
    unit = "" if entry is None else entry.unit_en if subject.sight.lang == "en" else entry.unit_vi
    name = definition.name_of(code, subject.sight.at, subject.sight.lang)
    return {"name": name, "text": text, "unit": unit, "href": href, "period": subject.label(row)}


def _why(subject: Subject, row: Period) -> str:
    """Against the period that the tile compares with."""
    code = subject.places.code(subject.unit.pk, row.last)
    address = reverse("centre:changes", args=[subject.indicator.code, row.calendar, row.key, code])
    said = {"than": "year_before"} if subject.tile.compare == "year_before" else {}
    said |= {"as_of": subject.sight.as_of} if subject.sight.as_of else {}
    return f"{address}?{urlencode(said)}" if said else address


@signed_in
@require_GET
def picture(request: HttpRequest, slug: str, tile: str, kind: str) -> HttpResponse:
    """The tile as SVG, PNG or PDF, by day, with ring and QR code; as JSON its question and its answer."""
    if kind not in KINDS:
        raise Http404(_("Ô chỉ xuất ra SVG, PNG, PDF hoặc JSON."))
    seen, unit = shared.sight(request), request.GET.get("unit", "")[:20]
    version, found = _tile(request, slug, tile, seen)
    said = kept.answers([found], seen, unit)[found.id]
    if kind == "json":
        return JsonResponse(card.data(version, said, seen), json_dumps_params={"ensure_ascii": False})
    with translation.override(seen.lang):
        svg = card.svg(said, seen, request.build_absolute_uri("/").rstrip("/"))
    made = {"svg": lambda: svg.encode(), "png": lambda: vega.to_png(svg), "pdf": lambda: vega.to_pdf(svg)}[kind]()
    answer_ = HttpResponse(made, content_type=KINDS[kind])
    answer_["Content-Disposition"] = f'inline; filename="{slug}-{tile}.{kind}"'
    return answer_
