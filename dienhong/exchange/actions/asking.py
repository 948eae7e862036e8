"""Asking a register. The question is committed to the log before it leaves, the answer before it is given on."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from dienhong.base import clock
from dienhong.exchange import breaker, canonical, log, partner_files, talk
from dienhong.exchange.actions.sending import queue
from dienhong.exchange.answers import Answer
from dienhong.exchange.models import FAILURES, Content, Message, Reply, Verdict, Way
from dienhong.exchange.partner_files import Folder, Question
from dienhong.exchange.queries import answer_of
from dienhong.organizations.registry import action


@action("exchange.ask")
def ask(
    register: str,
    question: Mapping[str, Any],
    *,
    by: str,
    purpose: str,
    owner: log.Owner = ("", ""),
    kind: str = "",
) -> Answer:
    """Ask a register now. Never raises for what the register does: the states slow and down are answers too.

    `register`: key of a folder under exchange/partners; `question`: the fields its partner.yaml names under `needs`
    (and `may`); `by`: person:<id> or job:<name>; `purpose`: one sentence, which the person asked about may read
    (Decree 47/2020, Art. 45); `owner`: ("dossier", "<pk>") or nothing yet; `kind`: where a register answers several.

    Writes (so: never while answering a GET) and takes up to connect + answer seconds of the folder. Raises
    RuntimeError inside a transaction: a log that may be rolled back proves nothing, and a lock held over the line
    stops others; inside a step use `ask_later`. Raises KeyError for an unknown register or kind, ValueError for a
    question that lacks a field or a purpose.
    """
    folder = partner_files.get(register)
    asked = _asked(folder, question, kind, purpose)
    with transaction.atomic(durable=True):
        message = _write(by, folder, asked, purpose, owner)
        kept = _kept(message, asked)
        if kept is not None:
            return _from_kept(by, message, kept)
        free = breaker.may_try(message.partner, folder)
    outcome = (
        talk.attempt(folder, message.partner, message, message.content) if free else talk.Outcome(Verdict.DOWN, "open")
    )
    with transaction.atomic(durable=True):
        reply = taken(by, folder, message, outcome)
        if free:
            count(folder, message, outcome)
    return answer_of(message, reply)


@action("exchange.ask_later")
@transaction.atomic
def ask_later(
    register: str,
    question: Mapping[str, Any],
    *,
    by: str,
    purpose: str,
    owner: log.Owner,
    business_key: str,
    kind: str = "",
) -> str:
    """The same question from inside a step: queued in the caller's transaction, asked after commit, again and again
    until the register answers. Then `exchange.answered` is in the journal. Returns the message id; the id that there
    is, when that business key was asked before. Raises as `ask`."""
    folder = partner_files.get(register)
    asked = _asked(folder, question, kind, purpose)
    return queue(
        by=by,
        way=Way.ASK,
        folder=folder,
        kind=asked[0].kind,
        content=asked[1],
        purpose=purpose,
        owner=owner,
        business_key=business_key,
    )


Asked = tuple[Question, dict[str, Any]]


def _asked(folder: Folder, question: Mapping[str, Any], kind: str, purpose: str) -> Asked:
    spec = folder.question(kind)
    missing = [name for name in spec.needs if not question.get(name)]
    strange = sorted(set(question) - {*spec.needs, *spec.may})
    if missing or strange:
        raise ValueError(f"{folder.key} {spec.kind}: lacks {missing}, does not know {strange}")
    if not purpose.strip():
        raise ValueError("a question says what for")
    return spec, folder.client.question(spec.kind, question)


def _write(by: str, folder: Folder, asked: Asked, purpose: str, owner: log.Owner) -> Message:
    spec, content = asked
    return log.write(
        by=by,
        way=Way.ASK,
        partner=log.partner_row(folder),
        kind=spec.kind,
        content=content,
        purpose=purpose,
        owner=owner,
        question_key=canonical.digest(canonical.canonical([folder.key, spec.kind, content])) if spec.keep_s else "",
    )


def _kept(message: Message, asked: Asked) -> Reply | None:
    """A found answer to the very same question that the register lets us use still."""
    if not asked[0].keep_s:
        return None
    same = Content.objects.filter(question_key=message.content.question_key).exclude(message=message)
    good = Reply.objects.filter(message__in=same.values("message"), good_until__gt=clock.record_now())
    return good.filter(verdict=Verdict.FOUND, content__isnull=False).select_related("message").order_by("-id").first()


def _from_kept(by: str, message: Message, kept: Reply) -> Answer:
    Message.objects.filter(pk=message.pk).update(kept_from=kept.message)
    message.kept_from = kept.message
    reply = log.answered(message, talk.Outcome(Verdict.FOUND, "kept"), good_until=kept.good_until)
    log.answer_event(by, message, reply)
    return answer_of(message, reply)


def taken(by: str, folder: Folder, message: Message, outcome: talk.Outcome, *, late: bool = False) -> Reply:
    """Log the answer to a question; an answer may be used again as long as both sides allow."""
    good_until = _good_until(folder.question(message.kind), outcome)
    reply = log.answered(message, outcome, late=late, good_until=good_until)
    log.answer_event(by, message, reply)
    return reply


def _good_until(spec: Question, outcome: talk.Outcome) -> dt.datetime | None:
    allowed = outcome.content.get("good_for_s", 0)
    seconds = min(spec.keep_s, allowed) if isinstance(allowed, int) else 0
    if outcome.verdict != Verdict.FOUND or seconds <= 0:
        return None
    return clock.record_now() + dt.timedelta(seconds=seconds)


def count(folder: Folder, message: Message, outcome: talk.Outcome) -> None:
    """Tell the breaker. Paused by us or without an address is no failure of theirs."""
    if outcome.verdict not in FAILURES:
        breaker.worked(message.partner)
    elif outcome.problem not in {"paused", "no_address"}:
        breaker.failed(message.partner, folder)
