"""When someone leaves: what they hold goes on to others, then the account closes, all in one transaction."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from dienhong.organizations.actions.accounts import close_account
from dienhong.organizations.actions.grants import hand_over
from dienhong.organizations.models import Grant, GrantRequest, Person
from dienhong.organizations.registry import action


@action("organizations.leave")
@transaction.atomic
def leave(
    *, by: Person, person: Person, heirs: Mapping[int, Person], on: dt.date, reason: str
) -> list[Grant | GrantRequest]:
    """Hand over each grant named in `heirs` (grant id -> who takes it on) from `on`, and close the account.

    Returns what was made: grants, and requests that a second administrator confirms. Raises NotPermitted, Refused.
    """
    made = [
        hand_over(by=by, held=held, to=heirs[held.pk], on=on, reason=reason)
        for held in person.grants.filter(pk__in=heirs).order_by("pk")
    ]
    close_account(by=by, person=person, reason=reason)
    return made
