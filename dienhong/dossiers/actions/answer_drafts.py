"""Answering a request to supplement on the pages of the form: a draft with what was filed, then its sending.

The files of the dossier stand in the draft too, under the same digests: they can be kept, dropped or exchanged there,
and the dossier's own rows stay as they are until the answer is sent.
"""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.dossiers.actions import answering
from dienhong.dossiers.actions.filing import Handed
from dienhong.dossiers.forms.answers import see
from dienhong.dossiers.forms.kinds import KINDS
from dienhong.dossiers.forms.references import state_name
from dienhong.dossiers.forms.shapes import Field, Form
from dienhong.dossiers.models import Attachment, Content, Dossier, Draft
from dienhong.dossiers.permissions import require_theirs
from dienhong.dossiers.queries import drafts as queries
from dienhong.journal.actions import record
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action


@action("dossiers.open_answer")
@transaction.atomic
def open_answer(*, by: Person, dossier: Dossier) -> Draft:
    """The draft of the answer, made on the first call. Raises Refused where nothing is asked for (any more)."""
    dossier = answering.lock(dossier)
    require_theirs(by, dossier)
    request = answering.open_request(dossier)
    if request is None:
        raise Refused("nothing_asked", _("Hồ sơ này không chờ bổ sung."))
    standing = Draft.objects.filter(person=by, dossier=dossier).first()
    if standing is not None:
        return standing
    content, form = dossier.contents.latest("number"), queries.form_of(dossier.version)
    asked = set(request.items.values_list("field", flat=True))
    draft = Draft.objects.create(
        person=by,
        version=dossier.version,
        dossier=dossier,
        data=typed(form, content.data),
        # What a register locked and the officer asks about can be typed over.
        origins={key: origin for key, origin in content.origins.items() if key not in asked},
        token=uuid.uuid4(),
    )
    Attachment.objects.bulk_create(
        Attachment(
            draft=draft, field=row.field, name=row.name, kind=row.kind, size=row.size, digest=row.digest,
            verdict=row.verdict, content_number=row.content_number,
        )
        for row in dossier.attachments.filter(removed_at=None).order_by("pk")
    )  # fmt: skip
    _record(by, draft, "dossiers.open_answer", dossier=dossier.pk)
    return draft


@action("dossiers.send_answer")
@transaction.atomic
def send_answer(*, by: Person, draft: Draft) -> Content:
    """Hand the answer in; the draft is gone then. Raises Refused with every fault, and nothing typed is lost."""
    row = Draft.objects.select_for_update(of=("self",)).select_related("version__service", "dossier").get(pk=draft.pk)
    if row.person_id != by.pk:
        raise NotPermitted("not_yours", _("Bản nháp này của người khác."))
    if row.dossier is None:
        raise Refused("nothing_asked", _("Hồ sơ này không chờ bổ sung."))
    files = queries.attachments(row)
    form = queries.form_of(row.version)
    reading = form.read(row.data, files=queries.files_of(files))
    if reading.faults:
        raise Refused("form_faults", _("Tờ khai còn chỗ cần sửa."), list(reading.faults.values()))
    there = {(each.field, each.digest): each for each in row.dossier.attachments.filter(removed_at=None)}
    kept = {(each.field, each.digest) for each in files}
    # Whoever answers sees the fields that the form asks and those that the request names (portal/filling.py): a file of
    # another field was handed in before an answer was corrected, and is not sent. What was filed already stays filed.
    request = answering.open_request(row.dossier)
    asked = set(request.items.values_list("field", flat=True)) if request else set()
    visible = see(form, reading.values, clock.business_today()).shown | asked
    new = tuple(
        Handed(each.field, each.name, each.kind, each.size, each.digest, each.verdict)
        for each in files
        if (each.field, each.digest) not in there and each.field in visible
    )
    content = answering.supplement(by=by, dossier=row.dossier, data=reading.values, files=new, origins=row.origins)
    gone = [each.pk for key, each in there.items() if key not in kept]
    Attachment.objects.filter(pk__in=gone).update(removed_at=clock.record_now())
    Attachment.objects.filter(draft=row).delete()
    row.delete()
    return content


def typed(form: Form, data: dict[str, Any]) -> dict[str, Any]:
    """A filed content as it would have been typed. Statements are left out: they are made anew each time."""
    found: dict[str, Any] = {}
    for one in form.fields:
        if one.key not in data or one.is_file or one.is_derived or one.kind == "statement":
            continue
        if one.is_group:
            found[one.key] = [_row(one, row) for row in data[one.key]]
        else:
            found[one.key] = KINDS[one.kind].typed(data[one.key], one, "vi")
    for register in form.registers:
        if (name := state_name(register)) in data:
            found[name] = data[name]
    return found


def _row(group: Field, row: dict[str, Any]) -> dict[str, Any]:
    return {each.key: KINDS[each.kind].typed(row[each.key], each, "vi") for each in group.fields if each.key in row}


def _record(by: Person, draft: Draft, verb: str, **data: Any) -> None:
    record(by=by.actor, verb=verb, object_kind="draft", object_id=draft.pk, data=data)
