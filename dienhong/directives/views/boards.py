"""The board of an issuer: the four states by lead unit, ageing, the list below; as a page and as a file."""

import csv
import datetime as dt
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dienhong.base import clock, moments
from dienhong.directives.models import Assignment
from dienhong.directives.permissions import ISSUING
from dienhong.directives.queries import lists
from dienhong.directives.queries.standing import Counts, count, count_by, lived
from dienhong.directives.views.shared import person
from dienhong.directives.words import lang, told
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person
from dienhong.reporting.workdays import shown_calendar

PAGE = 50


@signed_in
@never_cache
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """`?issuer=`, `?lead=`, `?show=`, `?q=`, `?as_of=`: how what a unit has asked of others stands, now or then."""
    by = person(request)
    issuers = _issuers(by)
    issuer = _chosen(request, by, issuers)
    rows, at = _rows(by, issuer), _moment(request)
    counts, by_lead = count(rows, at), count_by("lead_id", rows, at)
    listed = _listed(request, rows, at, "open")
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    kept = {name: value for name in ("issuer", "lead", "show", "q", "as_of") if (value := request.GET.get(name))}
    return render(
        request,
        "directives/board.html",
        {
            "issuers": issuers,
            "issuer": issuer,
            "issuer_text": str(issuer),
            "issuer_name": dict(issuers).get(issuer, ""),
            "counts": counts,
            "table": _table(by_lead),
            "ages": lists.ages(rows, at),
            "lines": told(page.object_list),
            "page_obj": page,
            "show": request.GET.get("show", "open"),
            "as_of": request.GET.get("as_of", ""),
            "lead": request.GET.get("lead", ""),
            "q": request.GET.get("q", "")[:100],
            "keep": "&" + urlencode(kept) if kept else "",
            "query": urlencode(kept),
            "past": at is not None,
            "leads": lists.leads(by),
        },
    )


def _issuers(by: Person) -> list[tuple[int, str]]:
    """The units that have assigned anything and whose boards the person may open, by name."""
    ids = set(lists.boards_of(by).order_by().values_list("issuer", flat=True))
    today = clock.business_today()
    names, rows = organizations.office_names(ids, today, lang()), organizations.name_rows(ids, today)
    return [(pk, names[pk]) for pk in sorted(rows, key=lambda pk: rows[pk].sort_key)]


def _chosen(request: HttpRequest, by: Person, issuers: list[tuple[int, str]]) -> int:
    """The issuer asked for; else one's own; 0: all of them together."""
    text = request.GET.get("issuer", "")
    there = dict(issuers)
    if text.isdecimal() and len(text) < 18:
        return int(text) if int(text) in there else 0
    own = permissions.in_force(by.grants.filter(role__in=ISSUING, unit__in=there), clock.business_today())
    return own.order_by("unit").values_list("unit", flat=True).first() or 0


def _rows(by: Person, issuer: int) -> QuerySet[Assignment]:
    """Of all issuers together only what was not handed on: a part is counted with its whole."""
    rows = lists.boards_of(by)
    return rows.filter(issuer=issuer) if issuer else rows.filter(parent=None)


def _moment(request: HttpRequest) -> dt.datetime | None:
    """`as_of` is business time; a day means its end. None: now, also for a moment that has not come."""
    text = request.GET.get("as_of", "").strip()
    if not text:
        return None
    try:
        at = moments.read(text)
    except (ValueError, OverflowError):
        said = _("Không hiểu thời điểm “%(text)s”; viết 05/08/2020 14:02, hoặc chỉ ngày 05/08/2020.")
        raise BadRequest(said % {"text": text[:40]}) from None
    return at if at < clock.business_now() else None


def _listed(request: HttpRequest, rows: QuerySet[Assignment], at: dt.datetime | None, usual: str = "") -> Any:
    lead, show = request.GET.get("lead", ""), request.GET.get("show", usual)
    if lead.isdecimal() and len(lead) < 18:
        rows = rows.filter(lead=int(lead))
    due = lists.last_soon(shown_calendar(), clock.business_today())
    text = request.GET.get("q", "").strip()[:100]
    return lists.ordered(lists.filtered(lived(rows, at), show=show, text=text, soon=due))


def _table(by_lead: dict[int, Counts]) -> list[tuple[int, str, Counts]]:
    """(unit, name, counts): most overdue first, then by name."""
    today = clock.business_today()
    names, rows = organizations.full_names(by_lead, today, lang()), organizations.name_rows(by_lead, today)
    order = sorted(by_lead, key=lambda pk: (-by_lead[pk].overdue, rows[pk].sort_key if pk in rows else ""))
    return [(pk, names.get(pk, "?"), by_lead[pk]) for pk in order]


@signed_in
@never_cache
@require_GET
def board_csv(request: HttpRequest) -> HttpResponse:
    """Every assignment that the board lists, one a line: for the report an office writes."""
    by = person(request)
    rows = _rows(by, _chosen(request, by, _issuers(by)))
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [_("Số"), _("Trích yếu"), _("Việc phải làm"), _("Bên giao"), _("Chủ trì"), _("Hạn"), _("Trạng thái"),
         _("Xếp vào"), _("Xong ngày"), _("Số lần gia hạn"), _("Từng quá hạn"), _("Đang chờ"),
         _("Ngoại lệ"), _("Trọng tâm")]
    )  # fmt: skip
    for line in told(_listed(request, rows, _moment(request))):
        row = line.row
        done = f"{row.done_at.astimezone(clock.HANOI):%d/%m/%Y}" if row.done_at else ""
        writer.writerow(
            [_safe(each) for each in (
                row.code, row.directive.title, row.content, line.issuer, line.lead,
                f"{row.due_now:%d/%m/%Y}" if row.due_now else "", line.state, line.standing, done, row.extended,
                "x" if row.was_overdue else "", line.waits_on, "x" if row.by_exception else "", "x" if row.key else "",
            )]
        )  # fmt: skip
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="directives-{clock.business_today():%Y-%m-%d}.csv"'
    return response


def _safe(cell: object) -> str:
    """The trap: a spreadsheet runs a text that begins so as a formula."""
    said = str(cell)
    return f"'{said}" if said[:1] in "=+-@\t\r" and said[:1] else said
