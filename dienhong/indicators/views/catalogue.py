"""The list of indicators, one indicator with its chart, map and table, and its downloads with every row."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dienhong.base import clock, periods
from dienhong.base.components.tilemap import Tile, TileMap, grid
from dienhong.base.numbers import Empty, empty_label, format_number
from dienhong.base.text import slug
from dienhong.indicators import chart, legal, places, queries
from dienhong.indicators.models import Entry, Field, Indicator, Period, Responsible, Stage
from dienhong.indicators.queries import Moment
from dienhong.indicators.views import asked
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in

NATION = "VN"
DRAWN = 24  # periods in the chart and the table; the downloads hold all


@require_GET
@signed_in
def indicators(request: HttpRequest) -> HttpResponse:
    """The catalogue by field, or what a search finds, best first."""
    at, text = asked.moment(request), request.GET.get("q", "").strip()[:200]
    chosen = request.GET.get("field", "")
    rows = queries.search(text, at) if text else _by_code(at)
    if chosen:
        rows = [entry for entry in rows if entry.indicator.field.key == chosen]
    if not text:
        rows = [entry for entry in rows if not entry.indicator.supporting]
    lang = asked.language()
    return render(
        request,
        "indicators/list.html",
        {
            "rows": [_row(entry, lang) for entry in rows],
            "agencies": _agencies(rows, lang),
            "fields": [_field(field, lang) for field in Field.objects.order_by("position")],
            "q": text,
            "chosen": chosen,
        },
    )


def _by_code(at: Moment) -> list[Entry]:
    return sorted(queries.entries(as_of=at).values(), key=lambda entry: entry.indicator.code)


def _row(entry: Entry, lang: str) -> dict[str, Any]:
    en = lang == "en"
    return {
        "code": entry.indicator.code,
        "indicator_id": entry.indicator_id,
        "supporting": entry.indicator.supporting,
        "name": entry.name_en if en else entry.name_vi,
        "unit": entry.unit_en if en else entry.unit_vi,
        "nature": entry.get_nature_display(),
        "field": _field(entry.indicator.field, lang)["name"],
    }


def _field(field: Field, lang: str) -> dict[str, str]:
    return {"key": field.key, "name": field.name_en if lang == "en" else field.name_vi}


def _agencies(rows: list[Entry], lang: str) -> dict[int, str]:
    """indicator id -> the agency that answers for it on the business day."""
    today = clock.business_today()
    held = Responsible.objects.filter(indicator__in=[row.indicator_id for row in rows], validity__contains=today)
    by_indicator = dict(held.values_list("indicator_id", "unit_id"))
    names = organizations.names(set(by_indicator.values()), today, lang)
    return {indicator: names.get(unit, "") for indicator, unit in by_indicator.items()}


@require_GET
@signed_in
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """What it is, how it moved, where it stands on the map, where to get every row."""
    found, at, lang = asked.indicator(code), asked.moment(request), asked.language()
    entry = queries.entry(found.pk, at)
    known = queries.periods_of(found.pk)
    kinds = sorted(
        {(row.calendar, row.kind) for row in known}, key=lambda each: (periods.KINDS.index(each[1]), each[0])
    )
    calendar, kind = _kind(request, kinds)
    shown = [row for row in known if (row.calendar, row.kind) == (calendar, kind)][-DRAWN:]
    context: dict[str, Any] = {
        "indicator": found,
        "entry": entry,
        "row": _row(entry, lang) if entry else None,
        "legal_basis": legal.words(entry.legal_basis, lang) if entry else "",
        "note": (entry.note_en if lang == "en" else entry.note_vi) if entry else "",
        "agency": next(iter(_agencies([entry], lang).values()), "") if entry else "",
        "methods": queries.methods(found.pk, at),
        "kinds": [{"calendar": each, "kind": of, "label": _kind_words(each, of)} for each, of in kinds],
        "calendar": calendar,
        "kind": kind,
        "left_out": max(0, sum((row.calendar, row.kind) == (calendar, kind) for row in known) - len(shown)),
        "as_of_param": request.GET.get("as_of", ""),
    }
    if shown and entry:
        context |= _series(found, entry, shown, at, lang)
        context |= _map(found, entry, _chosen(request, shown), at, lang)
    return render(request, "indicators/indicator.html", context)


def _kind(request: HttpRequest, kinds: list[tuple[str, str]]) -> tuple[str, str]:
    asked_for = (request.GET.get("calendar", ""), request.GET.get("kind", ""))
    return asked_for if asked_for in kinds else (kinds[0] if kinds else ("", ""))


def _chosen(request: HttpRequest, shown: list[Period]) -> Period:
    key = request.GET.get("period", "")
    return next((row for row in shown if row.key == key), shown[-1])


def _kind_words(calendar: str, kind: str) -> str:
    words = {
        "day": _("ngày"), "week": _("tuần"), "month": _("tháng"), "quarter": _("quý"), "half_year": _("nửa năm"),
        "nine_month": _("9 tháng"), "year": _("năm"), "event": _("đợt"),
    }[kind]  # fmt: skip
    reporting = _("kỳ báo cáo")  # outside the f-string, where the gathering of sentences finds it
    return f"{words} ({reporting})" if calendar == "decree09" else str(words)


def _series(found: Indicator, entry: Entry, shown: list[Period], at: Moment, lang: str) -> dict[str, Any]:
    """The nation's figures of the periods, direct or added up, as chart and table."""
    nation = places.unit(NATION, shown[-1].last)
    breaks = {method.valid_from for method in queries.methods(found.pk, at) if not method.comparable}
    points, rows = [], []
    for place, period in enumerate(shown):
        total = queries.total(found, period, nation.pk, as_of=at)
        label, href = (
            periods.label(queries.plain(period), lang, short=True),
            places.figure_url(found.code, period, NATION),
        )
        text = _text(total.value, total.empty, entry, lang)
        earlier = shown[place - 1].last if place else None
        broken = any(day and earlier and earlier < day <= period.last for day in breaks)
        points.append(
            chart.Point(label, text, total.value, href, total.stage == Stage.OFFICIAL and not total.without, broken)
        )
        rows.append(
            {
                "label": periods.label(queries.plain(period), lang),
                "key": period.key,
                "text": text,
                "known": total.value is not None or total.empty,
                "href": href,
                "stage": Stage(total.stage).label if total.stage else "",
                "missing": len(total.without),
                "reported": total.reported,
                "broken": broken,
            }
        )
    unit = entry.unit_en if lang == "en" else entry.unit_vi
    title = f"{entry.name_en if lang == 'en' else entry.name_vi}, {unit}"
    values = [point for point in points if point.value is not None]
    ends = [pick(values, key=lambda point: point.value or 0).text for pick in (min, max)] if values else []
    return {"svg": chart.line(points, title), "range": ends, "table": list(reversed(rows)), "unit_words": unit}


def _text(value: Any, empty: int | None, entry: Entry, lang: str) -> str:
    if value is not None:
        return format_number(value, entry.decimals, lang)
    return empty_label(Empty(empty), lang) if empty else _("chưa có")


def _map(found: Indicator, entry: Entry, period: Period, at: Moment, lang: str) -> dict[str, Any]:
    """The tile map of one period: 63 or 34 by the period's last day; nothing below two provinces."""
    units = {unit.pk for unit in organizations.provinces(period.last)}
    codes = organizations.codes(units, "gso", period.last)
    cells = queries.cells(found.pk, [period.pk], list(units), as_of=at)
    size = 63 if len(units) > 34 else 34
    there = {cell.code for cell in grid(size)}
    tiles = {
        codes[unit]: Tile(figure.shown, places.figure_url(found.code, period, codes[unit]))
        for (_period, unit), figure in cells.items()
        if codes.get(unit) in there
    }
    values = [figure.value for figure in cells.values() if figure.value is not None]
    label = periods.label(queries.plain(period), lang)
    if len(set(values)) < 2:
        return {"tiles": None, "map_period": label}
    name, unit_words = (entry.name_en, entry.unit_en) if lang == "en" else (entry.name_vi, entry.unit_vi)
    tiles_map = TileMap(f"{name}, {label}", tiles, min(values), max(values), entry.decimals, unit_words, size)
    return {"tiles": tiles_map, "map_period": label}


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


_COLUMNS = ("unit_code", "unit_name", *queries.Known._fields)


def _download(found: Indicator, at: Moment, lang: str) -> Iterator[dict[str, str]]:
    names: dict[int, str] = {}
    codes: dict[int, str] = {}
    for row in queries.rows_of(found.pk, at):
        if row.unit_id not in names:
            names |= organizations.names([row.unit_id], row.last, lang)
            codes |= places.codes([row.unit_id], row.last)
        plain = {name: "" if value is None else str(value) for name, value in row._asdict().items()}
        yield {"unit_code": codes[row.unit_id], "unit_name": names.get(row.unit_id, ""), **plain}


@require_GET
@signed_in
def download_csv(request: HttpRequest, code: str) -> Any:
    """Every row that holds, UTF-8 with a mark so that Excel reads it; numbers with a decimal point."""
    found, at, lang = asked.indicator(code), asked.moment(request), asked.language()
    writer = csv.DictWriter(_Echo(), _COLUMNS)

    def lines() -> Iterator[str]:
        yield "\ufeff" + str(writer.writerow(dict(zip(_COLUMNS, _COLUMNS, strict=True))))
        for row in _download(found, at, lang):
            yield str(writer.writerow({name: _safe(value) for name, value in row.items()}))

    return _file(StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8"), found, at, "csv")


def _safe(text: str) -> str:
    """A spreadsheet would run a text that begins like a formula; a negative number stays a number."""
    if text[:1] in ("=", "+", "@", "\t") or (text[:1] == "-" and not text[1:2].isdigit()):
        return f"'{text}"
    return text


@require_GET
@signed_in
def download_json(request: HttpRequest, code: str) -> Any:
    """Every row that holds, one object a row inside `rows`; values as text, since JSON numbers are not decimals."""
    found, at, lang = asked.indicator(code), asked.moment(request), asked.language()

    def lines() -> Iterator[str]:
        head = {"schema": "dienhong.indicator/1", "code": found.code, "as_of": at.at.isoformat()}
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
        for place, row in enumerate(_download(found, at, lang)):
            yield (",\n" if place else "\n") + json.dumps(row, ensure_ascii=False)
        yield "\n]}"

    return _file(StreamingHttpResponse(lines(), content_type="application/json"), found, at, "json")


def _file(response: StreamingHttpResponse, found: Indicator, at: Moment, ending: str) -> StreamingHttpResponse:
    name = f"{slug(found.code)}-{at.at:%Y%m%dT%H%M%SZ}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
