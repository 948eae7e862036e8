"""Which conditions a publication concerns: read onward from a durable place, so none is missed and none is lost.

The publisher wakes nobody by name. What is new is read in the order of its publications, and each condition whose
series it touches is handed to the queue in the transaction that moves the place on.
"""

from collections.abc import Callable, Iterable

from django.db import connection, transaction

from dienhong.directives.models import Condition, State
from dienhong.directives.queries.standing import lived
from dienhong.notices.models import Cursor
from dienhong.organizations.models import Ancestry

PLACE, CATALOGUE = "directives.judge", "directives.catalogue"
STRIDE = 2000  # publications looked at in one transaction
_END = "SELECT coalesce(max(seq), 0) FROM indicators_publication"
# Microseconds: the publisher never gives one moment twice.
_WORDINGS = """
SELECT coalesce((extract(epoch FROM greatest(
    (SELECT max(known_at) FROM indicators_entry), (SELECT max(known_at) FROM indicators_method),
    (SELECT max(known_at) FROM indicators_authority))) * 1000000)::bigint, 0)
"""
_SPOKEN = """
SELECT DISTINCT o.indicator_id, o.unit_id FROM indicators_publication p
JOIN indicators_observation o ON o.batch_id = p.batch_id
WHERE p.seq > %s AND p.seq <= %s AND o.indicator_id = ANY(%s)
"""

Queue = Callable[[int], object]


def read_once(queue: Queue) -> int:
    """Queue the conditions that what was published since the last reading concerns. Returns how far it moved, 0 at
    the end."""
    ends = {PLACE: _one(_END), CATALOGUE: _one(_WORDINGS)}
    places = dict(Cursor.objects.filter(name__in=ends).order_by("name").values_list("name", "position"))
    if all(places.get(name, -1) >= end for name, end in ends.items()):
        return 0
    with transaction.atomic():
        for name in ends:
            Cursor.objects.get_or_create(name=name, defaults={"position": 0})
        rows = Cursor.objects.select_for_update(skip_locked=True).filter(name__in=ends).order_by("name")
        cursors = {row.name: row for row in rows}
        if len(cursors) < len(ends):  # another worker is reading
            return 0
        return _move(cursors, ends, queue)


def _move(cursors: dict[str, Cursor], ends: dict[str, int], queue: Queue) -> int:
    watched = standing_conditions()
    start, end = cursors[PLACE].position, ends[PLACE]
    stop = min(end, start + STRIDE) if watched else end
    wanted = touched(watched, start, stop) if stop > start else set()
    if ends[CATALOGUE] > cursors[CATALOGUE].position:
        wanted |= {each.pk for each in watched}
    for pk in sorted(wanted):
        queue(pk)
    moved = stop - start + int(ends[CATALOGUE] > cursors[CATALOGUE].position)
    cursors[PLACE].position, cursors[CATALOGUE].position = stop, ends[CATALOGUE]
    for cursor in cursors.values():
        cursor.save()
    return moved


def standing_conditions() -> list[Condition]:
    """The newest condition of each assignment that neither was cancelled nor replaced, unless it is frozen."""
    alive = lived().exclude(state__in=[State.CANCELLED, State.REPLACED]).order_by().values("pk")
    newest = Condition.objects.filter(assignment__in=alive).order_by("assignment", "-number").distinct("assignment")
    rows = Condition.objects.filter(pk__in=newest.values("pk"), freeze=None)
    return list(rows.order_by("pk").only("pk", "unit_id", "inputs"))


def touched(watched: Iterable[Condition], start: int, stop: int) -> set[int]:
    """Ids of the conditions of whose inputs these publications speak, for their unit or one below it."""
    rows = list(watched)
    inputs = sorted({each for row in rows for each in row.inputs})
    if not inputs:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_SPOKEN, [start, stop, inputs])
        spoken = cursor.fetchall()
    above = _above({unit for _indicator, unit in spoken}, {row.unit_id for row in rows})
    said = {(indicator, each) for indicator, unit in spoken for each in (unit, *above.get(unit, ()))}
    return {row.pk for row in rows if any((each, row.unit_id) in said for each in row.inputs)}


def _above(units: set[int], among: set[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    pairs = Ancestry.objects.filter(descendant__in=units, ancestor__in=among).order_by("pk")
    for below, ancestor in pairs.values_list("descendant", "ancestor"):
        found.setdefault(below, set()).add(ancestor)
    return found


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
