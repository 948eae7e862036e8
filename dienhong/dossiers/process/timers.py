"""Timers that have come due by the business clock. Safe to repeat, to run twice at once and to break off.

Only dossiers are locked, and those that somebody else is working on are passed over: a step locks its dossier first
too, so the two never wait for one another in a circle. What the dossier's own marking no longer holds does not fire.
"""

import datetime as dt
import logging

from django.db.models import Min

from dienhong.base import clock
from dienhong.dossiers.models import Place
from dienhong.dossiers.process import persist, runtime

log = logging.getLogger("dienhong.timers")
BY = "job:timers"
AT_ONCE = 500
LATER = dt.timedelta(minutes=15)  # a timer whose step failed is tried again


def fire(most: int = 100_000) -> int:
    """Fire what is due at this business moment. Returns how many dossiers moved."""
    moved, passed_over = 0, set[int]()
    while moved < most:
        batch = _some(passed_over)
        if batch is None:
            break
        moved += len(batch.moved)
        passed_over |= {*batch.busy, *batch.not_awaited}
        _postpone(batch)
    return moved


def _some(passed_over: set[int]) -> persist.Batch | None:
    """One round: the earliest timer of each of some dossiers. None when nothing is due."""
    now = clock.business_now()
    due = Place.objects.filter(timer_at__lte=now).exclude(dossier__in=passed_over)
    first = list(due.order_by("timer_at", "id").values_list("dossier_id", "element", "sequence")[:AT_ONCE])
    if not first:
        return None
    events: dict[int, runtime.Event] = {}
    for dossier, element, sequence in first:
        events.setdefault(dossier, runtime.Event("timer", element, "", sequence))
    return persist.steps_of_each(list(events.items()), by=BY, wait=False)


def _postpone(batch: persist.Batch) -> None:
    """What failed stands back, so that it does not stand before everything else."""
    for dossier, why in batch.failed.items():
        log.error("dossier %s: its timer could not be taken: %s", dossier, why)
    if batch.failed:
        due = Place.objects.filter(dossier__in=batch.failed, timer_at__lte=clock.business_now())
        due.update(timer_at=clock.business_now() + LATER)


def next_at() -> dt.datetime | None:
    """When the next timer is due; None where none is set."""
    found: dt.datetime | None = Place.objects.aggregate(first=Min("timer_at"))["first"]
    return found
