"""What a person sees of directives: the one page of today, the work list, a directive, an assignment, its files."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dienhong.base import clock
from dienhong.base.handing import hand_out
from dienhong.directives.conditions import telling
from dienhong.directives.conditions.basis import Asked
from dienhong.directives.models import OPEN, Assignment, Condition, Directive, EvidenceFile, Origin
from dienhong.directives.permissions import DOING, visible
from dienhong.directives.queries import lists
from dienhong.directives.queries.history import history
from dienhong.directives.queries.standing import count, lived
from dienhong.directives.views.acts import offered
from dienhong.directives.views.shared import assignment_or_404, directive_or_404, issuers_of, person
from dienhong.directives.words import Figure, Said, check_url, condition_words, figure, lang, told
from dienhong.indicators import queries as indicators
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.reporting.workdays import shown_calendar

PAGE = 40
NEAR = 8  # lines of one kind on the page of today


@signed_in
@never_cache
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """A leader's one page: what waits for their word, what their units must do next, how both stand."""
    by = person(request)
    owed, issued = lists.owed_by(by), lists.issued_by(by)
    waits = lists.waiting_for(by)
    due = lists.last_soon(shown_calendar(), clock.business_today())
    open_rows = lived(owed).filter(state__in=OPEN)
    groups = {
        "overdue": lists.filtered(open_rows, show="overdue"),
        "soon": lists.filtered(open_rows, show="soon", soon=due),
        "unread": lists.filtered(open_rows, show="unread").exclude(standing="overdue").exclude(
            due_now__gte=clock.business_today(), due_now__lte=due
        ),
        "waited": lists.waited_for(by),
    }  # fmt: skip
    # What others were told to do and have not done: their leader's or the chair's, whoever of them issued it.
    boards = lists.boards_of(by).filter(parent=None)
    followed, given = count(boards), count(issued) if lists.leads(by) else None
    groups["followed"] = lists.filtered(lived(boards), show="overdue").exclude(pk__in=owed.values("pk"))
    near = {name: told(lists.ordered(rows)[:NEAR]) for name, rows in groups.items()}
    context: dict[str, Any] = {
        "waits": {name: told(getattr(waits, name)[:NEAR]) for name in ("met", "asks", "frozen")},
        "waiting": waits.number,
        "near": near,
        "more": {name: rows.count() for name, rows in groups.items() if len(near[name]) == NEAR},
        "followed": followed,
        "others": followed.total and followed.total != (given.total if given else 0),
        "issued": given,
        "owed": count(lists.led_by(by)),
        "leads": lists.leads(by),
    }
    return render(request, "directives/today.html", context)


@signed_in
@never_cache
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """What the person's units have to do, as lead or together with others; what is due first stands first."""
    by = person(request)
    show, text = request.GET.get("show", "open"), request.GET.get("q", "").strip()[:100]
    key = request.GET.get("key") == "1"
    owed = lists.owed_by(by)
    due = lists.last_soon(shown_calendar(), clock.business_today())
    rows = lists.filtered(lived(owed), show=show, text=text, key=key, soon=due)
    rows = lists.newest_done_first(rows) if show in ("done", "apart", "late", "on_time") else lists.ordered(rows)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    own = set(permissions.units_for(by, DOING).values_list("pk", flat=True))
    return render(
        request,
        "directives/work.html",
        {
            "lines": [(line, line.row.lead_id not in own) for line in told(page.object_list)],
            "page_obj": page,
            "counts": count(lists.led_by(by)),
            "show": show,
            "q": text,
            "key": key,
            "keep": _kept(show, text, key),
            "leads": lists.leads(by),
        },
    )


def _kept(show: str, text: str, key: bool) -> str:
    return "&" + urlencode({"show": show} | ({"q": text} if text else {}) | ({"key": "1"} if key else {}))


@signed_in
@never_cache
@require_GET
def directive(request: HttpRequest, pk: int) -> HttpResponse:
    """What was ordered, because of what, and how each assignment of it stands."""
    by, found = person(request), directive_or_404(request, pk)
    mine = Assignment.objects.filter(directive=found, pk__in=visible(by).values("pk"))
    rows = list(lived(mine).select_related("directive", "issuer", "lead").order_by("number"))
    top = [row for row in rows if row.parent_id is None]
    return render(
        request,
        "directives/directive.html",
        {
            "directive": found,
            "issuer": _issuer(found),
            "lines": told(top),
            "parts": told([row for row in rows if row.parent_id is not None]),
            "counts": count(mine.filter(parent=None)),
            "origin": origin_of(found),
            "may_assign": found.issuer_id in {unit for unit, _name in issuers_of(by)},
            "hidden": found.assignments.filter(parent=None).count() - len(top),
        },
    )


def origin_of(found: Directive) -> dict[str, Any]:
    """What it was born from; of a figure its passport as it was seen then, of a cross-check its page."""
    if found.origin == Origin.CHECK:
        return {"kind": found.origin, "url": check_url(found.check_id)}
    if found.origin != Origin.FIGURE or found.period is None or found.unit_id is None or found.indicator is None:
        return {"kind": found.origin}
    asked = Asked(found.indicator, found.unit_id, found.breakdown_id or 0, found.measure or 0)
    return {"kind": found.origin, "figure": figure(asked, found.period, found.seen_at)}


@signed_in
@never_cache
@require_GET
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """One assignment: what it is, where it stands, what I can do, what happened."""
    by, found = person(request), assignment_or_404(request, pk)
    [line] = told([found])
    acts = offered(by, found)
    parts = lists.parts_of(found)
    condition, said = condition_of(found)
    today_ = clock.business_today()
    helpers = [row.unit_id for row in found.with_units.order_by("pk")]
    happened = history(found)
    return render(
        request,
        "directives/assignment.html",
        {
            "a": found,
            "line": line,
            "acts": acts,
            "rest": [act for act in acts if not act.main and not act.second],
            "with_units": list(organizations.full_names(helpers, today_, lang()).values()),
            "parts": told(lived(parts).select_related("directive", "issuer", "lead").order_by("number")),
            "rolled": count(parts),
            "condition": condition,
            "said": said,
            "current": figure_now(condition) if condition else None,
            "history": happened,
            "escalated": line.open and any(each.kind == "escalated" for each in happened),
            "extension": found.extensions.filter(answer=None).first(),
            "origin": origin_of(found.directive),
            "replaces": Assignment.objects.filter(states__replaced_by=found).select_related("directive").first(),
        },
    )


def condition_of(found: Assignment) -> tuple[Condition | None, Said | None]:
    rows = found.conditions.select_related("period", "indicator", "unit", "breakdown", "freeze")
    condition = rows.order_by("-number").first()
    return condition, condition_words(condition) if condition else None


def figure_now(condition: Condition) -> Figure:
    """The figure the condition looks at as it stands: of its newest period of which anything is known."""
    asked, at = telling.asked_of(condition), indicators.moment()
    for period in reversed(telling.periods_of(condition)):
        if asked.total(period, at).how != "nothing":
            return figure(asked, period, at)
    return figure(asked, condition.period, at)


@signed_in
@never_cache
@require_GET
def file(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Evidence, by the right to its assignment; never by its digest."""
    found = assignment_or_404(request, pk)
    row = get_object_or_404(EvidenceFile, pk=file, progress__assignment=found)
    return hand_out(request, digest=row.digest, name=row.name, kind=row.kind)


def _issuer(found: Directive) -> str:
    return organizations.shown_offices(frozenset({found.issuer_id}), found.business_at.date(), lang())[found.issuer_id]
