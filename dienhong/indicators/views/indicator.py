"""One indicator: what it is, how it moved, where it stands on the map, and how its figures are made."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dienhong.base import clock, periods
from dienhong.indicators import definition, places, queries
from dienhong.indicators.models import Period
from dienhong.indicators.queries import kept
from dienhong.indicators.views import asked, drawing, kinds
from dienhong.indicators.views.catalogue import agencies, row_of
from dienhong.organizations.http import signed_in


@require_GET
@signed_in
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """The page; without figures it says who will bring the first one."""
    found, at, lang = asked.indicator(code), asked.moment(request), asked.language()
    entry = queries.entry(found.pk, at)
    named = request.GET.get("breakdown", "")
    chosen_part = (kept.breakdown_of(named) if named else None) or queries.TOTAL
    nation = places.unit(drawing.NATION, clock.business_today()).pk
    every, parts = kinds.kinds(found, nation, at, chosen_part)
    kind = kinds.chosen(every, (request.GET.get("calendar", ""), request.GET.get("kind", "")))
    breakdown_id = kind.breakdown_id if kind else chosen_part
    as_of = request.GET.get("as_of", "")
    context: dict[str, Any] = {
        "indicator": found,
        "entry": entry,
        "row": row_of(entry, lang) if entry else None,
        "note": (entry.note_en if lang == "en" else entry.note_vi) if entry else "",
        "agency": next(iter(agencies([entry], lang).values()), "") if entry else "",
        "definition": definition.lines(found, entry, at, lang) if entry else [],
        "methods": definition.methods(found, at, lang),
        "kinds": [
            {"calendar": each.calendar, "kind": each.kind, "label": _kind_words(each.calendar, each.kind)}
            for each in every
            if each.known or each is kind
        ],
        "calendar": kind.calendar if kind else "",
        "kind": kind.kind if kind else "",
        "parts": [{"key": kept.breakdown_text(each), "label": definition.part_words(each, lang)} for each in parts],
        "breakdown": kept.breakdown_text(breakdown_id) if breakdown_id else "",
        "left_out": 0,
        "conflicts": queries.count_conflicts(found.pk, at),
        "as_of_param": as_of,
        "table": [],
        "tiles": None,
        **asked.said_of_moment(request),
    }
    if kind and entry:
        part = definition.part_words(breakdown_id, lang) if context["breakdown"] else ""
        of = drawing.Subject(found, entry, at, lang, breakdown_id, part, as_of)
        context |= _drawn(of, kind, request.GET.get("period", ""))
    return render(request, "indicators/indicator.html", context)


def _drawn(of: drawing.Subject, kind: kinds.Kind, wanted: str) -> dict[str, Any]:
    """Line, table and map; nothing where no period has a figure, as of a computed one whose sides never meet."""
    shown = drawing.Shown.of(kind.rows, kinds.DRAWN)
    drawn = drawing.series(of, shown)
    if not any(row["known"] for row in drawn["table"]):
        return {}
    asked_for = shown.rows.get(wanted)
    rows = [asked_for] if asked_for else kinds.to_map(of.found, kind, of.at)
    period, tiles = drawing.mapped(of, rows)
    return {
        **drawn,
        "part": of.part,
        "left_out": shown.left_out,
        "tiles": tiles,
        "map_periods": _to_choose(drawn["table"], asked_for or period, of.lang),
    }


def _to_choose(table: list[dict[str, Any]], drawn: Period | None, lang: str) -> list[dict[str, Any]]:
    """Of which periods a map may be asked for: those of the table that somebody spoke of, and the one it is of, which
    may be older. Nothing where no period has a map."""
    if drawn is None:
        return []
    made = [
        {"key": row["key"], "label": row["label"], "chosen": row["key"] == drawn.key} for row in table if row["href"]
    ]
    if not any(row["chosen"] for row in made):
        made.append({"key": drawn.key, "label": periods.label(queries.plain(drawn), lang), "chosen": True})
    return made


def _kind_words(calendar: str, kind: str) -> str:
    words = definition.kind_words(kind)
    reporting = _("kỳ báo cáo")  # outside the f-string, where the gathering of sentences finds it
    return f"{words} ({reporting})" if calendar == "decree09" else str(words)
