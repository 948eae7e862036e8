"""Excel on screen: take the template, hand in the file, read what is wrong with it, take the marked copy."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from dienhong.base import store
from dienhong.base.numbers import Convention
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.organizations.http import signed_in
from dienhong.reporting.actions import uploads as actions
from dienhong.reporting.excel import marking, template
from dienhong.reporting.excel.faults import FileFault
from dienhong.reporting.excel.layout import sheets
from dienhong.reporting.excel.package import MAX_FILE, open_package
from dienhong.reporting.figures import cells_of
from dienhong.reporting.models import Duty, Upload
from dienhong.reporting.views.boards import XLSX
from dienhong.reporting.views.shared import duty_or_404, lang, person, regime_name, words

EARLIER = 10
CONVENTIONS: dict[str, Convention] = {"dot_thousands": "dot_thousands", "dot_decimal": "dot_decimal"}


@signed_in
@require_safe
def download_template(request: HttpRequest, pk: int) -> HttpResponse:
    """The template of this duty, prefilled with what its draft holds."""
    duty = duty_or_404(request, pk)
    try:
        made = template.make(duty)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("reporting:duty", pk)
    return _file(made.data, made.name)


@signed_in
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """The form to hand in a file; a plain post, which works without a script."""
    duty = duty_or_404(request, pk)
    if request.method != "POST":
        return _form(request, duty)
    given = request.FILES.get("file")
    if given is None:
        return _form(request, duty, _("Chưa chọn tệp. Chọn tệp mẫu đã điền rồi bấm Nộp."), 422)
    # Read no more than is needed to know that it is too much.
    data = given.read(MAX_FILE + 1)
    return _take(request, duty, data, given.name or "tep.xlsx")


@signed_in
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a kept file once more, now that the person has said what the dot means in it."""
    found = _upload(request, pk)
    convention = CONVENTIONS.get(request.POST.get("convention", ""))
    return _take(request, found.duty, store.get(found.digest), found.name, convention)


def _take(
    request: HttpRequest, duty: Duty, data: bytes, name: str, convention: Convention | None = None
) -> HttpResponse:
    try:
        taken = actions.take_upload(by=person(request), duty=duty, data=data, name=name, convention=convention)
    except Refused as refusal:
        return _form(request, duty, refusal.sentence, 403 if isinstance(refusal, NotPermitted) else 422)
    found = taken.upload
    if taken.repeated:
        messages.info(request, _("Chính tệp này đã có trong báo cáo; không có gì thay đổi."))
    elif found.outcome != Upload.Outcome.TAKEN:
        return redirect("reporting:upload_result", found.pk)
    else:
        messages.success(request, _taken_words(found))
    return redirect("reporting:entry", duty.pk)


def _taken_words(found: Upload) -> str:
    said = ngettext("Đã đọc “%(name)s”: ghi %(n)d ô.", "Đã đọc “%(name)s”: ghi %(n)d ô.", found.cells) % {
        "name": found.name,
        "n": found.cells,
    }
    if found.kept:
        said += " " + ngettext(
            "%(n)d ô trong tệp không đổi so với mẫu nên giữ số đã nhập trên lưới.",
            "%(n)d ô trong tệp không đổi so với mẫu nên giữ số đã nhập trên lưới.",
            found.kept,
        ) % {"n": found.kept}
    return said


def _form(request: HttpRequest, duty: Duty, error: str = "", status: int = 200) -> HttpResponse:
    earlier = Upload.objects.filter(duty=duty).select_related("by").order_by("-pk")
    return render(
        request,
        "reporting/upload.html",
        {
            "duty": duty,
            "words": words([duty])[0],
            "regime": _regime(duty),
            "error": error,
            "limit": MAX_FILE // 2**20,
            "earlier": list(earlier[:EARLIER]),
            "more": max(0, earlier.count() - EARLIER),
        },
        status=status,
    )


def _regime(duty: Duty) -> str:
    version = duty.regime.versions.order_by("-number").first()
    return regime_name(version) if version else duty.regime.code


@signed_in
@require_GET
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of an upload: its faults by sheet and cell, and what to do."""
    found = _upload(request, pk)
    faults = [_shown(FileFault.read(stored)) for stored in found.faults]
    return render(
        request,
        "reporting/upload_result.html",
        {
            "upload": found,
            "duty": found.duty,
            "words": words([found.duty])[0],
            "regime": _regime(found.duty),
            "faults": faults,
            "whole": [fault for fault in faults if not fault["address"]],
            "cells": [fault for fault in faults if fault["address"]],
            "ambiguous": any(fault["code"] == "ambiguous" for fault in faults),
            "markable": found.outcome == Upload.Outcome.FAULTY,
        },
    )


def _shown(fault: FileFault) -> dict[str, str]:
    by = lang()
    return {
        "code": fault.code,
        "sheet": fault.sheet,
        "address": fault.address,
        "label": fault.label.get(by, ""),
        "value": fault.value,
        "expected": fault.expected.get(by, ""),
        "sentence": fault.sentence[by],
    }


@signed_in
@require_GET
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was handed in, with its errors marked in it."""
    found = _upload(request, pk)
    if found.outcome != Upload.Outcome.FAULTY:
        raise Http404
    form = template.form_version(found.duty)
    faults = [FileFault.read(stored) for stored in found.faults]
    pages = sheets(form, cells_of(form))
    try:
        data = marking.mark(open_package(store.get(found.digest)), faults, pages, lang())
    except marking.CannotMarkError:
        messages.error(
            request, _("Không ghi được lỗi lên bản sao của tệp này; sửa theo danh sách dưới đây rồi nộp lại.")
        )
        return redirect("reporting:upload_result", pk)
    stem = found.name.removesuffix(".xlsx")
    errors = _("loi")
    return _file(data, f"{stem}-{errors}.xlsx")


@signed_in
@require_GET
def handed_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The very bytes that were handed in."""
    found = _upload(request, pk)
    return _file(store.get(found.digest), found.name)


def _upload(request: HttpRequest, pk: int) -> Upload:
    found = get_object_or_404(Upload.objects.select_related("duty", "by"), pk=pk)
    found.duty = duty_or_404(request, found.duty_id)
    return found


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
