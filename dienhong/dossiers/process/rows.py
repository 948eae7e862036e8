"""What a step leaves in the tables: one statement for each table and one round trip, however many dossiers moved."""

import datetime as dt
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models.base import ModelState

from dienhong.dossiers.models import Dossier, Place
from dienhong.dossiers.models.cases import CLOSED, Status
from dienhong.dossiers.process import limits
from dienhong.dossiers.process.table import WAITING, Node, Process
from dienhong.journal.actions import Entry, record_many
from dienhong.organizations import queries as organizations
from dienhong.rules.workdays import Calendar

if TYPE_CHECKING:
    from dienhong.dossiers.process.persist import Taking

HOLIDAY_SECONDS: Final = 5.0
MOST_TAKEN: Final = 64  # ids of outside events that a dossier remembers
ALL_DAYS: Final = Calendar({})
COLUMNS: Final = ("status", "status_since", "before", "marking", "facts", "finished_at", "closed_at")
ASKED: Final = frozenset({Status.SUPPLEMENT, Status.TO_PAY, Status.WITHDRAWAL})
_KINDS: Final = {
    "user": Place.Kind.TASK,
    "receive": Place.Kind.MESSAGE,
    "catch_message": Place.Kind.MESSAGE,
    "catch_timer": Place.Kind.TIMER,
    "boundary_timer": Place.Kind.TIMER,
}
# Rows travel as JSON texts: psycopg takes longer to write a dozen arrays than the server to read these. The function
# (migration 0006) keeps its plans: singly, planning took longer than running.
LEAVE = "SELECT dossiers_leave(%s, %s, %s)"
LATEST = """
UPDATE dossiers_place p SET timer_at = v.timer_at FROM unnest(%s::text[], %s::timestamptz[]) AS v(element, timer_at)
WHERE p.dossier_id = %s AND p.element = v.element AND p.timer_at IS DISTINCT FROM v.timer_at
"""
DUE = """
UPDATE dossiers_place SET due_at = %s
WHERE dossier_id = %s AND role <> '' AND due_at IS DISTINCT FROM %s AND element <> ALL(%s::text[])
"""


class _Days:
    """Limits in calendar and working time; the table of holidays is read when needed, at most every few seconds."""

    def __init__(self) -> None:
        self.read: tuple[float, Calendar] | None = None
        # Of a batch, whose dossiers all step at one moment; replaced whole, so threads need no lock.
        self.batch: tuple[dt.datetime, dict[str, dt.datetime | None]] = (dt.datetime.min, {})

    def moment(self, text: str, now: dt.datetime, facts: Mapping[str, Any]) -> dt.datetime | None:
        if "working" not in text or text.startswith("@"):
            return limits.moment(text, now, facts, ALL_DAYS)
        if self.read is None or time.monotonic() - self.read[0] > HOLIDAY_SECONDS:
            self.read = (time.monotonic(), Calendar(organizations.holidays()))
            self.batch = (now, {})
        batch = self.batch
        if batch[0] is not now:
            batch = self.batch = (now, {})
        worked_out = batch[1]
        if text not in worked_out:
            worked_out[text] = limits.moment(text, now, facts, self.read[1])
        return worked_out[text]


_days = _Days()


def forget() -> None:
    """Between tests: the table of holidays is another one."""
    _days.read = None


def lock(ids: Sequence[int], *, wait: bool = True) -> list[Dossier]:
    """These dossiers as they are now, locked, by id; without waiting, those that nobody else holds."""
    statement = _statement() + ("" if wait else " SKIP LOCKED")
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids)])
        found = cursor.fetchall()
    return [_made(row) for row in found]


def _made(row: tuple[Any, ...]) -> Dossier:
    """As Dossier.from_db, without a signal and a setter for each column, which took a tenth of a step."""
    made = Dossier.__new__(Dossier)
    made._state = ModelState()
    made._state.adding, made._state.db = False, connection.alias
    made.__dict__.update(zip(_names(), _read(row), strict=True))
    return made


@cache
def _names() -> list[str]:
    return [each.attname for each in _fields()]


@cache
def _fields() -> list[Any]:
    return list(Dossier._meta.concrete_fields)


@cache
def _statement() -> str:
    columns = ", ".join(each.column for each in _fields())
    return f"SELECT {columns} FROM dossiers_dossier WHERE id = ANY(%s) ORDER BY id FOR UPDATE"  # noqa: S608


@cache
def _json_columns() -> list[int]:
    return [n for n, each in enumerate(_fields()) if each.name in ("marking", "facts")]


def _read(row: tuple[Any, ...]) -> list[Any]:
    values = list(row)
    for n in _json_columns():
        values[n] = json.loads(values[n])
    return values


def write(takings: Sequence["Taking"]) -> None:
    """Dossiers, places and the journal of these steps, in one round trip; the dossiers given get their values too."""
    if not takings:
        return
    gone: list[dict[str, Any]] = []
    arrived: list[dict[str, Any]] = []
    for taking in takings:
        _apply(taking)
        left = [token for token in taking.tokens if _leaves_a_row(taking, token)]
        gone += [{"dossier": taking.dossier.pk, "element": token} for token in left]
        arrived += _arrivals(taking)
    said = [_json([_dossier_row(taking.dossier) for taking in takings]), _json(gone), _json(arrived)]
    record_many(
        by=takings[0].by, verb="dossiers.step", object_kind="dossier", along=[(LEAVE, said)],
        entries=[_entry(taking) for taking in takings],
    )  # fmt: skip
    for taking in takings:
        if taking.moments_changed:
            set_anew(taking.process, taking.dossier, taking.outcome.marking, taking.known())


def _leaves_a_row(taking: "Taking", token: str) -> bool:
    return token not in taking.outcome.marking and token in taking.process.nodes


def _run(statement: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _apply(taking: "Taking") -> None:
    """The dossier's columns after the step, on the locked object."""
    dossier, outcome, n = taking.dossier, taking.outcome, taking.sequence
    fresh = {*outcome.entered, *outcome.set_timers}
    at: dict[str, list[str]] = {}
    for token in sorted(outcome.marking):
        came = taking.tokens[token] if token in taking.tokens and token not in fresh else n
        at.setdefault(str(came), []).append(token)
    dossier.marking = {"at": at, "steps": n}
    if taking.took:
        dossier.marking["took"] = taking.took[-MOST_TAKEN:]
    dossier.facts = taking.facts
    status = taking.before
    for after in outcome.statuses:
        if after in ASKED:
            dossier.before = _came_from(dossier, status)
        status = after
        if after in (*CLOSED, Status.DONE) and dossier.finished_at is None:
            dossier.finished_at = taking.now
    if dossier.status != status:
        dossier.status, dossier.status_since = status, taking.now
    if outcome.ended and dossier.closed_at is None:
        dossier.closed_at = taking.now


def _came_from(dossier: Dossier, status: int) -> int:
    """A dossier that comes back from a withdrawal to wait for papers or money came there from where it had been."""
    if status == Status.WITHDRAWAL:
        return Status.IN_PROCESS if dossier.accepted_at else Status.NEW
    return status


def _dossier_row(dossier: Dossier) -> dict[str, Any]:
    return {"id": dossier.pk, **{name: getattr(dossier, name) for name in COLUMNS}}


def _json(value: list[dict[str, Any]]) -> str | None:
    """None where there are no rows."""
    if not value:
        return None
    return _encode(value)


def _plain(value: Any) -> Any:
    """Django's own way with dates cuts off the microseconds."""
    return value.isoformat() if isinstance(value, dt.datetime) else DjangoJSONEncoder().default(value)


_encode = json.JSONEncoder(default=_plain, separators=(",", ":"), ensure_ascii=False).encode


def _arrivals(taking: "Taking") -> Iterable[dict[str, Any]]:
    outcome, facts = taking.outcome, None
    for token in dict.fromkeys((*outcome.entered, *outcome.set_timers)):
        if token not in outcome.marking:
            continue
        node = taking.process.nodes[token]
        if facts is None and node.due:
            facts = taking.known()
        moment = _days.moment(node.due, taking.now, facts or {}) if node.due else None
        is_timer = _KINDS[node.kind] == Place.Kind.TIMER
        due = None if is_timer else moment or (taking.dossier.due_at if node.role else None)
        yield {
            "dossier": taking.dossier.pk,
            "element": token,
            "kind": int(_KINDS[node.kind]),
            "role": node.role,
            "unit": taking.dossier.unit_id,
            "status": node.status if node.kind in WAITING else None,
            "due_at": due,
            "since": taking.now,
            "message": node.message,
            "timer_at": moment if is_timer else None,
            "sequence": taking.sequence,
        }


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
        _run(LATEST, [[token for token, _at in timers], [at for _token, at in timers], dossier.pk])
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
