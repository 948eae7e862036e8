"""The sealer: chains committed events, signs and exports the root, then publishes; one at a time, every 200 ms.

Chaining inside each action's transaction was measured at a fifteenth of the speed (shapes.md, 22), so it is done here,
after commit. An event that is not yet sealed can be changed unseen by the database's owner: a stated limit of
INTERVAL plus the round's length, as long as the sealer runs.
"""

import json
import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from dienhong.journal import actions, canonical, exports, hashing, keys

log = logging.getLogger("dienhong.journal.sealer")

INTERVAL = 0.2  # seconds from the start of a round to the start of the next
BATCH = 5000  # events under one signature
LOCK = 0x0D1E_2240  # advisory lock: whoever holds it is the sealer
CHANNEL = "dienhong_sealed"
LONGEST_PAUSE = 2.0  # seconds between attempts to reach the database

Step = Callable[[], int]
_steps: dict[str, Step] = {}


def register(step: Step, *, name: str = "") -> Step:
    """Run `step` after the sealing of every round, in the order of registration, in the sealer's process.

    It is called whether or not anything was sealed, so it must be cheap when idle; it opens its own transaction and
    returns how much it did. An error is logged and tried again next round. Registering a name again replaces it.
    """
    _steps[name or f"{step.__module__}.{step.__qualname__}"] = step
    return step


def seal_once() -> int:
    """Seal one batch of committed events and export its root. Returns how many; 0 also when another sealer is at work.

    Killed after its commit and before the export, the next call exports what is missing.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        rows = _take(cursor)
        if rows:
            _chain(cursor, rows)
    if rows:
        exports.export()
    return len(rows)


def _take(cursor: CursorWrapper) -> list[tuple[object, ...]]:
    """Take up to BATCH ids from the queue; the rows of those that have no seal yet, in the order of their ids."""
    cursor.execute(
        "DELETE FROM journal_unsealed WHERE event_id IN"
        " (SELECT event_id FROM journal_unsealed ORDER BY event_id LIMIT %s) RETURNING event_id",
        [BATCH],
    )
    ids = {row[0] for row in cursor.fetchall()}
    if not ids:
        return []
    cursor.execute(
        f"SELECT {canonical.columns_sql()}, s.position FROM journal_event e"  # noqa: S608
        " LEFT JOIN journal_seal s ON s.event_id = e.id WHERE e.id = ANY(%s) ORDER BY e.id",
        [list(ids)],
    )
    rows = cursor.fetchall()
    for missing in sorted(ids - {int(row[0]) for row in rows}):
        # It was in the queue, so it was committed; somebody removed it before it could be sealed.
        log.error("event %s was deleted before it was sealed", missing)
        actions.record(by="job:sealer", verb="event.missing", object_kind="event", object_id=missing)
    return [row[:-1] for row in rows if row[-1] is None]


def _chain(cursor: CursorWrapper, rows: list[tuple[object, ...]]) -> None:
    """Write seals and the signed batch for these events, after the last seal."""
    number, position, previous, previous_root = _end(cursor)
    first, tree = position + 1, hashing.Tree()
    with cursor.copy("COPY journal_seal (position, event_id, prev, hash) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "int8", "bytea", "bytea"])
        for row in rows:
            leaf = hashing.leaf(canonical.event_bytes(row))
            tree.push(leaf)
            position, chained = position + 1, hashing.link(previous, leaf)
            copy.write_row((position, int(str(row[0])), previous, chained))
            previous = chained
    cursor.execute(f"SELECT {canonical.utc('clock_timestamp()')}")
    sealed_at = cursor.fetchone()[0]
    key = keys.current()
    statement = hashing.Statement(
        number + 1, first, position, previous.hex(), tree.root().hex(), previous_root.hex(), sealed_at, key.key_id
    )
    cursor.execute(
        "INSERT INTO journal_sealbatch (number, first_position, last_position, chain, tree, previous_root, root,"
        " signature, key_id, form, sealed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::timestamptz)",
        [
            statement.number, first, position, previous, tree.root(), previous_root, statement.root(),
            key.sign(statement.text().encode()), key.key_id, statement.form, sealed_at,
        ],
    )  # fmt: skip


def _end(cursor: CursorWrapper) -> tuple[int, int, bytes, bytes]:
    """Number of the last batch, last position, hash of the last seal, last root.

    No number or position is used twice: where the exported roots are ahead, the database was cut or restored, and the
    verifier will say so.
    """
    cursor.execute("SELECT coalesce(max(number), 0), coalesce(max(last_position), 0) FROM journal_sealbatch")
    number, position = cursor.fetchone()
    cursor.execute("SELECT position, hash FROM journal_seal ORDER BY position DESC LIMIT 1")
    seal = cursor.fetchone() or (0, hashing.GENESIS)
    cursor.execute("SELECT root FROM journal_sealbatch ORDER BY number DESC LIMIT 1")
    root = cursor.fetchone() or (hashing.GENESIS,)
    exported = exports.tail()
    if exported and exported.number > number:
        log.error(
            "the database ends with batch %s but batch %s was exported: it was cut or restored. Run verify_journal.",
            number,
            exported.number,
        )
        number, position = exported.number, max(position, exported.last_position)
    return number, max(position, seal[0]), bytes(seal[1]), bytes(root[0])


def sweep() -> int:
    """Queue events that have neither a seal nor a place in the queue; reads the whole journal. Returns how many.

    Only after loading data past the triggers: otherwise such an event is a finding of the verifier.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_unsealed (event_id) SELECT e.id FROM journal_event e"
            " WHERE NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.event_id = e.id) ON CONFLICT DO NOTHING"
        )
        return int(cursor.rowcount)


def run_steps() -> int:
    """Run every registered step once. An error of the connection ends the round; any other is logged."""
    done = 0
    for name, step in list(_steps.items()):
        try:
            done += step()
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("step %s failed; it is tried again in the next round", name)
    return done


def notify(sealed: int, published: int) -> None:
    """Wake the listeners, and do it here only: a notification per transaction cost two thirds of the speed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"sealed": sealed, "published": published})])


class _Turn:
    """Whether this process is the sealer. The lock lives on one connection: a new connection has to ask again."""

    def __init__(self) -> None:
        self._held_on: object = None

    def mine(self) -> bool:
        connection.ensure_connection()
        if self._held_on is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
                if not cursor.fetchone()[0]:
                    return False
            self._held_on = connection.connection
            log.info("sealing begins")
            exports.export()
        return True

    def give_up(self) -> None:
        if self._held_on is not None and self._held_on is connection.connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def run(stop: threading.Event) -> None:
    """Seal and publish until `stop` is set. Outlives the database: reconnects with pauses of up to two seconds."""
    turn, pause = _Turn(), INTERVAL
    while not stop.is_set():
        began, sealed = time.monotonic(), 0
        try:
            if turn.mine():
                sealed = seal_once()
                published = run_steps()
                if sealed or published:
                    notify(sealed, published)
            pause = INTERVAL
        except (DatabaseError, InterfaceError, OSError) as error:
            log.warning("round failed, trying again: %s", str(error).strip() or type(error).__name__)
            connection.close()
            stop.wait(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
            continue
        if sealed < BATCH:
            stop.wait(max(0.0, INTERVAL - (time.monotonic() - began)))
    try:
        turn.give_up()
    except (DatabaseError, InterfaceError):
        log.warning("the database was gone at the end; it has dropped the lock by itself")
    connection.close()
