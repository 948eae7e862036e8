"""The receiver's two answers: received, or returned with a reason to the cell."""

from collections.abc import Mapping

from django.db import transaction

from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action
from dienhong.reporting.actions.sending import retract
from dienhong.reporting.actions.signing import needed, write_return
from dienhong.reporting.models import State, StateChange, Version
from dienhong.reporting.permissions import require
from dienhong.reporting.states import enter, lock


@action("reporting.receive")
@transaction.atomic
def receive(*, by: Person, version: Version) -> StateChange:
    """The receiver takes the report in: from now on it can't be withdrawn, only corrected."""
    version = lock(version)
    duty = version.submission.duty
    require(by, Role.RECEIVER, duty.receiver, duty.regime.code)
    return enter(by=by, version=version, state=State.RECEIVED)


@action("reporting.return_version")
@transaction.atomic
def return_version(*, by: Person, version: Version, reason: str, cells: Mapping[str, str] | None = None) -> StateChange:
    """The receiver sends the report back; its figures no longer count, its punctuality still does."""
    version = lock(version)
    duty = version.submission.duty
    require(by, Role.RECEIVER, duty.receiver, duty.regime.code)
    change = enter(by=by, version=version, state=State.RETURNED, reason=needed(reason))
    write_return(change, reason, cells or {})
    retract(by=by, version=version)
    return change
