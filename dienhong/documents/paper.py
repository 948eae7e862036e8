"""What every paper carries beside the data of its kind: agency, number, place and date, signer, code and its QR."""

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse

from dienhong.base.number_words import spell
from dienhong.documents import codes, kinds
from dienhong.documents.models import Issued
from dienhong.documents.typesetting import plain
from dienhong.organizations import queries
from dienhong.organizations.models import Person, Unit


def address(code: str) -> str:
    """Where anyone checks the paper; what its QR says."""
    return f"{settings.SITE_ADDRESS}{reverse('documents:code', args=[codes.shown(code)])}"


def qr_svg(text: str) -> str:
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, dark="#000000")
    return drawn.getvalue().decode()


@dataclass(frozen=True, slots=True)
class Heading:
    """The unit as it was called that day, what it stood under, and the province for place and date."""

    agency: str
    over: str
    place: str


def heading(unit: Unit, on: dt.date) -> Heading:
    above = [one for tree in ("administrative", "sector") if (one := queries.parent(tree, unit, on)) is not None]
    around = [unit.pk, *(one.pk for one in queries.ancestors("administrative", unit, on))]
    kinds_of = queries.kinds(around, on)
    province = next((pk for pk in around if kinds_of.get(pk) in queries.PROVINCIAL), None)
    nation = bool(above) and queries.kinds([above[0].pk], on).get(above[0].pk) == "nation"
    return Heading(
        agency=queries.full_name(unit, on),
        over=queries.full_name(above[0], on) if above and not nation else "",
        place=queries.name(province, on) if province else "",
    )


def in_words(total: int) -> str:
    words = spell(total)
    return f"{words[0].upper()}{words[1:]} đồng" if words else ""


def data_of(kind: kinds.Kind, data: Mapping[str, Any]) -> dict[str, Any]:
    """As kept and typeset; a sum of money also in words."""
    said: dict[str, Any] = plain(data)
    if isinstance(total := said.get("total"), int) and not isinstance(total, bool):
        said.setdefault("total_words", in_words(total))
    return said


def signer(person: Person | None, role: str, agency: str) -> dict[str, str]:
    if person is None:
        return {"name": agency, "unit": "", "role": role or "Cơ quan ban hành"}
    return {"name": person.name, "unit": agency, "role": role or "Người ký"}


def replaced(old: Issued | None) -> dict[str, str] | None:
    return {"number": old.number_text, "day": f"{old.dated:%d/%m/%Y}"} if old else None


def form_line(form_no: str, regime: str) -> str:
    known = kinds.regime(regime)
    return f"Mẫu số {form_no}, {known.name['vi']}" if known and form_no else ""
