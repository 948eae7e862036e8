"""The envelope that every message travels in, both ways: canonical JSON with a detached Ed25519 signature beside it.

    {"id", "kind", "sender", "receiver", "sent_at", "business_key", "in_reply_to", "reply_to", "purpose", "salt",
     "content": {…}}

`id` is unique for each message and the same at every attempt; `business_key` with `kind` names its effect, so that a
second message of the same effect changes nothing. `salt` is random: the digest in the log does not give away a short
content after the content was erased. No Django: partners' programs use it too.
"""

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from dienhong.exchange.canonical import NotCanonical, canonical, parse

US = "dienhong"
TEXTS = ("id", "kind", "sender", "receiver", "sent_at", "business_key", "in_reply_to", "reply_to", "purpose", "salt")
LONGEST = 256 * 1024  # bytes of a message


@dataclass(frozen=True, slots=True)
class Envelope:
    kind: str
    sender: str
    receiver: str
    sent_at: str  # ISO 8601, record time, UTC
    content: dict[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    business_key: str = ""
    in_reply_to: str = ""
    reply_to: str = ""
    purpose: str = ""
    salt: str = field(default_factory=lambda: secrets.token_hex(16))

    def bytes(self) -> bytes:
        return canonical({name: getattr(self, name) for name in (*TEXTS, "content")})


def read(data: bytes) -> Envelope:
    """Raises NotCanonical with the reason for what is no envelope."""
    if len(data) > LONGEST:
        raise NotCanonical("too long")
    value = parse(data)
    if set(value) != {*TEXTS, "content"}:
        raise NotCanonical(f"fields: {sorted(set(value) ^ {*TEXTS, 'content'})}")
    head = [value[name] for name in TEXTS]
    if not all(isinstance(each, str) and len(each) <= 300 and each.isprintable() for each in head):
        raise NotCanonical("the head of the envelope is short plain text")
    if not isinstance(value["content"], dict):
        raise NotCanonical("the content is an object")
    return Envelope(**value)
