"""The way of one batch through the people and the journal, and the list of all versions of a figure, page by page."""

import datetime as dt
import re
from collections.abc import Iterable

from django.utils import translation

from dienhong.indicators import evidence, queries
from dienhong.indicators.passports import parts, reasons
from dienhong.indicators.passports.parts import Context, Json
from dienhong.indicators.passports.tree import Tree
from dienhong.indicators.queries import AsOf, SeriesKey
from dienhong.journal import labels
from dienhong.journal.models import Event
from dienhong.organizations.models import Person

PAGE = 50


def batch_story(batch_id: int, lang: str) -> Json:
    """What came in together: reporter, source, files, people, and each entry of the journal with its place."""
    with translation.override(lang):
        batch = parts.batch_of(batch_id)
        answers = parts.proofs(batch_id, "", lang)
        entries = parts.journal(batch_id, answers)
        events = Event.objects.in_bulk([entry["id"] for entry in entries])
        called = _called(events.values())
        for entry in entries:
            event = events[entry["id"]]
            entry |= {
                "record": event.at.isoformat(),
                "by": called.get(event.actor, event.actor),
                "words": evidence.event_words(event, lang),
                "reason": event.reason,
            }
        return {
            "schema": "dienhong.batch/1",
            "batch": batch_id,
            "source": parts.source_of(batch.source_id, lang),
            "demo": batch.demo or batch.source.demo,
            "files": [{name: a[name] for name in ("kind", "title", "url", "digest") if name in a} for a in answers],
            "steps": parts.first(answers, "steps") or [],
            "journal": entries,
        }


def _called(events: Iterable[Event]) -> dict[str, str]:
    """actor -> name: as it was when they acted, else as it is now; a name that was erased stays a number."""
    rows = list(events)
    unlabelled = [
        row.actor for row in rows if not row.actor_commitment and re.fullmatch(r"person:[0-9]{1,18}", row.actor)
    ]
    people = Person.objects.filter(pk__in=[int(actor.removeprefix("person:")) for actor in unlabelled])
    now = {f"person:{pk}": name for pk, name in people.values_list("pk", "display_name")}
    then = labels.labels_of(row.actor_commitment for row in rows)
    return now | {row.actor: then[row.actor_commitment] for row in rows if row.actor_commitment in then}


def versions(key: SeriesKey, number: int, as_of: AsOf = None, lang: str = "vi") -> Json:
    """Page `number` (from 1) of all versions, newest first; each opens the passport as it stood then."""
    with translation.override(lang):
        c = Context.of(key, as_of, lang)
        own = queries.versions(key, c.at)
        rows, count = _own(c, own, number) if own else _of_sum(c, number)
        pages = max(1, -(-count // PAGE))
        return {**parts.head(c, "versions"), "page": number, "pages": pages, "count": count, "versions": rows}


def _own(c: Context, own: list[queries.Version], number: int) -> tuple[list[Json], int]:
    shown = list(reversed(own))[(number - 1) * PAGE : number * PAGE]
    reasons.happened(c, [each.figure.batch_id for each in shown])
    same = reasons.unchanged(own)
    rows = [
        _row(c, each.number, each.figure.known_at, each.figure.batch_id, current=each.current)
        | {
            "text": c.text(each.figure.value, each.figure.empty),
            "value": parts.number(each.figure.value),
            "retracted": each.figure.empty == 9,
            **reasons.of_leaf(c, each.figure.batch_id, parts.proofs_of(c, each.figure.batch_id), same),
        }
        for each in shown
    ]
    return rows, len(own)


def _of_sum(c: Context, number: int) -> tuple[list[Json], int]:
    made = queries.total(
        c.indicator, c.period, c.key.unit_id, breakdown_id=c.key.breakdown_id, measure=c.key.measure, as_of=c.at
    )
    tree = Tree.of(c, made)
    if tree is None or made.how != "sum":
        return [], 0
    found = queries.sum_versions(tree.first.series, list(tree.units), c.at, PAGE, skip=(number - 1) * PAGE)
    count = queries.sum_versions(tree.first.series, list(tree.units), c.at, 1)
    newest = count[0].number if count else 0
    reasons.learn(c, found)
    rows = [
        _row(c, row.number, row.known_at, row.batch_id, current=row.number == newest)
        | {
            "text": c.text(row.value),
            "value": parts.number(row.value),
            "retracted": False,
            "reported": row.reported,
            **reasons.of_sum(c, row),
        }
        for row in found
    ]
    return rows, newest


def _row(c: Context, number: int, known_at: dt.datetime, batch_id: int, *, current: bool) -> Json:
    return {
        "number": number,
        "current": current,
        "known_at": parts.when(known_at),
        "batch": batch_id,
        "batch_url": parts.batch_url(batch_id),
        "url": c.url(c.key.unit_id, as_of=None if current else known_at),
    }
