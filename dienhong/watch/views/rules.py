"""Alert rules and their editor: each saving is a version."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dienhong.base import clock
from dienhong.base.numbers import typed_text
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Unit
from dienhong.watch import actions
from dienhong.watch.actions import Wording
from dienhong.watch.forms import RuleForm
from dienhong.watch.models import AlertRule, AlertRuleVersion
from dienhong.watch.permissions import LEADING, require_rule_owner
from dienhong.watch.queries.rules import newest_versions
from dienhong.watch.views.shared import own_units, person, whole, worker
from dienhong.watch.words import lang, rule_sentence


@signed_in
@never_cache
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its sentence: who wakes whom because of which figure is no secret among those who work here."""
    by = worker(request)
    rows = newest_versions().select_related("rule", "indicator", "unit").order_by("-active", "title", "rule")
    found = list(rows)
    names = organizations.shown_names(frozenset(row.rule.owner_id for row in found), clock.business_today(), lang())
    lines = [(row, rule_sentence(row), names.get(row.rule.owner_id, ""), _open(row)) for row in found]
    return render(request, "watch/rules.html", {"lines": lines, "leads": bool(own_units(by, LEADING))})


def _open(row: AlertRuleVersion) -> int:
    return row.rule.alerts.filter(closed_at=None).count()


@signed_in
@never_cache
@require_GET
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """The rule as it stands and every version before."""
    by, found = worker(request), get_object_or_404(AlertRule.objects.select_related("owner"), pk=pk)
    versions = list(found.versions.select_related("indicator", "unit", "by").order_by("-number"))
    today, newest = clock.business_today(), versions[0]
    receivers = list(newest.receivers.order_by("pk").values_list("unit", flat=True))
    names = organizations.shown_names(frozenset([found.owner_id, *receivers]), today, lang())
    return render(
        request,
        "watch/rule.html",
        {
            "rule": found,
            "newest": newest,
            "sentence": rule_sentence(newest),
            "owner": names.get(found.owner_id, ""),
            "receivers": [names[unit] for unit in receivers if unit in names],
            "versions": [(row, rule_sentence(row)) for row in versions],
            "open": _open(newest),
            "may": bool(permissions.may(by, LEADING, found.owner)),
        },
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A rule of a unit the person leads."""
    by = person(request)
    owners = own_units(by, LEADING)
    if not owners:
        raise NotPermitted("not_permitted", _("Chỉ lãnh đạo đơn vị đặt quy tắc cảnh báo."))
    form = RuleForm(request.POST if request.method == "POST" else None, by=by, owners=owners)
    if request.method == "POST" and form.is_valid():
        owner = Unit.objects.get(pk=form.cleaned_data["owner"])
        try:
            made = actions.write_rule(by=by, owner=owner, wording=_wording(form.cleaned_data))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Đã đặt quy tắc. Nó được xét ngay và mỗi khi có số mới."))
            _warn(request, form)
            return redirect("watch:rule", made.pk)
    return render(request, "watch/rule_form.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The next version, beginning with what holds."""
    by, found = person(request), get_object_or_404(AlertRule.objects.select_related("owner"), pk=pk)
    require_rule_owner(by, found.owner)
    newest = found.versions.select_related("indicator", "unit").order_by("-number")[:1].get()
    owners = [(found.owner_id, organizations.full_name(found.owner, clock.business_today(), lang()))]
    seen = whole(request.POST.get("seen", "")) or newest.number
    form = RuleForm(request.POST if request.method == "POST" else None, by=by, owners=owners, initial=_initial(newest))
    if request.method == "POST" and form.is_valid():
        try:
            actions.rewrite_rule(by=by, rule=found, wording=_wording(form.cleaned_data), seen=seen)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Đã ghi bản mới của quy tắc."))
            _warn(request, form)
            return redirect("watch:rule", pk)
    context = {"form": form, "rule": found, "newest": newest, "seen": seen}
    return render(request, "watch/rule_form.html", context, status=422 if form.errors else 200)


def _warn(request: HttpRequest, form: RuleForm) -> None:
    if sentence := form.never():
        messages.warning(request, sentence)


def _wording(said: dict[str, Any]) -> Wording:
    return Wording(**{name: value for name, value in said.items() if name != "owner"})


def _initial(newest: AlertRuleVersion) -> dict[str, Any]:
    today = clock.business_today()
    receivers = list(newest.receivers.order_by("pk").values_list("unit", flat=True))
    names = organizations.spelled([newest.unit_id, *receivers], today, lang())
    same = ("title", "period_kind", "below", "comparison", "side", "duration", "severity", "to_reporter", "quiet_from",
            "quiet_to", "escalate_after", "active")  # fmt: skip
    return {name: getattr(newest, name) for name in same} | {
        "indicator": newest.indicator.code,
        "unit": names.get(newest.unit_id, f"#{newest.unit_id}"),
        "receivers": "; ".join(names.get(unit, f"#{unit}") for unit in receivers),
        "bound": "" if newest.bound is None else typed_text(newest.bound.normalize(), lang()),
    }
