"""People: found, added, closed when they leave, given a new start of sign-in."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dienhong.base.clock import business_today
from dienhong.base.refusal import Refused
from dienhong.organizations import actions, office, sign_in
from dienhong.organizations.forms import Leaving, NewPerson, WithReason
from dienhong.organizations.models import Grant, GrantRequest, Person, ResetRequest
from dienhong.organizations.permissions import not_ended
from dienhong.organizations.views.frame import administrators, lang, me, show, status_of, tried

PAGE = 50
TAB = "office_people"
ASK = ["GET", "HEAD", "POST"]


@administrators
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everyone the administrator answers for, by name; `closed=1` shows the closed accounts too."""
    text, closed = request.GET.get("q", ""), request.GET.get("closed") == "1"
    found = office.find_people(office.people_seen_by(me(request)), text).order_by("sort_key", "username", "pk")
    if not closed:
        found = found.filter(is_active=True)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    live = not_ended(Grant.objects.filter(person__in=[each.pk for each in page]), business_today())
    words = office.in_words(live.order_by("role", "pk"), lang())
    by_person: dict[int, list[office.Held]] = {}
    for held in words:
        by_person.setdefault(held.grant.person_id, []).append(held)
    rows = [{"person": each, "held": by_person.get(each.pk, [])} for each in page]
    keep = "&" + urlencode({"q": text, "closed": "1" if closed else ""})
    context: dict[str, Any] = {"rows": rows, "page_obj": page, "q": text, "closed": closed, "keep": keep}
    return show(request, "organizations/office_people.html", TAB, **context)


@administrators
@require_http_methods(ASK)
def new(request: HttpRequest) -> HttpResponse:
    form = NewPerson(request.POST or None, by=me(request))
    made: list[Person] = []
    if request.method == "POST" and tried(
        form, lambda: made.append(actions.add_person(by=me(request), **form.cleaned_data))
    ):
        messages.success(request, _("Đã thêm tài khoản. Tài khoản chưa có vai trò và mật khẩu."))
        return redirect("office_person", made[0].pk)
    said: dict[str, Any] = {"heading": _("Thêm người dùng"), "press": _("Thêm"), "back": "office_people"}
    return show(request, "organizations/office_form.html", TAB, status_of(form), form=form, **said)


@administrators
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """An account: roles held and past, what waits for a second administrator, what can be done."""
    person = get_object_or_404(office.people_seen_by(me(request)), pk=pk)
    held = office.in_words(person.grants.order_by("revoked_at", "role", "pk").select_related("granted_by"), lang())
    open_ones = set(not_ended(person.grants.all(), business_today()).values_list("pk", flat=True))
    context: dict[str, Any] = {
        "person": person,
        "held": [each for each in held if each.grant.pk in open_ones],
        "past": [each for each in held if each.grant.pk not in open_ones],
        "asked": GrantRequest.objects.filter(person=person, confirmed=None).count(),
        "resets": ResetRequest.objects.filter(person=person, confirmed=None).count(),
        "sessions": sign_in.sessions_of(person).count(),
        "second_factor": sign_in.has_second_factor(person),
        "password": person.has_usable_password(),
        "typed": request.GET.get("email", "")[:254],
        "myself": person.pk == me(request).pk,
    }
    return show(request, "organizations/office_person.html", TAB, **context)


@administrators
@require_http_methods(ASK)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Someone leaves: each role goes on to another or ends, then the account closes."""
    person = get_object_or_404(office.people_seen_by(me(request)), pk=pk)
    live = not_ended(person.grants.all(), business_today()).filter(stands_in_for=None).order_by("role", "pk")
    held = office.in_words(live, lang())
    form = Leaving(request.POST or None, by=me(request), held=held)
    made: list[Any] = []

    def leave() -> None:
        said = form.cleaned_data
        made.extend(
            actions.leave(by=me(request), person=person, heirs=form.heirs(), on=said["on"], reason=said["reason"])
        )

    if request.method == "POST" and tried(form, leave):
        messages.success(request, _("Đã đóng tài khoản và đăng xuất khỏi mọi nơi."))
        if any(isinstance(each, GrantRequest) for each in made):
            messages.warning(
                request, _("Vai trò duyệt hoặc quản trị được bàn giao khi quản trị viên thứ hai xác nhận.")
            )
        return redirect("office_person", pk)
    work = [said for unit in sorted({each.grant.unit_id for each in held}) for said in office.about_unit(unit)]
    context: dict[str, Any] = {"form": form, "person": person, "held": held, "work": work}
    return show(request, "organizations/office_close.html", TAB, status_of(form), **context)


@administrators
@require_http_methods(ASK)
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(office.people_seen_by(me(request)), pk=pk)
    form = WithReason(request.POST or None, by=me(request))
    made: list[ResetRequest | None] = []
    if request.method == "POST" and tried(
        form,
        lambda: made.append(actions.reset_sign_in(by=me(request), person=person, reason=form.cleaned_data["reason"])),
    ):
        if made[0] is None:
            messages.success(request, _("Đã đặt lại: mật khẩu và xác thực hai bước bị xóa, mọi phiên đã đăng xuất."))
        else:
            messages.warning(request, _("Đã gửi đề nghị; quản trị viên thứ hai phải xác nhận."))
        return redirect("office_person", pk)
    said: dict[str, Any] = {
        "over": person.name, "heading": _("Đặt lại đăng nhập"), "press": _("Đặt lại đăng nhập"), "grave": True,
        "back": "office_person", "back_pk": pk,
        "words": _("Mật khẩu và xác thực hai bước bị xóa, mọi phiên bị đăng xuất, người đó được báo. "
                   "Với người duyệt số liệu và quản trị viên, cần quản trị viên thứ hai xác nhận."),
    }  # fmt: skip
    return show(request, "organizations/office_form.html", TAB, status_of(form), form=form, **said)


@administrators
@require_POST
def address(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(office.people_seen_by(me(request)), pk=pk)
    typed = request.POST.get("email", "")[:254]
    try:
        actions.set_address(by=me(request), person=person, email=typed)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(f"{reverse('office_person', args=[pk])}?{urlencode({'email': typed})}")
    messages.success(request, _("Đã ghi địa chỉ thư; bây giờ gửi được liên kết đặt mật khẩu."))
    return redirect("office_person", pk)


@administrators
@require_POST
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(office.people_seen_by(me(request)), pk=pk)
    try:
        actions.send_password_link(by=me(request), person=person, request=request)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Đã gửi liên kết đặt mật khẩu tới %(email)s.") % {"email": person.email})
    return redirect("office_person", pk)
