"""Giving a report back with a reason, to the cells that need it: by the leader inside, by the receiver outside."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dienhong.base.refusal import Refused
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Role
from dienhong.reporting import actions, review
from dienhong.reporting.models import State, Version
from dienhong.reporting.permissions import require
from dienhong.reporting.states import state_of
from dienhong.reporting.views.duties import rows_of
from dienhong.reporting.views.entry import clean
from dienhong.reporting.views.grid import common_unit
from dienhong.reporting.views.shared import person, regime_name, version_or_404, words

INSIDE = (State.SUBMITTED, State.APPROVED)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures with a box each: tick what is to be mended, say why, give back."""
    version = version_or_404(request, pk)
    duty = version.submission.duty
    inside = state_of(version) in INSIDE
    by = person(request)
    require(by, Role.LEADER if inside else Role.RECEIVER, duty.unit if inside else duty.receiver, duty.regime.code)
    reason, chosen, error = "", {}, ""
    if request.method == "POST":
        reason = clean(request.POST.get("reason", ""))[:2000]
        ticked = [clean(one) for one in request.POST.getlist("cell")]
        chosen = {key: clean(request.POST.get(f"why-{key}", ""))[:500] for key in ticked}
        act = actions.send_back if inside else actions.return_version
        try:
            act(
                by=by, version=version, reason=reason, cells={key: why.strip() or reason for key, why in chosen.items()}
            )
        except Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, _("Đã trả lại, kèm lý do."))
            return redirect("reporting:duty", duty.pk)
    return _form(request, version, inside, reason, chosen, error)


def _form(
    request: HttpRequest, version: Version, inside: bool, reason: str, chosen: dict[str, str], error: str
) -> HttpResponse:
    rows = [
        {**row, "ticked": row["cell"].key in chosen, "why": chosen.get(row["cell"].key, "")}
        for row in rows_of(review.judge(version))
    ]
    return render(
        request,
        "reporting/give_back.html",
        {
            "version": version,
            "duty": version.submission.duty,
            "words": words([version.submission.duty])[0],
            "regime": regime_name(version.regime_version),
            "inside": inside,
            "rows": rows,
            "unit": common_unit([row["cell"] for row in rows]),
            "reason": reason,
            "error": error,
        },
        status=422 if error else 200,
    )
