"""The two tables derived from others: `Ancestry` from links, `Heir` from lineage. Called by the actions only."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

from dienhong.organizations.models import Unit

# Deeper than any tree here; reached only by a circle of links.
DEEPEST = 20


class CircleError(Exception):
    """Links of a hierarchy lead back to their own beginning."""


_BELOW = """
WITH RECURSIVE below(id) AS (
    SELECT unnest(%(units)s::bigint[])
    UNION
    SELECT link.child_id FROM organizations_link link JOIN below ON link.parent_id = below.id
    WHERE link.hierarchy_id = %(hierarchy)s AND link.superseded_at IS NULL
)
SELECT id FROM below
"""

# One statement, so that what goes and what comes are judged against the same rows.
_REFRESH = """
WITH RECURSIVE up(descendant_id, ancestor_id, depth, validity) AS (
    SELECT child_id, parent_id, 1, validity FROM organizations_link
    WHERE hierarchy_id = %(hierarchy)s AND superseded_at IS NULL
      AND (%(units)s::bigint[] IS NULL OR child_id = ANY(%(units)s::bigint[]))
    UNION ALL
    SELECT up.descendant_id, link.parent_id, up.depth + 1, up.validity * link.validity
    FROM up JOIN organizations_link link
      ON link.child_id = up.ancestor_id AND link.validity && up.validity
    WHERE link.hierarchy_id = %(hierarchy)s AND link.superseded_at IS NULL AND up.depth < %(deepest)s
), live AS (
    SELECT id, descendant_id, ancestor_id, depth, validity FROM organizations_ancestry
    WHERE hierarchy_id = %(hierarchy)s AND superseded_at IS NULL
      AND (%(units)s::bigint[] IS NULL OR descendant_id = ANY(%(units)s::bigint[]))
), changed AS (
    -- Grouping, not anti-joins: the planner knows nothing about `up` and would compare row by row (72 s, not 1).
    SELECT descendant_id, ancestor_id, depth, validity, max(id) AS id FROM (
        SELECT descendant_id, ancestor_id, depth, validity, NULL::bigint AS id FROM up
        UNION ALL SELECT descendant_id, ancestor_id, depth, validity, id FROM live
    ) both_sides GROUP BY 1, 2, 3, 4 HAVING count(*) = 1
), gone AS (
    UPDATE organizations_ancestry SET superseded_at = clock_timestamp()
    WHERE id IN (SELECT id FROM changed WHERE id IS NOT NULL)
), added AS (
    INSERT INTO organizations_ancestry (hierarchy_id, ancestor_id, descendant_id, depth, validity)
    SELECT %(hierarchy)s, ancestor_id, descendant_id, depth, validity FROM changed WHERE id IS NULL
)
SELECT coalesce(max(depth), 0), coalesce(bool_or(descendant_id = ancestor_id), false) FROM up
"""

_HEIRS = """
WITH RECURSIVE path(unit_id, heir_id, since) AS (
    SELECT before_id, after_id, "on" FROM organizations_lineage WHERE inherits
    UNION
    SELECT path.unit_id, step.after_id, greatest(path.since, step."on")
    FROM path JOIN organizations_lineage step ON step.before_id = path.heir_id AND step.inherits
), wanted AS (
    SELECT unit_id, heir_id, min(since) AS since FROM path WHERE unit_id <> heir_id GROUP BY unit_id, heir_id
), gone AS (
    DELETE FROM organizations_heir heir WHERE NOT EXISTS (
        SELECT 1 FROM wanted WHERE wanted.unit_id = heir.unit_id AND wanted.heir_id = heir.heir_id)
)
INSERT INTO organizations_heir (unit_id, heir_id, since) SELECT unit_id, heir_id, since FROM wanted
ON CONFLICT (unit_id, heir_id) DO UPDATE SET since = excluded.since
    WHERE organizations_heir.since <> excluded.since
"""


def refresh_ancestry(hierarchy_id: int, moved: Iterable[Unit] | None = None) -> None:
    """Bring the closure of one hierarchy up to its links: of `moved` units and all below them, or whole.

    Rows that no longer hold are marked superseded, not deleted. Raises CircleError when the links run in a circle.
    """
    units = None
    with connection.cursor() as cursor:
        if moved is not None:
            cursor.execute(_BELOW, {"hierarchy": hierarchy_id, "units": [unit.pk for unit in moved]})
            units = [row[0] for row in cursor.fetchall()]
        with _whole_tables(cursor, units is None):
            cursor.execute(_REFRESH, {"hierarchy": hierarchy_id, "units": units, "deepest": DEEPEST})
            depth, circle = cursor.fetchone()
    if circle or depth >= DEEPEST:
        raise CircleError(f"The links of hierarchy {hierarchy_id} run in a circle, or deeper than {DEEPEST}.")


def refresh_heirs() -> None:
    """Bring `Heir` up to the lineage rows that inherit."""
    with connection.cursor() as cursor, _whole_tables(cursor, True):
        cursor.execute(_HEIRS)


@contextmanager
def _whole_tables(cursor: CursorWrapper, whole: bool) -> Iterator[None]:
    """Just loaded tables have no statistics, and the planner would loop 14,000 x 14,000 times (80 s instead of 0.3)."""
    if not whole:
        yield
        return
    cursor.execute("SET LOCAL enable_nestloop = off")
    yield
    cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
