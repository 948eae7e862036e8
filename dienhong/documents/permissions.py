"""Who may take back what was given. Who may give a paper is decided by the action above that gives it."""

from django.utils.translation import gettext as _

from dienhong.base.refusal import NotPermitted
from dienhong.documents.models import Certificate, Issued
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import Decision, may, require


def may_revoke(person: Person, issued: Issued) -> Decision:
    """The leader of the unit that gave it; the grant's scope may be the service."""
    return may(person, Role.LEADER, issued.unit, scope=issued.service)


def require_revoke(person: Person, issued: Issued) -> Decision:
    return require(person, Role.LEADER, issued.unit, scope=issued.service)


def require_revoke_certificate(person: Person, certificate: Certificate) -> Decision:
    if certificate.unit is None:
        raise NotPermitted("no_unit", _("Chứng thư này của cơ quan chứng thực, không thuộc đơn vị nào."))
    return require(person, Role.ADMINISTRATOR, certificate.unit)
