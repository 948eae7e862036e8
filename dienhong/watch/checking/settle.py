"""What follows from a comparison: a difference opens, closes by itself, opens again. Asking twice writes nothing new.

Whoever settles a check waits for whoever settles it at that moment; all of one run is written in one transaction, so a
kill in the middle leaves nothing half done and the job begins again.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from dienhong.base import clock
from dienhong.indicators import queries
from dienhong.indicators.models import Period
from dienhong.indicators.queries import AsOf
from dienhong.organizations.registry import action
from dienhong.reporting.workdays import work_calendar
from dienhong.watch import definitions, telling
from dienhong.watch.actions.states import enter, last_states
from dienhong.watch.checking.compare import compared, place_of
from dienhong.watch.checking.sides import Compared, Place, Turn, turns
from dienhong.watch.definitions import CrossCheck
from dienhong.watch.models import STANDING, Difference, DifferenceState, Reading, Stand

BY = "job:check"


@action("watch.check")
@transaction.atomic
def check(*, by: str = BY, key: str, periods: Iterable[int], as_of: AsOf = None) -> int:
    """Compare the figures of these periods by one definition; returns how many differences changed their state."""
    found, at = definitions.every()[key], queries.moment(as_of)
    _wait(key)
    rows = Period.objects.filter(pk__in=list(periods)).order_by("pk")
    said = compared(found, rows, at)
    standing = _standing(found, {each.place.period_id for each in said})
    fresh = [each for each in said if not each.agrees and each.place not in standing]
    whose = turns(fresh)
    opened = [_open(by, found, each, whose[each.place]) for each in fresh]
    moved = [_read_again(by, found, standing[each.place], each) for each in said if each.place in standing]
    telling.opened(by, found, [*opened, *(row.difference for row in moved if row and row.state == Stand.REOPENED)])
    return len(opened) + sum(row is not None for row in moved)


def _wait(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"watch.check:{key}"])


@dataclass(frozen=True, slots=True)
class _Standing:
    difference: Difference
    reading: Reading
    state: DifferenceState


def _standing(found: CrossCheck, periods: set[int]) -> dict[Place, _Standing]:
    """The differences of the check in these periods with their newest reading and state, locked, in three questions."""
    rows = Difference.objects.filter(check_key=found.key, period__in=periods).order_by("pk").select_for_update()
    known = {row.pk: row for row in rows}
    newest = Reading.objects.filter(difference__in=known).order_by("difference", "-pk").distinct("difference")
    readings = {row.difference_id: row for row in newest}
    states = last_states(known)
    return {place_of(row): _Standing(row, readings[pk], states[pk]) for pk, row in known.items()}


def _open(by: str, found: CrossCheck, said: Compared, turn: Turn) -> Difference:
    place, now = said.place, clock.business_now()
    made = Difference.objects.create(
        check_key=found.key,
        kind=found.kind,
        indicator_id=place.indicator_id,
        period_id=place.period_id,
        unit_id=place.unit_id,
        breakdown_id=place.breakdown_id,
        measure=place.measure,
        source_id=place.source_id,
        other_source_id=place.other_source_id,
        owner_id=turn.owner_id,
        counterpart_id=turn.counterpart_id,
        business_at=now,
    )
    enter(by=None, actor=by, difference=made, reading=_reading(made, said), state=Stand.OPEN, due=_due(found))
    return made


def _reading(difference: Difference, said: Compared) -> Reading:
    return Reading.objects.create(
        difference=difference,
        left=said.left,
        right=said.right,
        left_batch=said.left_batch,
        right_batch=said.right_batch,
        agrees=said.agrees,
        business_at=clock.business_now(),
    )


def _due(found: CrossCheck) -> dt.date:
    return work_calendar().add_working_days(clock.business_today(), found.days)


def _read_again(by: str, found: CrossCheck, now: _Standing, said: Compared) -> DifferenceState | None:
    """The state it entered because of what was said now; None where nothing follows."""
    before = now.reading
    if (before.left, before.right, before.left_batch, before.right_batch) == (
        said.left, said.right, said.left_batch, said.right_batch):  # fmt: skip
        return None
    reading = _reading(now.difference, said)
    follows = _follows(now.state, said)
    if follows is None:
        return None
    due = _due(found) if follows == Stand.REOPENED else None
    return enter(by=None, actor=by, difference=now.difference, reading=reading, state=follows, due=due)


def _follows(now: DifferenceState, said: Compared) -> Stand | None:
    """An explanation was given of certain figures: other figures that differ have to be explained anew."""
    if said.agrees:
        return Stand.CLOSED if now.state in (*STANDING, Stand.AGREED) else None
    if now.state == Stand.CLOSED:
        return Stand.REOPENED
    explained = now.state in (Stand.ANSWERED, Stand.AGREED)
    same = (now.reading.left, now.reading.right) == (said.left, said.right)
    return Stand.REOPENED if explained and not same else None
