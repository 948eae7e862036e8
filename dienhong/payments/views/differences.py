"""Where the bank's books and ours do not agree."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.base.typing_kept import stands_on
from dienhong.organizations.http import signed_in
from dienhong.payments import actions, queries, sentences
from dienhong.payments.models import Difference
from dienhong.payments.views.shared import keeper, said

PAGE = 50


@signed_in
@never_cache
@require_GET
def differences(request: HttpRequest) -> HttpResponse:
    """Open ones, the oldest due first; closed ones on demand."""
    person, closed = keeper(request), request.GET.get("closed") == "1"
    found = queries.differences_for(person).filter(closing__isnull=not closed)
    found = found.order_by("-pk") if closed else found.order_by("due", "pk")
    found = found.select_related("owner", "line", "capture__bill", "suspense", "closing").prefetch_related("answers")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    calendar, today = queries.work_calendar(), clock.business_today()
    rows = [(row, calendar.working_days_between(today, row.due), _figures(row)) for row in page.object_list]
    context = {
        "rows": rows, "page_obj": page, "closed": closed, "keep": "&closed=1" if closed else "",
        "compared": queries.compared_for(person),
    }  # fmt: skip
    return render(request, "payments/differences.html", context)


def _figures(row: Difference) -> dict[str, object]:
    """What each side says, for the page; absent where a side says nothing."""
    why = sentences.WHY.get(str(row.detail.get("why", "")), "")
    return {
        "ours": row.detail.get("ours", ""), "theirs": row.detail.get("theirs", ""), "why": why,
        "dates": row.kind == Difference.Kind.DAY,
    }  # fmt: skip


@stands_on(lambda pk: reverse("payments:differences"), keeps=False)
@signed_in
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(queries.differences_for(keeper(request)).select_related("unit"), pk=pk)
    try:
        actions.answer_difference(by=keeper(request), difference=row, text=request.POST.get("text", ""))
    except NotPermitted:
        raise
    except Refused as refusal:
        return said(request, refusal, "payments:differences")
    messages.success(request, _("Đã ghi lời giải thích."))
    return redirect("payments:differences")


@stands_on(lambda pk: reverse("payments:differences"), keeps=False)
@signed_in
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(queries.differences_for(keeper(request)).select_related("unit"), pk=pk)
    try:
        actions.close_difference(by=keeper(request), difference=row, reason=request.POST.get("reason", ""))
    except NotPermitted:
        raise
    except Refused as refusal:
        return said(request, refusal, "payments:differences")
    messages.success(request, _("Đã đóng chênh lệch."))
    return redirect("payments:differences")
