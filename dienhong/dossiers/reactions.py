"""What a dossier does when something happened in a room below."""

import logging

from dienhong.dossiers import papers, sending
from dienhong.dossiers.models import Dossier
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.faults import StepRefused
from dienhong.dossiers.process.runtime import message
from dienhong.journal.models import Event

log = logging.getLogger("dienhong.dossiers")
BY = "job:dossiers"


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
    """exchange.answered: a register told what a process asked."""
    dossier = _of(event)
    if dossier is None:
        return
    answer = sending.answered(event.object_id)
    facts = {"register_match": sending.matches(dossier, answer), "register_said": str(answer.state)}
    _move(dossier, "register_answered", event.object_id, facts)


def delivered(event: Event) -> None:
    """exchange.delivered: the partner has the result."""
    dossier = _of(event)
    if dossier is not None and event.data.get("kind") == dossier.version.sheet.get("send", {}).get("kind"):
        _move(dossier, "result_delivered", event.object_id, {})


def _of(event: Event) -> Dossier | None:
    if event.data.get("owner_kind") != papers.OWNER:
        return None
    return Dossier.objects.select_related("version").filter(pk=event.data["owner_id"]).first()


def _move(dossier: Dossier, name: str, key: str, facts: dict[str, object]) -> None:
    try:
        persist.step(dossier, message(name, f"{name}-{key}"), by=BY, facts=facts)
    except StepRefused:
        log.info("dossier %s no longer waits for %s", dossier.code, name)
