"""Alerts: the list, one alert with what became of it, and what people do with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.indicators.queries import SeriesKey
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person
from dienhong.watch import actions
from dienhong.watch.forms import TextForm
from dienhong.watch.lived import StatedAlert
from dienhong.watch.models import Alert, AlertStand, Severity
from dienhong.watch.permissions import (
    LEADING,
    RECEIVING,
    may_see_alert,
    receivers_of,
    require_receiver,
    require_rule_owner,
    visible_alerts,
)
from dienhong.watch.queries import lists
from dienhong.watch.queries.rules import newest_versions
from dienhong.watch.views.shared import own_units, person, whole, worker
from dienhong.watch.words import alert_lines, figure_url, lang, rule_sentence

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAGE = 30


@signed_in
@never_cache
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """`?show=`, `?rule=`, `?severity=`: what came to the person's units, the gravest first."""
    by = worker(request)
    show = request.GET.get("show", "open")
    rule, severity = whole(request.GET.get("rule", "")), whole(request.GET.get("severity", ""))
    mine = visible_alerts(by)
    rows = lists.alerts(mine, show=show if show in lists.ALERTS_SHOWN else "open", rule=rule, severity=severity)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    kept = {"show": show} | ({"rule": str(rule)} if rule else {}) | ({"severity": str(severity)} if severity else {})
    names = newest_versions().filter(rule__in=mine.order_by().values("rule")).order_by("title", "rule")
    return render(
        request,
        "watch/alerts.html",
        {
            "lines": alert_lines(page.object_list),
            "page_obj": page,
            "show": show,
            "rule": rule,
            "rules": list(names.values_list("rule", "title")),
            "severity": severity,
            "severities": Severity.choices,
            "keep": "&" + urlencode(kept),
            "leads": bool(own_units(by, LEADING)),
        },
    )


def alert_or_404(request: HttpRequest, pk: int) -> StatedAlert:
    rows = lists.stated_alerts(Alert.objects.filter(pk=pk))
    wanted = ("rule__owner", "version__indicator", "version__unit", "period", "unit", "escalation")
    found = get_object_or_404(rows.select_related(*wanted))
    if not may_see_alert(person(request), found):
        raise NotPermitted("not_permitted", _("Cảnh báo này của đơn vị khác; bạn không được giao xem."))
    return found


@signed_in
@never_cache
@require_GET
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Why it was raised, of whom, who has it, what they said."""
    by, row = person(request), alert_or_404(request, pk)
    [line] = alert_lines([row])
    today, version = clock.business_today(), row.version
    key = SeriesKey(version.indicator_id, row.period_id, row.unit_id, version.breakdown_id, version.measure)
    names = organizations.shown_names(
        frozenset([row.rule.owner_id, *(unit.pk for unit in receivers_of(row))]), today, lang()
    )
    return render(
        request,
        "watch/alert.html",
        {
            "row": row,
            "line": line,
            "sentence": rule_sentence(version),
            "url": figure_url(key, version.indicator.code, row.period),
            "owner": names.get(row.rule.owner_id, ""),
            "receivers": [names[unit.pk] for unit in receivers_of(row) if unit.pk in names],
            "states": row.states.select_related("by").order_by("-pk"),
            "acts": offered(by, row),
        },
    )


@dataclass(frozen=True, slots=True)
class Verb:
    """`owner`: for who laid the rule down; otherwise for who received it. No `field`: one press does it."""

    label: "str | _StrPromise"
    when: tuple[str, ...]
    do: Callable[[Person, Alert, str], object]
    done: "str | _StrPromise"
    field: "str | _StrPromise" = ""
    hint: "str | _StrPromise" = ""
    owner: bool = False


OPEN = (AlertStand.RAISED, AlertStand.ACKNOWLEDGED, AlertStand.EXPLAINED)
VERBS: dict[str, Verb] = {
    "close": Verb(
        gettext_lazy("Đóng"), OPEN, lambda by, row, text: actions.close_alert(by=by, alert=row, text=text),
        gettext_lazy("Đã đóng cảnh báo."), gettext_lazy("Vì sao đóng"),
        gettext_lazy("Chính con số này sẽ không nổi cảnh báo lại; số khác thì có."), owner=True,
    ),
    "explain": Verb(
        pgettext_lazy("watch", "Giải trình"), OPEN, lambda by, row, text: actions.explain(by=by, alert=row, text=text),
        gettext_lazy("Đã gửi giải trình."), gettext_lazy("Vì sao số như vậy, đang làm gì"),
    ),
    "acknowledge": Verb(
        pgettext_lazy("watch", "Tiếp nhận"), (AlertStand.RAISED,),
        lambda by, row, text: actions.acknowledge(by=by, alert=row), pgettext_lazy("watch", "Đã tiếp nhận."),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offered:
    """`press`: no form, one press."""

    name: str
    label: "str | _StrPromise"
    press: bool
    main: bool


def offered(by: Person, row: StatedAlert) -> list[Offered]:
    """The main act last: take it on, then explain, then close."""
    receives = any(permissions.may(by, RECEIVING, unit) for unit in receivers_of(row) or [row.rule.owner])
    owns = bool(permissions.may(by, LEADING, row.rule.owner))
    found = [name for name, verb in VERBS.items() if row.state in verb.when and (owns if verb.owner else receives)]
    if row.state == AlertStand.EXPLAINED and "close" in found:
        found = [name for name in found if name != "close"] + ["close"]
    return [Offered(name, VERBS[name].label, not VERBS[name].field, name == found[-1]) for name in found]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The form of a verb, and the verb."""
    by, row, found = person(request), alert_or_404(request, pk), VERBS.get(verb)
    if found is None:
        raise Http404
    if found.owner:
        require_rule_owner(by, row.rule.owner)
    else:
        require_receiver(by, row)
    if not found.field:
        if request.method == "POST":
            found.do(by, row, "")
            messages.success(request, str(found.done))
        return redirect("watch:alert", pk)
    if request.method != "POST" and row.state not in found.when:  # a link kept from before: the page says how it stands
        return redirect("watch:alert", pk)
    form = TextForm(request.POST if request.method == "POST" else None, by=by, label=found.field, hint=found.hint)
    if request.method == "POST" and form.is_valid():
        try:
            found.do(by, row, form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, str(found.done))
            return redirect("watch:alert", pk)
    [line] = alert_lines([row])
    context = {"row": row, "line": line, "form": form, "verb": found}
    return render(request, "watch/alert_act.html", context, status=422 if form.errors else 200)
