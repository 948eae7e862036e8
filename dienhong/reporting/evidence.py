"""What reporting tells a passport: the version behind a batch, its file, and who owes the figure."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any
from zipfile import BadZipFile

from django.urls import reverse
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from dienhong.base import clock, store
from dienhong.base.once import once
from dienhong.indicators import coverage, evidence
from dienhong.indicators.evidence import Happened
from dienhong.indicators.models import Evidence, Period, Source
from dienhong.journal.models import Event
from dienhong.organizations.models import Role
from dienhong.reporting import check_facts, originals, queries
from dienhong.reporting.canonical import read_cells
from dienhong.reporting.journal_words import VERBS
from dienhong.reporting.life import with_life
from dienhong.reporting.models import Duty, State, StateChange, Version
from dienhong.reporting.workdays import shown_calendar

# In which role each state is entered (actions/); a correction is begun by whoever enters it.
ROLE_OF = {
    State.IN_ENTRY: Role.ENTRY_OFFICER,
    State.SUBMITTED: Role.ENTRY_OFFICER,
    State.SENT_BACK: Role.LEADER,
    State.APPROVED: Role.LEADER,
    State.SENT: Role.CLERK,
    State.RETURNED: Role.RECEIVER,
    State.RECEIVED: Role.RECEIVER,
}


TAKEN_BACK = {State.WITHDRAWN: "withdrawn", State.RETURNED: "returned"}


def register() -> None:
    """Called when the application is ready."""
    evidence.register("submission_version", version_facts)
    evidence.register("canonical_workbook", workbook_facts)
    evidence.register("original_file", original_facts)
    evidence.register_reader("canonical_workbook", read_leaves)
    evidence.register_original("original_file", originals.read_again)
    evidence.register_words(event_words)
    evidence.register_not_received(not_received)
    evidence.register_happened(happened)
    evidence.register_explained(check_facts.explained)
    coverage.register(Source.Kind.REGIME, duties_of)


def version_facts(row: Evidence, ref: str, lang: str) -> dict[str, Any]:
    """The submission's version: who entered, approved and sent it, its checks, its explanations, its reason."""
    version = _versions((int(row.key),))[0]
    did = happened([row.batch_id])[row.batch_id]
    changes = [change for change in _changes((version.submission_id,)) if change.version_id == version.pk]
    steps = [
        {
            "state": int(change.state),
            "label": str(State(change.state).label),
            "act": _act(State(change.state)),
            "by": change.by.name,
            "role": str(ROLE_OF[State(change.state)].label) if State(change.state) in ROLE_OF else "",
            "at": change.business_at.isoformat(),
            "reason": change.reason,
        }
        for change in changes
    ]
    approved = next((change for change in reversed(changes) if change.state == State.APPROVED), None)
    return {
        "title": _title(row, version, lang),
        "url": reverse("reporting:duty", args=[version.submission.duty_id]),
        "version": version.number,
        "reason": did.reason,
        "channel": str(version.get_channel_display()),
        "reconstructed": version.regime_version.reconstructed,
        "demo": version.demo,
        "received": any(change.state == State.RECEIVED for change in changes),
        "steps": steps,
        "approval": _approval(approved),
        "checks": check_facts.checks(version, ref, "en" if lang == "en" else "vi") if ref else [],
        "journal": {"object_kind": "version", "object_id": str(version.pk)},
    }


def _title(row: Evidence, version: Version, lang: str) -> str:
    """The label as it was kept, said to be of a report: figures have versions of their own."""
    number = version.number
    if lang != "en":
        return row.label.replace(f", bản {number}", f", báo cáo bản {number}", 1)
    english = row.label.replace(f", bản {number}", f", report version {number}", 1)
    return english.replace(": không còn tính", ": no longer counted")


def _act(state: State) -> str:
    """The verb of the state, as the journal says it."""
    said = str(VERBS.get(f"reporting.{state.name.lower()}", state.label))
    return said[:1].upper() + said[1:]


def _approval(change: StateChange | None) -> dict[str, Any] | None:
    if change is None or not hasattr(change, "approval"):
        return None
    approval = change.approval
    return {
        "by": change.by.name,
        "role": str(Role.LEADER.label),
        "at": change.business_at.isoformat(),
        "kind": approval.kind,
        "kind_label": str(approval.get_kind_display()),
        "digest": approval.digest,
    }


def workbook_facts(row: Evidence, ref: str, lang: str) -> dict[str, Any]:
    return {
        "title": row.label,
        "computed": check_facts.computed(int(row.key), ref, "en" if lang == "en" else "vi"),
        "url": reverse("reporting:workbook", args=[int(row.key)]),
        "cell": ref,
        "digest": row.digest,
        "whole": store.path(row.digest).exists(),
    }


def event_words(event: Event, lang: str) -> str:
    """What the journal says happened, in people's words; an unknown verb stands as it is."""
    return str(VERBS.get(event.verb, event.verb))


def original_facts(row: Evidence, ref: str, lang: str) -> dict[str, Any]:
    """The uploaded file. It stands for a cell only where the figure that was sent is still the one the file brought."""
    return {
        "title": row.label,
        "url": reverse("reporting:original", args=[int(row.key)]),
        "digest": row.digest,
        "holds_cell": bool(originals.brought(int(row.key), row.digest, [ref])),
    }


def read_leaves(digest: str, refs: list[str]) -> dict[str, tuple[Decimal | None, int]]:
    """Figures read again from the kept workbook; raises store.Damaged when its bytes no longer match their hash.

    ValueError for a file that is whole and no workbook, KeyError for one without that sheet.
    """
    data = store.get(digest)
    try:
        return read_cells(data, refs)
    except (BadZipFile, InvalidFileException) as error:
        raise ValueError(_("tệp không còn là bảng tính đọc được")) from error


def duties_of(
    source: Source, period: Period, as_of: dt.datetime | None, units: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """Who owes the regime's figures of the period: each duty with its state and its working days of delay, both at
    the moment asked (record time; none: now)."""
    code = source.key.partition(":")[2]
    now, calendar = clock.business_at(as_of) if as_of else clock.business_now(), shown_calendar()
    today = now.astimezone(clock.HANOI).date()
    out = []
    duties = Duty.objects.filter(regime__code=code, period=period)
    if units is not None:
        duties = duties.filter(unit__in=units)
    for duty in with_life(duties, until=now if as_of else None):
        state = queries.standing(duty, now)
        due = duty.due.astimezone(clock.HANOI).date()
        out.append(
            {
                "unit_id": duty.unit_id,
                "state": state,
                "due": duty.due,
                "overdue_days": max(0, calendar.working_days_between(due, today)) if state == "missing" else 0,
                "late": queries.was_late(duty),
                "extended": duty.due > duty.due_at,
                "url": reverse("reporting:duty", args=[duty.pk]),
            }
        )
    return out


def happened(batch_ids: Collection[int]) -> dict[int, Happened]:
    """What each batch did: sent a version, for the first time, again or as a correction; or took one back, because
    its sender withdrew it or its receiver returned it."""
    return _did(tuple(sorted(set(batch_ids))))


@once
def _did(batch_ids: tuple[int, ...]) -> dict[int, Happened]:
    named = _versions_of(batch_ids)
    versions = {one.pk: one for one in _versions(tuple(sorted({version for version, _at in named.values()})))}
    changes: dict[int, list[StateChange]] = {}
    for change in _moved(tuple(sorted({version.submission_id for version in versions.values()}))):
        changes.setdefault(change.version.submission_id, []).append(change)
    found = {}
    for batch, (key, at) in named.items():
        version = versions[key]
        found[batch] = _happened(batch, at, version, changes.get(version.submission_id, []))
    return found


@once
def _versions_of(batch_ids: tuple[int, ...]) -> dict[int, tuple[int, dt.datetime]]:
    """Batch id -> the version it is about, and when the batch was made."""
    rows = Evidence.objects.filter(batch__in=batch_ids, kind="submission_version")
    return {batch: (int(key), at) for batch, key, at in rows.values_list("batch", "key", "batch__created_at")}


@once
def _versions(ids: tuple[int, ...]) -> list[Version]:
    return list(Version.objects.select_related("submission", "regime_version").filter(pk__in=ids))


def _moved(submission_ids: tuple[int, ...]) -> list[StateChange]:
    """The corrections and takings back of these submissions, oldest first."""
    wanted = (*TAKEN_BACK, State.CORRECTION)
    if len(submission_ids) == 1:  # a leaf asks for all of its one report anyway
        return [change for change in _changes(submission_ids) if change.state in wanted]
    rows = StateChange.objects.filter(version__submission__in=submission_ids, state__in=wanted)
    return list(rows.order_by("pk").select_related("version"))


@once
def _changes(submission_ids: tuple[int, ...]) -> list[StateChange]:
    """Every change of these submissions, oldest first, with who made it and the approval it is."""
    rows = StateChange.objects.filter(version__submission__in=submission_ids).order_by("pk")
    return list(rows.select_related("version", "by", "approval"))


def _happened(batch: int, at: dt.datetime, version: Version, changes: list[StateChange]) -> Happened:
    if version.batch_id != batch:
        # A batch that is not the version's own takes one back; the change was written just before, in one transaction.
        back = next((each for each in reversed(changes) if each.state in TAKEN_BACK and each.at <= at), None)
        return Happened(TAKEN_BACK[State(back.state)], back.reason) if back else Happened("corrected", version.reason)
    if version.number == 1:
        return Happened("sent")
    corrects = any(each.state == State.CORRECTION and each.version_id == version.began_from_id for each in changes)
    return Happened("corrected" if corrects else "resent", version.reason)


def not_received(batch_ids: Collection[int], until: dt.datetime | None) -> set[int]:
    """Of the batches, those of versions that were sent and that nobody has received; by `until` (business time)."""
    versions = {version: batch for batch, (version, _at) in _versions_of(tuple(sorted(set(batch_ids)))).items()}
    received = StateChange.objects.filter(version__in=versions, state=State.RECEIVED)
    if until is not None:
        received = received.filter(business_at__lte=until)
    there = set(received.values_list("version", flat=True))
    return {batch for version, batch in versions.items() if version not in there}
