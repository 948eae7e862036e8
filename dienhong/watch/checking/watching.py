"""Which checks and alert rules a publication concerns: read onward from a durable place, so none is missed or lost.

What is new is read in the order of its publications; what has to be looked at is handed to the queue in the transaction
that moves the place on.
"""

from collections.abc import Callable, Iterable

from django.db import connection, transaction

from dienhong.base import periods
from dienhong.base.brief import brief
from dienhong.indicators.models import Indicator, Period
from dienhong.indicators.queries import kept, plain
from dienhong.notices.models import Cursor
from dienhong.watch import definitions
from dienhong.watch.inputs import inputs_of
from dienhong.watch.queries.rules import standing_rules

PLACE = "watch.publications"
STRIDE = 2000  # publications looked at in one transaction
AT_ONCE = 40  # periods of one job
_END = "SELECT coalesce(max(seq), 0) FROM indicators_publication"
_SPOKEN = """
SELECT DISTINCT o.indicator_id, o.period_id FROM indicators_publication p
JOIN indicators_observation o ON o.batch_id = p.batch_id WHERE p.seq > %s AND p.seq <= %s
"""

QueueCheck = Callable[[str, list[int]], object]
QueueRule = Callable[[int], object]


def read_once(check: QueueCheck, rule: QueueRule) -> int:
    """Queue what the publications since the last reading concern. Returns how far it moved, 0 at the end."""
    end = _one(_END)
    place = Cursor.objects.filter(name=PLACE).values_list("position", flat=True).first()
    if place is not None and place >= end:
        return 0
    with transaction.atomic():
        Cursor.objects.get_or_create(name=PLACE, defaults={"position": 0})
        cursor = Cursor.objects.select_for_update(skip_locked=True).filter(name=PLACE).first()
        if cursor is None:  # another worker is reading
            return 0
        start, stop = cursor.position, min(end, cursor.position + STRIDE)
        if stop <= start:
            return 0
        _hand_on(_spoken(start, stop), check, rule)
        cursor.position = stop
        cursor.save()
    return stop - start


def _hand_on(spoken: dict[int, set[int]], check: QueueCheck, rule: QueueRule) -> None:
    for key, found in sorted(definitions.every().items()):
        reads = read_by(key)
        of = set().union(*(each for indicator, each in spoken.items() if reads is None or indicator in reads))
        wanted = sorted(of | _next(of) if found.looks_back else of)
        for start in range(0, len(wanted), AT_ONCE):
            check(key, wanted[start : start + AT_ONCE])
    for each in standing_rules():
        if spoken.keys() & set(each.inputs):
            rule(each.rule_id)


@brief(60)
def read_by(key: str) -> frozenset[int] | None:
    """Ids of the indicators whose figures a check looks at, and of all those are made from; None: of every one."""
    codes = definitions.every()[key].reads
    if not codes:
        return None
    rows = Indicator.objects.filter(code__in=codes).order_by("code")
    return frozenset(pk for row in rows for pk in inputs_of(row))


def _next(of: Iterable[int]) -> set[int]:
    """The periods right after these, of an event the report after; those of which anybody spoke."""
    found = set()
    for row in Period.objects.filter(pk__in=list(of)).order_by("pk"):
        if row.calendar == "event":
            stem, _dash, number = row.key.rpartition("-")
            after = kept.period("event", f"{stem}-{int(number) + 1}")
        else:
            later = periods.following(plain(row))
            after = kept.period(later.calendar, later.key) if later else None
        found |= {after.pk} if after else set()
    return found


def _spoken(start: int, stop: int) -> dict[int, set[int]]:
    """Indicator id -> ids of the periods of which these publications speak."""
    found: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SPOKEN, [start, stop])
        for indicator, period in cursor.fetchall():
            found.setdefault(indicator, set()).add(period)
    return found


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
