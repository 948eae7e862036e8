"""What the receiver does to the chosen rows of the board: receive, remind, extend, exempt."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dienhong.base import clock, moments
from dienhong.base.refusal import Refused
from dienhong.base.typing_kept import stands_on
from dienhong.indicators.models import Period
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person
from dienhong.reporting import actions
from dienhong.reporting.life import with_life
from dienhong.reporting.lived import LivedDuty
from dienhong.reporting.models import Duty, Regime, Version
from dienhong.reporting.views.boards import Kept, drawn
from dienhong.reporting.views.entry import clean
from dienhong.reporting.views.shared import person, words

MAX_REASON = 500
DIALOGS = {"extend": "extend", "exempt": "exempt", "lift": "exempt"}


@stands_on(lambda code, calendar, key: reverse("reporting:board", args=[code, calendar, key]), keeps=False)
@signed_in
@require_POST
def act_on_chosen(request: HttpRequest, code: str, calendar: str, key: str) -> HttpResponse:
    """Receive, extend or exempt the chosen duties, each by itself; one that cannot be is named, the others stand.

    What was refused stays ticked, and the dialog it came from opens again as it was left.
    """
    regime = get_object_or_404(Regime, code=code)
    period = get_object_or_404(Period, calendar=calendar, key=key)
    # A button of one row says verb and duty; the buttons of the board mean the rows that are chosen.
    verb, _colon, only = request.POST.get("one", "").partition(":")
    verb, asked = (verb, [only]) if only else (request.POST.get("verb", ""), request.POST.getlist("duty"))
    chosen = [int(one) for one in asked if one.isascii() and one.isdigit() and len(one) < 19]
    found = list(with_life(Duty.objects.filter(regime=regime, period=period, pk__in=chosen)).order_by("pk"))
    if verb not in VERBS:
        raise Http404
    refused: dict[int, tuple[str, str]] = {}
    for duty, row in zip(found, words(found), strict=True):
        try:
            VERBS[verb][0](person(request), duty, request.POST)
        except Refused as refusal:
            refused[duty.pk] = (row.unit, refusal.sentence)
    if done := len(found) - len(refused):
        messages.success(request, str(VERBS[verb][1]) % {"n": done})
    if found and not refused:
        return redirect("reporting:board", code, calendar, key)
    return drawn(request, regime, period, _kept(request, verb, refused), 422)


def _kept(request: HttpRequest, verb: str, refused: dict[int, tuple[str, str]]) -> Kept:
    """`refused`: by duty, its unit and why; nothing where no unit was chosen."""
    chosen, whys = frozenset(refused), {why for _unit, why in refused.values()}
    errors = [f"{unit}: {why}" for unit, why in refused.values()] or [_("Chưa chọn đơn vị nào.")]
    if verb in DIALOGS:
        typed = {name: clean(request.POST.get(name, "")) for name in ("due", "reason")}
        # One sentence where all are refused for the same reason: forty lines of one slip help nobody.
        told = tuple(whys) if len(refused) > 1 and len(whys) == 1 else tuple(errors)
        return Kept(chosen, DIALOGS[verb], typed["due"][:40], typed["reason"][:MAX_REASON], told)
    for sentence in errors:
        messages.error(request, sentence)
    return Kept(chosen)


def _receive(by: Person, duty: LivedDuty, _data: QueryDict) -> None:
    version = Version.objects.filter(pk=duty.version_pk or 0).first()
    if version is None:
        raise Refused("not_sent", _("Chưa có báo cáo để tiếp nhận."))
    actions.receive(by=by, version=version)


def _extend(by: Person, duty: LivedDuty, data: QueryDict) -> None:
    text = data.get("due", "").strip()
    try:
        due = moments.read(text).astimezone(clock.HANOI).replace(second=0, microsecond=0)
    except (ValueError, OverflowError):
        raise Refused(
            "due", _("Chưa ghi hạn mới, hoặc ngày giờ không đọc được; viết ngày/tháng/năm giờ:phút.")
        ) from None
    if ":" not in text:  # a day alone: at the hour at which reports of this regime are due
        at = duty.due_at.astimezone(clock.HANOI)
        due = due.replace(hour=at.hour, minute=at.minute)
    actions.extend(by=by, duty=duty, due_at=due, reason=clean(data.get("reason", ""))[:MAX_REASON])


def _exempt(by: Person, duty: LivedDuty, data: QueryDict) -> None:
    actions.exempt(by=by, duty=duty, reason=clean(data.get("reason", ""))[:MAX_REASON])


def _remind(by: Person, duty: LivedDuty, _data: QueryDict) -> None:
    actions.remind(by=by, duty=duty)


def _lift(by: Person, duty: LivedDuty, data: QueryDict) -> None:
    actions.exempt(by=by, duty=duty, reason=clean(data.get("reason", ""))[:MAX_REASON], granted=False)


VERBS: dict[str, tuple[Callable[[Person, LivedDuty, QueryDict], None], Any]] = {
    "remind": (_remind, gettext_lazy("Đã nhắc %(n)d đơn vị.")),
    "receive": (_receive, gettext_lazy("Đã tiếp nhận %(n)d báo cáo.")),
    "extend": (_extend, gettext_lazy("Đã gia hạn cho %(n)d đơn vị.")),
    "exempt": (_exempt, gettext_lazy("Đã miễn báo cáo kỳ này cho %(n)d đơn vị.")),
    "lift": (_lift, gettext_lazy("Đã bỏ miễn báo cáo cho %(n)d đơn vị.")),
}
