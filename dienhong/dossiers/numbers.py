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

from dienhong.base.brief import brief
from dienhong.organizations.models import Unit, UnitCode

BLOCK, LARGEST = 10, 160  # each block of a unit's day is twice as large as the one before: a block costs a connection
SAFE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else, on paper or by telephone
_lock = threading.Lock()
_reserved: dict[tuple[str, int, dt.date], tuple[Iterator[int], int]] = {}


def next_code(unit: Unit, on: dt.date) -> str:
    return f"{identification(unit, on)}-{on:%y%m%d}-{_next(unit.pk, on):04d}"


def new_secret() -> str:
    """Eight characters: 8.5 × 10^11 possibilities beside a code that can be guessed."""
    return "".join(secrets.choice(SAFE) for _ in range(8))


@brief(seconds=5)
def identification(unit: Unit, on: dt.date) -> str:
    """The unit's identification code of Decision 20/2020 on that day; where it has none, its id in our own letters."""
    code = UnitCode.objects.filter(unit=unit, scheme__key="identification", validity__contains=on).first()
    return code.code if code else f"Z{unit.pk:02d}"


def _next(unit: int, on: dt.date) -> int:
    key = (str(connection.settings_dict["NAME"]), unit, on)
    with _lock:
        left, size = _reserved.get(key, (iter(()), BLOCK // 2))
        number = next(left, None)
        if number is None:
            size = min(size * 2, LARGEST)
            last = _reserve(unit, on, size)
            left = iter(range(last - size + 1, last + 1))
            number = next(left)
            _reserved[key] = (left, size)
    return number


def _reserve(unit: int, on: dt.date, size: int) -> int:
    """The last number of a fresh block, committed."""
    with _apart() as own, own.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_codebook (unit_id, day, last) VALUES (%s, %s, %s)"
            " ON CONFLICT (unit_id, day) DO UPDATE SET last = dossiers_codebook.last + %s RETURNING last",
            [unit, on, size, size],
        )
        return int(cursor.fetchone()[0])


@contextmanager
def _apart() -> Iterator[BaseDatabaseWrapper]:
    own = connection.copy()
    try:
        yield own
    finally:
        own.close()
