"""Opening what time brings: the periods that have begun since the last one opened, and the day's reports of events.

Safe to repeat and to break off: what is open already stays as it is. After a pause of the worker every period that
went by is opened too, so that nobody's missing report disappears with the machine that should have asked for it.
"""

from collections.abc import Iterator

from dienhong.base import clock, periods
from dienhong.reporting import actions
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.models import Duty, Regime, RegimeVersion

MOST = 40  # periods opened at once for one regime: a clock set wrong must not open a century


def open_running(by: str) -> int:
    """Open everything that runs at this business moment, for every regime; returns the number of new duties."""
    made = 0
    for regime in Regime.objects.order_by("code"):
        version = regime.versions.order_by("-number").first()
        if version is not None:
            made += sum(
                len(actions.open_duties(by=by, regime_version=version, period=each)) for each in running(version)
            )
    return made + len(actions.open_daily(by=by))


def running(version: RegimeVersion) -> Iterator[periods.Period]:
    """Periods to open, oldest first: from the one after the last that was opened to the one that runs today, which is
    always among them, since units may have begun to owe it. Of a regime never opened only the running one."""
    if version.kind != "periodic":
        return
    for kind in version.frequency:
        today = periods.period_at(version.calendar, kind, clock.business_today())
        if today is not None:
            yield from reversed(list(_back(version, kind, today)))


def _back(version: RegimeVersion, kind: str, today: periods.Period) -> Iterator[periods.Period]:
    yield today
    duties = Duty.objects.filter(regime=version.regime, period__calendar=version.calendar, period__kind=kind)
    last = duties.filter(period__first__lt=today.first).order_by("-period__first").select_related("period").first()
    if last is None:
        return
    opened, each = period_of(last.period), periods.previous(today)
    for _ in range(MOST):
        if each is None or each.first <= opened.first or each.last < version.valid_from:
            return
        yield each
        each = periods.previous(each)
