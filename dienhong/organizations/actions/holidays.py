"""Days off, as they are announced; some are announced late."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base.clock import business_today
from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations import office
from dienhong.organizations.models import Holiday, Person
from dienhong.organizations.registry import action


@action("organizations.declare_holiday")
@transaction.atomic
def declare_holiday(*, by: Person, date: dt.date, kind: str, name: str, source: str, note: str = "") -> Holiday:
    """One day off, or one worked instead, from today on known. Reactions move what was due that day.

    Raises NotPermitted (only who runs the whole installation), Refused.
    """
    office.require_all(by)
    if kind not in Holiday.Kind.values:
        raise Refused("kind", _("Chọn một loại ngày trong danh sách."))
    if not name.strip() or len(source.strip()) < 5:
        raise Refused("source_missing", _("Cần tên ngày nghỉ và văn bản công bố."))
    there = Holiday.objects.select_for_update().filter(date=date).first()
    if there is not None:
        said = _("Ngày %(day)s đã có trong bảng: %(name)s.") % {"day": f"{date:%d/%m/%Y}", "name": there.name}
        raise Refused("there", said)
    if kind == Holiday.Kind.SWAP_WORK and date.weekday() < 5:
        raise Refused("weekday", _("Ngày làm bù phải là thứ Bảy hoặc Chủ nhật."))
    if kind != Holiday.Kind.SWAP_WORK and date.weekday() >= 5:
        raise Refused("weekend", _("Ngày này là cuối tuần, vốn đã nghỉ; chọn ngày nghỉ bù."))
    row = Holiday.objects.create(
        date=date, kind=kind, name=name.strip()[:200], source=source.strip()[:300], note=note.strip()[:300],
        declared_on=business_today(),
    )  # fmt: skip
    record(
        by=by.actor, verb="organizations.declare_holiday", object_kind="holiday", object_id=date.isoformat(),
        reason=row.source, data={"kind": kind, "name": row.name},
    )  # fmt: skip
    return row
