"""The grid: one form rendered by the server, saved cell by cell by the browser, or as a whole without a script."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dienhong.base import clock
from dienhong.base.numbers import Empty, empty_label, empty_mark, format_number
from dienhong.base.refusal import Fault, Refused
from dienhong.organizations.http import signed_in
from dienhong.reporting import actions, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.figures import Figure
from dienhong.reporting.models import FormCell, Submission, Version
from dienhong.reporting.states import EDITABLE, state_of
from dienhong.reporting.views.shared import duty_or_404, lang, person, regime_name, version_or_404, words

MAX_CELLS = 2000


def shown(figure: Figure | None, cell: FormCell) -> str:
    """A figure as it is read: formatted number, mark of an empty, or the text that was not understood."""
    if figure is None:
        return ""
    if figure.value is not None:
        return format_number(figure.value, cell.decimals, lang())
    if figure.empty is not None and cell.kind in (FormCell.Kind.NUMBER, FormCell.Kind.COMPUTED):
        return empty_mark(Empty(figure.empty))
    return figure.typed


def empty_words(figure: Figure | None) -> str:
    return empty_label(Empty(figure.empty), lang()) if figure and figure.empty else ""


@signed_in
@require_GET
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid of a duty's version in entry."""
    duty = duty_or_404(request, pk)
    submission = Submission.objects.filter(duty=duty).first()
    version = submission.versions.order_by("-number").first() if submission else None
    if version is None or state_of(version) not in EDITABLE:
        return redirect("reporting:duty", pk)
    judged = review.judge(version)
    asking = {fault.where for fault in judged.cell_faults if fault.code != "blank"}
    return render(
        request,
        "reporting/entry.html",
        {
            "duty": duty,
            "version": version,
            "words": words([duty])[0],
            "regime": regime_name(version.regime_version),
            "forms": forms_of(version, judged),
            "faults": [fault for fault in judged.cell_faults if fault.code != "blank"],
            "blanks": sum(fault.code == "blank" for fault in judged.cell_faults),
            "errors": [finding for finding in judged.findings if finding.blocks],
            "warnings": [
                (finding, judged.explained.get(finding.rule.pk, "")) for finding in judged.findings if finding.asks
            ],
            "cells": {cell.key: cell for cell in judged.cells},
            "asking": asking,
            "lang": lang(),
            "returned": last_return(version),
        },
    )


def last_return(version: Version) -> object:
    """Why the report came back, if it did: from the leader on this version, or from the receiver on the one before."""
    for one in (version, version.began_from):
        change = one.states.filter(returned__isnull=False).order_by("-pk").first() if one else None
        if change:
            return change.returned
    return None


def forms_of(version: Version, judged: review.Review) -> list[dict[str, Any]]:
    """Forms with their rows; each row has its cells with figures of now, last period, last year."""
    wrong = {fault.where for fault in judged.cell_faults if fault.code != "blank"}
    wrong |= {cell for finding in judged.findings if finding.blocks for cell in finding.rule.cells}
    warned = {cell for finding in judged.findings if finding.asks for cell in finding.rule.cells}
    out = []
    for form in version.regime_version.spec["forms"]:
        rows: dict[str, dict[str, Any]] = {}
        for cell in (cell for cell in judged.cells if cell.form == form["key"]):
            row = rows.setdefault(cell.row, {"cells": [], "first": cell})
            figure = judged.now[cell.key]
            row["cells"].append(
                {
                    "cell": cell,
                    "figure": figure,
                    "shown": shown(figure, cell),
                    "words": empty_words(figure),
                    "prev": shown(judged.prev.get(cell.key), cell),
                    "year_before": shown(judged.year_before.get(cell.key), cell),
                    "wrong": cell.key in wrong,
                    "warned": cell.key in warned,
                    "label": getattr(cell, f"label_{lang()}"),
                }
            )
        labels = {row["key"]: row["label"][lang()] for row in form["rows"] if row.get("key")}
        for key, row in rows.items():
            row["label"] = labels[key]
        out.append(
            {
                "form": form,
                "title": form["title"][lang()],
                "rows": list(rows.values()),
                "unit": (form.get("unit") or {}).get(lang(), ""),
            }
        )
    return out


@signed_in
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save cells. JSON in, JSON out for the grid; a plain form post saves everything and shows the grid again."""
    version = version_or_404(request, pk)
    if request.content_type == "application/json":
        return _save_json(request, version)
    typed = {name[5:]: Typed(str(value)) for name, value in request.POST.items() if name.startswith("cell:")}
    try:
        saved = actions.save_cells(by=person(request), version=version, typed=typed)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        for fault in saved.faults[:5]:
            messages.error(request, fault.sentence)
        messages.success(request, _("Đã lưu lúc %(at)s.") % {"at": f"{clock.business_now():%H:%M:%S}"})
    return redirect("reporting:entry", version.submission.duty_id)


def _save_json(request: HttpRequest, version: Version) -> JsonResponse:
    try:
        data = json.loads(request.body)
        cells = {
            str(key): Typed(str(one["text"])[:2000], seen=None if one.get("seen") is None else int(one["seen"]))
            for key, one in data["cells"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"error": _("Không đọc được yêu cầu lưu; tải lại trang rồi nhập lại.")}, status=400)
    if len(cells) > MAX_CELLS:
        return JsonResponse({"error": _("Mỗi lần lưu tối đa %(n)d ô.") % {"n": MAX_CELLS}}, status=400)
    convention = data.get("convention") if data.get("convention") in ("dot_thousands", "dot_decimal") else None
    try:
        saved = actions.save_cells(
            by=person(request),
            version=version,
            typed=cells,
            convention=convention,
            request_key=str(data.get("request_key", ""))[:60],
        )
    except Refused as refusal:
        return JsonResponse({"error": refusal.sentence}, status=409)
    return JsonResponse(picture(version, saved))


@signed_in
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    version = version_or_404(request, pk)
    try:
        saved = actions.undo(by=person(request), version=version)
    except Refused as refusal:
        return JsonResponse({"error": refusal.sentence}, status=409)
    return JsonResponse(picture(version, saved))


def picture(version: Version, saved: actions.entry.Saved | None = None) -> dict[str, Any]:
    """The grid's state after a save, for the browser to draw: cells, what is wrong, what asks for a sentence."""
    judged = review.judge(version)
    cells = {
        cell.key: {
            "typed": judged.now[cell.key].typed,
            "shown": shown(judged.now[cell.key], cell),
            "words": empty_words(judged.now[cell.key]),
            "edit": judged.now[cell.key].edit_id or 0,
        }
        for cell in judged.cells
    }
    return {
        "at": f"{clock.business_now():%H:%M:%S}",
        "cells": cells,
        "faults": [_fault(fault) for fault in judged.cell_faults if fault.code != "blank"],
        "blanks": sum(fault.code == "blank" for fault in judged.cell_faults),
        "errors": [
            {"cells": f.rule.cells, "sentence": f.sentences[lang()], "rule": f.rule.key}
            for f in judged.findings
            if f.blocks
        ],
        "warnings": [
            {
                "cells": f.rule.cells,
                "sentence": f.sentences[lang()],
                "rule": f.rule.key,
                "explained": judged.explained.get(f.rule.pk, ""),
            }
            for f in judged.findings
            if f.asks
        ],
        "conflicts": {
            key: {"typed": edit.typed, "by": edit.by.name, "edit": edit.pk}
            for key, edit in (saved.conflicts.items() if saved else ())
        },
    }


def _fault(fault: Fault) -> dict[str, str]:
    return {"code": fault.code, "sentence": fault.sentence, "where": fault.where, "typed": fault.typed}
