"""The grid: one form rendered by the server, saved cell by cell by the browser, or as a whole without a script."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dienhong.base import clock, numbers
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.organizations import permissions
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Role
from dienhong.reporting import actions, queries, review
from dienhong.reporting.actions.entry import Saved, Typed
from dienhong.reporting.models import Return, Submission, Version
from dienhong.reporting.permissions import OWN_ROLES, require
from dienhong.reporting.states import EDITABLE, state_of
from dienhong.reporting.views import grid
from dienhong.reporting.views.shared import duty_or_404, lang, person, regime_name, version_or_404, words

MAX_CELLS = 2000
MAX_TEXT = 2000
CONVENTIONS: tuple[numbers.Convention, ...] = ("dot_thousands", "dot_decimal")


@signed_in
@require_GET
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid of a duty's version in entry. A draft is open to its own unit only, to write for whoever enters."""
    duty = duty_or_404(request, pk)
    by = person(request)
    require(by, OWN_ROLES, duty.unit, duty.regime.code)
    submission = Submission.objects.filter(duty=duty).first()
    version = submission.versions.order_by("-number").first() if submission else None
    if version is None or state_of(version) not in EDITABLE:
        return redirect("reporting:duty", pk)
    judged = review.judge(version)
    comments = grid.comments_data(version)
    checked = request.GET.get("checked") == "1"  # handed to the leader and refused: everything that is missing is told
    returned = last_return(version)
    back = {row.cell.key for row in returned.cells.select_related("cell")} if returned else set()
    forms = grid.forms_of(version, judged, checked, back)
    asking = [one for one in judged.findings if one.asks]
    warnings = [(one, judged.explained.get(one.rule.pk, ""), grid.since(judged, one)) for one in asking]
    return render(
        request,
        "reporting/entry.html",
        {
            "duty": duty,
            "version": version,
            "editable": permissions.may(by, Role.ENTRY_OFFICER, duty.unit, duty.regime.code).allowed,
            "words": words([duty])[0],
            "regime": regime_name(version.regime_version),
            "forms": forms,
            "many": any(form["many"] for form in forms),
            "checked": checked,
            "faults": [fault for fault in judged.cell_faults if checked or fault.code != "blank"],
            "text_faults": [one for one in judged.narrative_faults if checked or one.code != "section_blank"],
            "blanks": sum(fault.code == "blank" for fault in judged.cell_faults),
            "errors": grid.errors_of(judged, checked),
            "warnings": warnings,
            "to_explain": sum(not explanation for _finding, explanation, _since in warnings),
            "matches": grid.matches(judged),
            "found": grid.findings(judged, checked),
            "cells": {cell.key: cell for cell in judged.cells},
            "rules": grid.rules_of(judged),
            "says": grid.says(),
            "mark": ".".join(map(str, grid.mark_of(version))),
            "comments": comments,
            "noted": {one["cell"] for one in comments},
            "lang": lang(),
            "returned": returned,
            "sent_before": queries.waiting_words([duty]).get(duty.pk, ""),
        },
    )


def last_return(version: Version) -> Return | None:
    """Why the report came back, if it did: from the leader on this version, or from the receiver on the one before."""
    for one in (version, version.began_from):
        change = one.states.filter(returned__isnull=False).order_by("-pk").first() if one else None
        if change:
            return change.returned
    return None


@signed_in
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save cells. JSON in, JSON out for the grid; a plain form post saves everything and shows the grid again."""
    version = version_or_404(request, pk)
    if request.content_type == "application/json":
        return _save_json(request, version)
    typed = {clean(name[5:]): Typed(clean(str(text))) for name, text in request.POST.items() if name[:5] == "cell:"}
    try:
        if any(len(one.text) > MAX_TEXT for one in typed.values()):
            raise Refused("too_long", _too_long())
        saved = actions.save_cells(by=person(request), version=version, typed=typed, locale=lang())
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        for fault in saved.faults[:5]:
            messages.error(request, fault.sentence)
        messages.success(request, _("Đã lưu lúc %(at)s.") % {"at": f"{clock.business_now():%H:%M:%S}"})
    return redirect("reporting:entry", version.submission.duty_id)


@dataclass(frozen=True, slots=True)
class Batch:
    """What a browser sends in one save. `by`: whose page it is, or None where it did not say."""

    cells: dict[str, Typed]
    convention: numbers.Convention | None
    request_key: str
    by: int | None


def read_batch(body: bytes) -> Batch:
    """Raises Refused with what to do for anything that is not a save; nothing of it is kept then."""
    try:
        data = json.loads(body)
        cells = {
            clean(str(key)): Typed(clean(one["text"]), seen=None if one.get("seen") is None else int(one["seen"]))
            for key, one in data["cells"].items()
        }
        batch = Batch(
            cells,
            next((one for one in CONVENTIONS if one == data.get("convention")), None),
            clean(str(data.get("request_key", "")))[:60],
            None if data.get("by") is None else int(data["by"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise Refused("unreadable", _("Không đọc được yêu cầu lưu; tải lại trang rồi nhập lại.")) from None
    if len(cells) > MAX_CELLS:
        raise Refused("too_many", _("Mỗi lần lưu tối đa %(n)d ô.") % {"n": MAX_CELLS})
    if any(len(one.text) > MAX_TEXT for one in cells.values()):
        raise Refused("too_long", _too_long())
    return batch


def _too_long() -> str:
    return _("Mỗi ô tối đa %(n)d ký tự; rút ngắn ô dài rồi lưu lại. Chưa ô nào của lần này được lưu.") % {"n": MAX_TEXT}


def clean(text: str) -> str:
    """Text that the database takes: without NUL and halves of characters."""
    if not isinstance(text, str):
        raise TypeError("text is asked")
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")


def _save_json(request: HttpRequest, version: Version) -> JsonResponse:
    try:
        batch = read_batch(request.body)
    except Refused as refusal:
        return JsonResponse({"error": refusal.sentence}, status=400)
    if batch.by not in (None, person(request).pk):
        # Someone else signed in meanwhile in this browser: what the first one typed is not the second one's.
        return JsonResponse({"error": _("Trình duyệt này đang đăng nhập bằng tài khoản khác.")}, status=401)
    try:
        saved = actions.save_cells(
            by=person(request),
            version=version,
            typed=batch.cells,
            convention=batch.convention,
            locale=lang(),
            request_key=batch.request_key,
        )
    except Refused as refusal:
        return _refusal(refusal)
    return JsonResponse(grid.picture(version, saved, person(request).pk))


@signed_in
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    return _back_or_again(request, pk, actions.undo)


@signed_in
@require_POST
def redo(request: HttpRequest, pk: int) -> HttpResponse:
    return _back_or_again(request, pk, actions.redo)


def _back_or_again(request: HttpRequest, pk: int, act: Callable[..., Saved]) -> HttpResponse:
    version = version_or_404(request, pk)
    try:
        saved = act(by=person(request), version=version)
    except Refused as refusal:
        return _refusal(refusal)
    data: dict[str, Any] = grid.picture(version, saved)
    return JsonResponse(data | {"restored": list(saved.edits)})


def _refusal(refusal: Refused) -> JsonResponse:
    return JsonResponse({"error": refusal.sentence}, status=403 if isinstance(refusal, NotPermitted) else 409)
