"""What a dossier does when something happened in a room below."""

import datetime as dt
import logging
from typing import Any

from dienhong.base import clock
from dienhong.dossiers import papers, sending, telling, timekeeping
from dienhong.dossiers.models import CLOSED, Dossier, Place
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.faults import StepRefused
from dienhong.dossiers.process.runtime import Event as ProcessEvent
from dienhong.dossiers.process.runtime import message
from dienhong.journal.models import Event

log = logging.getLogger("dienhong.dossiers")
BY = "job:dossiers"
LOOKED_AHEAD = dt.timedelta(days=400)  # a holiday moves no date that lies further off


def paid(event: Event) -> None:
    """payments.captured, in the same transaction: the full amount moves the dossier, or nothing happens at all.

    Money for a dossier that no longer waits for it (withdrawn meanwhile) stays captured: it is owed back.
    """
    if event.data.get("owner_kind") != papers.OWNER or event.data.get("outstanding"):
        return
    dossier = int(event.data["owner_id"])
    try:
        persist.step(dossier, message("fee_paid", f"bill-{event.object_id}"), by=BY, facts={"paid": True})
    except StepRefused:
        persist.set_facts(dossier, {"paid": True})
        log.info("dossier %s was paid while it waited for something else", dossier)


def answered(event: Event) -> None:
    """exchange.answered: a register told what a process asked. Questions of people about the case move nothing."""
    dossier = _of(event)
    if dossier is None or not _is_question(event, dossier):
        return
    answer = sending.answered(event.object_id)
    facts = {"register_match": sending.matches(dossier, answer), "register_said": str(answer.state)}
    _move(dossier, "register_answered", event.object_id, facts)


def delivered(event: Event) -> None:
    """exchange.delivered: the partner has the result."""
    dossier = _of(event)
    if dossier is not None and _is_result(event, dossier):
        _move(dossier, "result_delivered", event.object_id, {})


def given_up(event: Event) -> None:
    """exchange.dead and exchange.refused: the question or the result will not get through, so a person goes on.

    A question without an answer counts as one that does not match. A result that cannot be delivered does at once what
    the drawing does when its delivery is late. Where the process waits for neither, the officers hear of it.
    """
    dossier = _of(event)
    if dossier is None:
        return
    if _is_question(event, dossier):
        said = event.verb.rpartition(".")[2]
        _move(dossier, "register_answered", event.object_id, {"register_match": False, "register_said": said})
        telling.not_through(event, dossier)
    elif _is_result(event, dossier):
        _late_at_once(dossier, "result_delivered")
        telling.not_through(event, dossier)


def holiday(event: Event) -> None:
    """organizations.declare_holiday, after commit: open dossiers get the date that the day off gives them."""
    day = dt.date.fromisoformat(event.object_id)
    rows = Dossier.objects.filter(accepted_at__isnull=False, finished_at=None).exclude(status__in=CLOSED)
    began = clock.midnight(day)
    near = rows.filter(accepted_at__lt=began + dt.timedelta(days=1), due_at__range=(began, began + LOOKED_AHEAD))
    basis = f"{event.data.get('name', '')} ({event.reason})"[:300]
    for pk in list(near.order_by("pk").values_list("pk", flat=True)):
        if (moved := timekeeping.recompute_one(pk, basis)) is not None:
            telling.due_moved(event, *moved)


def _of(event: Event) -> Dossier | None:
    if event.data.get("owner_kind") != papers.OWNER:
        return None
    return Dossier.objects.select_related("version", "unit").filter(pk=event.data["owner_id"]).first()


def _is_question(event: Event, dossier: Dossier) -> bool:
    """Whether the message is the process's own question about the content as it stands now."""
    return bool(dossier.version.sheet.get("question")) and event.data.get("business_key") == sending.key(dossier)


def _is_result(event: Event, dossier: Dossier) -> bool:
    said = dossier.version.sheet.get("send")
    return bool(said) and event.data.get("kind") == said["kind"]


def _move(dossier: Dossier, name: str, key: str, facts: dict[str, Any]) -> None:
    try:
        persist.step(dossier, message(name, f"{name}-{key}"), by=BY, facts=facts)
    except StepRefused:
        log.info("dossier %s no longer waits for %s", dossier.code, name)


def _late_at_once(dossier: Dossier, name: str) -> None:
    """Fire the timer at the edge of the task that waits for the message, if it has one."""
    waiting = Place.objects.filter(dossier=dossier, message=name).first()
    if waiting is None:
        return
    nodes = persist.process_of(dossier).nodes
    for place in Place.objects.filter(dossier=dossier, timer_at__isnull=False):
        if nodes[place.element].host == waiting.element:
            timer = ProcessEvent("timer", place.element, "", place.sequence)
            persist.step(dossier, timer, by=BY)
            return
