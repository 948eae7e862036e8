"""The receiver's own reminder, beside those that come by the clock."""

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import require
from dienhong.organizations.registry import action
from dienhong.reporting import queries
from dienhong.reporting.life import with_life
from dienhong.reporting.models import Duty


@action("reporting.remind")
@transaction.atomic
def remind(*, by: Person, duty: Duty) -> None:
    """Ask the unit for what it has not sent; its people get a notice. The receiver may.

    Raises Refused where nothing is owed, before the period opens, and a second time on the same business day.
    """
    require(by, Role.RECEIVER, duty.receiver, duty.regime.code)
    lived = with_life(Duty.objects.filter(pk=duty.pk)).get()
    if lived.counts or lived.exempt:
        raise Refused("nothing_owed", _("Đơn vị không còn nợ báo cáo này, nên không có gì để nhắc."))
    if duty.opens_at > clock.business_now():
        raise Refused("not_open", _("Chưa đến kỳ báo cáo, nên chưa nhắc."))
    today = clock.business_today()
    if queries.reminded_on(duty) == today:
        raise Refused("reminded", _("Hôm nay đã nhắc đơn vị này rồi."))
    record(
        by=by.actor,
        verb="reporting.remind",
        object_kind="duty",
        object_id=duty.pk,
        unit_id=duty.unit_id,
        data={"due_at": lived.due.isoformat()},
    )
