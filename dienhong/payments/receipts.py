"""Signed receipts: the room of documents makes them and registers here; rooms on one line don't import each other."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from dienhong.journal.actions import record
from dienhong.journal.models import Event
from dienhong.organizations.registry import action
from dienhong.payments.models import Capture, Receipt

log = logging.getLogger("dienhong.payments")


@dataclass(frozen=True, slots=True)
class Made:
    """Number of the paper and the path on this site where it is read."""

    number: str
    address: str


Maker = Callable[[Capture], Made]
_maker: Maker | None = None


def register(maker: Maker) -> None:
    """`maker` is called inside the transaction that keeps the receipt, at least once for a capture: it must give the
    same paper for the same capture."""
    global _maker
    _maker = maker


@action("payments.make_receipt")
@transaction.atomic
def make_receipt(*, by: str, capture: Capture) -> Receipt | None:
    """The receipt of this money, made if there is none yet; None while no maker is registered."""
    if _maker is None:
        return None
    Capture.objects.select_for_update(of=("self",)).get(pk=capture.pk)
    there = Receipt.objects.filter(capture=capture).first()
    if there is not None:
        return there
    made = _maker(capture)
    receipt = Receipt.objects.create(capture=capture, number=made.number, address=made.address)
    record(
        by=by, verb="payments.make_receipt", object_kind="bill", object_id=capture.bill_id,
        unit_id=capture.bill.unit_id, data={"capture": capture.pk, "number": made.number},
    )  # fmt: skip
    return receipt


def follow(event: Event) -> None:
    """Reaction to payments.captured, after commit."""
    capture = Capture.objects.select_related("bill").filter(pk=event.data.get("capture")).first()
    if capture is not None:
        make_receipt(by="job:payments.receipts", capture=capture)


def make_missing() -> int:
    """What a crash left without a receipt. Returns how many were made; one that fails leaves the others alone."""
    made = 0
    if _maker is None:
        return made
    for capture in Capture.objects.filter(receipt=None).select_related("bill").order_by("pk"):
        try:
            made += make_receipt(by="job:payments.receipts", capture=capture) is not None
        except Exception:
            log.exception("receipt of capture %s", capture.pk)
    return made
