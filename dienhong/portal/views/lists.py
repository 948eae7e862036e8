"""Lists: everything from A to Z, by field, by agency, by life event."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dienhong.base.text import sort_key
from dienhong.catalogue import queries, served
from dienhong.catalogue.models import Agency, Field, LifeEvent, State, Version
from dienhong.organizations.http import public
from dienhong.portal.cache import cached

A_PAGE = 50
LETTERS = "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY"


@public
@cached
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """By name; ?letter= begins there, ?here=1 shows only what can be filed here."""
    rows, letter = queries.listed(), request.GET.get("letter", "").upper()
    keep = ""
    if letter in LETTERS and len(letter) == 1:
        rows, keep = _lettered(rows, letter), f"&letter={letter}"
    if only_here := request.GET.get("here") == "1":
        rows, keep = rows.filter(procedure__code__in=list(served.services())), f"{keep}&here=1"
    return _listed(
        request, rows, keep, _("Tất cả thủ tục"), letters=LETTERS, letter=letter if keep else "", only_here=only_here
    )


@public
@cached
@require_safe
def fields(request: HttpRequest) -> HttpResponse:
    return render(
        request, "portal/groups.html",
        {"title": _("Theo lĩnh vực"), "rows": queries.fields(), "address": "portal:field"},
    )  # fmt: skip


@public
@cached
@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    live = Q(versions__current=True) & ~Q(versions__state=State.REPEALED)
    rows = Agency.objects.annotate(many=Count("versions", filter=live)).filter(many__gt=0).order_by("sort_key", "name")
    return render(
        request, "portal/groups.html",
        {"title": _("Theo cơ quan công bố"), "rows": rows, "address": "portal:agency"},
    )  # fmt: skip


@public
@cached
@require_safe
def field(request: HttpRequest, slug: str) -> HttpResponse:
    one = get_object_or_404(Field, slug=slug)
    return _listed(request, queries.listed().filter(field=one), "", one.name, over=_("Lĩnh vực"), up="portal:fields")


@public
@cached
@require_safe
def agency(request: HttpRequest, slug: str) -> HttpResponse:
    one = get_object_or_404(Agency, slug=slug)
    rows = queries.listed().filter(agency=one)
    return _listed(request, rows, "", one.name, over=_("Cơ quan công bố"), up="portal:agencies")


@public
@cached
@require_safe
def life_event(request: HttpRequest, slug: str) -> HttpResponse:
    one = get_object_or_404(LifeEvent, slug=slug)
    name = one.name_vi if (get_language() or "vi").startswith("vi") else one.name_en
    return _listed(request, queries.of_life_event(one), "", name, over=one.get_audience_display(), named=True)


def _lettered(rows: QuerySet[Version], letter: str) -> QuerySet[Version]:
    """Names whose first letter in the dictionary is this one; "Thủ tục …" stands under T, as written."""
    return rows.filter(sort_key__startswith=sort_key(letter)[0])


def _listed(request: HttpRequest, rows: QuerySet[Version], keep: str, title: str, **more: Any) -> HttpResponse:
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    found = [(row, queries.standing(row.procedure.code, row.procedure.synchronised_with)) for row in page.object_list]
    return render(
        request, "portal/list.html",
        {"title": title, "page_obj": page, "rows": found, "keep": keep, "over": "", "up": "", "letters": "",
         "letter": "", "only_here": False, "named": False} | more,
    )  # fmt: skip
