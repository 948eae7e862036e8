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

from typing import Any

from dienhong.dossiers import papers, sources
from dienhong.dossiers.models import CLOSED, Content, Dossier
from dienhong.exchange import actions as exchange
from dienhong.exchange import queries as answers
from dienhong.exchange.answers import Answer


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


def twice(dossier: Dossier) -> bool:
    """Whether another open dossier of the service is about the same thing (the sheet's `unique` field)."""
    field = dossier.version.sheet.get("unique")
    if not field:
        return False
    value = dossier.contents.latest("number").data.get(field)
    same = Content.objects.filter(**{f"data__{field}": value}, dossier__service=dossier.service)
    return bool(value) and same.exclude(dossier=dossier).exclude(dossier__status__in=CLOSED).exists()
