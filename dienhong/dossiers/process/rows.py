"""What a step leaves in the tables: one statement for each, however many dossiers moved."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from dienhong.dossiers.models import Dossier, Place
from dienhong.dossiers.models.cases import CLOSED, Status
from dienhong.dossiers.process import limits
from dienhong.dossiers.process.table import WAITING, Node, Process
from dienhong.journal.actions import Entry, record_many
from dienhong.organizations import queries as organizations
from dienhong.rules.workdays import Calendar

if TYPE_CHECKING:
    from dienhong.dossiers.process.persist import Taking

ALL_DAYS: Final = Calendar({})
COLUMNS: Final = ("status", "before", "marking", "facts", "finished_at", "closed_at")
ASKED: Final = frozenset({Status.SUPPLEMENT, Status.TO_PAY, Status.WITHDRAWAL})
_KINDS: Final = {
    "user": Place.Kind.TASK,
    "receive": Place.Kind.MESSAGE,
    "catch_message": Place.Kind.MESSAGE,
    "catch_timer": Place.Kind.TIMER,
    "boundary_timer": Place.Kind.TIMER,
}
UPDATE = """
UPDATE dossiers_dossier d SET status = v.status, before = v.before, marking = v.marking::jsonb, facts = v.facts::jsonb,
    finished_at = v.finished_at, closed_at = v.closed_at
FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[])
    AS v(id, status, before, marking, facts, finished_at, closed_at) WHERE d.id = v.id
"""
GONE = """
DELETE FROM dossiers_place p USING unnest(%s::bigint[], %s::text[]) AS v(dossier_id, element)
WHERE p.dossier_id = v.dossier_id AND p.element = v.element
"""
ARRIVED = """
INSERT INTO dossiers_place (dossier_id, element, kind, role, unit_id, status, due_at, since, message, timer_at, sequence)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::text[], %s::bigint[], %s::smallint[],
    %s::timestamptz[], %s::timestamptz[], %s::text[], %s::timestamptz[], %s::int[])
ON CONFLICT (dossier_id, element) DO UPDATE SET unit_id = EXCLUDED.unit_id, due_at = EXCLUDED.due_at,
    since = EXCLUDED.since, timer_at = EXCLUDED.timer_at, sequence = EXCLUDED.sequence, claimed_by_id = NULL,
    claimed_at = NULL
"""
TAKEN = """
SELECT t.dossier_id FROM dossiers_takenevent t JOIN unnest(%s::bigint[], %s::text[]) AS v(dossier_id, key)
ON t.dossier_id = v.dossier_id AND t.key = v.key
"""
TAKE = "INSERT INTO dossiers_takenevent (dossier_id, key) SELECT * FROM unnest(%s::bigint[], %s::text[])"
LATEST = """
UPDATE dossiers_place p SET timer_at = v.timer_at FROM unnest(%s::text[], %s::timestamptz[]) AS v(element, timer_at)
WHERE p.dossier_id = %s AND p.element = v.element AND p.timer_at IS DISTINCT FROM v.timer_at
"""
DUE = """
UPDATE dossiers_place SET due_at = %s
WHERE dossier_id = %s AND role <> '' AND due_at IS DISTINCT FROM %s AND element <> ALL(%s::text[])
"""


class _Days:
    """Working days, read when a limit needs them and then kept for the whole batch."""

    def __init__(self) -> None:
        self.read: Calendar | None = None

    def moment(self, text: str, now: dt.datetime, facts: Mapping[str, Any]) -> dt.datetime | None:
        if "working" not in text:
            return limits.moment(text, now, facts, ALL_DAYS)
        if self.read is None:
            self.read = Calendar(organizations.holidays())
        return limits.moment(text, now, facts, self.read)


def taken(events: Sequence[tuple[int, str]]) -> set[int]:
    """Dossiers that have taken their event already."""
    return {row[0] for row in _run(TAKEN, _columns(events, 2), fetch=True)} if events else set()


def write(takings: Sequence["Taking"]) -> None:
    """Dossiers, places, taken events and the journal of these steps; the dossiers given get their new values too."""
    if not takings:
        return
    days = _Days()
    gone: list[tuple[Any, ...]] = []
    arrived: list[tuple[Any, ...]] = []
    for taking in takings:
        _apply(taking)
        gone += [(taking.dossier.pk, token) for token in taking.tokens if token not in taking.outcome.marking]
        arrived += _arrivals(taking, days)
    _run(UPDATE, _columns([_dossier_row(taking.dossier) for taking in takings], 7))
    if gone:
        _run(GONE, _columns(gone, 2))
    if arrived:
        _run(ARRIVED, _columns(arrived, 11))
    for taking in takings:
        if taking.moments_changed:
            set_anew(taking.process, taking.dossier, taking.outcome.marking, taking.known())
    events = [(each.dossier.pk, each.event.id) for each in takings if each.event and each.event.id]
    if events:
        _run(TAKE, _columns(events, 2))
    record_many(by=takings[0].by, verb="dossiers.step", object_kind="dossier", entries=map(_entry, takings))


def _run(statement: str, values: Sequence[Any], *, fetch: bool = False) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if fetch else []


def _columns(found: Sequence[tuple[Any, ...]], count: int) -> list[list[Any]]:
    return [list(column) for column in zip(*found, strict=True)] if found else [[] for _ in range(count)]


def _apply(taking: "Taking") -> None:
    """The dossier's columns after the step, on the locked object."""
    dossier, outcome, n = taking.dossier, taking.outcome, taking.sequence
    fresh = {*outcome.entered, *outcome.set_timers}
    at = {t: taking.tokens[t] if t in taking.tokens and t not in fresh else n for t in sorted(outcome.marking)}
    dossier.marking = {"at": at, "steps": n}
    dossier.facts = taking.facts
    status = taking.before
    for after in outcome.statuses:
        if after in ASKED:
            dossier.before = _came_from(dossier, status)
        status = after
        if after in (*CLOSED, Status.DONE) and dossier.finished_at is None:
            dossier.finished_at = taking.now
    dossier.status = status
    if outcome.ended and dossier.closed_at is None:
        dossier.closed_at = taking.now


def _came_from(dossier: Dossier, status: int) -> int:
    """A dossier that comes back from a withdrawal to wait for papers or money came there from where it had been."""
    if status == Status.WITHDRAWAL:
        return Status.IN_PROCESS if dossier.accepted_at else Status.NEW
    return status


def _dossier_row(dossier: Dossier) -> tuple[Any, ...]:
    return (
        dossier.pk, dossier.status, dossier.before, _json(dossier.marking), _json(dossier.facts), dossier.finished_at,
        dossier.closed_at,
    )  # fmt: skip


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":"), ensure_ascii=False)


def _arrivals(taking: "Taking", days: _Days) -> Iterable[tuple[Any, ...]]:
    outcome, facts = taking.outcome, None
    for token in dict.fromkeys((*outcome.entered, *outcome.set_timers)):
        if token not in outcome.marking:
            continue
        node = taking.process.nodes[token]
        if facts is None and node.due:
            facts = taking.known()
        moment = days.moment(node.due, taking.now, facts or {}) if node.due else None
        is_timer = _KINDS[node.kind] == Place.Kind.TIMER
        due = None if is_timer else moment or (taking.dossier.due_at if node.role else None)
        yield (
            taking.dossier.pk, token, int(_KINDS[node.kind]), node.role, taking.dossier.unit_id,
            node.status if node.kind in WAITING else None, due, taking.now, node.message,
            moment if is_timer else None, taking.sequence,
        )  # fmt: skip


def set_anew(process: Process, dossier: Dossier, tokens: Iterable[str], facts: Mapping[str, Any]) -> None:
    """Timers that fire at the moment of a fact, and places that are due when the dossier is, follow what they read."""
    timers: list[tuple[str, dt.datetime | None]] = []
    own: list[str] = []
    for token in tokens:
        node: Node | None = process.nodes.get(token)
        if node is None or not node.due:
            continue
        if node.id in process.index.fact_timers:
            timers.append((token, limits.moment(node.due, dossier.submitted_at, facts, ALL_DAYS)))
        else:
            own.append(token)
    if timers:
        _run(LATEST, [*_columns(timers, 2), dossier.pk])
    _run(DUE, [dossier.due_at, dossier.pk, dossier.due_at, own])


def _entry(taking: "Taking") -> Entry:
    outcome, event = taking.outcome, taking.event
    data: dict[str, Any] = {"step": taking.sequence}
    if event is not None:
        data["event"] = [event.kind, event.name, *([event.id] if event.id else [])]
    for name in ("entered", "left", "statuses"):
        if said := getattr(outcome, name):
            data[name] = said
    if outcome.delegates:
        data["ran"] = [element for element, _action in outcome.delegates]
    return Entry(
        object_id=str(taking.dossier.pk),
        unit_id=str(taking.dossier.unit_id),
        from_state="" if event is None else str(taking.before),
        to_state=str(taking.dossier.status),
        reason=taking.reason,
        data=data,
    )
