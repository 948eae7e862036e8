"""The bank's statements: which days are here, and a file from one's own hands."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.organizations.http import signed_in
from dienhong.payments import actions, camt, queries
from dienhong.payments.models import StatementFile
from dienhong.payments.views.shared import keeper, said

MOST = 60


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def statements(request: HttpRequest) -> HttpResponse:
    person = keeper(request)
    if request.method == "POST":
        return _take(request)
    mine = queries.accounts_for(person).values("number")
    rows = StatementFile.objects.filter(account_number__in=mine).annotate(count=Count("lines")).order_by("-day", "-pk")
    return render(request, "payments/statements.html", {"rows": rows[:MOST]})


def _take(request: HttpRequest) -> HttpResponse:
    given = request.FILES.get("file")
    try:
        if given is None or (given.size or 0) > camt.LARGEST:
            raise Refused("no_file", _("Chọn tệp sao kê camt.053 (XML), nhiều nhất 20 MB."))
        taken = actions.take_statement(by=keeper(request), data=given.read())
    except NotPermitted:
        raise
    except Refused as refusal:
        return said(request, refusal, "payments:statements")
    days = ", ".join(f"{each.day:%d/%m/%Y}" for each in taken)
    messages.success(request, _("Đã đối chiếu sao kê ngày %(days)s.") % {"days": days})
    return redirect("payments:statements")
