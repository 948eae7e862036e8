"""Who looks after partners: the administrator of the whole installation; the auditor reads everything but content."""

from dienhong.organizations import office
from dienhong.organizations.models import Role
from dienhong.organizations.permissions import Decision, NotAllowed, Who, holds


def may_manage(person: Who) -> Decision:
    """Partners serve the whole installation, so its administrator decides, not that of one unit."""
    return office.runs_all(person)


def may_see(person: Who) -> Decision:
    if holds(person, Role.AUDITOR):
        return Decision(True, lambda: ("Giám sát xem nhật ký liên thông.", "The auditor reads the exchange log."))
    decision = may_manage(person)
    if decision:
        return decision
    said = (
        "Trang này dành cho người quản trị toàn hệ thống và người giám sát.",
        "This page is for the administrator of the whole system and for the auditor.",
    )
    return Decision(False, lambda: said)


def require_see(person: Who) -> None:
    """Raises NotAllowed with the reason."""
    decision = may_see(person)
    if not decision:
        raise NotAllowed(decision)
