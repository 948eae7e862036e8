"""Lists of dossiers for officers: a hundred rows and the exact count, out of a million, in a few milliseconds.

The rows come by one index scan per unit, merged; the count is the sum of the tally's differences (models.Tally), in
the same statement's snapshot, so that rows and count never contradict one another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from dienhong.dossiers.models import CLOSED, Status

MOST = 100
OPEN = tuple(int(each) for each in Status if each not in CLOSED)
_COLUMNS = "d.id, d.code, d.service, d.unit_id, d.status, d.due_at, d.submitted_at, d.accepted_at, d.assigned_id"


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier of a list; no personal data."""

    id: int
    code: str
    service: str
    unit_id: int
    status: int
    due_at: Any
    submitted_at: Any
    accepted_at: Any
    assigned_id: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """`total` is exact. `after` is the key to ask for what follows; None at the end."""

    lines: list[Line]
    total: int
    after: tuple[Any, int] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which dossiers: of these units (service -> unit ids; "" stands for every service), in these statuses."""

    units: dict[str, Sequence[int]]
    statuses: Sequence[int] = OPEN
    service: str = ""
    after: tuple[Any, int] | None = None
    most: int = MOST


def by_urgency(asked: Asked) -> Page:
    """Open dossiers, the most urgent first; those without a due date last."""
    parts, params = [], []
    for service, units in asked.units.items():
        if not units:
            continue
        wanted = asked.service or service
        if asked.service and service not in {"", asked.service}:
            continue
        parts.append(_branch(asked, wanted))
        params += [list(units), *([wanted] if wanted else []), *_after(asked), asked.most + 1]
    if not parts:
        return Page([], 0, None)
    rows, total = _read(asked, " UNION ".join(parts), params)
    lines = [Line(*row) for row in rows[: asked.most]]
    more = len(rows) > asked.most
    return Page(lines, total, (lines[-1].due_at, lines[-1].id) if more else None)


def _branch(asked: Asked, service: str) -> str:
    """One index scan per unit: a plain `unit = ANY(…) ORDER BY due_at` would sort everything of all units."""
    closed = ", ".join(str(int(each)) for each in CLOSED)
    wanted = [each for each in asked.statuses if each not in CLOSED]
    all_open = set(wanted) == set(OPEN)
    statuses = "" if all_open else f" AND d.status IN ({', '.join(str(int(each)) for each in wanted) or 'NULL'})"
    return (
        f"(SELECT d.id, d.due_at FROM unnest(%s::bigint[]) AS u (id) CROSS JOIN LATERAL ("  # noqa: S608
        f"SELECT d.id, d.due_at FROM dossiers_dossier d WHERE d.unit_id = u.id AND d.status NOT IN ({closed}){statuses}"
        f"{' AND d.service = %s' if service else ''}{_beyond(asked)}"
        " ORDER BY d.due_at, d.id LIMIT %s) d)"
    )


def _beyond(asked: Asked) -> str:
    if asked.after is None:
        return ""
    if asked.after[0] is None:
        return " AND d.due_at IS NULL AND d.id > %s"
    return " AND ((d.due_at, d.id) > (%s, %s) OR d.due_at IS NULL)"


def _after(asked: Asked) -> list[Any]:
    if asked.after is None:
        return []
    return [asked.after[1]] if asked.after[0] is None else [*asked.after]


def _read(asked: Asked, branches: str, params: list[Any]) -> tuple[list[tuple[Any, ...]], int]:
    counted, count_params = _count(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH top AS ({branches} ORDER BY due_at, id LIMIT %s), "  # noqa: S608
            f"shown AS (SELECT {_COLUMNS} FROM top JOIN dossiers_dossier d ON d.id = top.id) "
            f"SELECT ({counted}), shown.* FROM (SELECT 1) one LEFT JOIN shown ON true ORDER BY due_at, id",
            [*params, asked.most + 1, *count_params],
        )
        rows = cursor.fetchall()
    return [row[1:] for row in rows if row[1] is not None], int(rows[0][0])


def _count(asked: Asked) -> tuple[str, list[Any]]:
    """The exact number: differences appended by the trigger and not summed up yet are in it."""
    parts, params = [], []
    for service, units in asked.units.items():
        wanted = asked.service or service
        if asked.service and service not in {"", asked.service}:
            continue
        if wanted:
            parts.append("(t.unit_id = ANY(%s) AND t.service = %s)")
            params += [list(units), wanted]
        else:
            parts.append("t.unit_id = ANY(%s)")
            params.append(list(units))
    params.append(list(asked.statuses))
    return (
        f"SELECT coalesce(sum(t.number), 0) FROM dossiers_tally t WHERE ({' OR '.join(parts)}) AND t.status = ANY(%s)",  # noqa: S608
        params,
    )


def compact() -> int:
    """Sum up the tally's differences: one row per unit, service and status. Returns how many rows went.

    Sums that stand alone already are left alone, so that a quiet hour writes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH many AS (SELECT unit_id, service, status FROM dossiers_tally GROUP BY 1, 2, 3 HAVING count(*) > 1),"
            " gone AS (DELETE FROM dossiers_tally t USING many m WHERE t.unit_id = m.unit_id AND t.service = m.service"
            " AND t.status = m.status RETURNING t.unit_id, t.service, t.status, t.number),"
            " kept AS (INSERT INTO dossiers_tally (unit_id, service, status, number)"
            " SELECT unit_id, service, status, sum(number) FROM gone GROUP BY 1, 2, 3 HAVING sum(number) <> 0"
            " RETURNING 1) SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept)"
        )
        return int(cursor.fetchone()[0])
