"""Who has to know of what happened to a dossier: its applicant, or the officers whose turn it is.

Each takes the journal's event and may run again: the key of the event keeps a person from hearing twice.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch, reverse

from dienhong.base import clock
from dienhong.base.numbers import whole_in_both
from dienhong.dossiers import money, papers
from dienhong.dossiers import notice_kinds as kinds
from dienhong.dossiers.models import Complaint, Decision, Dossier, DueChange, Status, SupplementRequest
from dienhong.dossiers.process import persist
from dienhong.exchange.models import Partner
from dienhong.journal.models import Event
from dienhong.notices import audience
from dienhong.notices.actions import notify
from dienhong.notices.reactions import actor_id
from dienhong.organizations.models import Role
from dienhong.payments import queries as bills
from dienhong.payments.models import Capture

BY = "job:reactions"
ANSWERS = {
    "granted": {"vi": "được đồng ý, hồ sơ đã dừng", "en": "granted, the dossier has stopped"},
    "refused": {"vi": "không được đồng ý, hồ sơ đi tiếp", "en": "not granted, the dossier goes on"},
}
NO_LIMIT = {"vi": "không có", "en": "none"}


def filed(event: Event) -> None:
    """dossiers.file: to the applicant, and to the counter."""
    dossier = _dossier(event.object_id)
    _applicant(event, dossier, kinds.FILED, {})
    _officers(event, dossier, [Role.ONE_STOP_CLERK], kinds.ARRIVED, {"at": moment(dossier.submitted_at)})


def moved(event: Event) -> None:
    """dossiers.step: what the statuses it went through mean to the applicant."""
    passed = {int(each) for each in event.data.get("statuses", ())}
    dossier = _dossier(event.object_id)
    if Status.ACCEPTED in passed and dossier.due_at:
        _applicant(event, dossier, kinds.ACCEPTED, {"due": moment(dossier.due_at)})
    if Status.TO_PAY in passed:
        _to_pay(event, dossier)
    if Status.NOT_ACCEPTED in passed:
        _applicant(event, dossier, kinds.REFUSED, {})
    if Status.STOPPED in passed and event.from_state != str(Status.WITHDRAWAL):
        _applicant(event, dossier, kinds.STOPPED, {})
    if Status.DONE in passed:
        _applicant(event, dossier, kinds.RESULT, {})
    if Status.HANDED_OVER in passed:
        _applicant(event, dossier, kinds.HANDED_OVER, {})
    _apology(event, dossier)


def supplement_asked(event: Event) -> None:
    """dossiers.ask_supplement."""
    request = SupplementRequest.objects.get(pk=event.data["request"])
    params = {"count": request.items.count(), "limit": day(request.limit_on)}
    _applicant(event, _dossier(event.object_id), kinds.SUPPLEMENT, params)


def supplemented(event: Event) -> None:
    """dossiers.supplement: to whoever has the dossier, else to those whose turn it is."""
    dossier = _dossier(event.object_id)
    params = {"at": moment(event.business_at)}
    if dossier.assigned_id:
        _tell(event, dossier, [dossier.assigned_id], kinds.SUPPLEMENTED, params, desk(dossier))
    else:
        answered = SupplementRequest.objects.filter(dossier=dossier, answered_at__lte=event.business_at).last()
        at_counter = answered is None or answered.before_acceptance
        roles = [Role.ONE_STOP_CLERK if at_counter else Role.CASE_OFFICER]
        _officers(event, dossier, roles, kinds.SUPPLEMENTED, params)


def paid(event: Event) -> None:
    """payments.captured of a dossier's bill."""
    capture = Capture.objects.filter(pk=event.data.get("capture")).first()
    if event.data.get("owner_kind") == papers.OWNER and capture is not None:
        _applicant(event, _dossier(event.data["owner_id"]), kinds.PAID, {"amount": whole_in_both(capture.amount)})


def refunded(event: Event) -> None:
    """payments.refund_done of a dossier's bill."""
    if event.data.get("owner_kind") == papers.OWNER:
        said = {"amount": whole_in_both(int(event.data["amount"]))}
        _applicant(event, _dossier(event.data["owner_id"]), kinds.REFUNDED, said)


def decided(event: Event) -> None:
    """dossiers.decide: an answer to a withdrawal and more time; the rest is told by the step it causes."""
    outcome = event.data.get("outcome")
    rows = Decision.objects.filter(dossier=int(event.object_id), place=event.data.get("place"), outcome=outcome)
    decision = rows.order_by("-pk").first()
    if decision is not None and "withdrawal" in decision.facts:
        _applicant(event, _dossier(event.object_id), kinds.WITHDRAWAL, {"answer": ANSWERS[str(outcome)]})
    if decision is not None and decision.facts.get("lapse") == "extend":
        limit = dt.datetime.fromisoformat(str(decision.facts["supplement_due"])).date()
        _applicant(event, _dossier(event.object_id), kinds.EXTENDED, {"limit": day(limit)})


def complained(event: Event) -> None:
    """dossiers.complain: to the leaders of the unit, who answer it."""
    row = Complaint.objects.get(pk=event.data["complaint"])
    _officers(event, _dossier(event.object_id), [Role.LEADER], kinds.COMPLAINED, {"limit": moment(row.due_at)})


def complaint_answered(event: Event) -> None:
    """dossiers.answer_complaint: to whoever wrote it."""
    row = Complaint.objects.get(pk=event.data["complaint"])
    dossier = _dossier(event.object_id)
    _tell(event, dossier, [row.person_id], kinds.COMPLAINT, {}, f"{case(dossier)}#complaints")


def due_moved(event: Event, dossier: Dossier, before: dt.datetime) -> None:
    """A day off declared late moved the date of an open dossier."""
    if dossier.due_at is not None:
        params = {"due": moment(dossier.due_at), "before": moment(before), "basis": event.data.get("name", "")}
        _applicant(event, dossier, kinds.DUE_MOVED, params)


def not_through(event: Event, dossier: Dossier) -> None:
    """exchange.dead, exchange.refused: to the officers of the unit."""
    partner = Partner.objects.filter(key=event.data.get("partner")).first()
    named = {"vi": partner.name_vi, "en": partner.name_en} if partner else str(event.data.get("partner"))
    _officers(event, dossier, [Role.CASE_OFFICER], kinds.NOT_THROUGH, {"partner": named})


def moment(at: dt.datetime) -> str:
    """17:00, 25/06/2020: the same in both languages."""
    return f"{at.astimezone(clock.HANOI):%H:%M, %d/%m/%Y}"


def day(on: dt.date) -> str:
    return f"{on:%d/%m/%Y}"


def case(dossier: Dossier) -> str:
    """The applicant's page."""
    return reverse("portal:mine_one", args=[dossier.code])


def desk(dossier: Dossier) -> str:
    """The officers' page."""
    try:
        return reverse("dossiers:case", args=[dossier.pk])
    except NoReverseMatch:
        return "/dossiers/"


def common(dossier: Dossier) -> dict[str, Any]:
    return {"code": dossier.code, "service": dossier.version.sheet["name"]}


def applicants(dossier: Dossier) -> list[int]:
    return [pk for pk in (dossier.applicant_id, dossier.submitter_id) if pk]


def _to_pay(event: Event, dossier: Dossier) -> None:
    bill = money.standing(dossier)
    if bill is None:
        return
    limit = moment(bill.expires_at) if bill.expires_at else NO_LIMIT
    outstanding = bills.facts_of(bill).outstanding
    params = {"amount": whole_in_both(outstanding), "bill": bill.code, "limit": limit}
    # Once a bill: taking a withdrawal back leads here again.
    _applicant(event, dossier, kinds.TO_PAY, params, f"{kinds.TO_PAY}:{bill.code}")


def _apology(event: Event, dossier: Dossier) -> None:
    nodes = persist.process_of(dossier).nodes
    if not any(each in nodes and nodes[each].action == "apologise" for each in event.data.get("ran", ())):
        return
    change = DueChange.objects.filter(dossier=dossier, cause=DueChange.Cause.APOLOGY).order_by("-pk").first()
    slip = papers.apology_of(dossier)
    if slip is not None and change is not None and change.after is not None:
        # Once a slip: a dossier that is late again runs through here again and gets none.
        _applicant(event, dossier, kinds.APOLOGY, {"due": moment(change.after)}, f"{kinds.APOLOGY}:{slip.pk}")


def _dossier(pk: str) -> Dossier:
    return Dossier.objects.select_related("version", "unit").get(pk=pk)


def _applicant(event: Event, dossier: Dossier, kind: str, params: dict[str, Any], dedupe: str = "") -> None:
    """Also of what they did themselves: a mail is the proof in their hands."""
    to = applicants(dossier)
    notify(
        by=BY, to=to, kind=kind, subject=(papers.OWNER, dossier.pk), params=common(dossier) | params,
        url=case(dossier), dedupe=dedupe or f"{kind}:{dossier.pk}:event:{event.pk}",
    )  # fmt: skip


def _officers(event: Event, dossier: Dossier, roles: Iterable[Role], kind: str, params: dict[str, Any]) -> None:
    held = audience.holders_of(roles, [dossier.unit_id], dossier.service)[dossier.unit_id]
    _tell(event, dossier, held, kind, params, desk(dossier))


def _tell(
    event: Event, dossier: Dossier, to: Iterable[int], kind: str, params: dict[str, Any], url: str
) -> None:  # fmt: skip
    notify(
        by=BY, to=set(to) - {actor_id(event)}, kind=kind, subject=(papers.OWNER, dossier.pk),
        params=common(dossier) | params, url=url, dedupe=f"{kind}:{dossier.pk}:event:{event.pk}",
    )  # fmt: skip
