"""The clock of one dossier: a function of status and cause, kept as events (rules.deadlines does the arithmetic)."""

import datetime as dt
from typing import Any

from django.db import transaction

from dienhong.base import clock
from dienhong.base.brief import brief
from dienhong.dossiers.models import ClockEvent, Dossier, DueChange, Status
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.registry import Stepped, watch
from dienhong.organizations import queries as organizations
from dienhong.rules import deadlines
from dienhong.rules.workdays import Calendar

CAUSES = {each: str(each.value) for each in (Status.SUPPLEMENT, Status.TO_PAY, Status.WITHDRAWAL)}
ENDS = (Status.NOT_ACCEPTED, Status.STOPPED, Status.DONE, Status.HANDED_OVER)
SUPPLEMENT_DAYS = 30  # calendar days, where a sheet says nothing


def calendar() -> Calendar:
    return Calendar(organizations.holidays())


@brief(seconds=5)
def shown_calendar() -> Calendar:
    """For pages that say how long is left; what is decided reads the table itself."""
    return calendar()


def start(dossier: Dossier) -> None:
    """At acceptance: the clock runs and the result is due. The caller saves the dossier's columns."""
    now = clock.business_now()
    dossier.accepted_at = now
    ClockEvent.objects.create(dossier=dossier, kind=ClockEvent.Kind.START, at=now)
    _move(dossier, DueChange.Cause.ACCEPTED, (dossier.version.sheet.get("time_limit") or {}).get("basis", ""))
    dossier.save(update_fields=["accepted_at", "due_at"])


@watch
def follow(stepped: Stepped) -> None:
    """Pause in 5, 6 and 7, go on when they are left, end at 9, 8 and 3; then timers that read the date are set anew."""
    dossier = stepped.dossier
    if dossier.accepted_at is None:
        return
    moved = False
    status = stepped.before
    for after in stepped.outcome.statuses:
        if status in CAUSES and after not in CAUSES and after not in ENDS:
            moved = _resume(dossier, CAUSES[Status(status)]) or moved
        if after in CAUSES and status not in CAUSES:
            _event(dossier, ClockEvent.Kind.PAUSE, CAUSES[Status(after)])
        if after in ENDS and not _ended(dossier):
            _event(dossier, ClockEvent.Kind.END)
        status = after
    if moved:
        dossier.save(update_fields=["due_at"])
        persist.set_facts(dossier)


def put_off(dossier: Dossier, until: dt.datetime, basis: str) -> None:
    """A new appointment after an apology (slip 04)."""
    _write(dossier, until, DueChange.Cause.APOLOGY, basis)
    dossier.save(update_fields=["due_at"])


def recompute(dossier: Dossier, basis: str) -> bool:
    """After a holiday declared late: whether the date of this open dossier moved."""
    if dossier.accepted_at is None or dossier.finished_at:
        return False
    before = dossier.due_at
    _move(dossier, DueChange.Cause.HOLIDAY, basis)
    if dossier.due_at == before:
        return False
    dossier.save(update_fields=["due_at"])
    persist.set_facts(dossier)
    return True


@transaction.atomic
def recompute_one(pk: int, basis: str) -> tuple[Dossier, dt.datetime] | None:
    """After a day off declared late: the dossier and its date before, where it moved. Repeating moves nothing.

    A date that an apology gave stands as promised, unless that very day is off now.
    """
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("version", "unit").get(pk=pk)
    before = dossier.due_at
    if before is None:
        return None
    last = dossier.dues.order_by("-pk").first()
    if last is None or last.cause != DueChange.Cause.APOLOGY:
        return (dossier, before) if recompute(dossier, basis) else None
    local, days = before.astimezone(clock.HANOI), calendar()
    if dossier.finished_at or days.is_working(local.date()):
        return None
    put_off(dossier, dt.datetime.combine(days.move(local.date(), "next"), local.timetz()), basis)
    persist.set_facts(dossier)
    return dossier, before


def pauses(dossier: Dossier) -> list[deadlines.Pause]:
    """Every pause that has ended."""
    found: list[deadlines.Pause] = []
    began: ClockEvent | None = None
    for event in dossier.clock.order_by("pk"):
        if event.kind == ClockEvent.Kind.PAUSE:
            began = event
        elif event.kind == ClockEvent.Kind.RESUME and began:
            found.append(deadlines.Pause(began.at, event.at, began.cause))
            began = None
    return found


def supplement_until(dossier: Dossier, days: int | None = None) -> dt.date:
    """The last day to answer a request made now."""
    said = (dossier.version.sheet.get("supplement_limit") or {}).get("count", SUPPLEMENT_DAYS)
    return _in(days or said, "calendar_day").date()


def next_working_day() -> dt.datetime:
    return _in(1, "working_day")


def _in(count: int, unit: deadlines.Unit) -> dt.datetime:
    found = deadlines.due(deadlines.Limit(count, unit), clock.business_now(), (), calendar=calendar()).at
    if found is None:
        raise ValueError(f"a limit of {count} {unit} has no end")
    return found


def _resume(dossier: Dossier, cause: str) -> bool:
    last = dossier.clock.order_by("-pk").first()
    if last is None or last.kind != ClockEvent.Kind.PAUSE:
        return False
    _event(dossier, ClockEvent.Kind.RESUME, cause)
    before = dossier.due_at
    _move(dossier, DueChange.Cause.PAUSE, cause)
    return dossier.due_at != before


def _ended(dossier: Dossier) -> bool:
    last = dossier.clock.order_by("-pk").first()
    return last is not None and last.kind == ClockEvent.Kind.END


def _event(dossier: Dossier, kind: str, cause: str = "") -> None:
    ClockEvent.objects.create(dossier=dossier, kind=kind, at=clock.business_now(), cause=cause)


def _move(dossier: Dossier, cause: str, basis: str) -> None:
    limit: dict[str, Any] = dossier.version.sheet.get("time_limit") or {}
    if not limit.get("unit") or dossier.accepted_at is None:
        return
    wanted = deadlines.Limit(limit["count"], limit["unit"])
    due = deadlines.due(wanted, dossier.accepted_at, pauses(dossier), calendar=calendar(), rule=limit.get("rule", "A"))
    _write(dossier, due.at, cause, basis)


def _write(dossier: Dossier, after: dt.datetime | None, cause: str, basis: str) -> None:
    if after == dossier.due_at:
        return
    DueChange.objects.create(
        dossier=dossier, before=dossier.due_at, after=after, cause=cause, basis=basis, at=clock.business_now()
    )
    dossier.due_at = after
