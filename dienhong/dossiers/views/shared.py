"""Small things of several screens: who is here, which dossier they may see, rows of a list in words."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from dienhong.base import clock
from dienhong.base.brief import brief
from dienhong.dossiers import tasks, words
from dienhong.dossiers.forms.problems import language
from dienhong.dossiers.forms.shapes import say
from dienhong.dossiers.models import Dossier, Place, ServiceVersion, Status
from dienhong.dossiers.permissions import READING, held_over
from dienhong.dossiers.queries import desk
from dienhong.dossiers.timekeeping import shown_calendar
from dienhong.journal.access import log_access
from dienhong.journal.models import Access
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person
from dienhong.organizations.permissions import menu_roles
from dienhong.rules.workdays import Calendar

SOON = 3  # working days
KIND = "dossier"
# Where nobody has to act: groups of a queue in which the due date says nothing.
FINISHED = (Status.DONE, Status.HANDED_OVER)  # decided: what is late then is the way of its result
STILL = {**dict.fromkeys(words.PAUSED, "paused"), Status.DONE: "done"}


def handler(request: HttpRequest) -> Person:
    """Who handles or audits dossiers somewhere; 404 for others, who need not know that there are any."""
    if menu_roles(request.user).isdisjoint(READING):
        raise Http404
    return cast(Person, request.user)


def dossier_or_404(request: HttpRequest, pk: int) -> tuple[Person, Dossier]:
    """The dossier if the person may read it; else 404, so that numbers tell nobody which dossiers there are."""
    by = handler(request)
    rows = Dossier.objects.select_related("version__service", "unit", "assigned")
    found = get_object_or_404(rows, pk=pk)
    if not {role for role, _scope in held_over(by, found)} & set(READING):
        raise Http404
    return by, found


def log(by: Person, kind: Access.Kind, ids: Iterable[int], purpose: str, unit: object = "") -> None:
    """What is about to be shown, written before it is; nothing where nothing is shown. `purpose` is kept in Vietnamese,
    whatever the officer reads in: the applicant's page says it in the language of its reader."""
    listed = list(ids)
    if listed:
        log_access(
            by=by.actor, kind=kind, object_kind=KIND, object_ids=listed, unit_id=unit, purpose=purpose
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Left:
    """Of a moment: working days until it (negative: past) and the group of a queue that it falls into."""

    days: int
    group: str


def left(at: dt.datetime | None, workdays: Calendar, now: dt.datetime) -> Left:
    if at is None:
        return Left(0, "open")
    day, today = at.astimezone(clock.HANOI).date(), now.date()
    days = workdays.working_days_between(today, day) if day >= today else -workdays.working_days_between(day, today)
    if at < now:
        return Left(days, "overdue")
    if day == today:
        return Left(days, "today")
    return Left(days, "soon" if days <= SOON else "later")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a queue. `places`: where somebody has to act, by name; `who` has it."""

    dossier: Any
    service: str
    unit: str
    applicant: str
    status: str
    tone: str
    due_at: dt.datetime | None
    days: int
    group: str
    places: list[str]
    who: str


def rows(lines: Sequence[Any], at: dict[int, list[Place]], due: dict[int, dt.datetime | None]) -> list[Row]:
    """Lines (dossiers, or lines of queries.lists) in words, in a constant number of queries."""
    now, workdays = clock.business_now(), shown_calendar()
    names = desk.applicants(line.id for line in lines)
    units = organizations.shown_names(frozenset(line.unit_id for line in lines), now.date(), language())
    services = service_names(line.service for line in lines)
    found = []
    for line in lines:
        here = at.get(line.id, [])
        moment = due.get(line.id, line.due_at or (here[0].due_at if here else None))
        time = left(moment, workdays, now)
        group = time.group if here else STILL.get(line.status, time.group)
        if here and group == "overdue" and not (line.status not in FINISHED and line.due_at and line.due_at < now):
            group = "delivery" if line.status in FINISHED else "step"
        holder = next((place.claimed_by.name for place in here if place.claimed_by), "")
        found.append(
            Row(
                line, services.get(line.service, line.service), units.get(line.unit_id, ""), names.get(line.id, ""),
                words.status(line.status), words.tone(line.status), moment, time.days, group,
                [tasks.name_of(place) for place in here], holder,
            )
        )  # fmt: skip
    return found


def service_names(codes: Iterable[str]) -> dict[str, str]:
    """Code -> name of the service in its newest version."""
    return _service_names(frozenset(codes), language())


@brief(seconds=5)
def _service_names(codes: frozenset[str], lang: str) -> dict[str, str]:
    rows = ServiceVersion.objects.filter(service__code__in=codes).order_by("service_id", "-number")
    newest = rows.distinct("service_id").values_list("service__code", "sheet__name")
    return {code: say(name, lang) if isinstance(name, dict) else str(name) for code, name in newest}
