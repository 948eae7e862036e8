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
from django.utils.http import int_to_base36

from dienhong.base.brief import brief
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Unit, UnitCode

SCHEMES = ("identification", "g", "h")  # the last two: level 1 of ministries and of provinces
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
    """The unit's identification code of Decision 20/2020 on that day: its own, else that of level 1 (G12, H26).

    Below a unit that has one, a unit without keeps its place by a group that is ours: three characters of its id
    (`H26.02B`). Where nothing above it has a code on that day, `Z` and the id: no identification code, and it looks
    like none (the codes of the 34 provinces since July 2025 are not known).
    """
    above = [each.pk for tree in ("administrative", "sector") for each in organizations.ancestors(tree, unit, on)]
    line = {pk: place for place, pk in enumerate([unit.pk, *above])}
    rows = UnitCode.objects.filter(unit__in=line, scheme__key__in=SCHEMES, validity__contains=on)
    found = rows.values_list("unit", "scheme__key", "code")
    nearest = min(found, key=lambda row: (line[row[0]], SCHEMES.index(row[1])), default=None)
    if nearest is None:
        return f"Z{unit.pk:02d}"
    return nearest[2] if nearest[0] == unit.pk else f"{nearest[2]}.{_group(unit.pk)}"


def _group(number: int) -> str:
    return int_to_base36(number % 36**3).upper().rjust(3, "0")


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
