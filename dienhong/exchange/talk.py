"""One attempt: send the signed bytes, believe only an answer that the partner signed. Writes nothing."""

import time
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from dienhong.base import clock
from dienhong.exchange import envelope, signing, transport
from dienhong.exchange.canonical import NotCanonical
from dienhong.exchange.models import ANSWERS, Content, Message, Partner, PartnerKey, Verdict, Way
from dienhong.exchange.partner_files import Folder

TAKEN = (Verdict.ACCEPTED, Verdict.REPEATED, Verdict.PENDING, Verdict.REFUSED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`content` is the answer's content, `body` its bytes where they were the partner's own."""

    verdict: Verdict
    problem: str = ""
    status: int | None = None
    latency_ms: int | None = None
    content: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""
    signature: str = ""
    key_id: str = ""

    @property
    def mismatch(self) -> list[str]:
        names = self.content.get("mismatch", [])
        return [str(each)[:60] for each in names][:50] if isinstance(names, list) else []


def attempt(folder: Folder, partner: Partner, message: Message, content: Content) -> Outcome:
    """Send the message as it was signed when it was made. Never raises for what the other side does."""
    if not partner.active:
        return Outcome(Verdict.DOWN, "paused")
    if not partner.base_url:
        return Outcome(Verdict.DOWN, "no_address")
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        signing.KEY_HEADER: message.key_id,
        signing.SIGNATURE_HEADER: content.signature,
        "Idempotency-Key": str(message.uid),
    }
    began = time.monotonic()
    try:
        heard = transport.post(
            f"{partner.base_url}/{message.kind}",
            content.body.encode(),
            headers,
            connect_s=folder.connect_s,
            answer_s=folder.answer_s,
        )
    except transport.Slow:
        return Outcome(Verdict.SLOW, "timeout", None, _since(began))
    except transport.Down as error:
        return Outcome(Verdict.DOWN, str(error), None, _since(began))
    return _understood(folder, partner, message, heard, _since(began))


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _understood(folder: Folder, partner: Partner, message: Message, heard: transport.Answered, took: int) -> Outcome:
    key_id = heard.headers.get(signing.KEY_HEADER, "")[:64]
    signature = heard.headers.get(signing.SIGNATURE_HEADER, "")[:200]
    if not signature:  # nothing that is not signed says anything about the matter, whatever its status
        problem = "signature: none" if heard.status < 300 else f"status {heard.status}"
        return Outcome(Verdict.DOWN, problem, heard.status, took)
    if not signed_by(partner, key_id, signature, heard.body):
        return Outcome(Verdict.DOWN, "signature: not the partner's", heard.status, took, key_id=key_id)
    try:
        said = envelope.read(heard.body)
    except NotCanonical as error:
        return Outcome(Verdict.DOWN, f"envelope: {error}", heard.status, took, key_id=key_id)
    if (said.sender, said.receiver, said.in_reply_to) != (partner.key, envelope.US, str(message.uid)):
        return Outcome(Verdict.DOWN, "envelope: answers another message", heard.status, took, key_id=key_id)
    verdict, problem = judged(folder, message, said)
    return Outcome(verdict, problem, heard.status, took, said.content, heard.body, signature, key_id)


def judged(folder: Folder, message: Message, said: envelope.Envelope) -> tuple[Verdict, str]:
    """What an authentic answer says, by the kind that belongs to the question."""
    allowed: tuple[Verdict, ...]
    if message.way == Way.ASK:
        wanted, word, allowed = folder.question(message.kind).answer, said.content.get("verdict"), ANSWERS
    else:
        wanted, word, allowed = "Acknowledgement", said.content.get("status"), TAKEN
    if said.kind != wanted:
        return Verdict.DOWN, f"answer: {said.kind[:60]} instead of {wanted}"
    if word not in allowed:
        return Verdict.DOWN, "answer: no verdict that we know"
    reasons = said.content.get("reasons", [])
    return Verdict(str(word)), ", ".join(map(str, reasons))[:300] if isinstance(reasons, list) else ""


def signed_by(partner: Partner, key_id: str, signature: str, body: bytes) -> bool:
    """Whether a key of the partner that holds now signed these bytes."""
    now = clock.record_now()
    held = Q(valid_from__lte=now) & (Q(valid_until=None) | Q(valid_until__gt=now))
    found = PartnerKey.objects.filter(held, partner=partner, key_id=key_id).values_list("public", flat=True).first()
    return found is not None and signing.is_signed(found, signature, body)
