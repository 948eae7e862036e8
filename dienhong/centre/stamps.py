"""Since when a tile may say something else: the number of the last publication that touched what it is made from.

Kept in each process and carried on by one small question; a tile whose stamp did not move is not asked again. The
catalogue counts as a whole: a new wording or another authority may change any tile.
"""

import threading
from collections.abc import Iterable

from django.db import connection
from django.db.models import Max, Model

from dienhong.indicators.publisher import STAMPED
from dienhong.indicators.queries import Moment, computed

Stamp = tuple[int, str]
_LAST = "SELECT coalesce(max(seq), 0) FROM indicators_publication"
_TOUCHED = """
SELECT p.seq, o.indicator_id FROM indicators_publication p
JOIN LATERAL (SELECT DISTINCT indicator_id FROM indicators_observation WHERE batch_id = p.batch_id) o ON true
WHERE p.seq > %s ORDER BY p.seq
"""
_CATALOGUE = "SELECT greatest({})::text".format(
    ", ".join(f"(SELECT max(known_at) FROM {table})" for table in STAMPED)  # noqa: S608
)


def newest(*tables: type[Model]) -> tuple[int, ...]:
    """The last number of each table: moves whenever a row comes in."""
    return tuple(table._default_manager.aggregate(last=Max("pk"))["last"] or 0 for table in tables)


class Stamps:
    """Of one database. What was published before the first question counts as one, under the number of its last: a
    process that began to count anew must not take what it drew before for what is known now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seq: int | None = None
        self._first = 0
        self._touched: dict[int, int] = {}
        self._catalogue = ""
        self._parts: dict[int, frozenset[int]] = {}

    def follow(self) -> set[int]:
        """Read what was published since the last time; ids of the indicators it touched."""
        with self._lock, connection.cursor() as cursor:
            cursor.execute(_CATALOGUE)
            said = cursor.fetchone()[0] or ""
            if said != self._catalogue:
                self._catalogue, self._parts = said, {}
            if self._seq is None:
                cursor.execute(_LAST)
                self._seq = self._first = int(cursor.fetchone()[0])
                return set()
            cursor.execute(_TOUCHED, [self._seq])
            rows = cursor.fetchall()
            for seq, indicator in rows:
                self._touched[indicator] = seq
                self._seq = max(self._seq, seq)
            return {indicator for _seq, indicator in rows}

    def parts(self, indicator_ids: Iterable[int], at: Moment) -> dict[int, frozenset[int]]:
        """indicator -> itself and everything it is made from."""
        fresh = [pk for pk in indicator_ids if pk not in self._parts]
        for pk in fresh:
            self._parts[pk] = frozenset({pk, *computed.learn([pk], at)})
        return {pk: self._parts[pk] for pk in indicator_ids}

    def of(self, parts: Iterable[int]) -> Stamp:
        return max((self._touched.get(pk, self._first) for pk in parts), default=0), self._catalogue


_of_database: dict[str, Stamps] = {}


def stamps() -> Stamps:
    """Those of the database that is connected: tests have many."""
    return _of_database.setdefault(str(connection.settings_dict["NAME"]), Stamps())


def forget() -> None:
    """Between tests."""
    _of_database.clear()
