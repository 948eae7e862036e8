"""Opening duties, moving their due time, freeing a unit from one."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base import clock, periods
from dienhong.base.refusal import Refused
from dienhong.indicators.actions import ensure_period_of
from dienhong.indicators.models import Period
from dienhong.journal.actions import record
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person, Role, Unit
from dienhong.organizations.registry import action
from dienhong.reporting.due import due_time
from dienhong.reporting.models import Duty, Exemption, Extension, RegimeVersion
from dienhong.reporting.permissions import require
from dienhong.reporting.workdays import work_calendar


@action("reporting.open_duties")
@transaction.atomic
def open_duties(
    *, by: str, regime_version: RegimeVersion, period: periods.Period, units: Collection[int] | None = None
) -> list[Duty]:
    """Open the period for every unit that owes the regime, or for those of `units` alone. Repeating it opens only what
    is not there yet."""
    made: list[Duty] = []
    for one in owed(regime_version, period):
        if units is not None and one.unit_id not in units:
            continue
        duty, created = Duty.objects.get_or_create(
            unit_id=one.unit_id,
            regime=one.regime,
            period=one.period,
            defaults={"receiver": one.receiver, "tier": one.tier, "opens_at": one.opens_at, "due_at": one.due_at},
        )
        if created:
            made.append(duty)
    if made:
        record(
            by=by,
            verb="reporting.open_duties",
            object_kind="regime",
            object_id=regime_version.regime.code,
            to_state=11,
            data={"period": period.key, "duties": len(made)},
        )
    return made


def owed(regime_version: RegimeVersion, period: periods.Period) -> list[Duty]:
    """What the period asks of each unit, as duties that are not saved."""
    row = ensure_period_of(period)
    holidays = work_calendar()
    opens = clock.midnight(period.first)
    out: list[Duty] = []
    for tier in open_tiers(regime_version):
        receiver = receiver_of(tier, period.last)
        due = due_time(tier["due"], period, holidays)
        out += [
            Duty(
                unit_id=unit_id,
                regime=regime_version.regime,
                period=row,
                receiver=receiver,
                tier=tier["key"],
                opens_at=opens,
                due_at=due,
            )
            for unit_id in _reporters(tier, period.last)
        ]
    return out


def open_tiers(regime_version: RegimeVersion) -> list[dict[str, Any]]:
    """Tiers whose units owe a report here. Those that open `later` are added up by hand below the tier above them."""
    return [tier for tier in regime_version.spec["tiers"] if tier.get("opens") != "later"]


def receiver_of(tier: dict[str, Any], on: dt.date) -> Unit:
    """The agency that receives on that day: the one named, or of `then` the first that carries its code by then."""
    said = tier["receiver"]
    found = organizations.units_by_code(said["scheme"], on, [said["code"], *said.get("then", [])])
    for code in (said["code"], *said.get("then", [])):
        if code in found:
            return Unit.objects.get(pk=found[code])
    return organizations.unit_by_code(said["scheme"], said["code"], on)


def _reporters(tier: dict[str, Any], on: dt.date) -> list[int]:
    return list(organizations.units_of_kind(tier["reporters"]["kinds"], on).values_list("pk", flat=True))


@action("reporting.extend")
@transaction.atomic
def extend(*, by: Person, duty: Duty, due_at: dt.datetime, reason: str) -> Extension:
    """Move the due time of one duty. The receiver may; a reason is asked."""
    require(by, Role.RECEIVER, duty.receiver, duty.regime.code)
    if not reason.strip():
        raise Refused("reason_missing", _("Gia hạn cần một lý do; viết một câu."))
    if due_at <= effective_due(duty):
        raise Refused("not_later", _("Hạn mới phải sau hạn đang có."))
    extension = Extension.objects.create(
        duty=duty, due_at=due_at, reason=reason.strip(), by=by, business_at=clock.business_now()
    )
    record(
        by=f"person:{by.pk}",
        verb="reporting.extend",
        object_kind="duty",
        object_id=duty.pk,
        unit_id=duty.unit_id,
        reason=reason.strip(),
        data={"due_at": due_at.isoformat()},
    )
    return extension


@action("reporting.exempt")
@transaction.atomic
def exempt(*, by: Person, duty: Duty, reason: str, granted: bool = True) -> Exemption:
    """Free a unit from one duty (state 90), or lift that again. The receiver may; a reason is asked."""
    require(by, Role.RECEIVER, duty.receiver, duty.regime.code)
    if not reason.strip():
        raise Refused("reason_missing", _("Miễn báo cáo cần một lý do; viết một câu."))
    exemption = Exemption.objects.create(
        duty=duty, granted=granted, reason=reason.strip(), by=by, business_at=clock.business_now()
    )
    record(
        by=f"person:{by.pk}",
        verb="reporting.exempt",
        object_kind="duty",
        object_id=duty.pk,
        unit_id=duty.unit_id,
        to_state=90 if granted else 11,
        reason=reason.strip(),
    )
    return exemption


def effective_due(duty: Duty) -> dt.datetime:
    """The due time after extensions: the last one granted holds."""
    last = duty.extensions.order_by("-pk").first()
    return last.due_at if last else duty.due_at


def period_of(row: Period) -> periods.Period:
    """The plain period of a row. An event's days come with its row."""
    if row.calendar == "event":
        slug, _, number = row.key.removeprefix("EV-").rpartition("-")
        return periods.event(slug, int(number), row.first, row.last)
    return periods.period(row.calendar, row.key)
