"""Figures for leaders: the board of a unit, how one of its figures was counted, and the dossiers behind it."""

import datetime as dt
from typing import Any, cast

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dienhong.base import clock, periods
from dienhong.dossiers import words
from dienhong.dossiers.counting import proof, sets
from dienhong.dossiers.counting.measures import MEASURES, breakdown_of
from dienhong.dossiers.forms.problems import language
from dienhong.dossiers.models import CountedSet
from dienhong.dossiers.permissions import READING, seen_by
from dienhong.dossiers.queries import board as boards
from dienhong.dossiers.queries import desk
from dienhong.dossiers.queries.voices import voices
from dienhong.dossiers.views.shared import handler, log, rows
from dienhong.indicators import places
from dienhong.indicators.breakdowns import key_of
from dienhong.indicators.models import Breakdown, Period
from dienhong.indicators.queries import SeriesKey, plain
from dienhong.journal.models import Access
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.permissions import holds, works_here

KINDS = {"day": "day", "month": "calendar", "quarter": "calendar", "year": "calendar"}
MOST = 100


@require_GET
@signed_in
def figures(request: HttpRequest) -> HttpResponse:
    """By service, agency, status and day; the share on time with both its sides; money. 404 for citizens."""
    by = cast(Person, request.user)
    if not works_here(by):
        raise Http404
    kind, wanted = _period(request)
    row = Period.objects.filter(calendar=wanted.calendar, key=wanted.key).first()
    counted = boards.units_counted(row) if row else []
    unit_id = _unit(request, by, row, counted) if row else 0
    made = boards.board(unit_id, row, language()) if row and unit_id else None
    context: dict[str, Any] = {
        "b": made,
        "kinds": _kinds(request, kind, wanted),
        "label": periods.title(wanted, language()),
        **_turns(request, kind, wanted),
        "unit_param": request.GET.get("unit", "") if unit_id else "",
        "kind": kind,
    }
    if made:
        context |= _said(made, kind)
        context["voices"] = voices(unit_id, made.period, words=unit_id in seen_by(by))
    return render(request, "dossiers/figures.html", context)


def _period(request: HttpRequest) -> tuple[str, periods.Period]:
    """Kind and period of the address: the one that `on` lies in; without one, the month of the business day."""
    kind = request.GET.get("kind", "month")
    if kind not in KINDS:
        raise Http404
    try:
        on = dt.date.fromisoformat(request.GET.get("on", "")) if request.GET.get("on") else clock.business_today()
        found = periods.period_at(KINDS[kind], kind, on)
    except ValueError:
        raise Http404(_("Ngày viết như 2020-08-19.")) from None
    assert found is not None, "days, months, quarters and years have no gaps"
    return kind, found


def _unit(request: HttpRequest, by: Person, row: Period, counted: list[int]) -> int:
    """The unit of the address; without one, the highest that the person may read dossiers of, else the highest."""
    code = request.GET.get("unit", "")
    if code:
        try:
            return places.unit(code, row.last).pk
        except Unit.DoesNotExist as error:
            raise Http404(str(error)) from None
    mine = set(seen_by(by))
    return next((unit for unit in counted if unit in mine), counted[0] if counted else 0)


def _address(request: HttpRequest, **changes: str) -> str:
    kept = {name: request.GET[name] for name in ("kind", "on", "unit") if request.GET.get(name)} | changes
    return "?" + "&".join(f"{name}={value}" for name, value in kept.items() if value)


def _kinds(request: HttpRequest, kind: str, period: periods.Period) -> list[tuple[str, str, bool]]:
    said = {"day": _("Ngày"), "month": _("Tháng"), "quarter": _("Quý"), "year": _("Năm")}
    on = min(period.last, clock.business_today()).isoformat()
    return [(said[each], _address(request, kind=each, on=on), each == kind) for each in KINDS]


def _turns(request: HttpRequest, kind: str, period: periods.Period) -> dict[str, str]:
    """Addresses of the period before and after; "" for one that has not begun."""
    before, after = periods.previous(period), periods.following(period)
    assert before is not None and after is not None  # noqa: PT018 - an event alone has none
    began = after.first <= clock.business_today()
    return {
        "earlier": _address(request, kind=kind, on=before.first.isoformat()),
        "later": _address(request, kind=kind, on=after.first.isoformat()) if began else "",
    }


def _said(made: boards.Board, kind: str) -> dict[str, Any]:
    codes = places.codes([*(int(line.key) for line in made.units), *(pk for pk, _n in made.above)], made.period.last)
    end = clock.midnight(made.period.last + dt.timedelta(days=1))
    base = reverse("dossiers:figures")
    on = min(made.period.last, clock.business_today()).isoformat()
    inner = boards.PARTS[kind]
    return {
        "name": organizations.name(made.unit_id, made.period.last, language()),
        "above": [(name, f"{base}?kind={kind}&on={on}&unit={codes[pk]}") for pk, name in made.above],
        "statuses": [(words.status(code), words.tone(code), shown) for code, shown in made.statuses],
        "units": [(line, f"{base}?kind={kind}&on={on}&unit={codes[int(line.key)]}") for line in made.units],
        "over": made.counted.as_of >= end,
        "as_of": words.moment(min(made.counted.as_of, end)),
        "inner": inner,
    }


@require_GET
@signed_in
def counted(request: HttpRequest, pk: int) -> HttpResponse:
    """How a figure was counted: definition, number, digest. Open to whoever may see the figure: nothing personal."""
    row = _set_or_404(pk)
    lang = language()
    context = {
        "s": row,
        "facts": proof.definition(row, lang),
        "name": proof.indicator_name(row, lang),
        "unit": organizations.name(row.unit_id, row.period.last, lang),
        "period": periods.label(plain(row.period), lang),
        "is_money": MEASURES[row.what].is_money,
        "passport": _passport(row),
        "newest": _newest(row),
        "may_list": holds(request.user, [str(each) for each in READING]),
    }
    return render(request, "dossiers/counted.html", context)


@require_GET
@signed_in
def counted_json(request: HttpRequest, pk: int) -> HttpResponse:
    row = _set_or_404(pk)
    made = {"schema": "dienhong.counted/1", **proof.as_data(row), "passport_url": _passport(row),
            "list_url": reverse("dossiers:counted_list", args=[row.pk])}  # fmt: skip
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False})


@signed_in
@never_cache
@require_GET
def counted_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The dossiers of a set: those that the person's grants cover, and how many others there are. Logged."""
    by, row = handler(request), _set_or_404(pk)
    there = sets.members(row)
    amounts: dict[int, int] = {}
    for each in there:
        amounts[each.dossier_id] = amounts.get(each.dossier_id, 0) + (each.amount or 0)
    readable = desk.readable(by).filter(pk__in=list(amounts)).order_by("code")
    try:
        page = Paginator(readable, MOST).page(request.GET.get("page", "1"))
    except InvalidPage:
        raise Http404(_("Không có trang ấy.")) from None
    shown, total = list(page), page.paginator.count
    log(by, Access.Kind.LIST, (each.pk for each in shown), _("Xem các hồ sơ của một con số"), row.unit_id)
    listed = rows(shown, desk.waiting(each.pk for each in shown), {})
    now = sets.recount(row)
    context = {
        "s": row,
        "name": proof.indicator_name(row, language()),
        "unit": organizations.name(row.unit_id, row.period.last, language()),
        "period": periods.label(plain(row.period), language()),
        "listed": [(each, amounts[each.dossier.pk]) for each in listed],
        "is_money": MEASURES[row.what].is_money,
        "dossiers": len(amounts),
        "total": total,
        "hidden": len(amounts) - total,
        "equal": now == (row.number, row.amount, row.digest),
        "now": now[0],
        "page_obj": page,
    }
    return render(request, "dossiers/counted_list.html", context)


def _set_or_404(pk: int) -> CountedSet:
    return get_object_or_404(CountedSet.objects.select_related("period", "unit", "indicator", "batch"), pk=pk)


def _passport(row: CountedSet) -> str:
    """The address of the figure's passport; of the source that counts, where another one has the authority."""
    key = key_of(breakdown_of(row.period.calendar, row.what, row.service, row.status))
    breakdown = Breakdown.objects.filter(key=key).first() if key else None
    source = row.batch.source_id if row.period.calendar == "decree09" else None
    series = SeriesKey(row.indicator_id, row.period_id, row.unit_id, breakdown.pk if breakdown else 0, 0, source)
    code = places.codes([row.unit_id], row.period.last)[row.unit_id]
    return places.figure_url(row.indicator.code, row.period, code, key=series)


def _newest(row: CountedSet) -> CountedSet | None:
    """The last word on the same set, where this one is not it."""
    rows = CountedSet.objects.filter(
        period=row.period, unit=row.unit, indicator=row.indicator, what=row.what, service=row.service, status=row.status
    )
    found = rows.order_by("-pk").first()
    return found if found and found.pk != row.pk else None
