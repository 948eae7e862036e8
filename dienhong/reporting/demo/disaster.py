"""A sample flood in five northern provinces: flash reports day by day, partial as real ones are."""

import datetime as dt
import random
from decimal import Decimal

from django.db import transaction

from dienhong.base import clock, periods
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Role
from dienhong.reporting.actions.events import close_event, open_event
from dienhong.reporting.demo.actors import actor
from dienhong.reporting.demo.figures import SEED
from dienhong.reporting.models import RegimeVersion, ReportedEvent

SLUG, NAME = "mua-lu-mau-2020", "Mưa lũ mẫu ở miền núi phía Bắc, tháng 8/2020"
FIRST_DAY = dt.date(2020, 8, 17)
PROVINCES = ("02", "10", "11", "12", "15")
# One that is over: three coastal provinces, a year before.
PAST_SLUG, PAST_NAME = "mua-lu-mau-2019", "Mưa lũ mẫu ở Bắc Trung Bộ, tháng 9/2019"
PAST_FIRST, PAST_DAYS, PAST_PROVINCES = dt.date(2019, 9, 3), 4, ("42", "44", "45")
# What a day of a middling flood adds, by cell: the figure of day n is n times about this, never falling.
A_DAY = {
    "a1": 0.6, "a4": 1.4, "a5": 120, "a6": 480, "a7": 90, "b1": 60, "b2": 35, "d1": 70, "d2": 25, "e2": 900,
    "f1": 6, "g2": 800, "h1": 2200, "i1": 14, "v1": 1800, "v3": 2400, "v6": 5200,
}  # fmt: skip
TENTHS = ("d1", "d2", "f1", "v1", "v3", "v6")


@transaction.atomic
def past_reports(version: RegimeVersion) -> list[str]:
    """The event that is over, its reports opened day by day and closed: all or nothing, since of an event that stays
    open the worker opens every day until today. Returns period keys."""
    keys = [f"EV-{PAST_SLUG}-{n}" for n in range(1, PAST_DAYS + 1)]
    if ReportedEvent.objects.filter(slug=PAST_SLUG).exists():
        return keys
    manager = actor(organizations.unit_by_code("agency", "MARD", PAST_FIRST).pk, Role.REGIME_MANAGER)
    units = [organizations.unit_by_code("gso", code, PAST_FIRST) for code in PAST_PROVINCES]
    for n in range(1, PAST_DAYS + 1):
        with clock.played(dt.datetime.combine(PAST_FIRST + dt.timedelta(days=n - 1), dt.time(7), clock.HANOI)):
            open_event(
                by=manager, regime_version=version, slug=PAST_SLUG, name=PAST_NAME, provinces=units,
                first_day=PAST_FIRST, n=n,
            )  # fmt: skip
    last = PAST_FIRST + dt.timedelta(days=PAST_DAYS - 1)
    with clock.played(dt.datetime.combine(last + dt.timedelta(days=1), dt.time(9), clock.HANOI)):
        event = ReportedEvent.objects.get(slug=PAST_SLUG)
        close_event(by=manager, event=event, reason="Số mẫu: nước đã rút, chuyển sang thống kê cả đợt.", last_day=last)
    return keys


def open_reports(version: RegimeVersion) -> list[str]:
    """Open the reports of the event up to the business day, each on the morning of its day; returns period keys."""
    office = organizations.unit_by_code("agency", "MARD", FIRST_DAY)
    manager = actor(office.pk, Role.REGIME_MANAGER)
    units = [organizations.unit_by_code("gso", code, FIRST_DAY) for code in PROVINCES]
    keys = []
    for n in range(1, (clock.business_today() - FIRST_DAY).days + 2):
        morning = dt.datetime.combine(FIRST_DAY + dt.timedelta(days=n - 1), dt.time(7), clock.HANOI)
        with clock.played(min(morning, clock.business_now())):
            open_event(
                by=manager, regime_version=version, slug=SLUG, name=NAME, provinces=units, first_day=FIRST_DAY, n=n
            )
        keys.append(f"EV-{SLUG}-{n}")
    return keys


def rr07(unit_key: str, period: periods.Period) -> dict[str, Decimal | str]:
    """Cumulative figures of one province on the n-th day; what is not known yet is "…", most of the form is blank."""
    days = int(period.key.rpartition("-")[2])
    draw = random.Random(f"{SEED}|RR07|{unit_key}")  # noqa: S311 - one seed for all days: figures only rise
    out: dict[str, Decimal | str] = {}
    for key, usual in A_DAY.items():
        amount = usual * draw.uniform(0.5, 1.6)
        out[key] = Decimal(round(amount * days * 10)) / 10 if key in TENTHS else Decimal(round(amount * days))
    out["a6"] = max(Decimal(out["a6"]), Decimal(out["a5"]))
    out["a2"] = Decimal(1) if unit_key == "12" and days == 1 else Decimal(0)
    if days == 1:
        out |= {"v1": "…", "v3": "…", "v6": "…", "f1": "…"}
    return out
