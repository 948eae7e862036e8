"""What goes to other agencies: the question of a process to a register, the result to whoever goes on with it.

question:
  partner: police_registration
  kind: VehicleQuery
  asks: {chassis_no: form.chassis_no, engine_no: form.engine_no}       # sources.py
  good: missing                                                         # the answer under which all is well
  purpose: {vi: …}
send:
  partner: police_registration
  kind: FeePaidData
  content: {dossier_code: dossier.code, amount: amount, …}
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import connection

from dienhong.dossiers import papers, sources
from dienhong.dossiers.models import Dossier, Status
from dienhong.exchange import actions as exchange
from dienhong.exchange import queries as answers
from dienhong.exchange.answers import Answer

# With the value beside the hash: two things may have one hash.
SAME = """
SELECT DISTINCT d.id
FROM (SELECT about, data FROM dossiers_content WHERE dossier_id = %s ORDER BY number DESC LIMIT 1) mine
JOIN dossiers_content c ON c.about = mine.about AND c.data -> %s = mine.data -> %s
JOIN dossiers_dossier d ON d.id = c.dossier_id
WHERE d.service = %s AND d.id <> %s AND d.status <> ALL (%s)
ORDER BY d.id LIMIT %s
"""
MOST_SAME = 20
CAME_TO_NOTHING = [Status.NOT_ACCEPTED, Status.STOPPED]


def ask(dossier: Dossier, *, by: str) -> str:
    """Queue the sheet's question about this content; asking again about the same content asks once."""
    said, found = dossier.version.sheet["question"], sources.gather(dossier)
    return exchange.ask_later(
        said["partner"],
        {name: str(sources.pick(found, source)) for name, source in said["asks"].items()},
        by=by,
        purpose=said["purpose"]["vi"],
        owner=(papers.OWNER, str(dossier.pk)),
        business_key=key(dossier),
        kind=said["kind"],
    )


def key(dossier: Dossier) -> str:
    """By which the question about the content as it stands is known to the exchange."""
    number = dossier.contents.latest("number").number
    return f"{dossier.code}:{dossier.version.sheet['question']['kind']}:{number}"


def answer_to(dossier: Dossier) -> Answer | None:
    """What is known now of the question about the content as it stands; None where it was not asked."""
    uid = answers.asked(key(dossier))
    return answers.answer(uid) if uid else None


def matches(dossier: Dossier, answer: Answer) -> bool:
    """Whether the register's answer lets the dossier go on without a person."""
    return bool(answer.state == dossier.version.sheet["question"]["good"])


def answered(message_id: str) -> Answer:
    return answers.answer(message_id)


def send_result(dossier: Dossier, *, by: str) -> str:
    """Queue the result for its partner, once a result. Returns the message id."""
    said, found = dossier.version.sheet["send"], sources.gather(dossier)
    content: dict[str, Any] = {name: sources.pick(found, source) for name, source in said["content"].items()}
    return exchange.send_later(
        by=by,
        partner=said["partner"],
        kind=said["kind"],
        business_key=f"{dossier.code}:{said['kind']}:{found['result'].get('number', '')}",
        content=content,
        purpose=said["purpose"]["vi"],
        owner=(papers.OWNER, str(dossier.pk)),
    )


def about(sheet: Mapping[str, Any], service: str, content: Mapping[str, Any]) -> int | None:
    """What the sheet's `unique` field says, as 64 bits: contents about the same thing are found by an index.

    A hash, since the value may be personal; None where the sheet names no field or it is empty.
    """
    value = content.get(sheet.get("unique") or "")
    if not value:
        return None
    said = f"{service}\0{value}".encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big", signed=True)


def others(dossier: Dossier) -> list[Dossier]:
    """Dossiers of the service about the same thing, the oldest first: open ones and finished ones, at most MOST_SAME.

    Those that were not accepted or were stopped came to nothing and are left out.
    """
    field = dossier.version.sheet.get("unique")
    if not field:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            SAME, [dossier.pk, field, field, dossier.service, dossier.pk, list(map(int, CAME_TO_NOTHING)), MOST_SAME]
        )
        keys = [row[0] for row in cursor.fetchall()]
    return list(Dossier.objects.filter(pk__in=keys).order_by("pk"))


def before(dossier: Dossier) -> list[Dossier]:
    """Those of the others that stand in its way: filed before it, or accepted meanwhile."""
    return [one for one in others(dossier) if one.pk < dossier.pk or one.accepted_at is not None]
