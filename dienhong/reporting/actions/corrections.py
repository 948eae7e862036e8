"""Correcting what was sent (the old version holds meanwhile) and taking it back before receipt."""

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base.refusal import Refused
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action
from dienhong.reporting.actions.entry import begin_version
from dienhong.reporting.actions.sending import retract
from dienhong.reporting.actions.signing import needed
from dienhong.reporting.models import State, StateChange, Version
from dienhong.reporting.permissions import require
from dienhong.reporting.states import enter, lock


@action("reporting.correct")
@transaction.atomic
def correct(*, by: Person, version: Version, reason: str, channel: str = Version.Channel.GRID) -> Version:
    """Begin the next version from the one that counts, with a reason. The old one holds until the new one is sent."""
    version = lock(version)
    duty = version.submission.duty
    require(by, Role.ENTRY_OFFICER, duty.unit, duty.regime.code)
    newest = version.submission.versions.order_by("-number").first()
    if newest and newest.pk != version.pk:
        raise Refused("newer", _("Đã có bản %(number)d của báo cáo này; sửa trên bản ấy.") % {"number": newest.number})
    enter(by=by, version=version, state=State.CORRECTION, reason=needed(reason))
    return begin_version(by=by, submission=version.submission, earlier=version, channel=channel, reason=reason.strip())


@action("reporting.withdraw")
@transaction.atomic
def withdraw(*, by: Person, version: Version, reason: str) -> StateChange:
    """The sender takes the report back before it was received. Its figures no longer count."""
    version = lock(version)
    duty = version.submission.duty
    require(by, (Role.LEADER, Role.CLERK), duty.unit, duty.regime.code)
    change = enter(by=by, version=version, state=State.WITHDRAWN, reason=needed(reason))
    retract(by=by, version=version)
    return change
