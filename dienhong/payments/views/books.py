"""The accountant's books: bills with their states, one bill whole, the statement as a file."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dienhong.base import clock
from dienhong.base.numbers import format_number
from dienhong.base.refusal import Refused
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Role
from dienhong.organizations.permissions import may
from dienhong.payments import exports, owners, passport, queries, sentences
from dienhong.payments.actions.refunds import reasons_for
from dienhong.payments.models import Attempt, Capture, Notice, Refund
from dienhong.payments.states import Facts, attempt_state
from dienhong.payments.views.shared import keeper, span

PAGE = 50
ASKED = ("capture", "amount", "reason", "note")  # of the form of refunds


@signed_in
@never_cache
@require_GET
def bills(request: HttpRequest) -> HttpResponse:
    """Newest first, fifty a page, with what came in those days."""
    person = keeper(request)
    first, last = span(request)
    asked = request.GET.get("q", "").strip().upper()
    rows = queries.bills_for(person).filter(business_at__date__range=(first, last))
    if asked:
        rows = queries.bills_for(person).filter(Q(code__startswith=asked) | Q(owner_id=asked))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    known, lang = queries.facts(page.object_list), get_language() or "vi"
    shown = [(row, known[row.pk], *sentences.tag(known[row.pk])) for row in page.object_list]
    names = organizations.names({row.unit_id for row in page.object_list}, clock.business_today(), lang)
    context = {
        "rows": shown, "page_obj": page, "first": first, "last": last, "q": asked, "names": names,
        "figures": queries.figures(person, first, last), "keep": f"&first={first}&last={last}&q={asked}", "lang": lang,
    }  # fmt: skip
    return render(request, "payments/bills.html", context)


@signed_in
@never_cache
@require_GET
def bill(request: HttpRequest, code: str) -> HttpResponse:
    """One bill: what it asks, each attempt, each notice, what came, what goes back."""
    return show(request, code)


def show(request: HttpRequest, code: str, refused: Refused | None = None) -> HttpResponse:
    """`refused`: what the form of refunds sent could not be done; shown beside it with what was typed."""
    person = keeper(request)
    row = get_object_or_404(queries.bills_for(person).select_related("unit"), code=code)
    known, lang = queries.facts_of(row), get_language() or "vi"
    attempts = Attempt.objects.filter(shares__bill=row).prefetch_related("steps").order_by("-pk")
    refunds = row.refunds.select_related("asked_by").prefetch_related("steps__person").order_by("-pk")
    captures = list(row.captures.select_related("receipt", "match__line").order_by("pk"))
    context = {
        "bill": row, "facts": known, "tag": sentences.tag(known), "lines": row.lines.order_by("place"),
        "passport": passport.lines(row.computation, lang),
        "unit_name": organizations.name(row.unit_id, clock.business_today(), lang),
        "attempts": [(each, attempt_state({step.step for step in each.steps.all()})) for each in attempts],
        "captures": [(each, queries.refundable(each)) for each in captures],
        "refunds": [(each, sentences.REFUND_TAGS[queries.refund_step(each)]) for each in refunds],
        "notices": Notice.objects.filter(captures__bill=row).select_related("verdict").distinct().order_by("pk"),
        "reasons": reasons_for(row, known), "refused": refused,
        "asks": _typed(request) if refused else _offer(known, captures),
        "may_refund": bool(may(person, Role.ACCOUNTANT, row.unit)),
        "owner_label": owners.label(row), "owner_address": owners.desk(person, row), "lang": lang,
    }  # fmt: skip
    return render(request, "payments/book.html", context, status=409 if refused else 200)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ASKED}


def _offer(known: Facts, captures: list[Capture]) -> dict[str, str]:
    """What a request for a refund begins with: money that nobody owed, taken from one piece of money that holds it.

    Where all that came was owed, nothing is offered: why it goes back is for the accountant to say.
    """
    left = {each.pk: queries.refundable(each) for each in captures}
    if not known.refund_due or not any(left.values()):
        return dict.fromkeys(ASKED, "")
    latest = sorted(left, reverse=True)
    chosen = next((pk for pk in latest if left[pk] >= known.refund_due), max(latest, key=left.__getitem__))
    twice = sum(each.amount == known.due for each in captures) > 1
    return {
        "capture": str(chosen),
        "amount": format_number(min(known.refund_due, left[chosen]), 0, get_language() or "vi"),
        "reason": Refund.Reason.DOUBLE if twice else Refund.Reason.OVERPAYMENT,
        "note": "",
    }


@signed_in
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Money that came in those days, as CSV or as a workbook."""
    person = keeper(request)
    first, last = span(request)
    kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    rows = exports.rows(person, first, last)
    data = exports.workbook(rows) if kind == "xlsx" else exports.csv_text(rows)
    name = f"thu-phi-{first:%Y%m%d}-{last:%Y%m%d}.{kind}"
    return HttpResponse(
        data, content_type=exports.KINDS[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
