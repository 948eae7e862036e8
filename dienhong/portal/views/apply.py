"""Before and around filling in: what the service is, my drafts, start, throw away, and the files handed in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dienhong.base import clock, store
from dienhong.base.refusal import Refused
from dienhong.base.typing_kept import stands_on
from dienhong.dossiers.actions import drafts as actions
from dienhong.dossiers.models import Attachment, ServiceVersion
from dienhong.dossiers.queries import drafts as queries
from dienhong.organizations.http import public, signed_in
from dienhong.portal import handled, presenting
from dienhong.portal.filling import Filling, filling, me


def _version(service: str) -> ServiceVersion:
    version = queries.current(service)
    if version is None:
        raise Http404
    return version


@public
@require_GET
def intro(request: HttpRequest, service: str) -> HttpResponse:
    """Fee, time, papers and law before anybody signs in."""
    version = _version(service)
    day = clock.business_today().isoformat()
    sheet = version.sheet
    levels = [each for each in sheet.get("level", []) if each.get("from", "") <= day < each.get("until", "9999")]
    mine = [Filling(draft) for draft in queries.of(me(request), service)] if request.user.is_authenticated else []
    context = {
        "service": version.service,
        "sheet": sheet,
        "legal_basis": handled.in_force(sheet, clock.business_today()),
        "costs": handled.before_sign_in(sheet, clock.business_today()),
        "level": levels[-1] if levels else None,
        "subjects": presenting.subjects(sheet),
        "drafts": [(each, each.go_on()) for each in mine],
        "form": queries.form_of(version),
    }
    return render(request, "portal/apply/intro.html", context)


@stands_on(lambda service: reverse("portal:apply_intro", args=[service]), keeps=False)
@signed_in
@require_POST
def start(request: HttpRequest, service: str) -> HttpResponse:
    version = _version(service)
    try:
        draft = actions.start_draft(by=me(request), version=version)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("portal:apply_intro", service)
    new = Filling(draft)
    return redirect(new.url(new.pages[0]))


@signed_in
@never_cache
@require_GET
def drafts(request: HttpRequest) -> HttpResponse:
    """Everything I began and did not send."""
    mine = [Filling(draft) for draft in queries.of(me(request))]
    return render(request, "portal/apply/drafts.html", {"drafts": [(each, each.go_on()) for each in mine]})


@stands_on(lambda service, pk: reverse("portal:apply_check", args=[service, pk]), keeps=False)
@signed_in
@require_POST
def discard(request: HttpRequest, service: str, pk: int) -> HttpResponse:
    it = filling(request, service, pk)
    home = it.home
    actions.discard_draft(by=me(request), draft=it.draft)
    messages.success(request, _("Đã xóa bản nháp."))
    return redirect(home)


@signed_in
@never_cache
@require_GET
def file(request: HttpRequest, service: str, pk: int, attachment: int) -> HttpResponse:
    """A file of one's own draft: downloaded, never opened as a page of ours; by the row that owns it, never by hash."""
    draft = filling(request, service, pk).draft
    row = get_object_or_404(Attachment, pk=attachment, draft=draft, removed_at=None)
    answer = HttpResponse(store.get(row.digest), content_type=row.kind)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=row.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
