"""Lists: people brought in from a file, and the table of days off."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dienhong.base.clock import business_today
from dienhong.base.refusal import Refused
from dienhong.organizations import actions, office, people_files
from dienhong.organizations.forms import NewHoliday, PeopleList
from dienhong.organizations.models import Holiday
from dienhong.organizations.views.frame import administrators, me, show, status_of, tried
from dienhong.organizations.views.people import ASK

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@administrators
@require_http_methods(ASK)
def import_people(request: HttpRequest) -> HttpResponse:
    """A file is tried out line by line; then the same rows, which travel with the page, are saved: all or none."""
    if request.method == "POST" and "rows" in request.POST:
        return _save(request)
    form = PeopleList(request.POST or None, request.FILES or None, by=me(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows = people_files.read(file.read(people_files.MOST_BYTES + 1), file.name)
            return _tried(request, rows, form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error("file", refusal.sentence)
    return show(request, "organizations/office_import.html", "office_import", status_of(form), form=form)


def _tried(request: HttpRequest, rows: list[list[str]], reason: str, refused: str = "") -> HttpResponse:
    outcomes = actions.try_people(by=me(request), lines=people_files.lines(rows), reason=reason)
    bad = sum(not each.good for each in outcomes)
    context: dict[str, Any] = {
        "outcomes": outcomes, "bad": bad, "good": len(outcomes) - bad, "refused": refused,
        "rows": people_files.as_csv(rows), "reason": reason,
    }  # fmt: skip
    status = 422 if bad or refused else 200
    return show(request, "organizations/office_import_tried.html", "office_import", status, **context)


def _save(request: HttpRequest) -> HttpResponse:
    rows = list(csv.reader(io.StringIO(request.POST["rows"])))
    reason = request.POST.get("reason", "")
    try:
        if not rows or len(rows) > people_files.MOST + 1:
            raise Refused("rows", _("Danh sách trống hoặc quá dài; tải tệp lên lại."))
        outcomes = actions.import_people(by=me(request), lines=people_files.lines(rows), reason=reason)
    except Refused as refusal:
        if not rows:
            messages.error(request, refusal.sentence)
            return redirect("office_import")
        return _tried(request, rows, reason, refusal.sentence)
    messages.success(request, _("Đã lưu %(n)d dòng.") % {"n": len(outcomes)})
    return redirect("office_people")


@administrators
@require_GET
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    data = people_files.template() if kind == "xlsx" else people_files.template_csv()
    answer = HttpResponse(data, content_type=EXCEL if kind == "xlsx" else "text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="nguoi-dung.{kind}"'
    return answer


@administrators
@require_http_methods(ASK)
def holidays(request: HttpRequest) -> HttpResponse:
    """Days off by year; declaring one moves what was due that day."""
    form = NewHoliday(request.POST or None, by=me(request))
    if request.method == "POST" and tried(form, lambda: actions.declare_holiday(by=me(request), **form.cleaned_data)):
        messages.success(request, _("Đã ghi ngày nghỉ; hạn báo cáo rơi vào ngày đó dời theo quy định của từng chế độ."))
        return redirect(f"{request.path}?year={form.cleaned_data['date'].year}")
    years = sorted({day.year for day in Holiday.objects.values_list("date", flat=True)} | {business_today().year})
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else business_today().year
    context: dict[str, Any] = {
        "rows": Holiday.objects.filter(date__year=year).order_by("date"), "year": year, "years": years, "form": form,
        "may": office.runs_all(me(request)),
        "why": office.runs_all(me(request)).reason(request.LANGUAGE_CODE),
    }  # fmt: skip
    return show(request, "organizations/office_holidays.html", "office_holidays", status_of(form), **context)
