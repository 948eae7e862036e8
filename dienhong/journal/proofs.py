"""Proofs of single events for an auditor: canonical bytes, hash path to the signed root, signature, public key."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

from dienhong.journal import canonical, exports, hashing, keys
from dienhong.journal.checking import FORMAT, Answer, check_proof
from dienhong.journal.models import PersonLabel

__all__ = ["Answer", "NotSealed", "check_proof", "export"]

MOST = 1000  # events in one proof


class NotSealed(Exception):
    """Some of the events have no seal yet (or do not exist): `event_ids` says which."""

    def __init__(self, event_ids: list[int]) -> None:
        super().__init__(f"events {event_ids} are not sealed (yet): wait a second, or check the numbers")
        self.event_ids = event_ids


def export(event_ids: Iterable[int], *, with_labels: bool = False) -> dict[str, Any]:
    """Proof of these events (1 to MOST), as JSON-ready dict for `check_proof`. About 1 kB an event and batch.

    With labels, the persons' names and salts that are not erased come along, so that the auditor can match them with
    the commitments. Raises NotSealed, and ValueError for none or too many.
    """
    wanted = sorted(set(event_ids))
    if not 0 < len(wanted) <= MOST:
        raise ValueError(f"a proof takes 1 to {MOST} events, not {len(wanted)}")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, event_id FROM journal_seal WHERE event_id = ANY(%s) ORDER BY position", [wanted]
        )
        places = cursor.fetchall()
    if len(places) != len(wanted):
        raise NotSealed(sorted(set(wanted) - {event_id for _, event_id in places}))
    batches: dict[str, Any] = {}
    events: list[dict[str, Any]] = []
    while len(events) < len(places):
        root = _batch_of(places[len(events)][0])
        statement = root.statement
        batches[str(statement.number)] = {"statement": statement.text(), "signature": root.signature.hex()}
        texts = _texts(statement)
        leaves = [hashing.leaf(text) for text in texts]
        for position, _ in places[len(events) :]:
            if position > statement.last_position:
                break
            index = position - statement.first_position
            path = [sibling.hex() for sibling in hashing.tree_path(leaves, index)]
            events.append(
                {
                    "event": texts[index].decode(),
                    "position": str(position),
                    "batch": str(statement.number),
                    "path": path,
                }
            )
    if with_labels:
        _add_labels(events)
    used = {hashing.read_statement(batch["statement"]).key_id for batch in batches.values()}
    public = {key_id: public.hex() for key_id, public in keys.public_keys().items() if key_id in used}
    return {"format": FORMAT, "events": events, "batches": batches, "public_keys": public}


def _batch_of(position: int) -> exports.Root:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {exports.BATCH_COLUMNS} FROM journal_sealbatch WHERE last_position >= %s"  # noqa: S608
            " ORDER BY last_position LIMIT 1",
            [position],
        )
        return exports.batch_root(cursor.fetchone())


def _texts(statement: hashing.Statement) -> list[bytes]:
    """Canonical bytes of the batch's events, in order. An event that is gone has none, and its batch no proof."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {canonical.columns_sql(statement.form)} FROM journal_seal s"  # noqa: S608
            " LEFT JOIN journal_event e ON e.id = s.event_id WHERE s.position BETWEEN %s AND %s ORDER BY s.position",
            [statement.first_position, statement.last_position],
        )
        return [canonical.event_bytes(row, statement.form) for row in cursor.fetchall()]


def _add_labels(events: list[dict[str, Any]]) -> None:
    commitments = [json.loads(each["event"])["actor_commitment"] for each in events]
    labels = {
        each.commitment: {"label": each.label, "salt": bytes(each.salt).hex()}
        for each in PersonLabel.objects.filter(commitment__in=set(commitments)).order_by("id")
    }
    for each, commitment in zip(events, commitments, strict=True):
        if commitment in labels:
            each["label"] = labels[commitment]
