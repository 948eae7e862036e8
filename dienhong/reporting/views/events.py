"""Events of an ad hoc regime: opened for the provinces hit, widened, closed; by the regime's manager."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dienhong.base import clock, periods
from dienhong.base.refusal import Refused
from dienhong.base.text import slug
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Role, Unit
from dienhong.reporting import actions, queries
from dienhong.reporting.actions.duties import open_tiers, receiver_of
from dienhong.reporting.actions.events import last_report
from dienhong.reporting.forms import CloseEventForm, OpenEventForm, ProvincesForm
from dienhong.reporting.models import Duty, Regime, RegimeVersion, ReportedEvent
from dienhong.reporting.permissions import require
from dienhong.reporting.views.boards import coverage
from dienhong.reporting.views.shared import lang, person, regime_name


@signed_in
@require_http_methods(["GET", "HEAD"])
def events(request: HttpRequest, code: str) -> HttpResponse:
    """Every event of the regime, the open ones first, with the coverage of its last report."""
    regime, version = _regime(code)
    rows = ReportedEvent.objects.filter(regime=regime).select_related("closing").order_by("-first_day", "-pk")
    told = sorted((_told(event) for event in rows), key=lambda row: row["closing"] is not None)
    return render(
        request,
        "reporting/events.html",
        {"regime": regime, "version": version, "name": regime_name(version), "rows": told, **_may(request, version)},
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def open_event(request: HttpRequest, code: str) -> HttpResponse:
    """A new event: its name, its first day, who is hit. Reports up to today open at once."""
    regime, version = _regime(code)
    _required(request, version)
    today = clock.business_today()
    form = OpenEventForm(request.POST or None, choices=_choices(version), today=today, initial={"first_day": today})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.open_event(
                by=person(request),
                regime_version=version,
                slug=_free_slug(said["name"]),
                name=said["name"],
                provinces=_units(said["provinces"]),
                first_day=said["first_day"],
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            actions.open_daily(by="job:opening")
            messages.success(request, _("Đã mở đợt. Các đơn vị đã chọn thấy báo cáo trong việc của mình."))
            return redirect("reporting:events", regime.code)
    return _form(request, regime, version, form, _("Mở đợt mới"), _("Mở đợt"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def widen_event(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Provinces hit since: they owe the latest report, and those that follow."""
    regime, version = _regime(code)
    _required(request, version)
    event = get_object_or_404(ReportedEvent, regime=regime, slug=slug)
    number = last_report(event)
    there = set(_duties(event, number).values_list("unit", flat=True))
    choices = [each for each in _choices(version) if each[0] not in there]
    form = ProvincesForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_event(
                by=person(request),
                regime_version=version,
                slug=event.slug,
                name=event.name,
                provinces=_units(form.cleaned_data["provinces"]),
                first_day=event.first_day,
                n=number,
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Đã thêm. Các đơn vị ấy báo cáo từ báo cáo số %(n)d.") % {"n": number})
            return redirect("reporting:events", regime.code)
    return _form(request, regime, version, form, _("Thêm tỉnh vào đợt “%(name)s”") % {"name": event.name}, _("Thêm"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def close_event(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The event is over: no further report opens; what is owed stays owed."""
    regime, version = _regime(code)
    _required(request, version)
    event = get_object_or_404(ReportedEvent, regime=regime, slug=slug)
    form = CloseEventForm(request.POST or None, initial={"last_day": clock.business_today()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.close_event(by=person(request), event=event, reason=said["reason"], last_day=said["last_day"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Đợt đã kết thúc; không mở thêm báo cáo nào."))
            return redirect("reporting:events", regime.code)
    return _form(request, regime, version, form, _("Kết thúc đợt “%(name)s”") % {"name": event.name}, _("Kết thúc"))


def _regime(code: str) -> tuple[Regime, RegimeVersion]:
    regime = get_object_or_404(Regime, code=code)
    version = regime.versions.order_by("-number").first()
    if version is None or version.calendar != "event":
        raise Http404(_("Chế độ báo cáo này theo kỳ trong lịch, không mở theo đợt."))
    return regime, version


def _manager(version: RegimeVersion) -> Unit:
    return receiver_of(open_tiers(version)[-1], clock.business_today())


def _may(request: HttpRequest, version: RegimeVersion) -> dict[str, Any]:
    decision = permissions.may(person(request), Role.REGIME_MANAGER, _manager(version), version.regime.code)
    return {"manages": decision.allowed, "why": decision.reason(lang())}


def _required(request: HttpRequest, version: RegimeVersion) -> None:
    require(person(request), Role.REGIME_MANAGER, _manager(version), version.regime.code)


def _told(event: ReportedEvent) -> dict[str, Any]:
    number = last_report(event)
    duty = _duties(event, number).select_related("period").first()
    row: dict[str, Any] = {"event": event, "number": number, "closing": getattr(event, "closing", None)}
    if duty is not None:
        board = queries.board(event.regime, duty.period)
        row |= {"period": duty.period, "coverage": coverage(board), "units": _duties(event, number).count()}
    return row


def _duties(event: ReportedEvent, number: int) -> Any:
    return Duty.objects.filter(regime=event.regime, period__key=f"EV-{event.slug}-{number}")


def _choices(version: RegimeVersion) -> list[tuple[int, str]]:
    """Units that may owe the report today, by name in Vietnamese order."""
    today = clock.business_today()
    kinds = open_tiers(version)[-1]["reporters"]["kinds"]
    units = organizations.units_of_kind(kinds, today).values_list("pk", flat=True)
    rows = organizations.name_rows(units, today)
    return [(pk, row.name_vi) for pk, row in sorted(rows.items(), key=lambda one: one[1].sort_key)]


def _units(ids: list[int]) -> list[Unit]:
    return list(Unit.objects.filter(pk__in=ids).order_by("pk"))


def _free_slug(name: str) -> str:
    """The event's key in addresses and in the journal, made of its name; numbered where it is taken."""
    base = slug(name)[:24].strip("-") or "dot"
    taken = set(ReportedEvent.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = [base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))]
    return next(each for each in candidates if each not in taken and _is_key(each))


def _is_key(text: str) -> bool:
    today = clock.business_today()
    try:
        periods.event(text, 1, today, today)
    except periods.PeriodError:
        return False
    return True


def _form(
    request: HttpRequest, regime: Regime, version: RegimeVersion, form: forms.Form, heading: str, button: str
) -> HttpResponse:
    return render(
        request,
        "reporting/event_form.html",
        {
            "regime": regime,
            "version": version,
            "name": regime_name(version),
            "form": form,
            "heading": heading,
            "button": button,
        },
        status=422 if form.errors else 200,
    )
