"""The passport of a figure: page, JSON, the branches of its tree, recompute now."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dienhong.base.components.ring import Coverage
from dienhong.indicators import offers, passports, places
from dienhong.indicators.models import Batch
from dienhong.indicators.views import asked
from dienhong.organizations.http import signed_in

DEEPEST = 4  # levels of the tree that the style sheet can indent


@require_GET
@signed_in
def figure(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> HttpResponse:
    made = _passport(request, code, calendar, period, unit)
    row = asked.period_of(calendar, period)
    offered = offers.offers(request, asked.key_in(row, request, code, unit), row)
    return render(request, "indicators/figure.html", {"p": made, "offers": offered, **page(made, request)})


@require_GET
@signed_in
def figure_json(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> HttpResponse:
    return _json(_passport(request, code, calendar, period, unit) | asked.said_of_moment(request))


def _passport(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> dict[str, Any]:
    """The figure of the period itself, else what its parts make: a year from its months."""
    row = asked.period_of(calendar, period)
    key, at, lang = asked.key_in(row, request, code, unit), asked.moment(request), asked.language()
    made = passports.passport(key, at, lang) if row.pk else None
    if made is None or (made["figure"]["how"] == "nothing" and not made["versions"]):
        joined = passports.span(key, row, at, lang)
        if joined is not None:
            return joined
    if made is None:
        raise Http404(_("Chưa có số nào của kỳ %(period)s.") % {"period": period[:40]})
    return made


@require_GET
@signed_in
def branch(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> HttpResponse:
    """Rows of the tree right below `node`, or the cell of a leaf; htmx puts them after the row that was opened."""
    key = asked.key(request, code, calendar, period, unit)
    at, lang = asked.moment(request), asked.language()
    path = request.GET.get("path", "")[:200]
    level = min(path.count("/") + 1, DEEPEST)
    node = request.GET.get("node", "")
    if not node.isdecimal():
        leaf = passports.leaf(key, at, lang)
        return render(request, "indicators/cell_rows.html", {"p": leaf, "level": level, "path": path})
    rows = passports.branch(key, int(node[:18]), at, lang)
    return render(request, "indicators/branch_rows.html", {"rows": rows, "level": level, "path": path, **tail(request)})


@require_GET
@signed_in
def versions(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> HttpResponse:
    """Every version of the figure, page by page; each opens the passport as it stood then."""
    made = _versions(request, code, calendar, period, unit)
    here = request.path.removesuffix("versions/")
    query = {name: value for name, value in request.GET.items() if name != "page"}
    turns = {
        name: f"?{urlencode(query | {'page': made['page'] + step})}" for name, step in (("newer", -1), ("older", 1))
    }
    back = f"{here}?{urlencode(query)}" if query else here
    return render(request, "indicators/versions.html", {"p": made, "back": back, **turns, **tail(request)})


@require_GET
@signed_in
def versions_json(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> HttpResponse:
    return _json(_versions(request, code, calendar, period, unit))


def _versions(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> dict[str, Any]:
    key = asked.key(request, code, calendar, period, unit)
    text = request.GET.get("page", "1")
    number = int(text) if text.isdecimal() and len(text) < 7 else 0
    made = passports.versions(key, max(1, number), asked.moment(request), asked.language())
    if not 1 <= number <= made["pages"]:
        raise Http404(_("Không có trang ấy."))
    return made


@require_GET
@signed_in
def why(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> HttpResponse:
    """What each unit did to the movement of the total since the period before."""
    made = _why(request, code, calendar, period, unit)
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    here = request.path.removesuffix("why/")
    more = {"back": f"{here}{query}", "json_url": f"{here}why.json{query}"}
    return render(request, "indicators/why.html", {"p": made, **more, **tail(request)})


@require_GET
@signed_in
def why_json(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> HttpResponse:
    return _json(_why(request, code, calendar, period, unit) | asked.said_of_moment(request))


def _why(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> dict[str, Any]:
    key = asked.key(request, code, calendar, period, unit)
    made = passports.why(key, asked.moment(request), asked.language())
    if made is None:
        raise Http404(_("Con số này không cộng từ các đơn vị, hoặc kỳ trước không có gì để so."))
    return made


@require_GET
@signed_in
def batch(request: HttpRequest, batch: int) -> HttpResponse:
    """What came in together: who gave it, who approved it, its files, and its entries in the journal."""
    return render(request, "indicators/batch.html", {"b": _batch(batch)})


@require_GET
@signed_in
def batch_json(request: HttpRequest, batch: int) -> HttpResponse:
    return _json(_batch(batch))


def _batch(batch: int) -> dict[str, Any]:
    try:
        return passports.batch_story(batch, asked.language())
    except Batch.DoesNotExist:
        raise Http404(_("Không có lần gửi ấy.")) from None


def _json(made: dict[str, Any]) -> JsonResponse:
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False})


@require_POST
@signed_in
def recompute(request: HttpRequest, code: str, calendar: str, period: str, unit: str) -> HttpResponse:
    """Read the leaves again from their files; the answer names every leaf that differs."""
    row = asked.period_of(calendar, period)
    key, at, lang = asked.key_in(row, request, code, unit), asked.moment(request), asked.language()
    found = passports.recompute_and_record(by=f"person:{request.user.pk}", key=key, whole=row, as_of=at, lang=lang)
    back = places.figure_url(code, row, unit, key=key)
    template = "indicators/recomputed.html" if getattr(request, "htmx", False) else "indicators/recomputed_page.html"
    return render(request, template, {"r": found, "back": back})


def tail(request: HttpRequest) -> dict[str, str]:
    """What links within the passport carry along: the chosen moment."""
    return {"as_of_param": request.GET.get("as_of", ""), **asked.said_of_moment(request)}


def page(made: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """What the page needs beside the passport's data."""
    cover = made["coverage"]
    noun = _("kỳ") if made["kind"] == "span" else ""
    ring = Coverage(**cover, official=made["figure"]["official"], noun=noun) if cover else None
    path = request.path
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    groups = [
        (node["coverage"]["reported"], node["coverage"]["late"], node["coverage"]["missing"])
        for node in made["contributors"]
    ]
    return {
        "ring": ring,
        "groups": groups,
        "json_url": f"{path.rstrip('/')}.json{query}",
        "recompute_url": f"{path}recompute/{query}",
        "why_url": f"{path}why/{query}",
        "over": _("Hộ chiếu của con số"),
        **tail(request),
    }
