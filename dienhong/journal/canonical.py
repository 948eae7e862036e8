"""Canonical bytes of an event, from text that PostgreSQL makes, so that what is hashed is what stands in the table.

Python would read 1.00 and 1.0 in `data` as the same float, and fail on an infinite date: an edit could hide there.
"""

from collections.abc import Sequence

from dienhong.journal import hashing


def utc(column: str) -> str:
    """SQL for a moment as ISO 8601 in UTC, whatever the session's time zone and date style."""
    return f"((to_jsonb({column} AT TIME ZONE 'UTC') #>> '{{}}') || 'Z')"


COLUMNS: dict[int, dict[str, str]] = {
    1: {
        "id": "e.id::text",
        "at": utc("e.at"),
        "business_at": utc("e.business_at"),
        **{
            name: f"e.{name}"
            for name in (
                "verb",
                "actor",
                "actor_commitment",
                "object_kind",
                "object_id",
                "unit_id",
                "from_state",
                "to_state",
                "reason",
                "request_id",
            )
        },
        "data": "e.data::text",
    }
}


def columns_sql(form: int = hashing.FORM) -> str:
    """Select list over `journal_event e` for `event_bytes`."""
    return ", ".join(COLUMNS[form].values())


def event_bytes(row: Sequence[object], form: int = hashing.FORM) -> bytes:
    fields = dict(zip(COLUMNS[form], row, strict=True))
    return hashing.canonical({"form": str(form), "kind": "dienhong-journal-event", **fields})
