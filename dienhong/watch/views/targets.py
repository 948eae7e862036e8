"""Plan targets: what a plan asks of whom, by which document, and what came of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dienhong.base import clock, periods
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.indicators import places
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Target
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Unit
from dienhong.watch import actions
from dienhong.watch.actions import Asked
from dienhong.watch.forms import TargetForm
from dienhong.watch.permissions import LEADING
from dienhong.watch.views.shared import own_units, person, worker
from dienhong.watch.words import entry_name, lang, measured_in, target_words

MOST = 200


@signed_in
@never_cache
@require_GET
def targets(request: HttpRequest) -> HttpResponse:
    """The newest wording of each, the latest period first: who is asked what is no secret among those who work here."""
    by = worker(request)
    newest = Target.objects.order_by("indicator", "unit", "period", "-known_at", "-pk")
    newest = newest.distinct("indicator", "unit", "period")
    rows = Target.objects.filter(pk__in=newest.values("pk")).select_related("indicator", "unit", "period")
    found = list(rows.order_by("-period__last", "indicator__code", "unit")[: MOST + 1])
    entries = indicators.entries()
    names = organizations.shown_names(frozenset(row.unit_id for row in found), clock.business_today(), lang())
    codes = places.codes([row.unit_id for row in found], clock.business_today())
    lines = []
    for row in found[:MOST]:
        entry = entries.get(row.indicator_id)
        period = indicators.plain(row.period)
        lines.append(
            {
                "row": row, "name": entry_name(entry, row.indicator.code), "unit": names.get(row.unit_id, ""),
                "period": periods.label(period, lang()),
                "said": f"{target_words(row, entry)} {measured_in(entry)}".strip(),
                "passport": places.figure_url(
                    row.indicator.code, row.period, codes.get(row.unit_id, "")
                ),
            }
        )  # fmt: skip
    page = {"lines": lines, "more": len(found) > MOST, "most": MOST, "leads": bool(own_units(by, LEADING))}
    return render(request, "watch/targets.html", page)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    by = person(request)
    owners = own_units(by, LEADING)
    if not owners:
        raise NotPermitted("not_permitted", _("Chỉ lãnh đạo đơn vị giao chỉ tiêu kế hoạch."))
    form = TargetForm(request.POST if request.method == "POST" else None, by=by, owners=owners)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        names = ("indicator", "unit", "operator", "bound", "upper", "legal_basis")
        try:
            actions.set_target(
                by=by, owner=Unit.objects.get(pk=said["owner"]),
                asked=Asked(period=form.period(), **{name: said[name] for name in names}),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Đã giao chỉ tiêu. Kết quả của kỳ được đối chiếu với nó khi kỳ đã qua."))
            return redirect("watch:targets")
    return render(request, "watch/target_form.html", {"form": form}, status=422 if form.errors else 200)
