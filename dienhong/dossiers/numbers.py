"""Dossier codes: identification code of the unit, day, number of the day (public-services.md 3.1 of the domain: form
`G12.18.01-200820-0001`, five digits and more from the 10,000th on).

Numbers of a day may have gaps and are never given twice. They are reserved in blocks on a connection of their own, so
that two filings at one unit do not wait for one another's commit.
"""

import datetime as dt
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from dienhong.organizations.models import Unit, UnitCode

BLOCK = 10
SAFE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else, on paper or by telephone
_lock = threading.Lock()
_reserved: dict[tuple[str, int, dt.date], Iterator[int]] = {}


def next_code(unit: Unit, on: dt.date) -> str:
    return f"{identification(unit, on)}-{on:%y%m%d}-{_next(unit.pk, on):04d}"


def new_secret() -> str:
    """Eight characters: 8.5 × 10^11 possibilities beside a code that can be guessed."""
    return "".join(secrets.choice(SAFE) for _ in range(8))


def identification(unit: Unit, on: dt.date) -> str:
    """The unit's identification code of Decision 20/2020 on that day; where it has none, its id in our own letters."""
    code = UnitCode.objects.filter(unit=unit, scheme__key="identification", validity__contains=on).first()
    return code.code if code else f"Z{unit.pk:02d}"


def _next(unit: int, on: dt.date) -> int:
    key = (str(connection.settings_dict["NAME"]), unit, on)
    with _lock:
        number = next(_reserved.get(key, iter(())), None)
        if number is None:
            last = _reserve(unit, on)
            _reserved[key] = iter(range(last - BLOCK + 1, last + 1))
            number = next(_reserved[key])
    return number


def _reserve(unit: int, on: dt.date) -> int:
    """The last number of a fresh block, committed."""
    with _apart() as own, own.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_codebook (unit_id, day, last) VALUES (%s, %s, %s)"
            " ON CONFLICT (unit_id, day) DO UPDATE SET last = dossiers_codebook.last + %s RETURNING last",
            [unit, on, BLOCK, BLOCK],
        )
        return int(cursor.fetchone()[0])


@contextmanager
def _apart() -> Iterator[BaseDatabaseWrapper]:
    own = connection.copy()
    try:
        yield own
    finally:
        own.close()
