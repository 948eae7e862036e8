"""The sets behind the figures: all of a period counted in one statement, and one of them by its definition."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from dienhong.base import clock
from dienhong.dossiers.counting.measures import MEASURES, STANDING
from dienhong.dossiers.models import CountedSet
from dienhong.organizations.queries import COMMAND

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of no members
_COUNT = """
count(*), sum(amount)::bigint,
encode(sha256(convert_to(coalesce(string_agg(item, E'\\n' ORDER BY item COLLATE "C"), ''), 'UTF8')), 'hex')
"""
# Which trees: those of command, as they were known at the record time `trees_at` to stand on the period's last day.
_TREE = """
organizations_ancestry a JOIN organizations_hierarchy h ON h.id = a.hierarchy_id AND h.key = ANY(%(trees)s)
    AND a.validity @> %(last)s::date AND a.known_at <= %(trees_at)s
    AND (a.superseded_at IS NULL OR a.superseded_at > %(trees_at)s)
"""
_ALL = f"""
WITH standing AS MATERIALIZED ({STANDING}), members AS MATERIALIZED ({{members}}),
up AS MATERIALIZED (
    SELECT DISTINCT m.unit_id, m.unit_id AS above FROM members m
    UNION
    SELECT m.unit_id, a.ancestor_id FROM (SELECT DISTINCT unit_id FROM members) m
    JOIN ({{tree}}) a ON a.descendant_id = m.unit_id
)
SELECT what, above, coalesce(service, ''), NULL::smallint, {_COUNT}
FROM members JOIN up USING (unit_id) GROUP BY GROUPING SETS ((what, above, service), (what, above))
UNION ALL
SELECT what, above, coalesce(service, ''), status, {_COUNT}
FROM members JOIN up USING (unit_id) WHERE status IS NOT NULL
GROUP BY GROUPING SETS ((what, above, service, status), (what, above, status))
""".replace("{tree}", f"SELECT a.descendant_id, a.ancestor_id FROM {_TREE}")  # noqa: S608
_ONE = f"""
WITH standing AS MATERIALIZED ({STANDING}), members AS (
    SELECT m.* FROM ({{members}}) m
    WHERE (m.unit_id = %(unit)s OR m.unit_id IN (SELECT a.descendant_id FROM {_TREE} WHERE a.ancestor_id = %(unit)s))
        AND (%(service)s = '' OR m.service = %(service)s) AND (%(status)s::int IS NULL OR m.status = %(status)s::int)
)
"""  # noqa: S608


class Count(NamedTuple):
    """One set, counted. `service` "" and `status` None: all of them."""

    what: str
    unit_id: int
    service: str
    status: int | None
    number: int
    amount: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class Window:
    """The days counted, and what was known: `as_of` business time, `trees_at` record time."""

    first: dt.date
    last: dt.date
    as_of: dt.datetime
    trees_at: dt.datetime

    @property
    def end(self) -> dt.datetime:
        """The moment after the last day."""
        return clock.midnight(self.last + dt.timedelta(days=1))

    @property
    def is_over(self) -> bool:
        return self.as_of >= self.end

    def values(self) -> dict[str, Any]:
        hi = min(self.end, self.as_of)
        return {
            "first": self.first,
            "last": self.last,
            "lo": clock.midnight(self.first),
            "hi": hi,
            "upto": (hi - dt.timedelta(microseconds=1)).astimezone(clock.HANOI).date(),
            "as_of": self.as_of,
            "trees_at": self.trees_at,
            "trees": list(COMMAND),
        }


def count(window: Window, whats: Iterable[str]) -> list[Count]:
    """Every set that has a member: of each unit with a member and of all units above it, by service and in total; what
    is open by status too. A dossier is in a unit's set once, by however many trees it lies below it."""
    parts = [f"SELECT '{what}' AS what, m.* FROM ({MEASURES[what].members}) m" for what in whats]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(_ALL.replace("{members}", " UNION ALL ".join(parts)), window.values())
        return [Count(*row) for row in cursor.fetchall()]


def window_of(row: CountedSet) -> Window:
    return Window(row.period.first, row.period.last, row.as_of, row.trees_at)


def recount(row: CountedSet) -> tuple[int, int | None, str]:
    """Number, amount and digest of the set as its definition gives them now."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_one(row)} SELECT {_COUNT} FROM members", _values(row))  # noqa: S608
        number, amount, digest = cursor.fetchone()
    return number, (amount or 0) if MEASURES[row.what].is_money else None, digest


class Member(NamedTuple):
    dossier_id: int
    item: str
    amount: int | None


def members(row: CountedSet, *, among: Sequence[int] | None = None) -> list[Member]:
    """The members of a set as its definition gives them now, in the digest's order; `among`: only of these dossiers."""
    only = "" if among is None else " WHERE dossier_id = ANY(%(among)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f'{_one(row)} SELECT dossier_id, item, amount FROM members{only} ORDER BY item COLLATE "C"',  # noqa: S608
            {**_values(row), "among": list(among or ())},
        )
        return [Member(*found) for found in cursor.fetchall()]


def _one(row: CountedSet) -> str:
    return _ONE.replace("{members}", MEASURES[row.what].members)


def _values(row: CountedSet) -> dict[str, Any]:
    asked = {"unit": row.unit_id, "service": row.service, "status": row.status}
    return {**window_of(row).values(), **asked}
