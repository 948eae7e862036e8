"""Delivering what is queued: one attempt at a time, later and later, given up at last.

A row is claimed by moving its next attempt beyond the longest time an attempt can take, and committed; so no lock is
held over the line, two workers never send one message at once, and one who dies between sending and noting leaves a
row that comes due again. It is then sent under the same id, and the receiver does it once.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F

from dienhong.base import clock
from dienhong.exchange import breaker, log, partner_files, talk
from dienhong.exchange.actions import asking, sending
from dienhong.exchange.models import FAILURES, Issue, Message, Outbox, Verdict, Way
from dienhong.exchange.partner_files import Folder
from dienhong.organizations.registry import action

JOB = "job:exchange"
LEASE = dt.timedelta(seconds=60)  # longer than any attempt: 30 s are the most that a folder may say
FIRST_PAUSE, LONGEST_PAUSE = 10, 6 * 3600  # seconds; each pause is three times the one before
WAITING = {"delivered_at": None, "dead_at": None}
BATCH = 100


@action("exchange.deliver")
def deliver(message: int, *, by: str = JOB) -> Verdict | None:
    """One attempt for the row of the outbox; what came of it, None where there was nothing to do (delivered, dead,
    not due, another is at it, or the partner's breaker is open). Raises RuntimeError inside a transaction."""
    with transaction.atomic(durable=True):
        row = _claim(message)
        if row is None:
            return None
        folder = partner_files.get(row.partner.key)
        if not breaker.may_try(row.partner, folder):
            _wait_for_the_breaker(row, folder)
            return None
    outcome = talk.attempt(folder, row.partner, row.message, row.message.content)
    with transaction.atomic(durable=True):
        asking.count(folder, row.message, outcome)
        return settle(by, folder, row.message, outcome)


@action("exchange.sweep")
def sweep(*, by: str = JOB) -> int:
    """Deliver what is due and has no job any more: a worker died, or its queue was lost. Returns how many were tried.

    Those whose breaker is open are passed over at once. Safe beside the jobs and beside itself.
    """
    due = Outbox.objects.filter(**WAITING, next_try_at__lte=clock.record_now() - LEASE / 2)
    rows = list(due.order_by("next_try_at").values_list("pk", flat=True)[:BATCH])
    return sum(deliver(pk, by=by) is not None for pk in rows)


def _claim(message: int) -> Outbox | None:
    """The row, ours until the lease ends."""
    now = clock.record_now()
    rows = Outbox.objects.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("partner", "message__partner", "message__content")
    row = rows.filter(pk=message, next_try_at__lte=now, **WAITING).first()
    if row is not None:
        Outbox.objects.filter(pk=row.pk).update(next_try_at=now + LEASE, tries=F("tries") + 1)
    return row


def _wait_for_the_breaker(row: Outbox, folder: Folder) -> None:
    """That was no attempt: it does not count, and the next one comes when the breaker lets one through."""
    until = breaker.open_until(row.partner) or clock.record_now() + dt.timedelta(seconds=folder.pause_s)
    Outbox.objects.filter(pk=row.pk).update(next_try_at=until, tries=F("tries") - 1, last_error="open")
    sending.post(row.pk, seconds=_seconds_until(until))


def settle(by: str, folder: Folder, message: Message, outcome: talk.Outcome, *, late: bool = False) -> Verdict:
    """Note what came of it, in the caller's transaction; the acknowledgement that comes later is noted here too."""
    row = Outbox.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.way == Way.ASK and outcome.verdict not in FAILURES:
        reply = asking.taken(by, folder, message, outcome, late=late)
    else:  # a question that may wait is answered when the register has answered, not when it could not be asked
        reply = log.answered(message, outcome, late=late)
    if row.delivered_at is not None:
        return outcome.verdict
    if outcome.verdict == Verdict.PENDING:
        _try_again(row, folder.pending_s, "")
    elif outcome.verdict in FAILURES:
        _failed(by, folder, row, message, outcome)
    elif outcome.verdict == Verdict.REFUSED:
        _end(by, message, Issue.Kind.REFUSED, outcome.problem or "refused")
    else:
        Outbox.objects.filter(pk=row.pk).update(delivered_at=clock.record_now(), dead_at=None, last_error="")
        close_issues(message, by)
        if message.way == Way.SEND:
            log.event(by, "exchange.delivered", message, verdict=str(reply.verdict), digest=reply.digest)
    return outcome.verdict


def _failed(by: str, folder: Folder, row: Outbox, message: Message, outcome: talk.Outcome) -> None:
    if row.tries >= folder.tries:
        _end(by, message, Issue.Kind.DEAD, outcome.problem)
    elif row.dead_at is None:
        _try_again(row, min(FIRST_PAUSE * 3 ** max(row.tries - 1, 0), LONGEST_PAUSE), outcome.problem)


def _try_again(row: Outbox, seconds: int, error: str) -> None:
    at = clock.record_now() + dt.timedelta(seconds=seconds)
    Outbox.objects.filter(pk=row.pk).update(next_try_at=at, last_error=error[:300])
    sending.post(row.pk, seconds=seconds)


def _end(by: str, message: Message, kind: Issue.Kind, why: str) -> None:
    """Given up, or refused: an administrator has to look."""
    Outbox.objects.filter(pk=message.pk).update(dead_at=clock.record_now(), last_error=why[:300])
    open_issue(message, kind, why)
    log.event(by, f"exchange.{kind}", message, problem=why[:300])


def open_issue(message: Message, kind: Issue.Kind, said: str) -> None:
    Issue.objects.get_or_create(
        partner=message.partner, kind=kind, message=message, closed_at=None, defaults={"said": said[:300]}
    )


def close_issues(message: Message, by: str) -> None:
    Issue.objects.filter(message=message, closed_at=None).update(
        closed_at=clock.record_now(), closed_by=by, closing="delivered"
    )


def _seconds_until(moment: dt.datetime) -> int:
    return max(1, round((moment - clock.record_now()).total_seconds()) + 1)
