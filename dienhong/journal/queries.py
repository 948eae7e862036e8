"""Questions to the journal: the auditor's search, and how far the sealer has come."""

import datetime as dt
import unicodedata
from collections.abc import Collection
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from dienhong.journal import labels
from dienhong.journal.models import Event

MOST = 1000  # rows of one page


class Row(NamedTuple):
    event: Event
    label: str  # what the actor was called then; "" when erased, or when it is no person
    position: int | None  # place in the chain; None while it is not sealed
    sealed: bool


class Page(NamedTuple):
    """Newest first. When `has_more`, ask again with after_id=`next_after_id`."""

    rows: list[Row]
    has_more: bool
    next_after_id: int | None


def search(
    *,
    actor: str | Collection[str] | None = None,
    unit: object | Collection[object] | None = None,
    object_kind: str | None = None,
    object_id: object | None = None,
    verb: str | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    text: str | None = None,
    after_id: int | None = None,
    limit: int = 100,
) -> Page:
    """Events that fit all that is given, newest first, at most `limit` (1 to MOST), after event `after_id`.

    `since` (included) and `until` (excluded) are record time, aware. `text` looks for words that begin so in `reason`,
    with or without tones, in any order; it does not look into `data`. `actor` and `unit` may be several.
    Two queries, whatever the page.
    """
    if not 1 <= limit <= MOST:
        raise ValueError(f"limit is 1 to {MOST}, not {limit}")
    exact = {"actor": actor, "unit_id": unit, "object_kind": object_kind, "object_id": object_id, "verb": verb}
    events = Event.objects.filter(**dict(_exact(name, value) for name, value in exact.items() if value is not None))
    if since is not None:
        events = events.filter(at__gte=since)
    if until is not None:
        events = events.filter(at__lt=until)
    if text is not None and text.strip():
        events = _with_words(events, text)
    if after_id is not None:
        events = events.filter(id__lt=after_id)
    found = list(events.select_related("seal").order_by("-id")[: limit + 1])
    has_more, found = len(found) > limit, found[:limit]
    names = labels.labels_of(event.actor_commitment for event in found)
    rows = [_row(event, names.get(event.actor_commitment, "")) for event in found]
    return Page(rows, has_more, found[-1].id if has_more else None)


def _exact(name: str, value: object) -> tuple[str, object]:
    if isinstance(value, (list, tuple, set, frozenset)):
        return f"{name}__in", [str(each) for each in value]
    return name, str(value)


def _row(event: Event, label: str) -> Row:
    seal = getattr(event, "seal", None)
    return Row(event, label, seal.position if seal else None, seal is not None)


def _with_words(events: QuerySet[Event], text: str) -> QuerySet[Event]:
    """Events whose reason has every word of `text` as the beginning of a word; no word at all finds nothing."""
    words = "".join(each if each.isalnum() else " " for each in unicodedata.normalize("NFC", text)).split()
    if not words:
        return events.none()
    asked = " & ".join(f"'{word}':*" for word in words)
    return events.extra(  # the expression has to be that of the index, journal_event_words
        where=[
            "journal_event.reason <> '' AND to_tsvector('simple'::regconfig, journal_fold(journal_event.reason))"
            " @@ to_tsquery('simple'::regconfig, journal_fold(%s))"
        ],
        params=[asked],
    )


class Backlog(NamedTuple):
    """What waits to be sealed: how many events, and the age in seconds of the oldest (0 when none)."""

    waiting: int
    oldest_seconds: float


def backlog() -> Backlog:
    """For the health page: more than a few seconds means that the sealer does not run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(e.at)), 0)"
            " FROM journal_unsealed u JOIN journal_event e ON e.id = u.event_id"
        )
        waiting, age = cursor.fetchone()
    return Backlog(waiting, float(age))


def of_object(object_kind: str, object_id: object, limit: int = 100) -> Page:
    """What happened to one thing, newest first: the journal entries of a passport."""
    return search(object_kind=object_kind, object_id=object_id, limit=limit)
