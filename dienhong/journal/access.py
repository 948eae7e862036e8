"""The access log of personal data: who of us saw whose data, when and why (shapes.md, 24).

The only thing a GET writes besides sign-in. It is written and committed before the page leaves; where it cannot be
written, the page is not shown.
"""

from collections.abc import Iterable

from django.db import transaction

from dienhong.base import clock, request_context
from dienhong.journal.models import Access


def log_access(
    *, by: str, kind: Access.Kind, object_kind: str, object_ids: Iterable[int], unit_id: object = "", purpose: str = ""
) -> Access:
    """One row for one look at the data of one or many objects; committed when this returns.

    Raises RuntimeError inside a transaction: a row that may be rolled back proves nothing.
    """
    with transaction.atomic(durable=True):
        return Access.objects.create(
            actor=by,
            kind=kind,
            object_kind=object_kind,
            object_ids=sorted(set(object_ids)),
            unit_id=str(unit_id),
            purpose=purpose[:200],
            business_at=clock.business_now(),
            request_id=request_context.request_id.get(),
        )


def accesses_to(object_kind: str, object_id: int, most: int = 200) -> list[Access]:
    """Who saw this object's data, the latest first."""
    found = Access.objects.filter(object_kind=object_kind, object_ids__contains=[object_id])
    return list(found.order_by("-id")[:most])
