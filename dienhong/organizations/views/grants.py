"""Grants: listed, asked for, confirmed by a second administrator, handed over, revoked; delegated by who holds them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dienhong.base.clock import business_today
from dienhong.base.refusal import Refused
from dienhong.organizations import actions, office, permissions, queries
from dienhong.organizations.forms import Ask, Delegation, HandOver, WithReason
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Grant, GrantRequest, Person, ResetRequest, Role, Unit
from dienhong.organizations.views.frame import administrators, lang, me, show, status_of, tried
from dienhong.organizations.views.people import ASK, PAGE

TAB = "office_grants"


@administrators
@require_GET
def grants(request: HttpRequest) -> HttpResponse:
    """Grants not ended of one's units, by unit or person; above them what waits for a decision."""
    by, role, text = me(request), request.GET.get("role", ""), request.GET.get("q", "")
    unit = _number(request, "unit")
    found = permissions.not_ended(office.grants_seen_by(by), business_today()).select_related("person", "granted_by")
    if role in Role.values:
        found = found.filter(role=role)
    if unit:
        found = found.filter(unit=unit)
    if text:
        found = found.filter(person__in=office.find_people(Person.objects.all(), text)) | found.filter(
            unit__in=_units_called(text)
        )
    page = Paginator(found.order_by("unit", "role", "pk"), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "held": office.in_words(page, lang()), "page_obj": page, "q": text, "role": role, "roles": Role.choices,
        "unit": unit, "unit_name": queries.full_name(unit, business_today(), lang()) if unit else "",
        "keep": "&" + urlencode({"q": text, "role": role, "unit": unit or ""}), **_waiting(by),
    }  # fmt: skip
    return show(request, "organizations/office_grants.html", TAB, **context)


def _units_called(text: str) -> list[int]:
    return [unit.pk for unit, _name in queries.search_units(text, limit=200)]


def _waiting(by: Person) -> dict[str, Any]:
    """Requests for units one administers: oneself may take one's own back, and decide on the others'."""
    estate = permissions.units_for(by, Role.ADMINISTRATOR)
    asked = GrantRequest.objects.filter(confirmed=None, unit__in=estate).select_related("person", "asked_by")
    resets = ResetRequest.objects.filter(confirmed=None, person__in=office.people_seen_by(by))
    rows = list(asked.order_by("pk"))
    names = queries.full_names({each.unit_id for each in rows}, business_today(), lang())
    return {
        "asked": [
            {"row": each, "role": Role(each.role).label, "unit": names.get(each.unit_id, ""),
             "mine": each.asked_by_id == by.pk}
            for each in rows
        ],
        "resets": [
            {"row": each, "mine": by.pk in {each.asked_by_id, each.person_id}}
            for each in resets.select_related("person", "asked_by").order_by("pk")
        ],
    }  # fmt: skip


@administrators
@require_http_methods(ASK)
def ask(request: HttpRequest) -> HttpResponse:
    """Give a role; an approving one or an administrator's waits for a second administrator."""
    form = Ask(request.POST or None, by=me(request), initial=_beginning(request))
    made: list[Grant | GrantRequest] = []

    def give() -> None:
        said = dict(form.cleaned_data)
        role = Role(said.pop("role"))
        made.append(actions.grant(by=me(request), role=role, **said))

    if request.method == "POST" and tried(form, give):
        if isinstance(made[0], GrantRequest):
            messages.warning(request, _("Đã gửi đề nghị; quản trị viên thứ hai phải xác nhận."))
        else:
            messages.success(request, _("Đã phân quyền; người nhận được báo."))
        return redirect("office_person", made[0].person_id)
    said: dict[str, Any] = {
        "heading": _("Phân quyền"), "press": _("Phân quyền"), "back": "office_grants",
        "words": _("Vai trò duyệt số liệu và vai trò quản trị có hiệu lực khi quản trị viên thứ hai xác nhận."),
    }  # fmt: skip
    return show(request, "organizations/office_form.html", TAB, status_of(form), form=form, **said)


def _beginning(request: HttpRequest) -> dict[str, str]:
    found = {}
    person = Person.objects.filter(pk=_number(request, "person")).first()
    if person is not None:
        found["person"] = person.username
    unit = Unit.objects.filter(pk=_number(request, "unit")).first()
    if unit is not None:
        found["unit"] = f"{queries.full_name(unit, business_today(), lang())} #{unit.pk}"
    return found


def _number(request: HttpRequest, key: str) -> int:
    text = request.GET.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else 0


@administrators
@require_POST
def decide(request: HttpRequest, kind: str, pk: int, answer: str) -> HttpResponse:
    """The second administrator's yes or no; no with a reason. The one who asked may take it back."""
    by, reason = me(request), request.POST.get("reason", "")
    estate = permissions.units_for(by, Role.ADMINISTRATOR)
    try:
        if kind == "grant":
            row = get_object_or_404(GrantRequest, pk=pk, unit__in=estate)
            if answer == "yes":
                actions.confirm_grant(by=by, request=row)
            else:
                actions.refuse_grant(by=by, request=row, reason=reason)
        else:
            asked = get_object_or_404(ResetRequest, pk=pk, person__in=office.people_seen_by(by))
            if answer == "yes":
                actions.confirm_reset(by=by, request=asked)
            else:
                actions.refuse_reset(by=by, request=asked, reason=reason)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Đã xác nhận.") if answer == "yes" else _("Đã từ chối hoặc rút lại đề nghị."))
    return redirect("office_grants")


@administrators
@require_http_methods(ASK)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    held = _seen(request, pk)
    form = HandOver(request.POST or None, by=me(request), held=held.grant, initial={"on": business_today()})
    made: list[Grant | GrantRequest] = []

    def go() -> None:
        made.append(actions.hand_over(by=me(request), held=held.grant, **form.cleaned_data))

    if request.method == "POST" and tried(form, go):
        if isinstance(made[0], GrantRequest):
            messages.warning(request, _("Đã gửi đề nghị; quản trị viên thứ hai phải xác nhận."))
        else:
            messages.success(request, _("Đã bàn giao; cả hai bên được báo."))
        return redirect("office_person", held.grant.person_id)
    said: dict[str, Any] = {"heading": _("Bàn giao vai trò"), "press": _("Bàn giao")}
    return _about(request, held, form, **said)


@administrators
@require_http_methods(ASK)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    held = _seen(request, pk)
    form = WithReason(request.POST or None, by=me(request))
    if request.method == "POST" and tried(
        form, lambda: actions.revoke(by=me(request), grant=held.grant, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, _("Đã thu hồi vai trò; người giữ được báo."))
        return redirect("office_person", held.grant.person_id)
    return _about(request, held, form, heading=_("Thu hồi vai trò"), press=_("Thu hồi"), grave=True)


def _seen(request: HttpRequest, pk: int) -> office.Held:
    rows: QuerySet[Grant] = office.grants_seen_by(me(request)).filter(pk=pk).select_related("person")
    found = office.in_words(rows, lang())
    if not found:
        raise Http404
    return found[0]


def _about(request: HttpRequest, held: office.Held, form: Any, **said: Any) -> HttpResponse:
    words = f"{held.grant.person.name}: {held.role}, {held.unit}."
    context: dict[str, Any] = {
        "form": form,
        "words": words,
        "back": "office_person",
        "back_pk": held.grant.person_id,
        **said,
    }
    return show(request, "organizations/office_form.html", TAB, status_of(form), **context)


@signed_in
@require_http_methods(ASK)
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Away for some days: another stands in with just this role. By its holder, from their own account page."""
    found = office.in_words(Grant.objects.filter(pk=pk, person=me(request)), lang())
    if not found:
        raise Http404
    form = Delegation(request.POST or None, by=me(request), held=found[0].grant)
    if request.method == "POST" and tried(
        form, lambda: actions.delegate(by=me(request), held=found[0].grant, **form.cleaned_data)
    ):
        messages.success(request, _("Đã ủy quyền; người được ủy quyền được báo."))
        return redirect("my_account")
    said: dict[str, Any] = {
        "heading": _("Ủy quyền khi vắng mặt"), "over": _("Tài khoản của tôi"),
        "press": _("Ủy quyền"), "back": "my_account",
        "words": f"{found[0].role}, {found[0].unit}.",
    }  # fmt: skip
    return show(request, "organizations/office_form.html", "", status_of(form), form=form, alone=True, **said)


@signed_in
@require_POST
def end_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """Back early: what one delegated ends now."""
    row = get_object_or_404(Grant, pk=pk, stands_in_for__person=me(request))
    try:
        actions.revoke(by=me(request), grant=row, reason=_("Người ủy quyền đã trở lại."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Đã chấm dứt ủy quyền."))
    return redirect("my_account")
