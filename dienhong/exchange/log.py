"""Writing to the log: a message with its signed bytes, and what came of it. Each with its journal event, so that the
sealed journal holds the digests and a row of the log that was changed afterwards shows."""

import datetime as dt
from typing import Any

from django.conf import settings

from dienhong.base import clock, request_context
from dienhong.exchange import canonical, keys
from dienhong.exchange.envelope import US, Envelope
from dienhong.exchange.models import Content, Message, Partner, Reply, ReplyContent, Way
from dienhong.exchange.partner_files import Folder
from dienhong.exchange.talk import Outcome
from dienhong.journal.actions import record

Owner = tuple[str, str]


def partner_row(folder: Folder) -> Partner:
    """The partner's row, made from its folder when nobody has set it up yet."""
    names = {"name_vi": folder.name_vi, "name_en": folder.name_en}
    return Partner.objects.get_or_create(key=folder.key, defaults=names)[0]


def write(
    *,
    by: str,
    way: Way,
    partner: Partner,
    kind: str,
    content: dict[str, Any],
    purpose: str,
    owner: Owner,
    business_key: str = "",
    question_key: str = "",
) -> Message:
    """A message of ours: enveloped, signed over its canonical bytes and logged, in the caller's transaction."""
    key = keys.ours()
    letter = Envelope(
        kind=kind,
        sender=US,
        receiver=partner.key,
        sent_at=clock.record_now().isoformat(timespec="milliseconds"),
        content=content,
        business_key=business_key,
        reply_to=f"{settings.SITE_ADDRESS}/partners/{partner.key}/inbox",
        purpose=purpose,
    )
    body = letter.bytes()
    message = Message.objects.create(
        uid=letter.id,
        way=way,
        partner=partner,
        kind=kind,
        business_key=business_key,
        asked_by=by,
        purpose=purpose,
        owner_kind=owner[0],
        owner_id=owner[1],
        digest=canonical.digest(body),
        key_id=key.key_id,
        fields=sorted(content),
        business_at=clock.business_now(),
        request_id=request_context.request_id.get(),
    )
    Content.objects.create(message=message, body=body.decode(), signature=key.sign(body), question_key=question_key)
    event(by, f"exchange.{'asked' if way == Way.ASK else 'queued'}", message, digest=message.digest, purpose=purpose)
    return message


def answered(message: Message, outcome: Outcome, *, late: bool = False, good_until: dt.datetime | None = None) -> Reply:
    """What came of an attempt, in the caller's transaction."""
    reply = Reply.objects.create(
        message=message,
        verdict=outcome.verdict,
        status=outcome.status,
        problem=outcome.problem[:300],
        mismatch=outcome.mismatch,
        latency_ms=outcome.latency_ms,
        late=late,
        digest=canonical.digest(outcome.body) if outcome.body else "",
        key_id=outcome.key_id,
        good_until=good_until,
    )
    if outcome.body:
        ReplyContent.objects.create(reply=reply, body=outcome.body.decode(), signature=outcome.signature)
    return reply


def event(by: str, verb: str, message: Message, **more: Any) -> None:
    """A journal event about a message. `data` is what reactions need: partner, kind, key, owner; never content."""
    data = {
        "partner": message.partner.key,
        "kind": message.kind,
        "business_key": message.business_key,
        "owner_kind": message.owner_kind,
        "owner_id": message.owner_id,
    }
    record(by=by, verb=verb, object_kind="message", object_id=message.uid, data=data | more)


def answer_event(by: str, message: Message, reply: Reply) -> None:
    more = {"verdict": str(reply.verdict), "late": reply.late, "digest": reply.digest}
    event(by, "exchange.answered", message, **more)
