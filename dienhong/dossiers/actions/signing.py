"""A jurist stands for a version of a service: its rules, parameters with their remarks, and worked cases."""

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.dossiers import folders
from dienhong.dossiers.models import ServiceVersion, Signature
from dienhong.journal.actions import record
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person, Role, Unit
from dienhong.organizations.permissions import require
from dienhong.organizations.registry import action


def owner_of(version: ServiceVersion) -> Unit:
    said = version.sheet["owner"]["unit"]
    return organizations.unit_by_code(said["scheme"], said["code"], clock.business_today())


@action("dossiers.sign_service")
@transaction.atomic
def sign_service(*, by: Person, version: ServiceVersion, seen: int, note: str = "") -> Signature:
    """Sign the newest version. `seen`: how many unconfirmed rows the jurist had before their eyes.

    Refused where the folder says something else by now, worked cases come out otherwise, for an older version.
    """
    require(by, Role.JURIST, owner_of(version), version.service.code)
    newest = version.service.versions.latest("number")
    rules = folders.rules_of(version.service.code)
    if newest.pk != version.pk or folders.get(version.service.code).digest != version.digest:
        raise Refused("moved_on", _("Dịch vụ đã có bản khác; đọc lại bản mới rồi ký."))
    if rules is None:
        raise Refused("no_rules", _("Dịch vụ này không tính gì nên không có gì để ký."))
    if wrong := [one.key for one in rules.worked() if one.differences]:
        said = _("Ví dụ %(keys)s tính ra khác; sửa trước khi ký.")
        raise Refused("examples_differ", said % {"keys": ", ".join(wrong[:5])})
    open_rows = len(rules.jurist_view().unconfirmed)
    if open_rows != seen:
        raise Refused("moved_on", _("Dịch vụ đã có bản khác; đọc lại bản mới rồi ký."))
    row = Signature.objects.create(
        version=version, by=by, business_at=clock.business_now(), unconfirmed=open_rows, note=note[:500]
    )
    record(
        by=by.actor, verb="dossiers.sign_service", object_kind="service", object_id=version.service.code,
        data={"number": version.number, "digest": version.digest, "unconfirmed": open_rows},
    )  # fmt: skip
    return row
