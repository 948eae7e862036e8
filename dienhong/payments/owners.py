"""Whose bill is it? Rooms above say so here: a bill points at its case by text alone."""

from collections.abc import Callable
from dataclasses import dataclass

from dienhong.organizations.models import Person
from dienhong.payments.models import Bill


@dataclass(frozen=True, slots=True)
class Owner:
    """`may_open`: whether that person may see and pay what belongs to the case. `address`: path of the case's page for
    them, or empty. `label`: its code as people know it. `standing`: number of the result that was given for the money
    and still counts, or empty."""

    may_open: Callable[[Person, str], bool]
    address: Callable[[str], str] = lambda owner_id: ""
    label: Callable[[str], str] = lambda owner_id: owner_id
    standing: Callable[[str], str] = lambda owner_id: ""


_owners: dict[str, Owner] = {}


def register(kind: str, owner: Owner) -> None:
    """In `AppConfig.ready` of the room that makes bills. Registering a kind twice replaces it."""
    _owners[kind] = owner


def may_open(person: Person, bill: Bill) -> bool:
    owner = _owners.get(bill.owner_kind)
    return owner is not None and owner.may_open(person, bill.owner_id)


def address(bill: Bill) -> str:
    owner = _owners.get(bill.owner_kind)
    return owner.address(bill.owner_id) if owner else ""


def label(bill: Bill) -> str:
    owner = _owners.get(bill.owner_kind)
    return owner.label(bill.owner_id) if owner else bill.owner_id


def standing(bill: Bill) -> str:
    owner = _owners.get(bill.owner_kind)
    return owner.standing(bill.owner_id) if owner else ""
