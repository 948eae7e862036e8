"""What an officer decides. Each verb writes its row and its paper, then the process moves, in one transaction.

The words that drawings and these verbs share: a task of acceptance asks the fact `acceptance` (accept, refuse), one on
a lapse `lapse` (stop, extend), one on a withdrawal `withdrawal` (granted, refused); the messages `supplement_asked`,
`stopped`. What other tasks decide stands in the sheet, under `tasks`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Fault, Refused
from dienhong.dossiers import money, papers, sending, tasks, timekeeping
from dienhong.dossiers.actions.answering import lock, settle_withdrawal
from dienhong.dossiers.actions.handling import event, standing
from dienhong.dossiers.models import (
    Decision,
    Dossier,
    Place,
    Refusal,
    Stop,
    SupplementItem,
    SupplementRequest,
    Withdrawal,
)
from dienhong.dossiers.permissions import require
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import done, message
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action

NOT_PAID, STOPPED = "Quá hạn nộp tiền.", "Hồ sơ dừng xử lý."  # on the cancelled bill; papers speak Vietnamese


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: which field of the form (or none), what it is, why it is needed, by which article."""

    what: str
    reason: str
    field: str = ""
    basis: str = ""


@action("dossiers.accept")
@transaction.atomic
def accept(*, by: Person, place: Place, again: str = "", reason: str = "") -> Dossier:
    """Accepted: the process starts the clock and gives slip 01 with the appointed date.

    Where another dossier is about the same thing, only as one of `tasks.again` and with a reason; else Refused.
    """
    place = standing(by, place)
    facts = {}
    if sending.before(place.dossier):
        if again not in {each.key for each in tasks.again(place)}:
            said = _("Thứ này còn ở hồ sơ khác: xem hồ sơ đó, rồi chọn vì sao vẫn tiếp nhận.")
            raise Refused("twice", said, [Fault("missing", said, where="again")])
        _needed(reason=reason)
        facts["again"] = again
    return _finish(by, place, "acceptance", "accept", reason, facts)


@action("dossiers.refuse")
@transaction.atomic
def refuse(*, by: Person, place: Place, reason: str, basis: str) -> Dossier:
    """Not accepted (slip 03). Without a legal ground it is refused to refuse."""
    _needed(reason=reason, basis=basis)
    place = standing(by, place)
    dossier = place.dossier
    paper = papers.issue(dossier, "refusal", by=by.actor, signer=by, reason=reason, legal_basis=basis)
    Refusal.objects.create(dossier=dossier, by=by, business_at=_now(), paper=paper, reason=reason, basis=basis)
    return _finish(by, place, "acceptance", "refuse", reason)


@action("dossiers.ask_supplement")
@transaction.atomic
def ask_supplement(
    *, by: Person, dossier: Dossier, items: Sequence[Missing], days: int | None = None, note: str = ""
) -> SupplementRequest:
    """Everything that is missing, at once (slip 02), with the last day to answer. The clock stands still meanwhile."""
    dossier = lock(dossier)
    before = dossier.accepted_at is None
    require(by, Role.ONE_STOP_CLERK if before else Role.CASE_OFFICER, dossier)
    _items(items)
    limit_on = timekeeping.supplement_until(dossier, days)
    paper = papers.issue(
        dossier, "supplement", by=by.actor, signer=by, note=note, answer_by=limit_on,
        items=[{"what": each.what, "why": each.reason} for each in items],
    )  # fmt: skip
    request = SupplementRequest.objects.create(
        dossier=dossier, by=by, business_at=_now(), paper=paper, before_acceptance=before, limit_on=limit_on, note=note
    )
    SupplementItem.objects.bulk_create(
        SupplementItem(request=request, field=each.field, what=each.what, reason=each.reason, basis=each.basis)
        for each in items
    )
    event(by, "dossiers.ask_supplement", dossier, data={"request": request.pk, "items": len(items)})
    due = dt.datetime.combine(limit_on, dt.time(17), tzinfo=clock.HANOI).isoformat()
    asked = message("supplement_asked", f"supplement-{request.pk}")
    persist.step(dossier, asked, by=by.actor, facts={"supplement_due": due})
    return request


@action("dossiers.stop")
@transaction.atomic
def stop(*, by: Person, dossier: Dossier, code: str, reason: str, basis: str = "") -> Stop:
    """Status 8 with its reason: not eligible, transferred."""
    dossier = lock(dossier)
    require(by, Role.CASE_OFFICER, dossier)
    _needed(reason=reason)
    if code not in (Stop.Code.INELIGIBLE, Stop.Code.TRANSFERRED):
        raise Refused("no_code", _("Chọn vì sao dừng: không đủ điều kiện, hoặc chuyển cơ quan khác."))
    if code == Stop.Code.INELIGIBLE:
        _needed(basis=basis)
    row = write_stop(dossier, by, code, reason, basis)
    persist.step(dossier, message("stopped", f"stop-{row.pk}"), by=by.actor, reason=reason)
    return row


@action("dossiers.answer_withdrawal")
@transaction.atomic
def answer_withdrawal(*, by: Person, place: Place, grant: bool, reason: str = "") -> Dossier:
    """Let the applicant withdraw, or say why not."""
    if not grant:
        _needed(reason=reason)
    place = standing(by, place)
    dossier = place.dossier
    asked = Withdrawal.objects.filter(dossier=dossier, outcome=Withdrawal.Outcome.ASKED).order_by("-pk").first()
    if asked:
        settle_withdrawal(asked, Withdrawal.Outcome.GRANTED if grant else Withdrawal.Outcome.REFUSED, by)
    if grant:
        write_stop(dossier, by, Stop.Code.WITHDRAWN, reason or _("Người nộp xin rút hồ sơ."), "")
    return _finish(by, place, "withdrawal", "granted" if grant else "refused", reason)


@action("dossiers.answer_lapse")
@transaction.atomic
def answer_lapse(*, by: Person, place: Place, extend: bool, days: int | None = None, reason: str = "") -> Dossier:
    """The limit to supplement passed: stop, or give more time once more, with a reason."""
    if extend:
        _needed(reason=reason)
    place = standing(by, place)
    dossier = place.dossier
    facts: dict[str, Any] = {}
    if extend:
        limit_on = timekeeping.supplement_until(dossier, days)
        SupplementRequest.objects.filter(dossier=dossier, answered_at=None).update(limit_on=limit_on)
        facts["supplement_due"] = dt.datetime.combine(limit_on, dt.time(17), tzinfo=clock.HANOI).isoformat()
    else:
        said = reason or _("Quá hạn bổ sung mà chưa nhận được giấy tờ.")
        write_stop(dossier, by, Stop.Code.NO_SUPPLEMENT, said, "")
    return _finish(by, place, "lapse", "extend" if extend else "stop", reason, facts)


@action("dossiers.decide")
@transaction.atomic
def decide(
    *, by: Person, place: Place, outcome: str, answers: Mapping[str, str] | None = None, reason: str = ""
) -> Decision:
    """Finish a task with one of the outcomes its service offers; `answers` are what the sheet asks, as typed.

    Raises Refused with a fault per answer; nothing typed is lost, since the screen shows it again.
    """
    place = standing(by, place)
    offered = {each.key: each for each in tasks.outcomes(place)}
    chosen = offered.get(outcome)
    if chosen is None:
        raise Refused("no_such_outcome", _("Bước này không có cách kết thúc đó."))
    facts = {**chosen.facts, **tasks.read(place, answers or {}, outcome)}
    if chosen.needs_reason or tasks.needs_reason(place, answers or {}, outcome):
        _needed(reason=reason)
    decision = Decision.objects.create(
        dossier=place.dossier, by=by, business_at=_now(), place=place.element, outcome=outcome, facts=facts,
        reason=reason,
    )  # fmt: skip
    event(by, "dossiers.decide", place.dossier, reason, {"place": place.element, "outcome": outcome})
    persist.step(place.dossier, done(place.element, place.sequence), by=by.actor, facts=facts, reason=reason)
    return decision


def write_stop(dossier: Dossier, by: Person | None, code: str, reason: str, basis: str) -> Stop:
    """The row and its paper: the notice of stopping where a circular has one, else a refusal as a result; of a
    withdrawal then none, the applicant is told (7 → 8: a notice).

    A bill that still asks is cancelled with it: what has come for it, or comes yet, is owed back.
    """
    actor = by.actor if by else "job:dossiers"
    money.void(dossier, by=actor, reason=NOT_PAID if code == Stop.Code.NOT_PAID else STOPPED)
    kind = papers.kind_of_stop(_now().date(), asked=code == Stop.Code.WITHDRAWN)
    why = {"reason": reason, "legal_basis": basis or papers.ground(dossier)}
    paper = papers.issue(dossier, kind, by=actor, signer=by, **why) if kind else None
    return Stop.objects.create(
        dossier=dossier, by=by, business_at=_now(), paper=paper, code=code, reason=reason, basis=basis
    )


def _finish(
    by: Person, place: Place, fact: str, value: str, reason: str = "", facts: Mapping[str, Any] | None = None
) -> Dossier:
    place = standing(by, place)
    if tasks.fact_of(place) != fact:
        raise Refused("no_such_outcome", _("Bước này không có cách kết thúc đó."))
    told = {**(facts or {}), fact: value}
    Decision.objects.create(
        dossier=place.dossier, by=by, business_at=_now(), place=place.element, outcome=value, facts=told, reason=reason,
    )  # fmt: skip
    more = {"again": told["again"]} if "again" in told else {}
    event(by, "dossiers.decide", place.dossier, reason, {"place": place.element, "outcome": value, **more})
    persist.step(place.dossier, done(place.element, place.sequence), by=by.actor, facts=told, reason=reason)
    return place.dossier


def _needed(**given: str) -> None:
    said = {
        "reason": _("Ghi lý do để người nộp hiểu."),
        "basis": _("Ghi căn cứ: điều, khoản của văn bản. Không có căn cứ thì không từ chối được."),
    }
    faults = [Fault("missing", said[name], where=name) for name, value in given.items() if not value.strip()]
    if faults:
        raise Refused("incomplete", faults[0].sentence, faults)


def _items(items: Sequence[Missing]) -> None:
    if not items:
        raise Refused("incomplete", _("Ghi ít nhất một thứ còn thiếu, kèm lý do."), [])
    said = _("Mỗi thứ còn thiếu cần cả tên và lý do.")
    faults = [
        Fault("missing", said, where=f"items.{number}")
        for number, each in enumerate(items)
        if not each.what.strip() or not each.reason.strip()
    ]
    if faults:
        raise Refused("incomplete", said, faults)


def _now() -> dt.datetime:
    return clock.business_now()


__all__ = [
    "Missing", "accept", "answer_lapse", "answer_withdrawal", "ask_supplement", "decide", "refuse", "stop",
    "write_stop",
]  # fmt: skip
