"""Every verb of papers: give one, revoke one, revoke a certificate."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dienhong.base import store
from dienhong.base.clock import business_today, record_now
from dienhong.base.refusal import Fault, Refused
from dienhong.documents import codes, kinds, paper, permissions, typesetting
from dienhong.documents.models import Certificate, CertificateRevocation, Issued, Revocation
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.registry import action

if TYPE_CHECKING:
    from dienhong.documents.holders import KeyHolder

# The book's row is locked until the paper is committed: no number twice, none left out.
NEXT = (
    "INSERT INTO documents_book (unit_id, kind, year, last) VALUES (%s, %s, %s, 1)"
    " ON CONFLICT (unit_id, kind, year) DO UPDATE SET last = documents_book.last + 1 RETURNING last"
)


@action("documents.issue")
@transaction.atomic
def issue(
    *,
    by: str | Person,
    kind: str,
    data: Mapping[str, Any],
    unit: Unit,
    owner: tuple[str, object],
    template: str = "",
    service: str = "",
    signer: Person | None = None,
    role: str = "",
    replaces: Issued | None = None,
) -> Issued:
    """A numbered, typeset and signed paper, in the caller's transaction; its file is on disk before the commit.

    `by` is person:<id>, job:<name> or the person: who may is decided by the action above that calls. `data`: what the
    kind needs (kinds.py). `service`: the folder whose templates come first, and the scope of grants. `signer` None:
    the unit's seal; `role` is the signer's office as printed. Refused when data are missing, when no form of the kind
    holds on that day, or when `replaces` was replaced or revoked already. The row of the unit's book stays locked to
    the end of the transaction: call it late.
    """
    what = kinds.get(kind)
    on = business_today()
    _complete(what, data)
    regime = _regime(what, on)
    _replaceable(replaces, owner)
    draft = _Draft(
        what=what, regime=regime, on=on, unit=unit, number=_next(unit, kind, on.year), code=codes.make(),
        template=typesetting.find(template or what.template or kind, service), data=paper.data_of(what, data),
        signer=signer, role=role, replaces=replaces,
    )  # fmt: skip
    made = _made(draft, owner, service)
    record(
        by=by.actor if isinstance(by, Person) else by, verb="documents.issue", object_kind="document",
        object_id=made.pk, unit_id=unit.pk,
        data={"kind": kind, "number": made.number_text, "owner": [owner[0], str(owner[1])], "file": made.pdf_digest,
              "certificate": made.certificate.fingerprint, "replaces": replaces.pk if replaces else None},
    )  # fmt: skip
    return made


@dataclass(frozen=True, slots=True)
class _Draft:
    what: kinds.Kind
    regime: str
    on: dt.date
    unit: Unit
    number: int
    code: str
    template: typesetting.Template
    data: dict[str, Any]
    signer: Person | None
    role: str
    replaces: Issued | None

    @property
    def number_text(self) -> str:
        return Issued(number=self.number, year=self.on.year, symbol=self.what.symbol).number_text

    @property
    def form_no(self) -> str:
        return self.what.forms.get(self.regime, "")


def _made(draft: _Draft, owner: tuple[str, object], service: str) -> Issued:
    """Typeset, signed, kept, entered."""
    # pyHanko takes as long to import as all of Django: not for each command that signs nothing.
    from dienhong.documents import signing
    from dienhong.documents.holders import holder

    keys = holder()
    held = keys.signer(draft.unit, draft.signer)
    top = paper.heading(draft.unit, draft.on)
    signed_at = record_now()
    pdf = typesetting.typeset(draft.template, _content(draft, top, keys), signed_at).pdf
    title = draft.what.title_under(draft.regime)
    signed = signing.sign(pdf, held, keys, reason=title["vi"], place=top.place or top.agency)
    return Issued.objects.create(
        code=draft.code,
        kind=draft.what.key,
        title_vi=title["vi"],
        title_en=title["en"],
        regime=draft.regime,
        form_no=draft.form_no,
        unit=draft.unit,
        year=draft.on.year,
        number=draft.number,
        symbol=draft.what.symbol,
        service=service,
        owner_kind=owner[0],
        owner_id=str(owner[1]),
        data=draft.data,
        public=kinds.facts(draft.what, draft.data),
        template=draft.template.name,
        template_digest=draft.template.digest,
        pdf_digest=store.put(signed),
        size=len(signed),
        signer=draft.signer,
        signed_as=held.certificate.subject,
        certificate=held.certificate,
        dated=draft.on,
        signed_at=signed_at,
        replaces=draft.replaces,
    )


def _content(draft: _Draft, top: paper.Heading, keys: "KeyHolder") -> dict[str, Any]:
    """What the template reads: `paper` is the frame, `paper.data` the kind's own."""
    title = draft.what.title_under(draft.regime)
    where = paper.address(draft.code)
    frame = {
        "agency": top.agency,
        "over": top.over,
        "place": draft.data.get("place") or top.place,
        "day": f"{draft.on:%d}",
        "month": f"{draft.on:%m}",
        "year": f"{draft.on:%Y}",
        "number": draft.number_text,
        "title_vi": title["vi"],
        "title_en": title["en"],
        "regime": draft.regime,
        "form": paper.form_line(draft.form_no, draft.regime),
        "signer": paper.signer(draft.signer, draft.role, top.agency),
        "replaces": paper.replaced(draft.replaces),
        "code": codes.shown(draft.code),
        "address": where,
        "demo": keys.demo,
    }
    return {**typesetting.plain(frame), "qr": paper.qr_svg(where), "data": draft.data}


def _complete(kind: kinds.Kind, data: Mapping[str, Any]) -> None:
    missing = kind.missing(data)
    if missing:
        faults = [Fault("missing", _("Thiếu mục %(key)s.") % {"key": key}, key) for key in missing]
        said = _("Giấy “%(title)s” chưa đủ nội dung: thiếu %(keys)s.")
        sentence = said % {"title": kind.title["vi"], "keys": ", ".join(missing)}
        raise Refused("incomplete_paper", sentence, faults)


def _regime(kind: kinds.Kind, on: dt.date) -> str:
    found = kinds.regime_on(kind, on)
    if kind.forms and found is None:
        said = _("Ngày %(day)s chưa có mẫu “%(title)s” nào có hiệu lực.")
        raise Refused("no_form", said % {"day": f"{on:%d/%m/%Y}", "title": kind.title["vi"]})
    return found.key if found else ""


def _replaceable(old: Issued | None, owner: tuple[str, object]) -> None:
    """Locks the old paper, so that two do not replace it at once."""
    if old is None:
        return
    standing = Issued.objects.select_for_update(of=("self",)).get(pk=old.pk)
    if (standing.owner_kind, standing.owner_id) != (owner[0], str(owner[1])):
        raise Refused("other_owner", _("Giấy mới chỉ thay được giấy của cùng một hồ sơ."))
    if not standing.stands:
        said = _("Giấy số %(number)s đã được thay hoặc thu hồi nên không thay lần nữa.")
        raise Refused("already_replaced", said % {"number": standing.number_text})


def _next(unit: Unit, kind: str, year: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [unit.pk, kind, year])
        return int(cursor.fetchone()[0])


@action("documents.revoke")
@transaction.atomic
def revoke(*, by: Person, issued: Issued, reason: str, legal_basis: str = "") -> Revocation:
    """The paper counts no longer; the paper and its file stay as they are. Refused without a reason, or a second
    time, or when it was replaced. The leader of the unit that gave it does so."""
    permissions.require_revoke(by, issued)
    old = Issued.objects.select_for_update(of=("self",)).get(pk=issued.pk)
    if not reason.strip():
        raise Refused("no_reason", _("Thu hồi phải nêu lý do."))
    if not old.stands:
        said = _("Giấy số %(number)s đã được thay hoặc thu hồi trước đó.")
        raise Refused("already_revoked", said % {"number": old.number_text})
    made = Revocation.objects.create(
        issued=old, at=record_now(), dated=business_today(), by=by, reason=reason.strip(), legal_basis=legal_basis
    )
    record(
        by=by.actor, verb="documents.revoke", object_kind="document", object_id=old.pk, unit_id=old.unit_id,
        reason=made.reason, data={"number": old.number_text, "legal_basis": legal_basis},
    )  # fmt: skip
    return made


@action("documents.revoke_certificate")
@transaction.atomic
def revoke_certificate(*, by: Person, certificate: Certificate, reason: str) -> CertificateRevocation:
    """The certificate signs no more; what it signed before stays good. An administrator of its unit does so. The next
    paper carries a revocation list that names it."""
    permissions.require_revoke_certificate(by, certificate)
    found = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if not reason.strip():
        raise Refused("no_reason", _("Thu hồi phải nêu lý do."))
    if hasattr(found, "revocation"):
        raise Refused("already_revoked", _("Chứng thư này đã bị thu hồi trước đó."))
    made = CertificateRevocation.objects.create(certificate=found, at=record_now(), reason=reason.strip(), by=by)
    record(
        by=by.actor, verb="documents.revoke_certificate", object_kind="certificate", object_id=found.pk,
        unit_id=found.unit_id or "", reason=made.reason, data={"fingerprint": found.fingerprint},
    )  # fmt: skip
    return made
