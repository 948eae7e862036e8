"""Writing a directive: from a document, from a figure, from a cross-check; and one more assignment of it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.directives import actions
from dienhong.directives.actions import Document, Task, Wanted
from dienhong.directives.conditions.basis import Asked
from dienhong.directives.conditions.coming import coming
from dienhong.directives.forms import IssueForm, IssueFromNumberForm, TaskForm
from dienhong.directives.models import Directive
from dienhong.directives.permissions import directs_provinces
from dienhong.directives.views.shared import directive_or_404, issuers_of, person
from dienhong.directives.words import check_url, coming_words, figure, lang
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Period
from dienhong.indicators.queries import SeriesKey, kept
from dienhong.indicators.views import asked as addresses
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Unit

FIGURE = ("indicator", "calendar", "period", "unit")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A directive with its first assignment. `?indicator=…&calendar=…&period=…&unit=…`: born from that figure;
    `?check=…`: from that cross-check; otherwise from a document."""
    issuers = issuers_of(person(request))
    if not issuers:
        raise NotPermitted("not_permitted", _("Chỉ lãnh đạo đơn vị ban hành chỉ đạo."))
    key, check = _figure(request), request.GET.get("check", "")[:80]
    form = _form(request, issuers, key, check)
    if request.method == "POST" and form.is_valid():
        try:
            made = _issue(request, form.cleaned_data, key, check)
        except Refused as refusal:
            where = refusal.faults[0].where
            form.add_error(where if where in form.fields else None, refusal.sentence)
        else:
            messages.success(
                request, _("Đã ban hành chỉ đạo %(code)s. Đơn vị nhận được thông báo.") % {"code": made.code}
            )
            return redirect("directives:directive", made.pk)
    about = figure(_asked(key), kept.period_by_id(key.period_id)) if key else None
    context = {"form": form, "check": check, "check_url": check_url(check), "figure": about}
    return render(request, "directives/new.html", context, status=422 if form.errors else 200)


def _asked(key: SeriesKey) -> Asked:
    return Asked(indicators.indicator_of(key.indicator_id), key.unit_id, key.breakdown_id, key.measure)


def _figure(request: HttpRequest) -> SeriesKey | None:
    """The figure that the address names, resolved as a passport's address is; 404 where there is none."""
    if not all(request.GET.get(name) for name in FIGURE):
        return None
    code, calendar, period, unit = (request.GET[name] for name in FIGURE)
    return addresses.key(request, code, calendar, period, unit)


def _form(
    request: HttpRequest, issuers: list[tuple[int, str]], key: SeriesKey | None, check: str
) -> IssueForm | IssueFromNumberForm:
    by, posted = person(request), request.POST if request.method == "POST" else None
    if key is None and not check:
        everywhere = any(directs_provinces(unit) for unit, _name in issuers)
        return IssueForm(posted, by=by, issuers=issuers, everywhere=everywhere)
    entry = indicators.entry(key.indicator_id) if key else None
    decimals = entry.decimals if entry else None
    form = IssueFromNumberForm(posted, by=by, issuers=issuers, decimals=decimals, initial=_proposed(key, issuers))
    if key is not None:
        _warn(form, key)
    else:
        for name in ("comparison", "target", "scope"):
            del form.fields[name]
    return form


def _warn(form: IssueFromNumberForm, key: SeriesKey) -> None:
    """From which day on a later period's figure can close it, before anything is typed."""
    found = coming(_asked(key), kept.period_by_id(key.period_id), indicators.moment())
    if found is not None:
        day = _("Hạn của nhiệm vụ khi ấy từ ngày %(day)s.") % {"day": f"{found.day:%d/%m/%Y}"}
        form.fields["scope"].help_text = f"{coming_words(found)} {day}"


def _proposed(key: SeriesKey | None, issuers: list[tuple[int, str]]) -> dict[str, Any]:
    """The unit the figure is about leads, unless it issues itself."""
    if key is None:
        return {}
    period = kept.period_by_id(key.period_id)
    if key.unit_id in dict(issuers):
        return {}
    name = organizations.spelled([key.unit_id], clock.business_today(), lang()).get(key.unit_id)
    then = organizations.full_name(key.unit_id, period.last, lang())
    return {"lead": name or f"{then} #{key.unit_id}"}  # a unit that is no more has its number alone


def _issue(request: HttpRequest, said: Mapping[str, Any], key: SeriesKey | None, check: str) -> Directive:
    because: tuple[Asked, Period] | None = None
    condition = None
    if key is not None:
        because = _asked(key), kept.period_by_id(key.period_id)
        if said["comparison"]:
            condition = Wanted(*because, said["comparison"], said["target"], said["scope"])
    document = None
    if key is None and not check:
        document = Document(said["document_number"], said["document_date"], said["document_issuer"])
    leads = said["lead"] if isinstance(said["lead"], list) else [said["lead"]]
    tasks = [Task(each, said["content"], said["due"], said["with_units"], said["key"], condition) for each in leads]
    return actions.issue(
        by=person(request),
        issuer=Unit.objects.get(pk=said["issuer"]),
        title=said["title"],
        tasks=tasks,
        document=document,
        figure=because,
        check="" if key else check,
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """One more assignment of a directive."""
    found = directive_or_404(request, pk)
    posted = request.POST if request.method == "POST" else None
    form: forms.Form = TaskForm(posted, by=person(request), everywhere=directs_provinces(found.issuer))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                for lead in said["lead"]:
                    task = Task(lead, said["content"], said["due"], said["with_units"], said["key"])
                    actions.assign(by=person(request), directive=found, task=task)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            number = len(said["lead"])
            told = ngettext("Đã giao %(n)d nhiệm vụ.", "Đã giao %(n)d nhiệm vụ.", number)
            messages.success(request, told % {"n": number})
            return redirect("directives:directive", pk)
    context = {"directive": found, "form": form}
    return render(request, "directives/assign.html", context, status=422 if form.errors else 200)
