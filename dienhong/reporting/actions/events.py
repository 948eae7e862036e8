"""Reports about an event: opened by the regime's manager for the provinces hit, day by day, until it is closed."""

import datetime as dt
from collections.abc import Sequence
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
from dienhong.reporting.actions.duties import open_tiers, receiver_of
from dienhong.reporting.due import due_time
from dienhong.reporting.models import Duty, EventClosing, Regime, RegimeVersion, ReportedEvent
from dienhong.reporting.permissions import require
from dienhong.reporting.workdays import work_calendar

DAY = dt.timedelta(days=1)


@action("reporting.open_event")
@transaction.atomic
def open_event(
    *,
    by: Person,
    regime_version: RegimeVersion,
    slug: str,
    name: str,
    provinces: Sequence[Unit],
    first_day: dt.date,
    n: int = 1,
) -> list[Duty]:
    """Open the n-th report of an event: that of its n-th day, figures from `first_day` on. Returns the new duties.

    The first report makes the event. Opening a report again adds provinces that were hit since. Refused for a regime
    that follows the calendar, a bad slug, a closed event, a skipped report, and units that do not owe the regime.
    """
    tier = _event_tier(regime_version)
    require(by, Role.REGIME_MANAGER, receiver_of(tier, first_day), regime_version.regime.code)
    Regime.objects.select_for_update().get(pk=regime_version.regime_id)
    event = _event(by, regime_version, slug, name, first_day, n)
    return _open_report(f"person:{by.pk}", regime_version, tier, event, n, provinces)


@action("reporting.open_daily")
@transaction.atomic
def open_daily(*, by: str) -> list[Duty]:
    """For every event not closed, the reports up to the business day, for the provinces of the report before."""
    made: list[Duty] = []
    for event in ReportedEvent.objects.filter(closing=None).order_by("pk"):
        Regime.objects.select_for_update().get(pk=event.regime_id)
        version = event.regime.versions.order_by("-number")[0]
        last = last_report(event)
        for n in range(last + 1, (clock.business_today() - event.first_day).days + 2):
            duties = Duty.objects.filter(regime=event.regime, period__key=f"EV-{event.slug}-{n - 1}")
            provinces = [duty.unit for duty in duties.select_related("unit").order_by("pk")]
            made += _open_report(by, version, _event_tier(version), event, n, provinces)
    return made


@action("reporting.close_event")
@transaction.atomic
def close_event(*, by: Person, event: ReportedEvent, reason: str, last_day: dt.date | None = None) -> EventClosing:
    """The event is over on `last_day` (the business day if not given): no further report of it opens.

    Refused without a reason, when it is closed already, or when a report of a later day is open.
    """
    event = ReportedEvent.objects.select_for_update(of=("self",)).select_related("regime").get(pk=event.pk)
    tier = _event_tier(event.regime.versions.order_by("-number")[0])
    require(by, Role.REGIME_MANAGER, receiver_of(tier, event.first_day), event.regime.code)
    last_day = last_day or clock.business_today()
    if len(reason.strip()) < 5:
        raise Refused("reason_missing", _("Kết thúc đợt cần một lý do; viết một câu."))
    if is_closed(event):
        raise Refused("closed", _("Đợt “%(name)s” đã kết thúc.") % {"name": event.name})
    if last_day < event.first_day + (last_report(event) - 1) * DAY:
        raise Refused("later_report", _("Đã mở báo cáo của ngày sau ngày kết thúc; chọn ngày muộn hơn."))
    closing = EventClosing.objects.create(
        event=event, last_day=last_day, reason=reason.strip(), by=by, business_at=clock.business_now()
    )
    record(
        by=f"person:{by.pk}",
        verb="reporting.close_event",
        object_kind="event",
        object_id=event.slug,
        reason=reason.strip(),
        data={"regime": event.regime.code, "last_day": last_day.isoformat()},
    )
    return closing


def is_closed(event: ReportedEvent) -> bool:
    return EventClosing.objects.filter(event=event).exists()


def last_report(event: ReportedEvent) -> int:
    """The number of the latest report that was opened; 0 where none was."""
    keys = Duty.objects.filter(regime=event.regime, period__key__startswith=f"EV-{event.slug}-").values_list(
        "period__key", flat=True
    )
    numbers = [key.removeprefix(f"EV-{event.slug}-") for key in keys.distinct()]
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def _event_tier(regime_version: RegimeVersion) -> dict[str, Any]:
    if regime_version.calendar != "event":
        raise Refused("by_calendar", _("Chế độ báo cáo này theo kỳ trong lịch, không mở theo đợt."))
    return open_tiers(regime_version)[-1]


def _event(
    by: Person, regime_version: RegimeVersion, slug: str, name: str, first_day: dt.date, n: int
) -> ReportedEvent:
    """The event of that slug, made with its first report. The caller holds the regime's lock."""
    _key(slug, n, first_day)
    event = ReportedEvent.objects.filter(slug=slug).first()
    if event is None:
        if n != 1:
            raise Refused("no_event", _("Chưa có đợt “%(slug)s”; mở báo cáo số 1 trước.") % {"slug": slug})
        if not name.strip():
            raise Refused("no_name", _("Đợt cần một tên, ví dụ: Mưa lũ miền Trung tháng 10/2020."))
        return ReportedEvent.objects.create(
            regime=regime_version.regime,
            slug=slug,
            name=name.strip()[:200],
            first_day=first_day,
            by=by,
            business_at=clock.business_now(),
        )
    if event.regime_id != regime_version.regime_id or event.first_day != first_day:
        sentence = _("Mã “%(slug)s” đã thuộc đợt “%(name)s” bắt đầu ngày %(day)s; đặt mã khác.")
        raise Refused("slug_taken", sentence % {"slug": slug, "name": event.name, "day": f"{event.first_day:%d/%m/%Y}"})
    if is_closed(event):
        raise Refused("closed", _("Đợt “%(name)s” đã kết thúc.") % {"name": event.name})
    if n > last_report(event) + 1:
        sentence = _("Báo cáo gần nhất của đợt là số %(last)d; mở tiếp số %(next)d.")
        raise Refused("skipped", sentence % {"last": last_report(event), "next": last_report(event) + 1})
    return event


def _key(slug: str, n: int, first_day: dt.date) -> periods.Period:
    try:
        period = periods.event(slug, n, first_day, first_day + (n - 1) * DAY)
    except periods.PeriodError as error:
        raise Refused(
            "slug", _("Mã đợt viết bằng chữ thường không dấu, số và gạch nối; báo cáo đánh số từ 1.")
        ) from error
    longest = Period._meta.get_field("key").max_length or 40
    if len(period.key) > longest or len(slug) > 30:
        raise Refused("slug", _("Mã đợt dài quá 30 ký tự; đặt ngắn hơn."))
    return period


def _open_report(
    by: str,
    regime_version: RegimeVersion,
    tier: dict[str, Any],
    event: ReportedEvent,
    n: int,
    provinces: Sequence[Unit],
) -> list[Duty]:
    period = _key(event.slug, n, event.first_day)
    owing = set(organizations.units_of_kind(tier["reporters"]["kinds"], period.last).values_list("pk", flat=True))
    strangers = [unit.pk for unit in provinces if unit.pk not in owing]
    if strangers or not provinces:
        names = ", ".join(sorted(organizations.names(strangers, period.last).values()))
        raise Refused(
            "not_owing", _("Chọn ít nhất một tỉnh; không thuộc diện báo cáo: %(names)s.") % {"names": names or "–"}
        )
    row = ensure_period_of(period)
    defaults = {
        "receiver": receiver_of(tier, period.last),
        "tier": tier["key"],
        "opens_at": clock.midnight(period.last),
        "due_at": due_time(tier["due"], period, work_calendar()),
    }
    made: list[Duty] = []
    for unit in provinces:
        duty, created = Duty.objects.get_or_create(
            unit=unit, regime=regime_version.regime, period=row, defaults=defaults
        )
        if created:
            made.append(duty)
    if made:
        record(
            by=by,
            verb="reporting.open_event",
            object_kind="event",
            object_id=event.slug,
            to_state=11,
            data={"regime": regime_version.regime.code, "period": period.key, "units": [duty.unit_id for duty in made]},
        )
    return made
