"""Filing: a draft becomes a dossier, once, however often the button is pressed."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.inserting import insert, insert_one
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.base.text import fold
from dienhong.dossiers import computing, folders, numbers, sending
from dienhong.dossiers.forms.answers import see
from dienhong.dossiers.forms.places import KINDS, Units
from dienhong.dossiers.models import Assessment, Attachment, Content, Dossier, Draft, Party, ServiceVersion, Status
from dienhong.dossiers.process import persist
from dienhong.dossiers.queries.drafts import form_of
from dienhong.journal.actions import Entry, record_many
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that comes with a filing: already in the store, already looked at."""

    field: str
    name: str
    kind: str
    size: int
    digest: str
    verdict: str


@dataclass(frozen=True)
class Filing:
    """Everything one filing brings. `token` makes it safe to send twice; without one, it is filed as new."""

    version: ServiceVersion
    data: Mapping[str, Any]
    token: uuid.UUID | None
    parties: Mapping[str, Mapping[str, str]]
    origins: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Handed, ...] = ()
    channel: str = Dossier.Channel.ONLINE
    demo: bool = False


@action("dossiers.file")
def file(*, by: Person, draft: Draft) -> Dossier:
    """The draft's owner files it. Filing again, in another window or after a lost line, gives the same dossier.

    Raises Refused with every fault of the form; the draft stays as it was.
    """
    if draft.person_id != by.pk:
        raise NotPermitted("not_yours", _("Bản nháp này của người khác."))
    files = tuple(
        Handed(row.field, row.name, row.kind, row.size, row.digest, row.verdict)
        for row in draft.attachments.filter(removed_at=None).order_by("pk")
    )
    form = form_of(draft.version)
    reading = form.read(draft.data, files=as_answers(files))
    if reading.faults:
        raise Refused("form_faults", _("Tờ khai còn chỗ cần sửa."), list(reading.faults.values()))
    shown = see(form, reading.values, clock.business_today()).shown
    filing = Filing(
        version=draft.version,
        data=reading.values,
        token=draft.token,
        parties={},
        origins=draft.origins,
        # A file handed in for a question that is no longer asked: the applicant cannot see it, so it is not sent.
        files=tuple(each for each in files if each.field in shown),
    )
    with transaction.atomic():
        # Two windows at once: the second waits here and then finds the dossier by its token.
        Draft.objects.select_for_update().filter(pk=draft.pk).first()
        dossier = take(by=by, filing=filing)
        Attachment.objects.filter(draft=draft).delete()
        Draft.objects.filter(pk=draft.pk).delete()
    return dossier


@transaction.atomic
def take(*, by: Person, filing: Filing) -> Dossier:
    """Validation, fee, process start, journal and outbox in one transaction; the files are on disk before it.

    For the screen, the interface for machines and the counter alike. Raises Refused.
    """
    if filing.token and (standing := Dossier.objects.filter(token=filing.token).first()) is not None:
        return standing
    version = filing.version
    form = form_of(version)
    now = clock.business_now()
    faults = form.judge(filing.data, now, places=Units())
    if faults:
        raise Refused("form_faults", _("Tờ khai còn chỗ cần sửa."), faults)
    content = form.filed(filing.data, now)
    unit = folders.competent_unit(version.sheet, content, now.date())
    computed = computing.compute(version.service.code, content, now.date())
    dossier = Dossier(
        code=numbers.next_code(unit, now.date()),
        secret=numbers.new_secret(),
        version=version,
        service=version.service.code,
        unit=unit,
        applicant=by if filing.channel == Dossier.Channel.ONLINE else None,
        submitter=by,
        channel=filing.channel,
        status=Status.NEW,
        status_since=now,
        declared_on=now.date(),
        submitted_at=now,
        token=filing.token or uuid.uuid4(),
        demo=filing.demo,
        facts=computing.facts(computed),
    )
    insert_one(dossier)
    rows: list[Sequence[Model]] = [
        [_content(by, dossier, content, filing)],
        _files(dossier, filing),
        [computing.assessment(dossier, computed, number=1, cause=Assessment.Cause.FILED)],
        _parties(by, dossier, content, filing),
    ]
    said = {"code": dossier.code, "service": dossier.service, "version": version.number}
    record_many(
        by=by.actor, verb="dossiers.file", object_kind="dossier", along=[insert(each) for each in rows if each],
        entries=[Entry(str(dossier.pk), str(unit.pk), to_state=str(Status.NEW.value), data=said)],
    )  # fmt: skip
    persist.begin(dossier, dossier.facts, by=by.actor, made_here=True)
    return dossier


def as_answers(files: Sequence[Handed]) -> dict[str, list[Any]]:
    """Files by field, as a form reads them."""
    found: dict[str, list[Any]] = {}
    for each in files:
        answer = {"digest": each.digest, "name": each.name, "kind": each.kind, "size": each.size}
        found.setdefault(each.field, []).append(answer)
    return found


def _content(by: Person, dossier: Dossier, content: Mapping[str, Any], filing: Filing) -> Content:
    return Content(
        dossier=dossier,
        number=1,
        data=content,
        origins=filing.origins,
        digest=digest_of(content),
        about=sending.about(dossier.version.sheet, dossier.service, content),
        by=by,
        business_at=dossier.submitted_at,
    )


def _files(dossier: Dossier, filing: Filing) -> list[Attachment]:
    return [
        Attachment(
            dossier=dossier,
            field=each.field,
            name=each.name,
            kind=each.kind,
            size=each.size,
            digest=each.digest,
            verdict=each.verdict,
        )
        for each in filing.files
    ]


def digest_of(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _parties(by: Person, dossier: Dossier, content: Mapping[str, Any], filing: Filing) -> list[Party]:
    """Who asks, as the form says by the sheet's `applicant` (part -> field of the form, or several to be joined)."""
    kinds = {one["key"]: one["kind"] for page in dossier.version.form["pages"] for one in page["fields"]}
    day = dossier.declared_on
    asked = {name: _said(content, key, kinds, day) for name, key in dossier.version.sheet.get("applicant", {}).items()}
    asked = {**asked, **filing.parties.get("applicant", {})}
    applicant = Party(dossier=dossier, part=Party.Part.APPLICANT, **asked)
    applicant.name = applicant.name or by.name
    submitter = Party(dossier=dossier, part=Party.Part.SUBMITTER, name=by.name, email=by.email)
    for each in (applicant, submitter):
        each.search_key = fold(each.name)
    return [applicant, submitter]


def _said(content: Mapping[str, Any], keys: str | Sequence[str], kinds: Mapping[str, str], on: dt.date) -> str:
    """The fields in words, joined; a place by its full name in Vietnamese, as papers have it, and not by its code."""
    fields = [keys] if isinstance(keys, str) else keys
    with translation.override("vi"):
        said = [
            Units().name(kinds[each], str(content[each]), on) if kinds.get(each) in KINDS else str(content[each])
            for each in fields
            if content.get(each)
        ]
    return ", ".join(said)
