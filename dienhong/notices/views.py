"""One's notices, how one wants to hear, and for administrators what could not be sent."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.notices import actions, channels, kinds, queries
from dienhong.notices.channels import webhook
from dienhong.notices.forms import ReachForm
from dienhong.notices.models import Channel, Delivery, DeliveryState, Notice, Rhythm
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import holds

FIELD_OF = {"phone": "phone", "hook": "hook_url", "hook_host": "hook_url", "no_language": "language"}


@signed_in
@never_cache
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Unread first, each part newest first, by key."""
    found = queries.page(_me(request), request.GET.get("after", ""))
    lang = get_language() or "vi"
    parts = [(_("Chưa đọc"), found.unread), (_("Đã đọc"), found.read)]
    rows = [
        (title, [(each, kinds.words(each.kind, each.params, lang)) for each in part]) for title, part in parts if part
    ]
    newest = found.unread[0].pk if found.unread else 0
    context = {"parts": rows, "after": found.after, "newest": newest, "later": "after" in request.GET}
    return render(request, "notices/list.html", {**context, "administers": holds(request.user, Role.ADMINISTRATOR)})


@signed_in
@require_POST
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it and go where it leads."""
    notice = get_object_or_404(Notice, pk=pk, person=_me(request))
    actions.mark_read(by=_me(request), up_to=notice.pk, only=True)
    return redirect(notice.url or "notices:list")


@signed_in
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """All that was on the screen, and what is older."""
    up_to = request.POST.get("up_to", "")
    if up_to.isascii() and up_to.isdecimal():
        actions.mark_read(by=_me(request), up_to=min(int(up_to), 2**63 - 1))
    return redirect("notices:list")


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Kind by channel; the form sends every choice, the action keeps what differs."""
    me = _me(request)
    if request.method == "POST":
        choices = {
            (kind.key, channel): request.POST[f"{kind.key}:{channel}"]
            for kind in kinds.every()
            for channel in Channel.values
            if f"{kind.key}:{channel}" in request.POST
        }
        try:
            actions.set_preferences(by=me, choices=choices)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Đã lưu cách nhận."))
        return redirect("notices:preferences")
    return _preferences(request, ReachForm(initial=_reach_values(me)))


@signed_in
@require_POST
def reach(request: HttpRequest) -> HttpResponse:
    """Language, telephone, hook; refused values come back at their field with what was typed."""
    form = ReachForm(request.POST)
    if form.is_valid():
        try:
            actions.set_reach(by=_me(request), new_key="new_key" in request.POST, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(FIELD_OF.get(refusal.code), refusal.sentence)
        else:
            messages.success(request, _("Đã lưu nơi nhận."))
            return redirect("notices:preferences")
    return _preferences(request, form, status=422)


@signed_in
@never_cache
@require_GET
def undelivered(request: HttpRequest) -> HttpResponse:
    """What was given up: to whom, by which channel, why; never what it said."""
    if not holds(request.user, Role.ADMINISTRATOR):
        raise NotPermitted("not_permitted", _("Cần vai trò “Quản trị hệ thống”."))
    before = request.GET.get("before", "")
    rows = list(queries.undelivered(int(before) if before.isascii() and before.isdecimal() else None))
    more = len(rows) > queries.PAGE
    shown = [(row, _label(row)) for row in rows[: queries.PAGE]]
    return render(request, "notices/undelivered.html", {"rows": shown, "before": shown[-1][0].pk if more else 0})


@signed_in
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(Delivery, pk=pk)
    try:
        actions.send_again(by=_me(request), delivery=delivery)
    except NotPermitted:
        raise
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Đã đưa vào hàng chờ gửi lại."))
    return redirect("notices:undelivered")


def _me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _label(row: DeliveryState) -> str:
    known = {kind.key: str(kind.label) for kind in kinds.every()}
    return known.get(row.delivery.notice.kind, row.delivery.notice.kind)


def _reach_values(person: Person) -> dict[str, str]:
    found = channels.reach_of(person)
    return {"language": found.language, "phone": found.phone, "hook_url": found.hook_url}


def _preferences(request: HttpRequest, form: ReachForm, status: int = 200) -> HttpResponse:
    me = _me(request)
    chosen, reached = queries.preferences(me), channels.addresses(me)
    found = channels.reach_of(me)
    rows = [(kind.label, [_cell(kind, channel, chosen) for channel in Channel.values]) for kind in kinds.every()]
    heads = [(Channel(name).label, name == Channel.IN_APP or bool(reached[name])) for name in Channel.values]
    context = {"rows": rows, "heads": heads, "form": form, "mail": me.email}
    context["hook_key"] = webhook.key(found) if found.hook_url else ""
    return render(request, "notices/preferences.html", context, status=status)


def _cell(kind: kinds.Kind, channel: str, chosen: dict[tuple[str, str], str]) -> dict[str, object]:
    """One select: its name, what is heard aloud, the choices that this channel has."""
    rhythms = [each for each in Rhythm if each != Rhythm.DAILY or channel == Channel.MAIL]
    return {
        "name": f"{kind.key}:{channel}",
        "label": f"{kind.label}, {Channel(channel).label}",
        "choices": [(each.value, each.label, each == chosen[kind.key, channel]) for each in rhythms],
        "fixed": kind.fixed and channel == Channel.IN_APP,
    }
