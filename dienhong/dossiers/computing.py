"""Asking a service's rules what is to be paid, and keeping each answer with its reasons."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dienhong.base import clock
from dienhong.dossiers import folders
from dienhong.dossiers.models import Assessment, Dossier
from dienhong.organizations.models import Person
from dienhong.rules.law.faults import Undecided


@dataclass(frozen=True, slots=True)
class Computed:
    """`amount` None: the rules cannot decide; `json` then says what an officer has to fix."""

    amount: int | None
    exempt: bool
    json: dict[str, Any]
    result: Any = None


def compute(service: str, content: Mapping[str, Any], on: dt.date) -> Computed:
    """What the service's rules say for this content under the law of that day; nothing is due where there are none."""
    rules = folders.rules_of(service)
    if rules is None:
        return Computed(0, False, {})
    try:
        result = rules.compute(content, on)
    except Undecided as undecided:
        return Computed(None, False, _undecided(rules, undecided, on))
    return Computed(result.amount, result.exempt, result.json(), result)


def _undecided(rules: Any, undecided: Undecided, on: dt.date) -> dict[str, Any]:
    """Why there is no amount, and where the rules can list them, the answers that would settle it, in words."""
    said: dict[str, Any] = {"undecided": undecided.code, "said": dict(undecided.said), "fact": undecided.fact}
    worded = getattr(rules, "choice_words", None)
    said["choices"] = [
        {"value": each, "label": worded(undecided.fact, each, on) if worded else {"vi": each, "en": each}}
        for each in undecided.choices
    ]
    return said


def choices(dossier: Dossier) -> tuple[str, list[dict[str, Any]]]:
    """The fact that the latest computation lacks and its possible answers; ("", []) where none can be listed."""
    found = latest(dossier)
    said = found.computation if found is not None and found.amount is None else {}
    listed = list(said.get("choices", []))
    return (str(said["fact"]), listed) if listed else ("", [])


def keep(dossier: Dossier, computed: Computed, *, number: int, cause: str, by: Person | None = None) -> Assessment:
    made = assessment(dossier, computed, number=number, cause=cause, by=by)
    made.save(force_insert=True)
    return made


def assessment(
    dossier: Dossier, computed: Computed, *, number: int, cause: str, by: Person | None = None
) -> Assessment:
    """The row, not written yet."""
    return Assessment(
        dossier=dossier,
        content_number=number,
        cause=cause,
        amount=computed.amount,
        exempt=computed.exempt,
        computation=computed.json,
        by=by,
        business_at=clock.business_now(),
    )


def latest(dossier: Dossier) -> Assessment | None:
    return dossier.assessments.order_by("-pk").first()


def filed_amount(facts: Mapping[str, Any]) -> int | None:
    """The amount as the facts of a dossier say it right after filing; later ones stand in its assessments."""
    return int(facts["amount"]) if facts["table_hit"] else None


def facts(computed: Computed) -> dict[str, Any]:
    """What gateways may ask; no personal data, since facts stand in the dossier's own row."""
    return {"amount": computed.amount or 0, "exempt": computed.exempt, "table_hit": computed.amount is not None}
