"""Partners, the log of what went over the line, the outbox: administrators act, auditors read, content stays unseen."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django import forms
from django.contrib import messages as said
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.exchange import actions, breaker, keys, partner_files, permissions, proof, queries, searching
from dienhong.exchange.forms import ActiveForm, AddressForm, KeyForm, SearchForm
from dienhong.exchange.models import Issue, Message, Outbox, Partner, PartnerKey
from dienhong.organizations.http import View, signed_in
from dienhong.organizations.models import Person

MOST = 200  # rows of one part of the outbox


def watchers(view: View) -> View:
    """For the administrator of the whole installation and for auditors; what one may do, the actions decide again."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.require_see(_me(request))
        return view(request, *args, **kwargs)

    return never_cache(signed_in(checked))


@watchers
@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    """How each partner does, and what somebody has to look at."""
    context = {"rows": queries.standings(), "issues": list(searching.open_issues()[:MOST])}
    return _show(request, "exchange/partners.html", "exchange:partners", context)


@watchers
@require_safe
def partner(request: HttpRequest, key: str) -> HttpResponse:
    return _partner(request, key)


@watchers
@require_POST
def set_address(request: HttpRequest, key: str) -> HttpResponse:
    form = AddressForm(request.POST)
    row = get_object_or_404(Partner, key=key)

    def act() -> None:
        actions.set_address(by=_me(request), partner=row, **form.cleaned_data)

    return _tried(request, form, act, _("Đã đổi địa chỉ."), key, "address_form")


@watchers
@require_POST
def set_active(request: HttpRequest, key: str) -> HttpResponse:
    form = ActiveForm(request.POST)
    row = get_object_or_404(Partner, key=key)
    active = request.POST.get("active") == "1"

    def act() -> None:
        actions.set_active(by=_me(request), partner=row, active=active, **form.cleaned_data)

    done = _("Đối tác hoạt động trở lại.") if active else _("Đã tạm ngừng đối tác này.")
    return _tried(request, form, act, done, key, "active_form")


@watchers
@require_POST
def add_key(request: HttpRequest, key: str) -> HttpResponse:
    form = KeyForm(request.POST)
    row = get_object_or_404(Partner, key=key)

    def act() -> None:
        actions.add_key(by=_me(request), partner=row, **form.cleaned_data)

    return _tried(request, form, act, _("Đã thêm khóa."), key, "key_form")


@watchers
@require_POST
def end_key(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(PartnerKey.objects.select_related("partner"), pk=pk)
    reason = request.POST.get("reason", "")
    return _done(
        request,
        lambda: actions.end_key(by=_me(request), key=row, reason=reason),
        _("Khóa hết hiệu lực từ bây giờ."),
        redirect("exchange:partner", row.partner.key),
    )


@watchers
@require_POST
def close_issue(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Issue, pk=pk)
    reason = request.POST.get("reason", "")
    return _done(
        request,
        lambda: actions.close_issue(by=_me(request), issue=row, reason=reason),
        _("Đã khép việc này."),
        redirect("exchange:partners"),
    )


@watchers
@require_safe
def messages_list(request: HttpRequest) -> HttpResponse:
    """The log, by partner, way, result, code and day."""
    form = SearchForm(request.GET, partners=_partner_names())
    form.is_valid()  # a field that is written wrongly says so and asks nothing
    asked = form.cleaned_data
    before = request.GET.get("before", "")
    page = searching.messages(asked, int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else 0)
    keep = request.GET.copy()
    keep.pop("before", None)
    context = {"form": form, "page_rows": page.rows, "before": page.before, "keep": keep.urlencode()}
    context["names"] = searching.names(page.rows)
    return _show(request, "exchange/messages.html", "exchange:messages", context)


@watchers
@require_safe
def message(request: HttpRequest, uid: str) -> HttpResponse:
    """One message: who, what for, what came; its digest and signature checked now. Never what it said."""
    row = get_object_or_404(Message.objects.select_related("partner", "in_reply_to", "kept_from"), uid=uid)
    replies = list(row.replies.select_related("message__partner").order_by("id"))
    context = {
        "row": row,
        "names": searching.names([row]),
        "proof": proof.of_message(row),
        "replies": [(each, proof.of_reply(each)) for each in replies],
        "waits": Outbox.objects.filter(message=row).first(),
    }
    return _show(request, "exchange/message.html", "exchange:messages", context)


@watchers
@require_POST
def try_now(request: HttpRequest, uid: str) -> HttpResponse:
    row = get_object_or_404(Message.objects.select_related("partner"), uid=uid)
    back = redirect("exchange:outbox")
    return _done(request, lambda: actions.try_now(by=_me(request), message=row), _("Đã đưa vào hàng gửi ngay."), back)


@watchers
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """What waits to go, and what was given up."""
    waits, ended = list(searching.waiting()[: MOST + 1]), list(searching.dead()[: MOST + 1])
    context = {
        "parts": [(_("Đang chờ gửi"), waits[:MOST], False), (_("Không gửi được"), ended[:MOST], True)],
        "more": len(waits) > MOST or len(ended) > MOST,
        "most": MOST,
        "empty": not waits and not ended,
    }
    return _show(request, "exchange/outbox.html", "exchange:outbox", context)


def _me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _partner_names() -> list[tuple[str, str]]:
    vi = (get_language() or "vi") == "vi"
    return [(row.key, row.name_vi if vi else row.name_en) for row in Partner.objects.order_by("key")]


def _show(request: HttpRequest, template: str, here: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    tabs = [
        (_("Đối tác"), "exchange:partners"),
        (_("Nhật ký liên thông"), "exchange:messages"),
        (_("Hộp gửi"), "exchange:outbox"),
    ]
    frame = {"tabs": tabs, "here": here, "manages": bool(permissions.may_manage(request.user)), "lang": get_language()}
    return render(request, template, frame | context, status=status)


def _partner(request: HttpRequest, key: str, status: int = 200, **forms_sent: forms.Form) -> HttpResponse:
    row = get_object_or_404(Partner.objects.select_related("breaker"), key=key)
    context: dict[str, Any] = {
        "partner": row,
        "folder": partner_files.get(key) if key in partner_files.every() else None,
        "keys": list(row.keys.order_by("-valid_from", "key_id")),
        "breaker": getattr(row, "breaker", None),
        "open_until": breaker.open_until(row),
        "standing": next(each for each in queries.standings() if each.partner.pk == row.pk),
        "recent": list(queries.with_latest(row.messages.all()).order_by("-pk")[:10]),
        "own_key": keys.ours(),
        "address_form": AddressForm(initial={"base_url": row.base_url}),
        "active_form": ActiveForm(),
        "key_form": KeyForm(),
    }
    return _show(request, "exchange/partner.html", "exchange:partners", context | forms_sent, status)


def _tried(
    request: HttpRequest, form: forms.Form, act: Callable[[], None], done: str, key: str, name: str
) -> HttpResponse:
    """Carry it out if it is well written; a refusal stands above the form with what was typed below it."""
    if form.is_valid():
        try:
            act()
        except NotPermitted:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            said.success(request, done)
            return redirect("exchange:partner", key)
    return _partner(request, key, 422, **{name: form})


def _done(request: HttpRequest, act: Callable[[], object], done: str, back: HttpResponse) -> HttpResponse:
    try:
        act()
    except NotPermitted:
        raise
    except Refused as refusal:
        said.error(request, refusal.sentence)
    else:
        said.success(request, done)
    return back
