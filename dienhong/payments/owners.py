"""Whose bill is it? Rooms above say so here: a bill points at its case by text alone."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from dienhong.organizations.models import Person
from dienhong.payments.models import Bill


@dataclass(frozen=True, slots=True)
class Owner:
    """`may_open`: whether that person may see and pay what belongs to the case. `address`: path of the case's page for
    them, or empty. `label`: its code as people know it, `labels` those of many at once. `desk`: path of its page for
    that official, or empty where they may not read it. `standing`: number of the result that was given for the money
    and still counts, or empty. `ending`: how the case ended without a result (REFUSED, WITHDRAWN), "" where it runs or
    has its result, None where nobody can say. `cases`: ids of that person's own cases that wait for money."""

    may_open: Callable[[Person, str], bool]
    address: Callable[[str], str] = lambda owner_id: ""
    label: Callable[[str], str] = lambda owner_id: owner_id
    desk: Callable[[Person, str], str] = lambda person, owner_id: ""
    labels: Callable[[Collection[str]], Mapping[str, str]] = lambda owner_ids: {}
    standing: Callable[[str], str] = lambda owner_id: ""
    cases: Callable[[Person], Collection[str]] = lambda person: ()
    ending: Callable[[str], str | None] = lambda owner_id: None


REFUSED, WITHDRAWN = "refused", "withdrawn"
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


def ending(bill: Bill) -> str | None:
    owner = _owners.get(bill.owner_kind)
    return owner.ending(bill.owner_id) if owner else None


def desk(person: Person, bill: Bill) -> str:
    owner = _owners.get(bill.owner_kind)
    return owner.desk(person, bill.owner_id) if owner else ""


def labels(bills: Iterable[Bill]) -> dict[tuple[str, str], str]:
    """By kind and id of the case; a case that nobody can name keeps its id."""
    ids: dict[str, set[str]] = {}
    for bill in bills:
        ids.setdefault(bill.owner_kind, set()).add(bill.owner_id)
    found: dict[tuple[str, str], str] = {}
    for kind, wanted in ids.items():
        known = _owners[kind].labels(wanted) if kind in _owners else {}
        found.update({(kind, each): known.get(each, each) for each in wanted})
    return found


def cases(person: Person) -> dict[str, Collection[str]]:
    """By kind: the person's own cases that wait for money."""
    return {kind: owner.cases(person) for kind, owner in _owners.items()}
