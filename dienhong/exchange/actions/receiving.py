"""What partners send to us: who signed it is checked first, and each message has its effect once.

A message is refused with a reason and logged when it is not canonical, not signed by a key of that partner that holds
now, addressed to somebody else, older than the partner's limit, of a kind we do not take, or when it says something
else under an id or a business key that was taken before. The very same message again is answered as before and
changes nothing: its sender may have lost our answer.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from dienhong.base import clock, request_context
from dienhong.exchange import canonical, envelope, log, partner_files, talk
from dienhong.exchange.actions import asking, delivering
from dienhong.exchange.envelope import Envelope
from dienhong.exchange.models import (
    Content,
    Inbox,
    Issue,
    Message,
    Partner,
    Reply,
    Verdict,
    Way,
)
from dienhong.exchange.partner_files import Folder
from dienhong.organizations.registry import action

AHEAD = dt.timedelta(minutes=10)  # clocks differ
REFUSED = "Refused"  # the kind under which the log has what was not taken
MOST_REFUSED = 60  # of one partner's address in a minute; a stranger must not fill the log


@dataclass(frozen=True, slots=True)
class Received:
    """What the sender is told. `code` is a word for machines, `status` that of HTTP."""

    status: int
    code: str
    detail: str = ""
    message_id: str = ""

    @property
    def taken(self) -> bool:
        return self.status < 300


class _Refused(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


@action("exchange.receive")
def receive(*, by: str, partner: str, body: bytes, key_id: str, signature: str) -> Received:
    """Take one message. `by` is partner:<key>. Never raises for what a stranger sends; KeyError for a partner
    without a folder."""
    folder = partner_files.get(partner)
    row = log.partner_row(folder)
    try:
        said = _authentic(folder, row, body, key_id, signature)
        with transaction.atomic():
            return _take(by, folder, row, said, body, key_id, signature)
    except _Refused as refusal:
        return _refuse(by, row, refusal, body, key_id)
    except IntegrityError:  # the same message at the same moment: the other one has it
        with transaction.atomic():
            return _again(by, row, said, body, key_id) or Received(409, "conflict", "taken at this moment, send again")


def _authentic(folder: Folder, partner: Partner, body: bytes, key_id: str, signature: str) -> Envelope:
    if not partner.active:
        raise _Refused(403, "paused", "nothing is taken from this partner at present")
    if not talk.signed_by(partner, key_id, signature, body):
        raise _Refused(401, "signature", "not signed by a key of this partner that holds now")
    try:
        said = envelope.read(body)
    except canonical.NotCanonical as error:
        raise _Refused(400, "envelope", str(error)) from error
    if (said.sender, said.receiver) != (partner.key, envelope.US):
        raise _Refused(403, "address", "sender or receiver is another")
    needs = folder.hears.get(said.kind)
    if needs is None:
        raise _Refused(422, "kind", "a kind of message that is not taken here")
    if missing := [name for name in needs if name not in said.content]:
        raise _Refused(422, "content", f"lacks {', '.join(missing)}")
    _in_time(folder, said)
    return said


def _in_time(folder: Folder, said: Envelope) -> None:
    now = clock.record_now()
    try:
        sent = dt.datetime.fromisoformat(said.sent_at)
        fits = now - dt.timedelta(days=folder.max_age_days) <= sent <= now + AHEAD
    except (ValueError, TypeError) as error:
        raise _Refused(400, "sent_at", "sent_at is no moment with a time zone") from error
    if not fits:
        raise _Refused(409, "stale", f"sent_at lies more than {folder.max_age_days} days back, or ahead")


def _take(
    by: str, folder: Folder, partner: Partner, said: Envelope, body: bytes, key_id: str, signature: str
) -> Received:
    if before := _again(by, partner, said, body, key_id):
        return before
    origin = _origin(partner, said)
    message = _logged(by, partner, said, body, key_id, origin)
    Content.objects.create(message=message, body=body.decode(), signature=signature[:200])
    Inbox.objects.create(
        partner=partner, sender_uid=said.id[:64], kind=said.kind, business_key=said.business_key[:160],
        digest=message.digest, message=message,
    )  # fmt: skip
    Reply.objects.create(message=message, verdict=Verdict.ACCEPTED, status=200)
    if origin is not None and said.kind in _answers_to(folder, origin):
        _settles(by, folder, origin, said, body, key_id, signature)
    else:
        log.event(by, "exchange.received", message, digest=message.digest)
    return Received(200, "accepted", message_id=str(message.uid))


def _again(by: str, partner: Partner, said: Envelope, body: bytes, key_id: str) -> Received | None:
    """The answer to what was taken before, if it was; raises _Refused when it now says something else."""
    rows = Inbox.objects.filter(partner=partner)
    same_id = rows.filter(sender_uid=said.id[:64]).first()
    if same_id is not None:
        if same_id.digest != canonical.digest(body):
            raise _Refused(409, "replayed", "this id was taken with another content")
        return _repeated(same_id)
    if not said.business_key:
        return None
    effect = (
        rows.filter(kind=said.kind, business_key=said.business_key[:160]).select_related("message__content").first()
    )
    if effect is None:
        return None
    kept = getattr(effect.message, "content", None)
    if kept is not None and envelope.read(kept.body.encode()).content != said.content:
        raise _Refused(409, "conflict", "this business key was taken with another content")
    return _repeated(effect)


def _repeated(row: Inbox) -> Received:
    Reply.objects.create(message=row.message, verdict=Verdict.REPEATED, status=200)
    return Received(200, "repeated", message_id=str(row.message.uid))


def _origin(partner: Partner, said: Envelope) -> Message | None:
    """The message of ours that this answers."""
    if not said.in_reply_to:
        return None
    try:
        uid = uuid.UUID(said.in_reply_to)
        return Message.objects.select_related("partner").exclude(way=Way.HEAR).get(partner=partner, uid=uid)
    except (Message.DoesNotExist, ValueError) as error:
        raise _Refused(422, "in_reply_to", "answers a message that we did not send") from error


def _logged(by: str, partner: Partner, said: Envelope, body: bytes, key_id: str, origin: Message | None) -> Message:
    return Message.objects.create(
        way=Way.HEAR,
        partner=partner,
        kind=said.kind[:60],
        business_key=said.business_key[:160],
        asked_by=by,
        purpose=said.purpose[:200],
        owner_kind=origin.owner_kind if origin else "",
        owner_id=origin.owner_id if origin else "",
        in_reply_to=origin,
        digest=canonical.digest(body),
        key_id=key_id[:64],
        fields=sorted(said.content),
        business_at=clock.business_now(),
        request_id=request_context.request_id.get(),
    )


def _answers_to(folder: Folder, origin: Message) -> set[str]:
    return {folder.question(origin.kind).answer} if origin.way == Way.ASK else {"Acknowledgement"}


def _settles(
    by: str, folder: Folder, origin: Message, said: Envelope, body: bytes, key_id: str, signature: str
) -> None:
    """A late answer to a question, or the acknowledgement that was promised for a delivery."""
    verdict, problem = talk.judged(folder, origin, said)
    if verdict == Verdict.DOWN:
        raise _Refused(422, "content", problem)
    outcome = talk.Outcome(verdict, problem, None, None, said.content, body, signature, key_id)
    if origin.way == Way.SEND or hasattr(origin, "outbox"):
        delivering.settle(by, folder, origin, outcome, late=True)
        return
    asking.taken(by, folder, origin, outcome, late=True)


def _refuse(by: str, partner: Partner, refusal: _Refused, body: bytes, key_id: str) -> Received:
    """Logged by its digest; what it said is not kept, since nobody answers for it."""
    lately = clock.record_now() - dt.timedelta(minutes=1)
    if Message.objects.filter(partner=partner, kind=REFUSED, at__gt=lately).count() >= MOST_REFUSED:
        return Received(429, "too_many", "too many refused messages, wait a minute")
    with transaction.atomic():
        message = Message.objects.create(
            way=Way.HEAR, partner=partner, kind=REFUSED, asked_by=by, digest=canonical.digest(body),
            key_id=key_id[:64], business_at=clock.business_now(), request_id=request_context.request_id.get(),
        )  # fmt: skip
        problem = f"{refusal.code}: {refusal.detail}"[:300]
        Reply.objects.create(message=message, verdict=Verdict.REFUSED, status=refusal.status, problem=problem)
        if refusal.code == "signature":
            Issue.objects.get_or_create(
                partner=partner, kind=Issue.Kind.SIGNATURE, message=None, closed_at=None,
                defaults={"said": "a message came to our inbox that the partner did not sign"},
            )  # fmt: skip
        log.event(by, "exchange.refused_message", message, code=refusal.code, digest=message.digest)
    return Received(refusal.status, refusal.code, refusal.detail, str(message.uid))
