"""Reading the sealed journal onward from a durable place: each event is handed on once, in the order of seals.

The handler's rows and the new place commit together, so an event is neither lost nor handed on twice; what the handler
queues is then done at least once. Unsealed events wait for the sealer.
"""

from collections.abc import Callable, Collection

from django.db import transaction
from django.db.models import Max

from dienhong.journal.models import Event, Seal
from dienhong.notices.models import Cursor

STRIDE = 2000  # seals read in one transaction


def read(name: str, verbs: Collection[str], handle: Callable[[Event], None]) -> int:
    """Hand the next events with one of `verbs` to `handle`. Returns how many seals were passed; 0 at the end."""
    place = Cursor.objects.filter(name=name).values_list("position", flat=True).first()
    end = Seal.objects.aggregate(end=Max("position"))["end"] or 0
    if place is not None and place >= end:
        return 0
    with transaction.atomic():
        Cursor.objects.get_or_create(name=name, defaults={"position": 0})
        cursor = Cursor.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if cursor is None:  # another worker is reading
            return 0
        start, stop = cursor.position, min(end, cursor.position + STRIDE)
        if stop <= start:
            return 0
        events = Event.objects.filter(seal__position__gt=start, seal__position__lte=stop, verb__in=list(verbs))
        for event in events.order_by("seal__position"):
            handle(event)
        cursor.position = stop
        cursor.save()
    return stop - start
