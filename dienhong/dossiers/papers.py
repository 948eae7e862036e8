"""What stands on the slips of a dossier; the room `documents` typesets and signs them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from dienhong.base.clock import HANOI
from dienhong.documents import actions as documents
from dienhong.documents import kinds
from dienhong.documents.models import Issued
from dienhong.dossiers.models import Dossier, Party
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person

OWNER = "dossier"


def issue(dossier: Dossier, kind: str, *, by: str, signer: Person | None = None, **data: Any) -> Issued:
    """A numbered, signed paper of this dossier, in the caller's transaction. Times become texts in Hanoi's clock."""
    said = {**common(dossier), **{key: _text(value) for key, value in data.items()}}
    return documents.issue(
        by=by,
        kind=kind,
        data=said,
        unit=dossier.unit,
        owner=(OWNER, str(dossier.pk)),
        signer=signer,
        service=dossier.service,
    )


def common(dossier: Dossier) -> dict[str, Any]:
    applicant = party(dossier)
    name = dossier.version.sheet["name"]
    return {
        "dossier_code": dossier.code,
        "place": place(dossier),
        "procedure": name["vi"] if isinstance(name, Mapping) else str(name),
        "applicant": {
            "name": applicant.name,
            "address": applicant.address,
            "phone": applicant.phone,
            "email": applicant.email,
            "number": applicant.identity_number or applicant.tax_code,
        },
    }


def place(dossier: Dossier) -> str:
    """Where its papers are given: the province the form names where the competent unit goes by that; else ""."""
    field = dossier.version.sheet["competent"].get("by", "")
    content = dossier.contents.order_by("number").last() if field else None
    code = str(content.data.get(field, "")) if content else ""
    day = dossier.submitted_at.astimezone(HANOI).date()
    found = organizations.units_by_code("gso", day, [code]) if code else {}
    return organizations.name(found[code], day) if code in found else ""


def party(dossier: Dossier, part: str = Party.Part.APPLICANT) -> Party:
    return dossier.parties.get(part=part)


def handed_in(dossier: Dossier) -> list[dict[str, Any]]:
    """The papers that came with it, for slip 01, by what they are and not by the names of their files."""
    said = {each["key"]: each["name"]["vi"] for each in dossier.version.sheet.get("documents", [])}
    fields = {one["key"]: one for page in dossier.version.form["pages"] for one in page["fields"]}
    found: dict[str, int] = {}
    for row in dossier.attachments.filter(removed_at=None).order_by("pk"):
        field = fields.get(row.field, {})
        name = said.get(field.get("document", "")) or (field.get("label") or {}).get("vi") or row.name
        found[name] = found.get(name, 0) + 1
    papers: list[dict[str, Any]] = [{"name": name, "copies": count} for name, count in found.items()]
    return papers or [{"name": "Tờ khai điện tử", "copies": 1}]


def how_to_follow(dossier: Dossier) -> str:
    """A line of the slip for who has no account, in the slip's language."""
    address = f"{settings.SITE_ADDRESS}{reverse('portal:track')}"
    return f"Tra cứu tiến độ tại {address} bằng mã hồ sơ và số bí mật {dossier.secret}."


def kind_of_stop(on: dt.date, *, asked: bool) -> str:
    """The notice of stopping where a circular has a form for it (since July 2025), else a refusal as a result; none
    ("") where the applicant asked for the end and no circular has a form that says so: nothing was refused."""
    if kinds.regime_on(kinds.get("stop"), on):
        return "stop"
    return "" if asked else "result_refusal"


def ground(dossier: Dossier) -> str:
    """The text a service rests on that day, for papers whose act names no article of its own."""
    for basis in dossier.version.sheet["legal_basis"]:
        first, until = basis.get("from", ""), basis.get("until", "")
        if first <= dossier.declared_on.isoformat() and (not until or dossier.declared_on.isoformat() < until):
            return str(basis["text"])
    return str(dossier.version.sheet["legal_basis"][0]["text"])


def papers_of(dossier: Dossier) -> list[Issued]:
    rows = Issued.objects.filter(owner_kind=OWNER, owner_id=str(dossier.pk))
    return list(rows.select_related("replaced_by", "revocation").order_by("pk"))


def apology_of(dossier: Dossier) -> Issued | None:
    """Slip 04; a dossier is given one at most."""
    rows = Issued.objects.filter(owner_kind=OWNER, owner_id=str(dossier.pk), kind="apology")
    return rows.order_by("-pk").first()


def _text(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(HANOI).strftime("%H:%M %d/%m/%Y")
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y")
    return value
