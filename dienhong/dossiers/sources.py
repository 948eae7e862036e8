"""What a sheet may put into messages and papers of a service, by a dotted name: `form.brand`, `bill.code`, `paid.at`.

    form.<field>            as filed, choices by their value          label.<field>     choices in Vietnamese words
    applicant.<part>        name, identity_number, tax_code, address  dossier.code      also declared_on, unit
    amount, exemption       of the latest assessment                  computation.…     the rules' stored result
    bill.code               also amount                               paid.at, paid.by  of the money that came
    result.number           of the signed result
A value without a dot that is no such name stands for itself, written with a leading "=".
"""

from collections.abc import Mapping
from typing import Any

from dienhong.base.clock import HANOI
from dienhong.documents.models import Issued
from dienhong.dossiers import computing, papers
from dienhong.dossiers.forms.shapes import Form
from dienhong.dossiers.models import Dossier
from dienhong.dossiers.queries.drafts import form_of
from dienhong.organizations import queries as organizations
from dienhong.payments.models import Bill


def gather(dossier: Dossier) -> dict[str, Any]:
    """All sources of a dossier, nested."""
    data = dossier.contents.latest("number").data
    assessment = computing.latest(dossier)
    computation = assessment.computation if assessment else {}
    return {
        "form": data,
        "label": labels(form_of(dossier.version), data),
        "applicant": _applicant(dossier),
        "dossier": {
            "code": dossier.code,
            "declared_on": dossier.declared_on.isoformat(),
            "unit": organizations.full_name(dossier.unit_id, dossier.declared_on),
        },
        "amount": (assessment.amount or 0) if assessment else 0,
        "exemption": computation.get("more", {}).get("exemption", "") if assessment and assessment.exempt else "",
        "computation": computation,
        **_money(dossier),
        "result": _result(dossier),
    }


def pick(sources: Mapping[str, Any], name: str) -> Any:
    """The value of a dotted name; "" where there is none. A list along the way is read by `key`."""
    if name.startswith("="):
        return name[1:]
    found: Any = sources
    for part in name.split("."):
        if isinstance(found, list):
            found = next((each for each in found if isinstance(each, dict) and each.get("key") == part), None)
        elif isinstance(found, Mapping):
            found = found.get(part)
        else:
            return ""
    return "" if found is None else found


def labels(form: Form, data: Mapping[str, Any], lang: str = "vi") -> dict[str, str]:
    """Values in people's words."""
    found = {}
    for key, value in data.items():
        field = form.by_key.get(key)
        choice = field.by_value.get(value) if field and isinstance(value, str) else None
        found[key] = (choice.label.get(lang) or choice.label["vi"]) if choice else str(value)
    return found


def _applicant(dossier: Dossier) -> dict[str, str]:
    party = papers.party(dossier)
    return {
        "name": party.name,
        "identity_number": party.identity_number,
        "tax_code": party.tax_code,
        "number": party.identity_number or party.tax_code,
        "address": party.address,
    }


def _money(dossier: Dossier) -> dict[str, Any]:
    bill = Bill.objects.filter(owner_kind=papers.OWNER, owner_id=str(dossier.pk)).order_by("-pk").first()
    if bill is None:
        return {"bill": {}, "paid": {}}
    capture = bill.captures.order_by("pk").last()
    paid = {"at": capture.paid_at.astimezone(HANOI).isoformat(timespec="seconds")} if capture else {}
    return {"bill": {"code": bill.code, "amount": bill.amount}, "paid": paid}


def _result(dossier: Dossier) -> dict[str, Any]:
    kind = dossier.version.sheet["result"]["kind"]
    rows = Issued.objects.filter(owner_kind=papers.OWNER, owner_id=str(dossier.pk), kind=kind)
    paper = rows.order_by("-pk").first()
    return {"number": paper.number_text, "code": paper.code_shown} if paper else {}
