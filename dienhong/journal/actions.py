"""Writing to the journal."""

from typing import Any

from django.db import connection

from dienhong.base import clock
from dienhong.journal.models import Event


def record(
    *,
    by: str,
    verb: str,
    object_kind: str,
    object_id: object,
    unit_id: object = "",
    from_state: object = "",
    to_state: object = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    request_id: str = "",
) -> Event:
    """Write one event in the caller's transaction. Raises RuntimeError outside one: an event alone proves nothing."""
    if not connection.in_atomic_block:
        raise RuntimeError("journal.record must run inside the transaction of the change it records")
    return Event.objects.create(
        business_at=clock.business_now(),
        verb=verb,
        actor=by,
        object_kind=object_kind,
        object_id=str(object_id),
        unit_id=str(unit_id),
        from_state=str(from_state),
        to_state=str(to_state),
        reason=reason,
        data=data or {},
        request_id=request_id,
    )
