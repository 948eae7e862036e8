"""Money back: asked on the bill's page, decided on the list."""

from django.contrib import messages
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
from dienhong.organizations.models import Role
from dienhong.organizations.permissions import units_for
from dienhong.payments import actions, owners, queries, sentences
from dienhong.payments.models import Capture
from dienhong.payments.states import RefundStep
from dienhong.payments.views import books
from dienhong.payments.views.shared import keeper, number, said

MOST = 200


@signed_in
@never_cache
@require_GET
def refunds(request: HttpRequest) -> HttpResponse:
    """What was paid too much and nobody asked back, then refunds, waiting ones first; who asked does not decide."""
    person = keeper(request)
    found = queries.refunds_for(person).select_related("bill", "asked_by").prefetch_related("steps__person")
    rows = list(found[:MOST])
    leads = set(units_for(person, Role.LEADER).values_list("pk", flat=True))
    shown = []
    known = queries.facts([row.bill for row in rows])
    for row in rows:
        step = queries.refund_step(row)
        waits = step == RefundStep.ASKED
        decides = waits and row.bill.unit_id in leads and row.asked_by_id != person.pk
        decided = next((each for each in row.steps.all() if each.step in {"approved", "declined"}), None)
        follows = sentences.what_follows(known[row.bill_id], owners.standing(row.bill)) if waits else ""
        when = clock.business_at(decided.at) if decided else None
        shown.append((row, sentences.REFUND_TAGS[step], decides, waits, decided, when, follows))
    shown.sort(key=lambda each: not each[3])
    context = {"rows": shown, "owed": queries.owed_back(person), "most": MOST, "full": len(shown) == MOST}
    return render(request, "payments/refunds.html", context)


@stands_on(lambda code: reverse("payments:book", args=[code]), keeps=False)
@signed_in
@require_POST
def ask(request: HttpRequest, code: str) -> HttpResponse:
    person = keeper(request)
    asked = request.POST.get("capture", "")
    capture = get_object_or_404(
        Capture.objects.filter(bill__in=queries.bills_for(person), bill__code=code).select_related("bill__unit"),
        pk=int(asked) if asked.isascii() and asked.isdecimal() else 0,
    )
    try:
        actions.ask_refund(
            by=person, capture=capture, amount=number(request.POST.get("amount", "")) or 0,
            reason=request.POST.get("reason", ""), note=request.POST.get("note", ""),
        )  # fmt: skip
    except NotPermitted:
        raise
    except Refused as refusal:
        return books.show(request, code, refusal)
    messages.success(request, _("Đã đề nghị hoàn tiền; một lãnh đạo khác duyệt."))
    follows = sentences.what_follows(queries.facts_of(capture.bill), owners.standing(capture.bill))
    if follows:
        messages.warning(request, follows)
    return redirect("payments:book", code)


@stands_on(lambda pk: reverse("payments:refunds"), keeps=False)
@signed_in
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    refund = get_object_or_404(queries.refunds_for(keeper(request)).select_related("bill__unit"), pk=pk)
    try:
        actions.approve_refund(by=keeper(request), refund=refund)
    except NotPermitted:
        raise
    except Refused as refusal:
        return said(request, refusal, "payments:refunds")
    messages.success(request, _("Đã duyệt; ngân hàng được yêu cầu hoàn tiền."))
    return redirect("payments:refunds")


@stands_on(lambda pk: reverse("payments:refunds"), keeps=False)
@signed_in
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    refund = get_object_or_404(queries.refunds_for(keeper(request)).select_related("bill__unit"), pk=pk)
    try:
        actions.decline_refund(by=keeper(request), refund=refund, reason=request.POST.get("reason", ""))
    except NotPermitted:
        raise
    except Refused as refusal:
        return said(request, refusal, "payments:refunds")
    messages.success(request, _("Đã ghi lý do không duyệt."))
    return redirect("payments:refunds")
