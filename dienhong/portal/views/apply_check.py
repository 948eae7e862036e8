"""The last look: every answer with a way to change it, the fee with its articles, the declaration, and sending."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dienhong.base.refusal import Fault, Refused
from dienhong.base.typing_kept import back, back_said, stands_on
from dienhong.dossiers.actions import drafts as actions
from dienhong.dossiers.actions.answer_drafts import send_answer
from dienhong.dossiers.forms import filed
from dienhong.dossiers.forms.screen import Shown, answers_of, typed_of
from dienhong.dossiers.models import Dossier, Draft
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person
from dienhong.portal import cases, fees
from dienhong.portal.filling import Filling, filling, me, or_its_dossier


@signed_in
@never_cache
@require_GET
@or_its_dossier
def check(request: HttpRequest, service: str, pk: int) -> HttpResponse:
    it = filling(request, service, pk)
    typed = back(request)
    if typed:
        for page in it.declarations:
            it.draft.data.update(typed_of(page, typed.sent))
    return _show(request, it, [], back_said() if typed else "")


@stands_on(lambda service, pk: reverse("portal:apply_check", args=[service, pk]))
@signed_in
@require_POST
def send(request: HttpRequest, service: str, pk: int) -> HttpResponse:
    """Pressed twice, or in two windows, it files once: the second press finds the dossier by the draft's token."""
    try:
        it = filling(request, service, pk)
    except Http404:
        return _filed_already(request)
    draft = it.draft
    for page in it.declarations:
        draft = actions.save_page(by=me(request), draft=draft, page=page.key, typed=typed_of(page, request.POST)).draft
    it = Filling(draft)
    faults = it.faults()
    if faults:
        return _show(request, it, faults)
    answers = it.answers
    try:
        dossier = answers or file_draft(by=me(request), draft=draft)
        if answers:
            send_answer(by=me(request), draft=draft)
    except Refused as refusal:
        if not Draft.objects.filter(pk=pk).exists():
            return _filed_already(request)
        return _show(request, it, list(refusal.faults))
    return redirect("portal:mine_one" if answers else "portal:mine_filed", dossier.code)


def _origins(answers: list[Shown]) -> list[tuple[Mapping[str, Any], list[str]]]:
    """Whose words stand on a page; with the names of the fields where others were written by hand."""
    found: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for one in answers:
        if one.origin:
            whose = str(one.origin.get("register", one.origin.get("dossier", "account")))
            found.setdefault(whose, (one.origin, []))[1].append(one.label)
    said = sum(1 for one in answers if one.reading or one.text)
    return [(origin, labels if len(labels) < said else []) for origin, labels in found.values()]


def file_draft(*, by: Person, draft: Draft) -> Dossier:
    from dienhong.dossiers.actions import filing

    return filing.file(by=by, draft=draft)


def _filed_already(request: HttpRequest) -> HttpResponse:
    if code := request.POST.get("dossier", ""):
        return redirect("portal:mine_one", cases.get(me(request), code).code)
    try:
        token = uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        raise Http404 from None
    dossier = Dossier.objects.filter(token=token, applicant=me(request)).first()
    if dossier is None:
        raise Http404
    return redirect("portal:mine_filed", dossier.code)


def _show(request: HttpRequest, it: Filling, faults: list[Fault], typing_back: str = "") -> HttpResponse:
    asked = {one.key for page in it.declarations for one in page.fields}
    open_faults = {fault.where.split(".")[0] for fault in it.faults()} - asked
    parts = []
    for page in it.pages:
        answers = answers_of(it.form, page, it.draft.data, it.at, it.draft.origins, it.files)
        wrong = any(one.name in open_faults for one in answers)
        parts.append((page, answers, it.url(page), wrong, _origins(answers)))
    fee = None
    if not open_faults:
        # What is owed follows the law of the day it was declared on, also after a supplement.
        day = it.answers.declared_on if it.answers else it.at.day
        fee = fees.preview(it.service, filed(it.form, it.reading.values, it.at.day), day)
    declarations = [it.screen(page, [fault for fault in faults if fault.where in asked]) for page in it.declarations]
    context = {
        "it": it,
        "draft": it.draft,
        "service": it.version.service,
        "sheet": it.version.sheet,
        "form_of": it.form,
        "parts": parts,
        "fee": fee,
        "day": it.at.day,
        "loose": it.wanted.get("", []),
        "declarations": declarations,
        "ready": not open_faults,
        "faults": [fault for fault in faults if fault.where.split(".")[0] not in asked | open_faults],
        "steps": len(it.pages) + 1,
        "typing_back": typing_back,
        "last": it.url(it.pages[-1]),
        "unfinished": it.url(it.unfinished()),
    }
    return render(request, "portal/apply/check.html", context, status=422 if faults else 200)
