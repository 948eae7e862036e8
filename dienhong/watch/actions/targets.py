"""Laying down what a plan asks of a figure. A new wording stands beside the older ones, and the newest holds."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base.refusal import Refused
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Indicator, Period, Target
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.registry import action
from dienhong.watch.actions.states import needed
from dienhong.watch.permissions import require_target_giver


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom a plan asks what; fields as in Target. `upper` with the operator range alone."""

    indicator: Indicator
    unit: Unit
    period: Period
    operator: str
    bound: Decimal
    legal_basis: str
    upper: Decimal | None = None


@action("watch.set_target")
@transaction.atomic
def set_target(*, by: Person, owner: Unit, asked: Asked) -> Target:
    """The target that `owner` sets for itself or for a unit within its reach. A leader of it may."""
    require_target_giver(by, owner, asked.unit)
    if indicators.entry(asked.indicator.pk) is None:
        raise Refused("no_entry", _("Chỉ tiêu này chưa có trong danh mục đang dùng."))
    basis = needed(asked.legal_basis, _("Ghi văn bản giao chỉ tiêu: số, ngày, cơ quan ban hành."))[:300]
    if (asked.operator == "range") != (asked.upper is not None):
        raise Refused("upper", _("Trong khoảng thì ghi cả mức trên; phép so khác thì để trống."))
    if asked.upper is not None and asked.upper < asked.bound:
        raise Refused("upper", _("Mức trên không thấp hơn mức dưới."))
    made = Target.objects.create(
        indicator=asked.indicator, unit=asked.unit, period=asked.period, operator=asked.operator, bound=asked.bound,
        upper=asked.upper, legal_basis=basis,
    )  # fmt: skip
    record(
        by=by.actor,
        verb="watch.set_target",
        object_kind="plan_target",
        object_id=made.pk,
        unit_id=owner.pk,
        to_state="set",
        data={"indicator": asked.indicator.pk, "unit": asked.unit.pk, "period": asked.period.pk,
              "operator": asked.operator, "bound": str(asked.bound),
              "upper": None if asked.upper is None else str(asked.upper), "basis": basis},
    )  # fmt: skip
    return made
