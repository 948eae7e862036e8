"""Who has a grid open right now: a row a person that the open page touches; it says nothing once the page is gone."""

import datetime as dt

from dienhong.base import clock
from dienhong.organizations.models import Person
from dienhong.reporting.models import Presence, Version

GONE_AFTER = dt.timedelta(seconds=50)  # the page touches its row every 20 s


def here(by: Person, version: Version) -> None:
    """The person has the grid open. Not an act: nothing of it is kept in the journal."""
    Presence.objects.bulk_create(
        [Presence(version=version, person=by, at=clock.record_now())],
        update_conflicts=True,
        unique_fields=["version", "person"],
        update_fields=["at"],
    )


def others(version: Version, viewer: int) -> list[str]:
    """Names of the others who have it open."""
    rows = Presence.objects.filter(version=version, at__gt=clock.record_now() - GONE_AFTER).exclude(person=viewer)
    return [row.person.name for row in rows.select_related("person").order_by("pk")]
