"""The queue by urgency, the next piece of work, and the search by code or name."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dienhong.base.refusal import Refused
from dienhong.base.typing_kept import stands_on
from dienhong.dossiers import words
from dienhong.dossiers.actions import handling
from dienhong.dossiers.models import Status
from dienhong.dossiers.permissions import HANDLING
from dienhong.dossiers.queries import desk
from dienhong.dossiers.queries.lists import MOST, OPEN, Asked, by_urgency
from dienhong.dossiers.views.shared import SOON, Row, handler, log, rows, service_names
from dienhong.journal.models import Access
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import menu_roles

VIEWS = ("work", desk.FREE, desk.MINE, "all")
ACTING = (Role.ONE_STOP_CLERK, Role.CASE_OFFICER)
TRIES = 5  # places that others may take at the same moment


@signed_in
@never_cache
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the most urgent first, a hundred a page with the exact number."""
    by = handler(request)
    units = desk.seen(by)
    services = desk.services(units)
    where, roles = desk.acting(by), menu_roles(by)
    view = _one_of(request.GET.get("view", ""), VIEWS) or ("all" if roles.isdisjoint(ACTING) else "work")
    service = _one_of(request.GET.get("service", ""), services)
    status = int(_one_of(request.GET.get("status", ""), [str(each) for each in OPEN]) or 0)
    key = desk.key_of(request.GET.get("after", ""))
    asked = Asked(units, [status] if status else OPEN, service, key)
    listed, total, following = _all(asked) if view == "all" else _places(by, where, view, service, status, key)
    log(by, Access.Kind.LIST, (row.dossier.id for row in listed), gettext_noop("Xem danh sách hồ sơ"))
    names = service_names(services)
    context = {
        "groups": _groups(listed),
        "total": total,
        "shown": len(listed),
        "most": MOST,
        "after": desk.key_text(following),
        "later": key is not None,
        "view": view,
        "views": [] if roles.isdisjoint(HANDLING) else _views(desk.counts(by, where)),
        "service": service,
        "services": [(code, names.get(code, code)) for code in services],
        "status": status,
        "statuses": _statuses(units, service),
        "overview": desk.overview(by, Asked(units)) if desk.leads(by) else None,
        "complaints": desk.complaints(by)[:MOST] if desk.leads(by) else [],
        "keeps_books": Role.ACCOUNTANT in roles,
        "acts": not roles.isdisjoint(HANDLING),
    }
    return render(request, "dossiers/queue.html", context)


def _all(asked: Asked) -> tuple[list[Row], int, Any]:
    page = by_urgency(asked)
    at = desk.waiting(line.id for line in page.lines)
    return rows(page.lines, at, {}), page.total, page.after


def _places(
    by: Person, where: desk.Acting, view: str, service: str, status: int, key: Any
) -> tuple[list[Row], int, Any]:
    """A dossier with two open places stands once a place: they are two pieces of work."""
    found = desk.places(by, held="" if view == "work" else view, service=service, status=status, where=where)
    total, shown = found.count(), desk.page(found, key)
    more, shown = len(shown) > MOST, shown[:MOST]
    return _many(shown), total, (shown[-1].due_at, shown[-1].pk) if more else None


def _many(shown: list[Any]) -> list[Row]:
    """Rows of many places with a constant number of queries, even where one dossier stands twice."""
    first: dict[int, Any] = {}
    second = []
    for place in shown:
        if first.setdefault(place.dossier_id, place) is not place:
            second.append(place)
    made: dict[int, Row] = {}
    for part in (list(first.values()), second):
        dossiers = [place.dossier for place in part]
        at = {place.dossier_id: [place] for place in part}
        due = {place.dossier_id: place.due_at for place in part}
        made |= {place.pk: row for place, row in zip(part, rows(dossiers, at, due), strict=True)} if part else {}
    return [made[place.pk] for place in shown]


def _groups(listed: list[Row]) -> list[tuple[str, str, list[Row]]]:
    titles = {
        "overdue": _("Quá hạn"),
        "step": _("Bước đã quá hạn, hồ sơ chưa quá hẹn trả"),
        "delivery": _("Đã giải quyết xong, việc chuyển kết quả đang chậm"),
        "today": _("Hạn hôm nay"),
        "soon": ngettext("Trong %(n)d ngày làm việc", "Trong %(n)d ngày làm việc", SOON) % {"n": SOON},
        "later": _("Còn thời gian"),
        "open": _("Chưa có hạn"),
        "paused": _("Đồng hồ đang dừng, chờ người nộp"),
        "done": _("Đã có kết quả, chờ trả"),
    }
    found: dict[str, list[Row]] = {}
    for row in listed:
        found.setdefault(row.group, []).append(row)
    return [(titles[key], key, found[key]) for key in titles if key in found]


def _views(counts: dict[str, int]) -> list[tuple[str, str, int | None]]:
    """Tabs with how much is in each. Who may act on nothing has the whole list alone."""
    return [
        ("work", _("Việc tôi làm được"), counts[""]),
        (desk.FREE, _("Chưa ai nhận"), counts[desk.FREE]),
        (desk.MINE, _("Tôi đang giữ"), counts[desk.MINE]),
        ("all", _("Tất cả đang mở"), None),
    ]


def _statuses(units: Any, service: str) -> list[tuple[int, str, int]]:
    counts = desk.by_status(Asked(units, service=service))
    return [(int(code), words.status(code), counts[code]) for code in Status if code in counts]


def _one_of(said: str, known: Any) -> str:
    return said if said in known else ""


@stands_on(lambda: reverse("dossiers:queue"), keeps=False)
@signed_in
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Claim the most urgent place that nobody has, and open it."""
    by = handler(request)
    for place in desk.places(by, held=desk.FREE)[:TRIES]:
        try:
            handling.claim(by=by, place=place)
        except Refused:
            continue
        return redirect("dossiers:case", pk=place.dossier_id)
    messages.info(request, _("Không còn việc nào chưa có người nhận."))
    return redirect("dossiers:queue")


@signed_in
@never_cache
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """By code or by the applicant's name, closed dossiers too."""
    by = handler(request)
    text = request.GET.get("q", "").strip()[:100]
    found = desk.search(by, text)
    log(by, Access.Kind.SEARCH, (one.pk for one in found), gettext_noop("Tìm hồ sơ theo mã hoặc tên"))
    at = desk.waiting(one.pk for one in found)
    context = {"q": text, "found": rows(found, at, {}), "most": desk.FOUND, "short": 0 < len(text) < 2}
    return render(request, "dossiers/search.html", context)
