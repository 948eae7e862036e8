"""Writing to the journal."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from dienhong.base import clock, request_context, transactions
from dienhong.journal.models import Event

COLUMNS = (
    "business_at",
    "verb",
    "actor",
    "object_kind",
    "object_id",
    "unit_id",
    "from_state",
    "to_state",
    "reason",
    "data",
    "request_id",
)
# One statement: the event's id and moment, and the commitment to the actor's present label, come back with it.
INSERT = (
    f"INSERT INTO journal_event ({', '.join(COLUMNS)}, actor_commitment) VALUES ({', '.join(['%s'] * len(COLUMNS))},"  # noqa: S608
    " coalesce((SELECT commitment FROM journal_personlabel WHERE person = %s ORDER BY id DESC LIMIT 1), ''))"
    " RETURNING id, at, actor_commitment"
)

Listener = Callable[[Event], None]
Wants = Callable[[str], bool]
_listeners: list[tuple[Listener, Wants]] = []


def listen(listener: Listener, wants: Wants = bool) -> None:
    """Call `listener` with each event right after it is written, in the act's own transaction: if it raises, the act
    did not happen. For what must not come apart from the act; everything else reads the sealed events.

    `wants`: whether it listens to that verb at all.
    """
    _listeners.append((listener, wants))


def record(
    *,
    by: str,
    verb: str,
    object_kind: str,
    object_id: object,
    unit_id: object = "",
    from_state: object = "",
    to_state: object = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    request_id: str = "",
) -> Event:
    """Write one event in the caller's transaction. Raises RuntimeError outside one: an event alone proves nothing.

    `by` is person:<id>, job:<name> or partner:<key>; `data` is JSON without names of persons (they could not be
    erased again); `request_id` is that of the web request under way, as the logs have it, unless given. Raises
    django.db.DataError for a text longer than its column.
    """
    transactions.require("journal.record")
    event = Event(
        business_at=clock.business_now(),
        verb=verb,
        actor=by,
        object_kind=object_kind,
        object_id=str(object_id),
        unit_id=str(unit_id),
        from_state=str(from_state),
        to_state=str(to_state),
        reason=reason,
        data=data or {},
        request_id=request_id or request_context.request_id.get(),
    )
    values = [getattr(event, name) for name in COLUMNS]
    values[COLUMNS.index("data")] = Jsonb(event.data)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [*values, by if by.startswith("person:") else None])
        event.id, event.at, event.actor_commitment = cursor.fetchone()
    event._state.adding, event._state.db = False, connection.alias
    for listener, wants in _listeners:
        if wants(verb):
            listener(event)
    return event


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of many that `record_many` writes; fields as in `record`."""

    object_id: str
    unit_id: str = ""
    from_state: str = ""
    to_state: str = ""
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """As dataclasses.asdict, without its deep copy, which took a quarter of a step."""
        return {name: getattr(self, name) for name in self.__slots__}


MANY = "journal_add(%s, %s, %s, %s, %s, %s, %s)"


def record_many(
    *, by: str, verb: str, object_kind: str, entries: Iterable[Entry], along: Sequence[tuple[str, list[Any]]] = ()
) -> None:
    """As `record`, for one act on many objects, in one statement. ValueError for an object named twice.

    `along`: statements of the act itself (with their parameters) to be sent before it in the same round trip.
    """
    transactions.require("journal.record_many")
    said = list(entries)
    found = {entry.object_id: entry for entry in said}
    if len(found) != len(said):
        raise ValueError("record_many writes one event for each object: an object is named twice")
    if not found:
        return
    hearing = [listener for listener, wants in _listeners if wants(verb)]
    now, request_id = clock.business_now(), request_context.request_id.get()
    rows_said = json.dumps([entry.row() for entry in said], ensure_ascii=False)
    person = by if by.startswith("person:") else None
    # What nobody hears need not come back.
    written = f"SELECT * FROM {MANY}" if hearing else f"SELECT count(*) FROM {MANY}"  # noqa: S608
    with connection.cursor() as cursor:
        statements = [*along, (written, [now, verb, by, object_kind, request_id, person, rows_said])]
        cursor.execute(
            ";".join(text for text, _values in statements), [v for _text, values in statements for v in values]
        )
        while cursor.nextset():
            continue
        rows = cursor.fetchall() if hearing else []
    for pk, at, commitment, object_id in rows:
        entry = found[object_id]
        event = Event(
            id=pk, at=at, business_at=now, verb=verb, actor=by, actor_commitment=commitment, object_kind=object_kind,
            object_id=object_id, unit_id=entry.unit_id, from_state=entry.from_state, to_state=entry.to_state,
            reason=entry.reason, data=entry.data, request_id=request_id,
        )  # fmt: skip
        event._state.adding, event._state.db = False, connection.alias
        for listener in hearing:
            listener(event)
