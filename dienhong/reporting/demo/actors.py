"""Who acts in the demo: for each unit an entry officer, a leader and a clerk, plainly called samples."""

from dataclasses import dataclass
from functools import lru_cache

from django.db import IntegrityError, transaction
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.journal import labels
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Grant, Person, Role, Unit

CALLED = {
    Role.ENTRY_OFFICER: "Chuyên viên mẫu",
    Role.LEADER: "Lãnh đạo mẫu",
    Role.CLERK: "Văn thư mẫu",
    Role.RECEIVER: "Người tổng hợp mẫu",
    Role.REGIME_MANAGER: "Đầu mối chế độ mẫu",
}


@dataclass(frozen=True, slots=True)
class Actors:
    entry: Person
    leader: Person
    clerk: Person
    receiver: Person


@lru_cache(maxsize=400)
def actors_of(unit_id: int, receiver_id: int) -> Actors:
    """The demo's people of a unit and of the unit it reports to; made on first use."""
    return Actors(
        actor(unit_id, Role.ENTRY_OFFICER),
        actor(unit_id, Role.LEADER),
        actor(unit_id, Role.CLERK),
        actor(receiver_id, Role.RECEIVER),
    )


def actor(unit_id: int, role: Role) -> Person:
    """The demo's person of a role in a unit: the sample that one may sign in as, else one made on first use.

    The trap: regimes are played side by side, and two of them may make the same person. Call it outside a long
    transaction, or the other waits for its end.
    """
    username = f"mau-{unit_id}-{role}"
    held = {"grants__role": role, "grants__unit": unit_id, "grants__stands_in_for": None}
    sample = Person.objects.filter(demo=True, is_active=True, **held).order_by("pk").first()
    found = sample or Person.objects.filter(username=username).first()
    try:
        return found or _made(username, unit_id, role)
    except IntegrityError:  # made by the other meanwhile
        return Person.objects.get(username=username)


@transaction.atomic
def _made(username: str, unit_id: int, role: Role) -> Person:
    name = organizations.name(unit_id, clock.business_today())
    person = Person(username=username, display_name=f"{CALLED[role]}, {name}"[:150])
    person.set_unusable_password()
    person.save()
    labels.set_label(person.actor, person.display_name)  # before the first act, or the journal names nobody
    # Not through the grant action: it asks for a second administrator, and nobody signs in as these people.
    Grant.objects.create(
        person=person, role=role, unit=Unit.objects.get(pk=unit_id), validity=DateRange(None, None), reason="demo"
    )
    return person
