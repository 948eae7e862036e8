"""Who may do what with a dossier: officers by grants for its unit and service, applicants because it is theirs."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base.clock import business_today
from dienhong.base.refusal import NotPermitted
from dienhong.dossiers.models import Dossier
from dienhong.organizations import permissions
from dienhong.organizations.models import Person, Role

# Who handles dossiers; the auditor reads, and the read is in the log like everybody's.
HANDLING = (Role.ONE_STOP_CLERK, Role.CASE_OFFICER, Role.LEADER, Role.ACCOUNTANT)
READING = (*HANDLING, Role.AUDITOR)


def require(person: Person, roles: Role | str | Iterable[Role | str], dossier: Dossier) -> permissions.Decision:
    """The decision; raises NotPermitted with its reason unless the person holds a role for the dossier's unit."""
    wanted = [str(roles)] if isinstance(roles, str) else [str(each) for each in roles]
    decision = permissions.may(person, wanted, dossier.unit, dossier.service)
    if not decision:
        raise NotPermitted("not_permitted", decision.reason("en" if get_language() == "en" else "vi"))
    return decision


def held_over(person: Person, dossier: Dossier) -> list[tuple[str, str]]:
    """(role, scope) of the grants that cover the dossier's unit, for its service or for all; read once a page.

    For what a page shows and offers; acts ask `require`.
    """
    known: dict[int, list[tuple[str, str]]] = dossier.__dict__.setdefault("_held_over", {})
    if person.pk not in known:
        found = permissions.roles_over(person, dossier.unit)
        known[person.pk] = [(role, scope) for role, scope in found if scope in {"", dossier.service}]
    return known[person.pk]


def may_read(person: Person, dossier: Dossier) -> bool:
    return permissions.may(person, [str(each) for each in READING], dossier.unit, dossier.service).allowed


def is_theirs(person: Person, dossier: Dossier) -> bool:
    """Whether the person is who asks for the service or who filed for them."""
    return person.pk in (dossier.applicant_id, dossier.submitter_id)


def require_theirs(person: Person, dossier: Dossier) -> None:
    if not is_theirs(person, dossier):
        raise NotPermitted("not_yours", _("Hồ sơ này của người khác."))


def scopes(person: Person) -> list[str]:
    """The services the person's grants name; "" stands for all."""
    live = permissions.in_force(person.grants.filter(role__in=[str(each) for each in READING]), business_today())
    return sorted(set(live.values_list("scope", flat=True)))


def seen_by(person: Person, service: str = "") -> list[int]:
    """Units whose dossiers of that service the person may read."""
    found = permissions.units_for(person, [str(each) for each in READING], service)
    return list(found.order_by("pk").values_list("pk", flat=True))
