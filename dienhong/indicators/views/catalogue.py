"""The list of indicators, and the downloads of one with every row."""

import csv
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dienhong.base import clock, periods
from dienhong.base.text import slug
from dienhong.indicators import definition, places, queries
from dienhong.indicators.models import Entry, Field, Indicator, Period, Responsible
from dienhong.indicators.queries import Moment
from dienhong.indicators.queries.latest import spoken
from dienhong.indicators.views import asked
from dienhong.indicators.views.computed import computed_rows
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in


@require_GET
@signed_in
def indicators(request: HttpRequest) -> HttpResponse:
    """The catalogue, those with figures first and among them by code; or what a search finds, best first."""
    at, text = asked.moment(request), request.GET.get("q", "").strip()[:200]
    chosen = request.GET.get("field", "")
    rows = queries.search(text, at) if text else _by_code(at)
    if chosen:
        rows = [entry for entry in rows if entry.indicator.field.key == chosen]
    if not text:
        rows = [entry for entry in rows if not entry.indicator.supporting]
    lang, known = asked.language(), spoken(at)
    if not text:
        rows = sorted(rows, key=lambda entry: entry.indicator_id not in known)
    return render(
        request,
        "indicators/list.html",
        {
            "groups": _groups(rows, known, lang, searched=bool(text)),
            "count": len(rows),
            "with_figures": sum(entry.indicator_id in known for entry in rows),
            "agencies": agencies(rows, lang),
            "fields": [_field(field, lang) for field in Field.objects.order_by("position")],
            "q": text,
            "chosen": chosen,
            **asked.said_of_moment(request),
        },
    )


def _groups(rows: list[Entry], known: Mapping[int, list[Period]], lang: str, *, searched: bool) -> list[dict[str, Any]]:
    """Those with figures, and those without, folded away; what a search found stays in its order."""
    said = [{**row_of(entry, lang), "latest": _latest(known.get(entry.indicator_id), lang)} for entry in rows]
    if searched:
        return [{"rows": said, "folded": False}] if said else []
    split = ([row for row in said if row["latest"]], [row for row in said if not row["latest"]])
    return [{"rows": part, "folded": folded} for part, folded in zip(split, (False, True), strict=True) if part]


def _latest(known: list[Period] | None, lang: str) -> str:
    """The last period that is over and of which something is known, in words."""
    return periods.label(queries.plain(known[-1]), lang) if known else ""


def _by_code(at: Moment) -> list[Entry]:
    return sorted(queries.entries(as_of=at).values(), key=lambda entry: entry.indicator.code)


def row_of(entry: Entry, lang: str) -> dict[str, Any]:
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


def agencies(rows: list[Entry], lang: str) -> dict[int, str]:
    """indicator id -> the agency that answers for it on the business day."""
    today = clock.business_today()
    held = Responsible.objects.filter(indicator__in=[row.indicator_id for row in rows], validity__contains=today)
    by_indicator = dict(held.values_list("indicator_id", "unit_id"))
    names = organizations.names(set(by_indicator.values()), today, lang)
    return {indicator: names.get(unit, "") for indicator, unit in by_indicator.items()}


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


AT_ONCE = 2000  # rows whose units are named together
# `known_at` is the machine's clock, `known_business_at` that of passports and of "as of": in a demo they differ.
_COLUMNS = ("unit_code", "unit_name", *queries.Known._fields, "known_business_at", "how")


def _download(found: Indicator, at: Moment, lang: str) -> Iterator[dict[str, str]]:
    """Each unit by the name and code of the row's own last day: Huế was Thừa Thiên Huế until 2024."""
    names: dict[tuple[int, dt.date], str] = {}
    codes: dict[tuple[int, dt.date], str] = {}
    rows = chain(((row, "direct") for row in queries.rows_of(found.pk, at)), computed_rows(found, at))
    while some := list(islice(rows, AT_ONCE)):
        fresh: dict[dt.date, set[int]] = {}
        for row, _how in some:
            if (row.unit_id, row.last) not in codes:
                fresh.setdefault(row.last, set()).add(row.unit_id)
        for day, units in fresh.items():
            names |= {(unit, day): name for unit, name in organizations.names(units, day, lang).items()}
            codes |= {(unit, day): code for unit, code in places.codes(units, day).items()}
        yield from (_line(row, how, names, codes) for row, how in some)


def _line(
    row: queries.Known, how: str, names: Mapping[tuple[int, dt.date], str], codes: Mapping[tuple[int, dt.date], str]
) -> dict[str, str]:
    plain = {name: "" if value is None else str(value) for name, value in row._asdict().items()}
    if row.value is not None:  # the table keeps ten decimals of every figure
        whole, _point, part = f"{row.value:f}".partition(".")
        plain["value"] = f"{whole}.{part.rstrip('0')}".rstrip(".")
    plain["demo"] = _("số liệu minh họa") if row.demo else ""
    plain["batch_id"] = plain["batch_id"] if how == "direct" else ""
    plain["known_business_at"] = clock.business_at(row.known_at).isoformat()
    key = (row.unit_id, row.last)
    return {"unit_code": codes[key], "unit_name": names.get(key, ""), **plain, "how": how}


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
        head = {
            "schema": "dienhong.indicator/1",
            "code": found.code,
            "as_of": at.at.isoformat(),
            **_said(found, at, lang),
        }
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
        for place, row in enumerate(_download(found, at, lang)):
            yield (",\n" if place else "\n") + json.dumps(row, ensure_ascii=False)
        yield "\n]}"

    return _file(StreamingHttpResponse(lines(), content_type="application/json"), found, at, "json")


def _said(found: Indicator, at: Moment, lang: str) -> dict[str, Any]:
    """What the indicator's page says of it; nothing where it is not in the catalogue yet."""
    entry = queries.entry(found.pk, at)
    if entry is None:
        return {}
    said = [{"what": name, "words": words} for name, words in definition.lines(found, entry, at, lang)]
    row = row_of(entry, lang)
    methods = [
        {**row, "valid_from": row["valid_from"].isoformat() if row["valid_from"] else None}
        for row in definition.methods(found, at, lang)
    ]
    return {"name": row["name"], "unit": row["unit"], "definition": said, "methods": methods}


def _file(response: StreamingHttpResponse, found: Indicator, at: Moment, ending: str) -> StreamingHttpResponse:
    name = f"{slug(found.code)}-{at.at:%Y%m%dT%H%M%SZ}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
