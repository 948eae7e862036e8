"""Excel on screen: take the template, hand in the file, read what is wrong with it, take the marked copy."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from dienhong.base import store
from dienhong.base.numbers import Convention, parse_cell
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.organizations.http import signed_in
from dienhong.reporting.actions import uploads as actions
from dienhong.reporting.excel import marking, template, texts
from dienhong.reporting.excel.draft import TYPED_SINCE, Over
from dienhong.reporting.excel.faults import FileFault
from dienhong.reporting.excel.layout import sheets
from dienhong.reporting.excel.package import MAX_FILE, open_package
from dienhong.reporting.figures import cells_of
from dienhong.reporting.models import Duty, Upload
from dienhong.reporting.views.boards import XLSX
from dienhong.reporting.views.shared import duty_or_404, lang, person, regime_name, words

EARLIER = 10
CONVENTIONS: dict[str, Convention] = {"dot_thousands": "dot_thousands", "dot_decimal": "dot_decimal"}
OVERS: dict[str, Over] = {"file": "file", "grid": "grid"}


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
    said = Said(CONVENTIONS.get(request.POST.get("convention", "")), OVERS.get(request.POST.get("over", ""), ""))
    return _take(request, found.duty, store.get(found.digest), found.name, said)


@dataclass(frozen=True, slots=True)
class Said:
    """What the person answered about a file: how its numbers read, which side stands where the grid differs."""

    convention: Convention | None = None
    over: Over = ""


def _take(request: HttpRequest, duty: Duty, data: bytes, name: str, said: Said = Said()) -> HttpResponse:
    try:
        taken = actions.take_upload(
            by=person(request), duty=duty, data=data, name=name, convention=said.convention, over=said.over
        )
    except Refused as refusal:
        return _form(request, duty, refusal.sentence, 403 if isinstance(refusal, NotPermitted) else 422)
    found = taken.upload
    if taken.repeated:
        same = _("Chính tệp này đã có trong báo cáo; không có gì thay đổi.")
        messages.info(request, " ".join(filter(None, (same, _kept_words(taken.kept)))))
    elif found.outcome != Upload.Outcome.TAKEN:
        answered = f"?convention={said.convention}" if said.convention else ""
        return redirect(reverse("reporting:upload_result", args=[found.pk]) + answered)
    else:
        messages.success(request, _taken_words(found))
    return redirect("reporting:entry", duty.pk)


def _taken_words(found: Upload) -> str:
    said = ngettext("Đã đọc “%(name)s”: ghi %(n)d ô.", "Đã đọc “%(name)s”: ghi %(n)d ô.", found.cells) % {
        "name": found.name,
        "n": found.cells,
    }
    return " ".join(filter(None, (said, _kept_words(found.kept))))


def _kept_words(kept: int) -> str:
    if not kept:
        return ""
    return ngettext("%(n)d ô giữ số đã nhập trên lưới.", "%(n)d ô giữ số đã nhập trên lưới.", kept) % {"n": kept}


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
            "ways": _ways(found, faults),
            "since": sum(fault["code"] == TYPED_SINCE for fault in faults),
            "only_asks": bool(faults) and all(fault["code"] == TYPED_SINCE for fault in faults),
            "convention": CONVENTIONS.get(request.GET.get("convention", ""), ""),
            "markable": found.outcome == Upload.Outcome.FAULTY and any(f["code"] != TYPED_SINCE for f in faults),
        },
    )


def _ways(found: Upload, faults: list[dict[str, str]]) -> list[tuple[str, str]]:
    """The ways to read the numbers of a file that reads two ways, each by the file's own example: those that every
    such cell takes, so that nobody is offered a fraction for a form of whole numbers."""
    unsure = [fault for fault in faults if fault["code"] == "ambiguous"]
    if not unsure:
        return []
    decimals = dict(template.form_version(found.duty).cells.values_list("key", "decimals"))
    read = {
        way: [parse_cell(one["value"], decimals=decimals.get(one["key"]), convention=way) for one in unsure]
        for way in CONVENTIONS.values()
    }
    fitting = [way for way, parsed in read.items() if all(one.has_value for one in parsed)] or list(read)
    example = unsure[0]["value"]
    shown = {way: parse_cell(example, decimals=None, convention=way).value for way in fitting}
    said = _("“%(text)s” là %(number)s")
    point = "," if lang() == "vi" else "."
    return [(way, said % {"text": example, "number": str(value).replace(".", point)}) for way, value in shown.items()]


def _shown(fault: FileFault) -> dict[str, str]:
    by = lang()
    return {
        "code": fault.code,
        "key": fault.key,
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
    faults = [fault for fault in map(FileFault.read, found.faults) if fault.code != TYPED_SINCE]
    pages = sheets(form, cells_of(form))
    try:
        package = open_package(store.get(found.digest))
        data = marking.mark(package, faults, pages, lang(), texts.sections(form.spec))
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
