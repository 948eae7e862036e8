"""Taking a place and giving it back; what every act on a place looks at first."""

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.dossiers.models import Dossier, Place
from dienhong.dossiers.permissions import require
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action


@action("dossiers.claim")
@transaction.atomic
def claim(*, by: Person, place: Place) -> Place:
    """Take a place. Two at once: one has it, the other hears who. Taking again what one has changes nothing."""
    place = standing(by, place)
    if place.claimed_by_id is None:
        place.claimed_by, place.claimed_at = by, clock.business_now()
        place.save(update_fields=["claimed_by", "claimed_at"])
        Dossier.objects.filter(pk=place.dossier_id).update(assigned=by)
        event(by, "dossiers.claim", place.dossier, data={"place": place.element})
    return place


@action("dossiers.release")
@transaction.atomic
def release(*, by: Person, place: Place, reason: str = "") -> Place:
    """Give a place back to the queue: who has it, or the unit's leader."""
    _lock(place.dossier_id)
    place = Place.objects.select_related("dossier__unit").get(pk=place.pk)
    require(by, place.role if place.claimed_by_id == by.pk else Role.LEADER, place.dossier)
    place.claimed_by = place.claimed_at = None
    place.save(update_fields=["claimed_by", "claimed_at"])
    Dossier.objects.filter(pk=place.dossier_id).update(assigned=None)
    event(by, "dossiers.release", place.dossier, reason, {"place": place.element})
    return place


def standing(by: Person, place: Place) -> Place:
    """The place as it stands, its dossier locked, the person allowed and nobody else at it. Raises Refused."""
    _lock(place.dossier_id)
    rows = Place.objects.select_related("dossier__version__service", "dossier__unit", "claimed_by")
    found = rows.filter(pk=place.pk, sequence=place.sequence).first()
    if found is None:
        raise Refused("moved_on", _("Hồ sơ đã sang bước khác; mở lại để xem."))
    require(by, found.role, found.dossier)
    if found.claimed_by is not None and found.claimed_by != by:
        raise Refused("taken", _("%(name)s đang xử lý bước này.") % {"name": found.claimed_by.name})
    return found


def _lock(dossier: int) -> None:
    Dossier.objects.select_for_update().get(pk=dossier)


def event(by: Person, verb: str, dossier: Dossier, reason: str = "", data: dict[str, object] | None = None) -> None:
    record(
        by=by.actor, verb=verb, object_kind="dossier", object_id=dossier.pk, unit_id=dossier.unit_id, reason=reason,
        data=data or {},
    )  # fmt: skip
