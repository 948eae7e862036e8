"""One indicator: what it is, how it moved, where it stands on the map, and how its figures are made."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dienhong.base import clock, periods
from dienhong.base.components.tilemap import Tile, TileMap, grid, quantiles
from dienhong.base.numbers import Empty, empty_label, format_number
from dienhong.indicators import chart, coverage, definition, demo, places, queries
from dienhong.indicators.models import Entry, Indicator, Period, Stage
from dienhong.indicators.queries import Moment, Total
from dienhong.indicators.views import asked
from dienhong.indicators.views.catalogue import agencies, row_of
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in

NATION = "VN"
DRAWN = 24  # periods in the chart and the table; the downloads hold all


@dataclass(frozen=True, slots=True)
class Shown:
    """The periods of one kind that the page shows, `rows` by key; a key without a row is a gap nobody spoke of."""

    plain: tuple[periods.Period, ...]
    rows: dict[str, Period]
    left_out: int

    @property
    def last(self) -> Period:
        return next(self.rows[each.key] for each in reversed(self.plain) if each.key in self.rows)


@require_GET
@signed_in
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """The page; without figures it says who will bring the first one."""
    found, at, lang = asked.indicator(code), asked.moment(request), asked.language()
    entry = queries.entry(found.pk, at)
    known = queries.periods_known(found, at)
    kinds = sorted(
        {(row.calendar, row.kind) for row in known}, key=lambda each: (periods.KINDS.index(each[1]), each[0])
    )
    calendar, kind = _kind(request, kinds)
    shown = _shown([row for row in known if (row.calendar, row.kind) == (calendar, kind)])
    context: dict[str, Any] = {
        "indicator": found,
        "entry": entry,
        "row": row_of(entry, lang) if entry else None,
        "note": (entry.note_en if lang == "en" else entry.note_vi) if entry else "",
        "agency": next(iter(agencies([entry], lang).values()), "") if entry else "",
        "definition": definition.lines(found, entry, at, lang) if entry else [],
        "methods": definition.methods(found, at, lang),
        "kinds": [{"calendar": each, "kind": of, "label": _kind_words(each, of)} for each, of in kinds],
        "calendar": calendar,
        "kind": kind,
        "left_out": shown.left_out if shown else 0,
        "conflicts": queries.count_conflicts(found.pk, at),
        "as_of_param": request.GET.get("as_of", ""),
        **asked.said_of_moment(request),
    }
    drawn = _series(found, entry, shown, at, lang) if shown and entry else {"table": []}
    # A computed one whose sides never meet has rows and no figure: it has none yet.
    if shown and entry and any(row["known"] for row in drawn["table"]):
        context |= drawn
        context |= _map(found, entry, _chosen(request, shown), at, lang)
    return render(request, "indicators/indicator.html", context)


def _kind(request: HttpRequest, kinds: list[tuple[str, str]]) -> tuple[str, str]:
    asked_for = (request.GET.get("calendar", ""), request.GET.get("kind", ""))
    return asked_for if asked_for in kinds else (kinds[0] if kinds else ("", ""))


def _shown(known: list[Period]) -> Shown | None:
    """Every period from the first that was spoken of to the last, gaps included: a gap is said, never skipped."""
    if not known:
        return None
    rows = {row.key: row for row in known}
    every = tuple(queries.plain(row) for row in known)
    if known[0].calendar != "event":
        every = periods.periods(known[0].calendar, known[0].kind, known[0].first, known[-1].last)
    return Shown(every[-DRAWN:], rows, max(0, len(every) - DRAWN))


def _chosen(request: HttpRequest, shown: Shown) -> Period:
    return shown.rows.get(request.GET.get("period", "")) or shown.last


def _kind_words(calendar: str, kind: str) -> str:
    words = definition.kind_words(kind)
    reporting = _("kỳ báo cáo")  # outside the f-string, where the gathering of sentences finds it
    return f"{words} ({reporting})" if calendar == "decree09" else str(words)


def _series(found: Indicator, entry: Entry, shown: Shown, at: Moment, lang: str) -> dict[str, Any]:
    """The nation's figures of the periods, direct or added up, as chart and table."""
    nation = places.unit(NATION, shown.last.last)
    breaks = {method.valid_from for method in queries.methods(found.pk, at) if not method.comparable}
    played = demo.periods_of(found, shown.rows.values(), at)
    points, rows, today = [], [], clock.business_today()
    for place, plain in enumerate(shown.plain):
        period = shown.rows.get(plain.key)
        total = queries.total(found, period, nation.pk, as_of=at) if period else Total("nothing")
        open_still = plain.last >= today
        if open_still and total.how == "nothing":
            continue  # its days are not over and nobody has spoken: no gap yet
        earlier = shown.plain[place - 1].last if place else None
        broken = any(day and earlier and earlier < day <= plain.last for day in breaks)
        href = places.figure_url(found.code, period, NATION) if period else ""
        text = _text(total.value, total.empty, entry, lang)
        solid = total.stage == Stage.OFFICIAL and not total.without
        label = periods.label(plain, lang, short=True)
        points.append(chart.Point(label, text, total.value, href, solid, broken))
        rows.append(
            {
                "label": periods.label(plain, lang),
                "key": plain.key,
                "text": text,
                "known": total.value is not None or bool(total.empty),
                "href": href,
                "stage": Stage(total.stage).label if total.stage else "",
                **(_counts(found, period, total, at) if period else {"ring": None}),
                "broken": broken,
                "open": open_still,
                "demo": bool(period and period.pk in played),
            }
        )
    unit = entry.unit_en if lang == "en" else entry.unit_vi
    title = f"{entry.name_en if lang == 'en' else entry.name_vi}, {unit}"
    drawn = chart.line(points, title, decimals=entry.decimals, lang=lang)
    return {
        "svg": drawn.svg,
        "axis": drawn,
        "table": list(reversed(rows)),
        "unit_words": unit,
        "demo": any(row["demo"] for row in rows),
    }


def _counts(found: Indicator, period: Period, total: Total, at: Moment) -> dict[str, Any]:
    """How many of how many units gave it, with its ring; those exempt owe nothing. 1 of 1 where one publisher speaks
    for all."""
    missing = set(total.without)
    if missing:
        source = queries.speaker(found, period, at)
        owed = coverage.owing(source, period, [], at.at if at.past else None) if source else None
        missing -= {row.unit_id for row in owed.owing if row.state == "exempt"} if owed else set()
    given, of = total.reported, total.reported + len(missing)
    official = total.stage == Stage.OFFICIAL
    ring = {"reported": given, "late": 0, "missing": len(missing), "total": of, "official": official} if of else None
    return {"missing": len(missing), "reported": given, "of": of, "ring": ring}


def _text(value: Any, empty: int | None, entry: Entry, lang: str) -> str:
    if value is not None:
        return format_number(value, entry.decimals, lang)
    return empty_label(Empty(empty), lang) if empty else _("chưa có")


def _map(found: Indicator, entry: Entry, period: Period, at: Moment, lang: str) -> dict[str, Any]:
    """The tile map of one period: 63 or 34 by the period's last day; nothing below two provinces."""
    units = {unit.pk for unit in organizations.provinces(period.last)}
    codes = organizations.codes(units, "gso", period.last)
    cells = {unit: made.figure for unit, made in queries.of_units(found, period, sorted(units), at).items()}
    size = 63 if len(units) > 34 else 34
    there = {cell.code for cell in grid(size)}
    tiles = {
        codes[unit]: Tile(figure.shown, places.figure_url(found.code, period, codes[unit]))
        for unit, figure in cells.items()
        if codes.get(unit) in there
    }
    values = [figure.value for figure in cells.values() if figure.value is not None]
    label = periods.label(queries.plain(period), lang)
    if len(set(values)) < 2:
        return {"tiles": None, "map_period": label}
    # Who gave nothing has a passport too: it says who owes it.
    tiles |= {
        code: Tile(None, places.figure_url(found.code, period, code))
        for code in there & set(codes.values()) - set(tiles)
    }
    name, unit_words = (entry.name_en, entry.unit_en) if lang == "en" else (entry.name_vi, entry.unit_vi)
    title = f"{name}, {label}"
    return {
        "tiles": TileMap(
            title, tiles, min(values), max(values), entry.decimals, unit_words, size, bounds=quantiles(values)
        ),
        "map_period": label,
    }
