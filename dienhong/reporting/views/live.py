"""What an open grid asks and says while it stays open: what others changed, that it is open, remarks at cells."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.organizations.http import signed_in
from dienhong.reporting import presence
from dienhong.reporting.actions.comments import add_comment
from dienhong.reporting.models import Version
from dienhong.reporting.permissions import OWN_ROLES, require
from dienhong.reporting.views import grid
from dienhong.reporting.views.entry import clean
from dienhong.reporting.views.shared import person, version_or_404

LARGEST = 2**63 - 1


def _own(request: HttpRequest, pk: int) -> Version:
    version = version_or_404(request, pk)
    duty = version.submission.duty
    require(person(request), OWN_ROLES, duty.unit, duty.regime.code)
    return version


@signed_in
@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed since the mark `since` (edit.comment): a quiet moment costs a handful of queries."""
    version = _own(request, pk)
    parts = request.GET.get("since", "").split(".")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and int(part[:20]) <= LARGEST for part in parts):
        return JsonResponse({"error": _("Không hiểu mốc “since”; tải lại trang.")}, status=400)
    data = grid.changes(version, (int(parts[0][:20]), int(parts[1][:20])), person(request).pk)
    return JsonResponse(data, headers={"Cache-Control": "no-store"})


@signed_in
@require_POST
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of this person is open."""
    presence.here(person(request), _own(request, pk))
    return HttpResponse(status=204)


@signed_in
@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """A remark at a cell; JSON for the grid, otherwise back to the page one came from."""
    version = version_or_404(request, pk)
    wants_json = "json" in request.headers.get("Accept", "")
    try:
        add_comment(
            by=person(request),
            version=version,
            cell_key=clean(request.POST.get("cell", "")),
            text=clean(request.POST.get("text", "")),
        )
    except Refused as refusal:
        if wants_json:
            status = 403 if isinstance(refusal, NotPermitted) else 409
            return JsonResponse({"error": refusal.sentence}, status=status)
        messages.error(request, refusal.sentence)
    else:
        if wants_json:
            return JsonResponse({"comments": grid.comments_data(version), "mark": list(grid.mark_of(version))})
        messages.success(request, _("Đã ghi lời trao đổi."))
    name = "reporting:entry" if request.POST.get("from") == "entry" else "reporting:duty"
    return redirect(name, version.submission.duty_id)
