"""Whether a row of the log is what went over the line: digests computed again, signatures checked again, and the
journal, which is sealed, asked for the digest it was told at the time. Content itself is not shown."""

from dataclasses import dataclass

from dienhong.exchange import canonical, keys, signing
from dienhong.exchange.models import Content, Message, PartnerKey, Reply, ReplyContent, Way
from dienhong.journal.models import Event

ERASED, GOOD, BAD, UNKNOWN, NONE = "erased", "good", "bad", "unknown_key", "none"


@dataclass(frozen=True, slots=True)
class Proof:
    """`bytes_hold`, `signature`: good, bad, erased, unknown_key or none. `journal`: id of the event that holds the
    same digest; None when there is none."""

    digest: str
    key_id: str
    bytes_hold: str
    signature: str
    journal: int | None


def of_message(message: Message) -> Proof:
    """For a message of ours, or one that came."""
    kept = Content.objects.filter(message=message).first()
    public = _ours(message.key_id) if message.way != Way.HEAR else _theirs(message, message.key_id)
    return _proof(message, message.digest, message.key_id, kept, public)


def of_reply(reply: Reply) -> Proof | None:
    """For what was answered; None where no answer came, or it came as an earlier one."""
    if not reply.digest:
        return None
    kept = ReplyContent.objects.filter(reply=reply).first()
    return _proof(reply.message, reply.digest, reply.key_id, kept, _theirs(reply.message, reply.key_id))


def _ours(key_id: str) -> str | None:
    return keys.our_public_keys().get(key_id)


def _theirs(message: Message, key_id: str) -> str | None:
    """The partner's key, ended ones too: it held when the message came, or it would not have been taken."""
    rows = PartnerKey.objects.filter(partner=message.partner_id, key_id=key_id)
    return rows.values_list("public", flat=True).first()


def _proof(
    message: Message, digest: str, key_id: str, kept: Content | ReplyContent | None, public: str | None
) -> Proof:
    events = Event.objects.filter(object_kind="message", object_id=str(message.uid), data__digest=digest)
    event = events.order_by("id").values_list("id", flat=True).first()
    if kept is None:
        return Proof(digest, key_id, ERASED, ERASED, event)
    body = kept.body.encode()
    holds = GOOD if canonical.digest(body) == digest else BAD
    if public is None:
        return Proof(digest, key_id, holds, UNKNOWN, event)
    return Proof(digest, key_id, holds, GOOD if signing.is_signed(public, kept.signature, body) else BAD, event)
