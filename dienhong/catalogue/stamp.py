"""The catalogue's stamp: a number that goes up with every visible change; pages and indexes compare it.

Each worker reads it at most every PATIENCE seconds. The row is locked until the change commits, so two changes have
two stamps in the order of their commits, and a reader that saw one has seen everything below it.
"""

import threading
import time

from django.db import connection

from dienhong.base import transactions

PATIENCE = 0.4
BUMP = (
    "INSERT INTO catalogue_stamp (id, value) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET value = catalogue_stamp.value + 1 RETURNING value"
)
_lock = threading.Lock()
# (monotonic moment, value); replaced whole.
_read: tuple[float, int] = (float("-inf"), -1)


def bump() -> int:
    """Raise the stamp in the caller's transaction; returns the new value. Call it first: it is also the lock."""
    transactions.require("stamp.bump")
    with connection.cursor() as cursor:
        cursor.execute(BUMP)
        return int(cursor.fetchone()[0])


def current() -> int:
    """The stamp, at most PATIENCE seconds old. While one thread asks the others go on with what they have."""
    global _read
    moment, value = _read
    if time.monotonic() - moment < PATIENCE:
        return value
    if not _lock.acquire(blocking=value < 0):
        return value
    try:
        if time.monotonic() - _read[0] >= PATIENCE:
            asked = time.monotonic()
            _read = (asked, exact())
        return _read[1]
    finally:
        _lock.release()


def exact() -> int:
    """The stamp as it stands now; 0 before anything was loaded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM catalogue_stamp WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def forget() -> None:
    """Ask again at the next reading: between tests, and after a change made here."""
    global _read
    _read = (float("-inf"), -1)
