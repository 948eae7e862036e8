"""A report on paper, laid out as Vietnamese administrative forms are."""

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dienhong.base import clock
from dienhong.base.components.ring import Coverage, ring_name
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.reporting import narratives, queries, review
from dienhong.reporting.models import Duty, State, Submission, Version
from dienhong.reporting.states import state_of
from dienhong.reporting.views import grid
from dienhong.reporting.views.duties import coverage_of, readable
from dienhong.reporting.views.shared import duty_or_404, lang, person, regime_name, words

WIDE = 4  # columns; more than this lie across the sheet

# Who heads the sheet where that is not the unit itself: what a province reports, its People's Committee signs.
SIGNERS = {
    "people_committee": gettext_lazy("Ủy ban nhân dân"),
    "market_department": gettext_lazy("Cục Quản lý thị trường"),
}


@signed_in
@require_GET
def print_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest version one may read: national header, unit, form, window, figures, places to sign."""
    duty = duty_or_404(request, pk)
    submission = Submission.objects.filter(duty=duty).first()
    versions = readable(person(request), duty, list(queries.versions_of(submission))) if submission else []
    if not versions:
        raise Http404
    version = versions[0]
    judged = review.judge(version)
    forms = grid.forms_of(version, judged)
    approval = queries.approvals([version]).get(version.pk)
    state = state_of(version)
    sent = next((each for each in version.states.all() if each.state == State.SENT), None)
    return render(
        request,
        "reporting/print.html",
        {
            "duty": duty,
            "version": version,
            "words": words([duty])[0],
            "regime": regime_name(version.regime_version),
            "forms": [{**form, "wide": len(form["columns"]) > WIDE} for form in forms],
            "approval": approval if state not in (State.IN_ENTRY, State.SUBMITTED, State.SENT_BACK) else None,
            "sent": sent,
            "outline": bool(narratives.outline(version)),
            "place": _place(duty),
            "over": SIGNERS.get(_signs(duty, version), ""),
            "day": _day(sent.business_at) if sent else "",
            "unread": any(figure.problem for figure in judged.now.values()),
            "standing": _standing(state),
            "ring": (cover := coverage_of(duty)),
            "ring_words": ring_name(Coverage(**cover), lang()),
            "address": settings.SITE_ADDRESS + reverse("reporting:duty", args=[pk]),
        },
    )


def _day(sent: dt.datetime) -> str:
    """Decree 30/2020, annex I: January and February are written with a zero, the other months without."""
    sent = sent.astimezone(clock.HANOI)
    if lang() == "en":
        return date_format(sent, "j F Y")
    return f"ngày {sent:%d} tháng {sent.month:0{1 + (sent.month < 3)}} năm {sent:%Y}"


def _standing(state: State) -> str:
    """Why the sheet is no report that counts; nothing where it is one."""
    if state < State.SENT:
        return _("Bản nháp, chưa gửi")
    said = {
        State.RETURNED: _("Đã bị trả lại, không còn được tính"),
        State.WITHDRAWN: _("Đã thu hồi, không còn được tính"),
    }
    return said.get(state, "")


def _place(duty: Duty) -> str:
    """Where the report is signed: the province that reports; agencies of the centre sit in Hà Nội."""
    on = duty.period.last
    if organizations.kinds([duty.unit_id], on).get(duty.unit_id) in organizations.PROVINCIAL:
        return organizations.names([duty.unit_id], on, lang()).get(duty.unit_id, "")
    return _("Hà Nội")


def _signs(duty: Duty, version: Version) -> str:
    """What the tier of the regime says of who signs; nothing: the unit itself."""
    return next(
        (str(tier.get("signs", "")) for tier in version.regime_version.spec["tiers"] if tier["key"] == duty.tier), ""
    )
