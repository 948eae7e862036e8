"""Taking in an Excel file: all of it or nothing of it. The file itself is kept either way, with what was wrong."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import get_language

from dienhong.base import clock, store
from dienhong.base.numbers import Convention
from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action
from dienhong.reporting.actions.entry import save_cells, start_entry
from dienhong.reporting.excel.draft import Over
from dienhong.reporting.excel.faults import BadFile, FileFault
from dienhong.reporting.excel.package import check_size, open_package
from dienhong.reporting.excel.reading import Reading, read
from dienhong.reporting.excel.template import draft_of
from dienhong.reporting.models import Duty, Upload, Version
from dienhong.reporting.narratives import save_narrative
from dienhong.reporting.permissions import require

Outcome = Upload.Outcome


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an upload. `repeated`: all that this very file says is in the draft already, so nothing was done;
    `kept`: cells that the file leaves as its template had them and the draft has otherwise."""

    upload: Upload
    repeated: bool = False
    kept: int = 0


class _Undo(Exception):
    def __init__(self, faults: list[FileFault], outcome: str) -> None:
        super().__init__(outcome)
        self.faults = faults
        self.outcome = outcome


class _Repeat(Exception):
    def __init__(self, kept: int) -> None:
        super().__init__(kept)
        self.kept = kept


@action("reporting.take_upload")
@transaction.atomic
def take_upload(
    *, by: Person, duty: Duty, data: bytes, name: str, convention: Convention | None = None, over: Over = ""
) -> Taken:
    """Read the file into the duty's draft, beginning the draft if there is none.

    Where one typed something else on the grid since the template was made, `over` says whose figure stands; unsaid,
    each such cell is a fault that asks. With anything wrong no cell changes and no draft begins; the upload stays with
    its faults. Raises Refused where there is nothing to keep: no right, report on its way, file too large. Two at once
    follow one another.
    """
    require(by, Role.ENTRY_OFFICER, duty.unit, duty.regime.code)
    try:
        check_size(len(data))
    except BadFile as bad:
        raise Refused(bad.fault.code, bad.fault.sentence["en" if get_language() == "en" else "vi"]) from bad
    digest = store.put(data)
    # The duty, not its submission: before the first entry there is no submission to lock. Keys may still point at it.
    locked = Duty.objects.select_for_update(of=("self",), no_key=True)
    duty = locked.select_related("unit", "regime", "period", "receiver").get(pk=duty.pk)
    again = _already_in(duty, digest)
    upload = Upload(duty=duty, digest=digest, name=clean_name(name), by=by, business_at=clock.business_now())
    try:
        with transaction.atomic():
            version, reading = _read_into(upload, data, convention, over, again is not None)
    except _Repeat as repeat:
        assert again is not None, "nothing is repeated that was not taken before"
        return Taken(again, repeated=True, kept=repeat.kept)
    except _Undo as undo:
        upload.outcome, upload.faults = undo.outcome, [fault.plain() for fault in undo.faults]
    else:
        upload.outcome, upload.version = Outcome.TAKEN, version
        upload.cells, upload.kept = len(reading.typed) + len(reading.texts), len(reading.kept)
    upload.save()
    _journal(upload)
    return Taken(upload)


def _already_in(duty: Duty, digest: str) -> Upload | None:
    """The taken upload of the same file, if it is the last one taken into the draft that is open now."""
    draft = draft_of(duty)
    last = Upload.objects.filter(version=draft, outcome=Outcome.TAKEN).order_by("-pk").first() if draft else None
    return last if last and last.digest == digest else None


def _read_into(
    upload: Upload, data: bytes, convention: Convention | None, over: Over, again: bool
) -> tuple[Version, Reading]:
    """Inside a savepoint: draft, cells, texts, original. Raises _Undo with the faults, which takes all of it back;
    _Repeat where the file was the last one taken (`again`) and the draft still says all of it."""
    by, duty = upload.by, upload.duty
    version = start_entry(by=by, duty=duty, channel=Version.Channel.UPLOAD)
    try:
        reading = read(open_package(data), version, by, convention, over)
    except BadFile as bad:
        raise _Undo([bad.fault], Outcome.REFUSED) from bad
    if reading.faults:
        raise _Undo(reading.faults, Outcome.FAULTY)
    if again and not reading.typed and not reading.texts:
        raise _Repeat(len(reading.kept))
    key = f"upload:{uuid.uuid4()}"  # one undo takes the whole file back
    saved = save_cells(by=by, version=version, typed=reading.typed, convention=convention, request_key=key)
    if saved.faults or saved.conflicts:
        raise RuntimeError(f"the reader let pass what save_cells refuses: {saved.faults} {list(saved.conflicts)}")
    for section, text in reading.texts.items():
        save_narrative(by=by, version=version, section=section, text=text)
    Version.objects.filter(pk=version.pk).update(
        channel=Version.Channel.UPLOAD, original_name=upload.name, original_digest=upload.digest
    )
    return version, reading


def clean_name(name: str) -> str:
    """The file's own name without its folders and without characters that no file name needs."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in bare if c.isprintable() and c not in '"<>|:*?').strip(" .")[-200:] or "tep.xlsx"


def _journal(upload: Upload) -> None:
    duty = upload.duty
    record(
        by=f"person:{upload.by_id}",
        verb="reporting.take_upload",
        object_kind="upload",
        object_id=upload.pk,
        unit_id=duty.unit_id,
        to_state=str(upload.outcome),
        data={
            "regime": duty.regime.code,
            "period": duty.period.key,
            "file": upload.digest,
            "version": upload.version_id,
            "cells": upload.cells,
            "faults": len(upload.faults),
        },
    )
