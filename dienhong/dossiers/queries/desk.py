"""What an officer has to do: places of processes that the person's roles may act on, counts, parties of a list."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from dienhong.base import clock
from dienhong.base.text import fold
from dienhong.documents import masking
from dienhong.dossiers import permissions as rights
from dienhong.dossiers.models import CLOSED, Complaint, Dossier, Party, Place, Status
from dienhong.dossiers.queries.lists import MOST, OPEN, Asked
from dienhong.organizations import permissions
from dienhong.organizations.models import Person, Role

FREE, MINE = "free", "mine"
FOUND = 50  # rows of a search
PAUSED = (Status.SUPPLEMENT, Status.TO_PAY, Status.WITHDRAWAL)


def seen(person: Person) -> dict[str, Sequence[int]]:
    """Units by service whose dossiers the person may read, as queries.lists asks."""
    found = {scope: rights.seen_by(person, scope) for scope in rights.scopes(person)}
    return {scope: units for scope, units in found.items() if units}


def readable(person: Person) -> QuerySet[Dossier]:
    """The same as a filter over dossiers, closed ones too."""
    rule = Q(pk__in=[])
    for scope, units in seen(person).items():
        rule |= Q(unit__in=units, service=scope) if scope else Q(unit__in=units)
    return Dossier.objects.filter(rule)


def acting(person: Person) -> list[tuple[str, str, list[int]]]:
    """(role, service or "", units): for whose places the person may act."""
    live = permissions.in_force(
        person.grants.filter(role__in=[str(each) for each in rights.HANDLING]), clock.business_today()
    )
    pairs = sorted(set(live.values_list("role", "scope")))
    found = []
    for role, scope in pairs:
        units = permissions.units_for(person, role, scope).order_by("pk").values_list("pk", flat=True)
        found.append((role, scope, list(units)))
    return found


Acting = list[tuple[str, str, list[int]]]


def places(
    person: Person, *, held: str = "", service: str = "", status: int = 0, where: Acting | None = None
) -> QuerySet[Place]:
    """Where the person may act, the most urgent first. `held`: free (nobody has it), mine, or "" for both.

    `where`: what `acting` said, of who asks several times.
    """
    rule = Q(pk__in=[])
    for role, scope, units in acting(person) if where is None else where:
        one = Q(role=role, unit__in=units)
        rule |= one & Q(dossier__service=scope) if scope else one
    rows = Place.objects.filter(rule)
    if held == FREE:
        rows = rows.filter(claimed_by=None)
    elif held == MINE:
        rows = rows.filter(claimed_by=person)
    else:
        rows = rows.filter(Q(claimed_by=None) | Q(claimed_by=person))
    if service:
        rows = rows.filter(dossier__service=service)
    if status:
        rows = rows.filter(dossier__status=status)
    return rows.order_by("due_at", "pk")


def counts(person: Person, where: Acting) -> dict[str, int]:
    """How many places there are, by `held`."""
    free = Count("pk", filter=Q(claimed_by=None))
    mine = Count("pk", filter=Q(claimed_by=person))
    found = places(person, where=where).order_by().aggregate(free=free, mine=mine)
    return {FREE: found["free"], MINE: found["mine"], "": found["free"] + found["mine"]}


def after(rows: QuerySet[Place], key: tuple[dt.datetime | None, int] | None) -> QuerySet[Place]:
    """What follows the key (due, id) of the row before."""
    if key is None:
        return rows
    due, pk = key
    if due is None:
        return rows.filter(due_at=None, pk__gt=pk)
    return rows.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk) | Q(due_at=None))


def page(rows: QuerySet[Place], key: tuple[dt.datetime | None, int] | None, most: int = MOST) -> list[Place]:
    """One more than `most` where there is more."""
    return list(after(rows, key).select_related("dossier", "claimed_by")[: most + 1])


def by_status(asked: Asked) -> dict[int, int]:
    """How many open dossiers stand in each status, from the tally: exact, and no dossier is read."""
    parts: list[str] = []
    params: list[Any] = []
    for scope, units in asked.units.items():
        wanted = asked.service or scope
        if asked.service and scope not in {"", asked.service}:
            continue
        parts.append("(t.unit_id = ANY(%s) AND t.service = %s)" if wanted else "t.unit_id = ANY(%s)")
        params += [list(units), *([wanted] if wanted else [])]
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.status, sum(t.number) FROM dossiers_tally t WHERE ({' OR '.join(parts)})"  # noqa: S608
            " AND t.status = ANY(%s) GROUP BY t.status HAVING sum(t.number) <> 0 ORDER BY t.status",
            [*params, list(OPEN)],
        )
        return {int(row[0]): int(row[1]) for row in cursor.fetchall()}


def services(units: dict[str, Sequence[int]]) -> list[str]:
    """Codes of services of which there are dossiers in those units."""
    wanted = sorted({unit for each in units.values() for unit in each})
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT service FROM dossiers_tally WHERE unit_id = ANY(%s) ORDER BY 1", [wanted])
        return [str(row[0]) for row in cursor.fetchall()]


def applicants(dossiers: Iterable[int]) -> dict[int, str]:
    """Dossier -> its applicant's name, masked: what a list shows."""
    rows = Party.objects.filter(dossier__in=list(dossiers), part=Party.Part.APPLICANT)
    return {row.dossier_id: masking.name(row.name) for row in rows.order_by("pk").only("dossier_id", "name")}


def waiting(dossiers: Iterable[int]) -> dict[int, list[Place]]:
    """Dossier -> the places where somebody has to act."""
    found: dict[int, list[Place]] = {}
    rows = Place.objects.filter(dossier__in=list(dossiers)).exclude(role="")
    for row in rows.select_related("dossier", "claimed_by").order_by("due_at", "pk"):
        found.setdefault(row.dossier_id, []).append(row)
    return found


def search(person: Person, text: str) -> list[Dossier]:
    """By code (whole or its beginning) or by the applicant's name (words from its beginning), the newest first."""
    text = text.strip()
    if len(text) < 2:
        return []
    rows = readable(person)
    named = Party.objects.filter(part=Party.Part.APPLICANT, search_key__startswith=fold(text)).values("dossier")
    found = rows.filter(Q(code__istartswith=text) | Q(pk__in=named))
    return list(found.select_related("assigned").order_by("-pk")[:FOUND])


@dataclass(frozen=True, slots=True)
class Overview:
    """A leader's first look. `on_time` is a share of `done`, None where nothing was done."""

    open: int
    overdue: int
    today: int
    done: int
    on_time: int

    @property
    def share(self) -> float | None:
        return 100 * self.on_time / self.done if self.done else None


def overview(person: Person, asked: Asked) -> Overview:
    """Counted over what the person may read; the week begins on Monday. Paused clocks are not overdue."""
    now = clock.business_now()
    monday = clock.midnight(now.date() - dt.timedelta(days=now.weekday()))
    midnight = clock.midnight(now.date() + dt.timedelta(days=1))
    rows = readable(person)
    running = rows.exclude(status__in=[*CLOSED, *PAUSED]).filter(finished_at=None)
    due = running.filter(due_at__lt=midnight).aggregate(
        overdue=Count("pk", filter=Q(due_at__lt=now)), today=Count("pk", filter=Q(due_at__gte=now))
    )
    done = rows.filter(finished_at__gte=monday, accepted_at__isnull=False).exclude(status=Status.STOPPED)
    ended = done.aggregate(n=Count("pk"), on_time=Count("pk", filter=Q(finished_at__lte=F("due_at")) | Q(due_at=None)))
    return Overview(sum(by_status(asked).values()), due["overdue"], due["today"], ended["n"], ended["on_time"])


def complaints(person: Person) -> QuerySet[Complaint]:
    """What waits for an answer about dossiers that the person may read, the earliest limit first."""
    rows = Complaint.objects.filter(answered_at=None, dossier__in=readable(person))
    return rows.select_related("dossier__version").order_by("due_at", "pk")


def leads(person: Person) -> bool:
    return Role.LEADER in permissions.menu_roles(person)


def key_of(text: str) -> tuple[dt.datetime | None, int] | None:
    """(due, id) out of an address; None for what cannot be read."""
    due, _sep, pk = text.rpartition(",")
    if not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return None
    try:
        moment = dt.datetime.fromisoformat(due) if due else None
    except ValueError:
        return None
    return None if moment is not None and moment.tzinfo is None else (moment, int(pk))


def key_text(key: tuple[Any, int] | None) -> str:
    return f"{key[0].isoformat() if key[0] else ''},{key[1]}" if key else ""
