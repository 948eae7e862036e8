"""The list of places where two sources say different things, for those who own either."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dienhong.base import clock, periods
from dienhong.base.numbers import format_number
from dienhong.indicators import places, queries
from dienhong.indicators.models import Breakdown, Entry, Indicator, Period, Responsible, Source
from dienhong.indicators.queries import Conflict, Moment, SeriesKey
from dienhong.indicators.queries.conflicts import Side
from dienhong.indicators.views import asked
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Role

SHOWN = 25


@require_GET
@signed_in
def conflicts(request: HttpRequest) -> HttpResponse:
    """Everybody signed in may look; `mine` leaves what their own units report, publish or answer for."""
    at, lang, code = asked.moment(request), asked.language(), request.GET.get("code", "")[:20]
    chosen = Indicator.objects.filter(code=code).first() if code else None
    found = queries.conflicts([chosen.pk] if chosen else None, at)
    owners = _owners(found)
    units = set(permissions.units_for(request.user, list(Role.values)).values_list("pk", flat=True))
    mine = [row for row in found if units & owners[row]]
    only_mine = request.GET.get("mine") == "1"
    page = Paginator(mine if only_mine else found, SHOWN).get_page(request.GET.get("page"))
    return render(
        request,
        "indicators/conflicts.html",
        {
            "rows": _said(list(page), at, lang),
            "page_obj": page,
            "count": len(found),
            "capped": len(found) == queries.MOST_CONFLICTS,
            "keep": _kept(request),
            "mine": len(mine),
            "only_mine": only_mine,
            "chosen": chosen.code if chosen else "",
            "as_of_param": request.GET.get("as_of", ""),
            **asked.said_of_moment(request),
        },
    )


def _kept(request: HttpRequest) -> str:
    """What the turns of the page carry along."""
    kept = {name: request.GET[name] for name in ("code", "mine", "as_of") if request.GET.get(name)}
    return f"&{urlencode(kept)}" if kept else ""


def _owners(found: Iterable[Conflict]) -> dict[Conflict, set[int]]:
    """Who reported either side, who publishes either source, who answers for the indicator."""
    rows = list(found)
    publishers = dict(Source.objects.exclude(publisher=None).values_list("pk", "publisher"))
    today = clock.business_today()
    held = Responsible.objects.filter(indicator__in={row.indicator_id for row in rows}, validity__contains=today)
    responsible: dict[int, set[int]] = {}
    for indicator, unit in held.values_list("indicator", "unit"):
        responsible.setdefault(indicator, set()).add(unit)
    return {
        row: responsible.get(row.indicator_id, set())
        | {row.one.reporter_id, row.two.reporter_id}
        | {publishers[side.source_id] for side in (row.one, row.two) if side.source_id in publishers}
        for row in rows
    }


def _said(rows: list[Conflict], at: Moment, lang: str) -> list[dict[str, Any]]:
    entries = queries.entries({row.indicator_id for row in rows}, at)
    spans = Period.objects.in_bulk({row.period_id for row in rows})
    sources = Source.objects.in_bulk({side.source_id for row in rows for side in (row.one, row.two)})
    units = {unit for row in rows for unit in (row.unit_id, row.one.reporter_id, row.two.reporter_id)}
    broken = Breakdown.objects.prefetch_related("members").in_bulk({row.breakdown_id for row in rows})
    today = clock.business_today()
    names, codes = organizations.names(units, today, lang), places.codes(units, today)
    made = []
    for row in rows:
        entry, period = entries[row.indicator_id], spans[row.period_id]
        speaks = queries.authorities(row.indicator_id, [period.pk], at).get(period.pk)
        members = broken[row.breakdown_id].members.all()
        key = SeriesKey(row.indicator_id, row.period_id, row.unit_id, row.breakdown_id, row.measure)
        address = places.figure_url(entry.indicator.code, period, codes[row.unit_id], key=key)
        made.append(
            {
                "code": entry.indicator.code,
                "name": entry.name_en if lang == "en" else entry.name_vi,
                "part": ", ".join(each.name_en if lang == "en" else each.name_vi for each in members),
                "unit_words": entry.unit_en if lang == "en" else entry.unit_vi,
                "period": periods.label(queries.plain(period), lang),
                "unit": names.get(row.unit_id, ""),
                "url": address,
                "sides": [
                    _side(side, entry, sources[side.source_id], names, lang, speaks=side.source_id == speaks)
                    for side in (row.one, row.two)
                ],
                "apart": str(row.apart_percent) if row.apart_percent is not None else "",
            }
        )
    return made


def _side(
    side: Side, entry: Entry, source: Source, names: dict[int, str], lang: str, *, speaks: bool
) -> dict[str, Any]:
    return {
        "source": (source.name_en if lang == "en" else "") or source.name_vi,
        "reporter": names.get(side.reporter_id, ""),
        "text": format_number(side.value, entry.decimals, lang),
        "speaks": speaks,
        "demo": source.demo,
        "batch": side.batch_id,
    }
