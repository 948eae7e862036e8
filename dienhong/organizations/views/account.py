"""Signing in, one's own account."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dienhong.base.clock import business_today
from dienhong.base.refusal import Refused
from dienhong.organizations import demo, devices, queries, sign_in
from dienhong.organizations.actions import end_session
from dienhong.organizations.http import public, signed_in
from dienhong.organizations.models import Grant, Person, Role
from dienhong.organizations.office import in_words, last_day
from dienhong.organizations.permissions import in_force, not_ended


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """In demo mode one press per sample account; otherwise on to the page with the password."""
    back = _back(request)
    if not settings.DEMO:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
    if request.method == "POST":
        asked = request.POST.get("person", "")
        person = get_object_or_404(Person, pk=int(asked) if asked.isdecimal() else 0, demo=True)
        demo.sign_in_demo(by=person, request=request)
        return redirect(back)
    rows = demo.choices(business_today(), get_language() or "vi")
    return render(request, "organizations/sign_in.html", {"rows": rows, "next": back})


@signed_in
@never_cache
def my_account(request: HttpRequest) -> HttpResponse:
    """One's roles and units, one's sessions."""
    person, on, lang = cast(Person, request.user), business_today(), get_language() or "vi"
    grants = list(in_force(person.grants.all(), on).order_by("role", "unit"))
    names = queries.full_names({each.unit_id for each in grants}, on, lang)
    held = [
        {"pk": each.pk, "may_delegate": each.stands_in_for_id is None and each.role != Role.ADMINISTRATOR,
         "role": Role(each.role).label, "unit": names.get(each.unit_id, ""), "subtree": each.subtree,
         "scope": each.scope, "until": last_day(each), "stands_in": each.stands_in_for_id is not None}
        for each in grants
    ]  # fmt: skip
    lent = in_words(not_ended(Grant.objects.filter(stands_in_for__person=person), on).select_related("person"), lang)
    context = {
        "held": held, "sessions": [(each, devices.words(each.user_agent)) for each in sign_in.sessions_of(person)],
        "here": request.session.session_key, "lent": lent,
        "second_factor": sign_in.has_second_factor(person), "fresh": sign_in.second_factor_fresh(request),
    }  # fmt: skip
    return render(request, "organizations/my_account.html", context)


@signed_in
@require_POST
def end_one_session(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        end_session(by=cast(Person, request.user), session_id=pk)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Đã đăng xuất phiên đó."))
    return redirect("my_account")


@signed_in
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    person = cast(Person, request.user)
    for each in sign_in.sessions_of(person).exclude(session_key=request.session.session_key):
        end_session(by=person, session_id=each.pk)
    messages.success(request, _("Đã đăng xuất khỏi mọi nơi khác."))
    return redirect("my_account")


@signed_in
@never_cache
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """One's unused codes. In allauth's own view looking leaves a mark, and a GET here never writes."""
    codes = sign_in.recovery_codes(cast(Person, request.user))
    if codes is None:
        return redirect("mfa_index")
    return render(request, "mfa/recovery_codes/index.html", {"unused_codes": codes, "total_count": sign_in.CODES})


@signed_in
@never_cache
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    codes = sign_in.recovery_codes(cast(Person, request.user))
    if not codes:
        return redirect("mfa_index")
    answer = HttpResponse("\n".join(codes) + "\n", content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="ma-du-phong.txt"'
    return answer


@signed_in
def office(request: HttpRequest) -> HttpResponse:
    return redirect("office_people")


@public
def elsewhere(request: HttpRequest) -> HttpResponse:
    """For addresses of allauth that have no page here."""
    return redirect("my_account" if request.user.is_authenticated else "sign_in")


def _back(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else "/"
