"""Filling in, before there is a dossier: start, save a page, ask registers, hand in files, throw away.

A draft belongs to one signed-in person and is nobody else's business: an officer has no way to it. Typed text is
kept as typed, right or wrong; what is wrong is judged when the page is left and again when it is filed.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Fault, NotPermitted, Refused
from dienhong.dossiers.forms import prefill, uploads
from dienhong.dossiers.forms.prefill import Answer, Question
from dienhong.dossiers.forms.shapes import Field, Form
from dienhong.dossiers.models import Attachment, Draft, ServiceVersion
from dienhong.dossiers.queries import drafts as queries
from dienhong.journal.actions import record
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action

MOST_DRAFTS = 5  # where a sheet says nothing (drafts.most)
KEEP_DAYS = 30  # since it was last saved, where a sheet says nothing (drafts.keep_days)
MOST_TEXT = 10_000
MOST_ROWS = 60


class Ask(Protocol):
    """As exchange.actions.ask."""

    def __call__(
        self, register: str, question: Mapping[str, Any], *, by: str, purpose: str, owner: tuple[str, str]
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Saved:
    """A page as it lies in the draft, and what is wrong with it."""

    draft: Draft
    faults: list[Fault]


@action("dossiers.start_draft")
@transaction.atomic
def start_draft(*, by: Person, version: ServiceVersion) -> Draft:
    """A new draft, filled with what the person's earlier dossiers and the account say. Refused when there are as many
    as allowed."""
    Person.objects.select_for_update().get(pk=by.pk)  # two windows at once count each other
    service = version.service.code
    most = int((version.sheet.get("drafts") or {}).get("most", MOST_DRAFTS))
    if queries.of(by, service).count() >= most:
        raise Refused(
            "too_many_drafts",
            _("Bạn đang có %(most)s bản nháp của dịch vụ này, là số nhiều nhất. Hãy điền tiếp hoặc xóa một bản.")
            % {"most": most},
        )
    typed: dict[str, Any] = {}
    origins: dict[str, Any] = {}
    form = queries.form_of(version)
    prefill.from_earlier(form, queries.earlier_contents(by, service), typed, origins)
    prefill.about_person(form, version.sheet.get("applicant", {}), queries.known_of(by), by.name, typed, origins)
    draft = Draft.objects.create(person=by, version=version, data=typed, origins=origins, token=uuid.uuid4())
    said = {"service": service, "version": version.number, "token": str(draft.token)}
    _record(by, draft, "dossiers.start_draft", **said)
    return draft


@action("dossiers.save_draft")
@transaction.atomic
def save_page(*, by: Person, draft: Draft, page: str, typed: Mapping[str, Any]) -> Saved:
    """Keep what was typed on a page, wrong or right; answers with what is wrong with it. KeyError: no such page.

    Fields that are not in `typed` stay. What a register locked is not overwritten, whatever was sent.
    """
    draft = _locked(by, draft)
    form = queries.form_of(draft.version)
    for field in form.page(page).fields:
        if field.key not in typed or field.is_file or field.is_derived or prefill.locked(draft.origins, field.key):
            continue
        said = _plain(typed[field.key], field)
        if said != draft.data.get(field.key):
            draft.origins.pop(field.key, None)
        draft.data[field.key] = said
    now = clock.business_now()
    prefill.forget_unasked(form, draft.data, draft.origins, now)
    draft.page = page
    _save(draft)
    _record(by, draft, "dossiers.save_draft", page=page)
    return Saved(draft, faults_of(form, draft, page))


def faults_of(form: Form, draft: Draft, page: str = "") -> list[Fault]:
    """What is wrong with the draft, or with one page of it, under the law of the business day."""
    from dienhong.dossiers.forms.places import Units

    reading = form.read(draft.data, files=queries.files_of(queries.attachments(draft)))
    return form.judge(reading.values, clock.business_now(), places=Units(), read_faults=reading.faults, only=page)


def ask_registers(*, by: Person, draft: Draft, page: str, ask: Ask, again: str = "") -> Draft:
    """Ask what the page's answers make askable, and fill the draft. Outside any transaction: `ask` waits on a line."""
    form = queries.form_of(draft.version)
    now = clock.business_now()
    for question in prefill.questions(form, form.page(page), draft.data, draft.origins, now, again=again):
        purpose = _("Lấy dữ liệu cho tờ khai “%(form)s”") % {"form": form.title["vi"]}
        owner = ("draft", str(draft.pk))
        answer = ask(question.register.key, question.asked, by=by.actor, purpose=purpose, owner=owner)
        draft = fill_draft(by=by, draft=draft, question=question, answer=answer)
    return draft


@action("dossiers.fill_draft")
@transaction.atomic
def fill_draft(*, by: Person, draft: Draft, question: Question, answer: Answer) -> Draft:
    """Write a register's answer into the draft, with where each value is from."""
    draft = _locked(by, draft)
    form = queries.form_of(draft.version)
    prefill.fill(form, question, answer, draft.data, draft.origins, clock.business_now())
    _save(draft)
    said = {"register": question.register.key, "state": str(answer.state), "message": answer.message_id}
    _record(by, draft, "dossiers.fill_draft", **said)
    return draft


@action("dossiers.add_file")
@transaction.atomic
def add_file(*, by: Person, draft: Draft, field: str, name: str, data: bytes) -> Attachment:
    """Take one file for a document of the form. The bytes are on disk before the row that names them is committed."""
    draft = _locked(by, draft)
    one = _document(draft, field)
    there = [row for row in queries.attachments(draft) if row.field == field]
    most = int(one.limits.get("max", 1))
    if len(there) >= most:
        raise Refused(
            "too_many_files", _("Mục này nhận nhiều nhất %(most)s tệp. Hãy bỏ một tệp trước.") % {"most": most}
        )
    taken = uploads.take(data, name, one)
    if same := next((row for row in there if row.digest == taken.digest), None):
        return same
    verdict = Attachment.Verdict.CLEAN if taken.scanned else Attachment.Verdict.NOT_SCANNED
    row = Attachment.objects.create(
        draft=draft,
        field=field,
        name=taken.name,
        kind=taken.kind,
        size=taken.size,
        digest=taken.digest,
        verdict=verdict,
    )
    _save(draft)
    _record(by, draft, "dossiers.add_file", field=field, digest=taken.digest, size=taken.size, verdict=str(verdict))
    return row


@action("dossiers.remove_file")
@transaction.atomic
def remove_file(*, by: Person, draft: Draft, attachment: int) -> None:
    """Repeatable; a file of another draft is not found and nothing happens."""
    draft = _locked(by, draft)
    row = Attachment.objects.filter(draft=draft, pk=attachment, removed_at=None).first()
    if row is None:
        return
    row.removed_at = clock.record_now()
    row.save(update_fields=["removed_at"])
    _record(by, draft, "dossiers.remove_file", field=row.field, digest=row.digest)


@action("dossiers.discard_draft")
@transaction.atomic
def discard_draft(*, by: Person, draft: Draft) -> None:
    """Throw the draft and the rows of its files away."""
    draft = _locked(by, draft)
    _record(by, draft, "dossiers.discard_draft", service=draft.version.service.code)
    _throw_away(draft)


def kept_until(draft: Draft) -> dt.datetime:
    """When a draft that nobody touches is thrown away (record time); one that answers a request stays with it."""
    said = draft.version.sheet.get("drafts") or {}
    return draft.saved_at + _kept(said.get("keep_days"))


def _kept(days: int | None) -> dt.timedelta:
    return dt.timedelta(days=int(KEEP_DAYS if days is None else days))


def discard_forgotten(*, by: str) -> int:
    """Throw away drafts past their days, each in a transaction of its own; one that is open just now waits for the
    next time. Returns how many went. Safe to repeat."""
    now, gone = clock.record_now(), 0
    rows = Draft.objects.filter(dossier=None).values_list("pk", "saved_at", "version__sheet__drafts__keep_days")
    for pk in [pk for pk, saved_at, days in rows.order_by("saved_at") if saved_at + _kept(days) <= now]:
        with transaction.atomic():
            free = Draft.objects.select_for_update(of=("self",), skip_locked=True).select_related("version__service")
            draft = free.filter(pk=pk).first()
            if draft is None or kept_until(draft) > now:
                continue
            said = {"service": draft.version.service.code, "saved_at": draft.saved_at.isoformat()}
            record(by=by, verb="dossiers.forget_draft", object_kind="draft", object_id=draft.pk, data=said)
            _throw_away(draft)
            gone += 1
    return gone


def _throw_away(draft: Draft) -> None:
    Attachment.objects.filter(draft=draft, dossier=None).delete()
    draft.delete()


def _locked(by: Person, draft: Draft) -> Draft:
    """The row as it stands, locked. NotPermitted for another's; Refused where it was filed or thrown away meanwhile."""
    row = Draft.objects.select_for_update(of=("self",)).select_related("version__service").filter(pk=draft.pk).first()
    if row is None:
        raise Refused("draft_gone", _("Bản nháp này đã nộp hoặc đã xóa ở cửa sổ khác."))
    if row.person_id != by.pk:
        raise NotPermitted("not_yours", _("Bản nháp này của người khác."))
    return row


def _document(draft: Draft, key: str) -> Field:
    field = queries.form_of(draft.version).by_key.get(key)
    if field is None or not field.is_file:
        raise Refused("no_such_field", _("Biểu mẫu không có chỗ nộp tệp này."))
    return field


def _plain(said: Any, field: Field) -> Any:
    """Text, list of texts or rows of texts; NUL cannot lie in the database, and nobody types ten thousand letters."""
    if field.is_group:
        rows = said[:MOST_ROWS] if isinstance(said, list) else []
        inner = {one.key: one for one in field.fields}
        return [
            {key: _plain(each, inner[key]) for key, each in row.items() if key in inner}
            for row in rows
            if isinstance(row, Mapping)
        ]
    if isinstance(said, list | tuple):
        return [str(each).replace("\0", "")[:MOST_TEXT] for each in said[:MOST_ROWS]]
    return str(said).replace("\0", "")[:MOST_TEXT]


def _save(draft: Draft) -> None:
    draft.saved_at = clock.record_now()
    draft.save(update_fields=["data", "origins", "page", "saved_at"])


def _record(by: Person, draft: Draft, verb: str, **data: Any) -> None:
    record(by=by.actor, verb=verb, object_kind="draft", object_id=draft.pk, data=data)
