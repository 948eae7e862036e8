"""Who may do what in reporting: predicates over grants, each with its administrative reason."""

from collections.abc import Sequence

from django.utils.translation import get_language

from dienhong.base.refusal import NotPermitted
from dienhong.organizations import permissions
from dienhong.organizations.models import Person, Role, Unit
from dienhong.reporting.models import Duty

OWN_ROLES = (Role.ENTRY_OFFICER, Role.LEADER, Role.CLERK)
WATCHING_ROLES = (Role.RECEIVER, Role.VIEWER, Role.AUDITOR, Role.REGIME_MANAGER)


def require(person: Person, roles: Role | Sequence[Role], unit: Unit, scope: str) -> permissions.Decision:
    """The decision; raises NotPermitted with its reason unless the person holds a role for the unit and regime."""
    decision = permissions.may(person, roles, unit, scope)
    if not decision.allowed:
        raise NotPermitted("not_permitted", decision.reason("en" if get_language() == "en" else "vi"))
    return decision


def may_see(person: Person, duty: Duty) -> bool:
    """One's own unit's duties, and those whose reports one's unit receives, watches or audits."""
    code = duty.regime.code
    if permissions.may(person, OWN_ROLES, duty.unit, code).allowed:
        return True
    return permissions.may(person, WATCHING_ROLES, duty.receiver, code).allowed or (
        permissions.may(person, WATCHING_ROLES, duty.unit, code).allowed
    )
