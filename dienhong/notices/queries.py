"""What is asked of notices: the bell, the list, what one chose, what could not be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from dienhong.notices import kinds
from dienhong.notices.models import Channel, DeliveryState, Notice, Preference, State, Unread
from dienhong.organizations.models import Person

Row = TypeVar("Row", bound=Model)
MOST_COUNTED = 99
PAGE = 30


def unread_count(person: Person) -> int:
    """Up to MOST_COUNTED + 1, which means "more than that"."""
    rows = Unread.objects.filter(person=person).order_by("-pk")
    return len(rows.values_list("pk", flat=True)[: MOST_COUNTED + 1])


def bell(request: HttpRequest) -> dict[str, object] | None:
    """What the bell in the top bar shows; None for visitors."""
    if not request.user.is_authenticated:
        return None
    count = unread_count(request.user)
    return {"count": count, "words": str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"}


@dataclass(frozen=True, slots=True)
class Page:
    """Unread first, each part newest first. `after` leads on: "u<id>" within the unread, "r<id>" within the read."""

    unread: list[Notice]
    read: list[Notice]
    after: str


def page(person: Person, after: str = "", size: int = PAGE) -> Page:
    """The page that follows `after`, by key: what comes in meanwhile shifts nothing."""
    part, key = after[:1], int(after[1:]) if after[1:].isdecimal() and after.isascii() else None
    mine = Notice.objects.filter(person=person, in_app=True).order_by("-pk")
    waiting = Unread.objects.filter(person=person).select_related("notice").order_by("-pk")
    unread = [] if part == "r" else [row.notice for row in _below(waiting, key, size + 1)]
    if len(unread) > size:
        return Page(unread[:size], [], f"u{unread[size - 1].pk}")
    room = size - len(unread)
    read = _below(mine.filter(unread=None), key if part == "r" else None, room + 1)
    if len(read) <= room:
        return Page(unread, read, "")
    last = read[room - 1].pk if room else read[0].pk + 1
    return Page(unread, read[:room], f"r{last}")


def _below(rows: "QuerySet[Row]", key: int | None, count: int) -> list[Row]:
    return list((rows if key is None else rows.filter(pk__lt=key))[:count])


def preferences(person: Person) -> dict[tuple[str, str], str]:
    """(kind, channel) -> rhythm, for every kind and channel: chosen or by default."""
    chosen = {(row.kind, row.channel): row.rhythm for row in Preference.objects.filter(person=person)}
    return {
        (kind.key, channel): chosen.get((kind.key, channel), kind.default(channel))
        for kind in kinds.every()
        for channel in Channel.values
    }


def undelivered(before: int | None = None, size: int = PAGE) -> Sequence[DeliveryState]:
    """What was given up and not queued again, newest first, from below that id of a state row."""
    latest = DeliveryState.objects.filter(delivery=OuterRef("delivery")).order_by("-pk").values("pk")[:1]
    rows = DeliveryState.objects.filter(state=State.DEAD, pk=Subquery(latest))
    rows = rows.select_related("delivery__notice__person").order_by("-pk")
    return list((rows if before is None else rows.filter(pk__lt=before))[: size + 1])
