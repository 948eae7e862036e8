"""Money whose bill is not known."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.base.typing_kept import stands_on
from dienhong.organizations.http import signed_in
from dienhong.payments import actions, queries, sentences
from dienhong.payments.views.shared import keeper, said

MOST = 200


@signed_in
@never_cache
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    found = queries.suspense_for(keeper(request)).filter(assignment=None)[:MOST]
    rows = [(row, sentences.WHY.get(row.reason, row.reason)) for row in found]
    return render(request, "payments/waiting.html", {"rows": rows, "most": MOST, "full": len(rows) == MOST})


@stands_on(lambda pk: reverse("payments:waiting"), keeps=False)
@signed_in
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    person = keeper(request)
    row = get_object_or_404(queries.suspense_for(person), pk=pk)
    code = request.POST.get("code", "").strip().upper()
    try:
        bill = queries.bills_for(person).select_related("unit").filter(code=code).first()
        if bill is None:
            raise Refused("no_bill", _("Không có khoản thu mang mã “%(code)s” ở đơn vị của bạn.") % {"code": code})
        actions.assign_suspense(by=person, suspense=row, bill=bill, reason=request.POST.get("reason", ""))
    except NotPermitted:
        raise
    except Refused as refusal:
        return said(request, refusal, "payments:waiting")
    messages.success(request, _("Đã gán tiền cho khoản %(code)s.") % {"code": code})
    return redirect("payments:waiting")
