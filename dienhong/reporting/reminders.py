"""Reminders by the business clock: five and one working days before, on the day, the working day after; the day's
standing to those who watch. Safe to repeat as often as one likes: each step is said once for each due time.

Only the step in which a duty stands now is said: after a pause of the worker nobody gets three reminders at once.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from dienhong.base import clock, periods
from dienhong.notices import audience
from dienhong.notices.actions import notify
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Grant, Person, Role
from dienhong.reporting import notice_kinds as kinds
from dienhong.reporting import queries
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.life import with_life
from dienhong.reporting.lived import LivedDuty
from dienhong.reporting.models import Duty
from dienhong.reporting.reactions import LANGS, duty_url, moment, report_words
from dienhong.reporting.workdays import work_calendar
from dienhong.rules.workdays import Calendar

EARLY, LAST = 5, 1  # working days before the due day
MORNING = 7  # o'clock: nobody is reminded at night
AHEAD = dt.timedelta(days=21)  # five working days, with the longest Tết between
BEHIND = dt.timedelta(days=60)  # what is older stands on the board and is no news
BY = "job:reminders"
NAMED = 20  # units named in one notice; the rest is counted


def remind() -> int:
    """Say what is to be said at this business moment. Returns how many were newly told."""
    now = clock.business_now()
    if now.hour < MORNING:
        return 0
    days = work_calendar()
    duties = [duty for duty in _unsent(now) if not duty.exempt and not duty.counts]
    steps: dict[str, list[LivedDuty]] = defaultdict(list)
    for duty in duties:
        steps[step(days, duty.due, now)].append(duty)
    said = _each(steps["early"], Role.ENTRY_OFFICER, kinds.DUE_SOON, "early", days, now)
    said += _each(steps["last"], Role.ENTRY_OFFICER, kinds.DUE_SOON, "last", days, now)
    said += _each(steps["today"], Role.LEADER, kinds.DUE_TODAY, "today", days, now)
    unsent = [duty for duty in steps["overdue"] if queries.standing(duty, now) == "missing"]
    return said + _overdue(unsent) + (_standing(now) if days.is_working(now.date()) else 0)


def step(days: Calendar, due: dt.datetime, now: dt.datetime) -> str:
    """early, last, today, overdue, or "" when nothing is to be said now. On days off only the due day itself speaks."""
    day, today = due.astimezone(clock.HANOI).date(), now.date()
    if now > due:
        return "overdue" if days.is_working(today) and days.working_days_between(day, today) >= 1 else ""
    if day == today:
        return "today"
    left = days.working_days_between(today, day)
    if not days.is_working(today) or left > EARLY:
        return ""
    return "last" if left <= LAST else "early"


def _unsent(now: dt.datetime) -> "QuerySet[LivedDuty]":
    rows = with_life(Duty.objects.filter(opens_at__lte=now))
    return rows.filter(due__gte=now - BEHIND, due__lte=now + AHEAD).order_by("pk")


def _each(duties: list[LivedDuty], role: Role, kind: str, name: str, days: Calendar, now: dt.datetime) -> int:
    """One notice for each duty to those who hold the role for its unit."""
    people = _people(duties, role)
    words, said = report_words(duties), 0
    for duty in duties:
        left = days.working_days_between(now.date(), duty.due.astimezone(clock.HANOI).date())
        said += len(
            notify(
                by=BY,
                to=people[duty.pk],
                kind=kind,
                subject=("duty", duty.pk),
                params={"report": words[duty.pk], "due": moment(duty.due), "left": left},
                url=duty_url(duty),
                dedupe=f"{kind}:{name}:{duty.pk}:{duty.due.isoformat()}",
            )
        )
    return said


def _people(duties: list[LivedDuty], role: Role) -> dict[int, set[int]]:
    """duty id -> people; one question for each regime, since a grant may be limited to one."""
    found: dict[int, set[int]] = {}
    for code in {duty.regime.code for duty in duties}:
        mine = [duty for duty in duties if duty.regime.code == code]
        held = audience.holders_of(role, {duty.unit_id for duty in mine}, code)
        found |= {duty.pk: held[duty.unit_id] for duty in mine}
    return found


def _overdue(duties: list[LivedDuty]) -> int:
    """One notice to the receivers for all units that missed the same moment of the same regime and period."""
    groups: dict[tuple[int, int, int, dt.datetime], list[LivedDuty]] = defaultdict(list)
    for duty in duties:
        groups[duty.receiver_id, duty.regime_id, duty.period_id, duty.due].append(duty)
    said = 0
    for (receiver, regime, period, due), missing in groups.items():
        first = missing[0]
        label = {lang: f"{first.regime.code} {periods.label(period_of(first.period), lang)}" for lang in LANGS}
        said += len(
            notify(
                by=BY,
                to=audience.holders_of(Role.RECEIVER, [receiver], first.regime.code)[receiver],
                kind=kinds.OVERDUE,
                subject=("regime", first.regime.code),
                params={"count": len(missing), "report": label, "due": moment(due), "units": _names(missing)},
                url=f"/reports/{first.regime.code}/{first.period.calendar}/{first.period.key}/",
                dedupe=f"{kinds.OVERDUE}:{regime}:{period}:{receiver}:{due.isoformat()}",
            )
        )
    return said


def _names(duties: list[LivedDuty]) -> dict[str, str]:
    """Names in Vietnamese order; past NAMED, how many more."""
    on = duties[0].period.last
    order = organizations.name_rows({duty.unit_id for duty in duties}, on)
    ids = sorted(order, key=lambda pk: order[pk].sort_key)
    rest = len(duties) - NAMED
    more = {"vi": f"; và {rest} đơn vị nữa", "en": f"; and {rest} more"} if rest > 0 else {"vi": "", "en": ""}
    names = {lang: organizations.full_names(ids[:NAMED], on, lang) for lang in LANGS}
    return {lang: "; ".join(names[lang][pk] for pk in ids[:NAMED]) + more[lang] for lang in LANGS}


@dataclass(slots=True)
class Count:
    """How the duties of one regime and period stand."""

    report: dict[str, str]
    owing: int = 0
    reported: int = 0
    missing: int = 0

    def line(self, lang: str) -> str:
        if lang == "en":
            return f"{self.report['en']}: {self.reported} of {self.owing} reported, {self.missing} overdue"
        return f"{self.report['vi']}: {self.reported}/{self.owing} đã gửi, {self.missing} quá hạn"


def _standing(now: dt.datetime) -> int:
    """The day's standing to each viewer, over the units they watch."""
    viewers = permissions.in_force(Grant.objects.filter(role=Role.VIEWER), now.date()).values("person")
    key, said = f"{kinds.DAY}:{now:%Y-%m-%d}", 0
    for viewer in Person.objects.filter(pk__in=viewers, is_active=True).exclude(notices__dedupe=key):
        units = permissions.units_for(viewer, Role.VIEWER)
        rows = with_life(Duty.objects.filter(unit__in=units, opens_at__lte=now))
        counts = _counts(rows.filter(due__gte=now - BEHIND, due__lte=now + AHEAD), now)
        if not counts:
            continue
        lines = [{lang: count.line(lang) for lang in LANGS} for count in counts]
        said += len(
            notify(
                by=BY,
                to=[viewer],
                kind=kinds.DAY,
                subject=("day", f"{now:%Y-%m-%d}"),
                params={"day": f"{now:%d/%m/%Y}", "lines": lines},
                url="/reports/",
                dedupe=key,
            )
        )
    return said


def _counts(duties: Iterable[LivedDuty], now: dt.datetime) -> list[Count]:
    found: dict[tuple[str, str], Count] = {}
    for duty in duties:
        label = {lang: f"{duty.regime.code} {periods.label(period_of(duty.period), lang)}" for lang in LANGS}
        count = found.setdefault((duty.regime.code, duty.period.key), Count(label))
        standing = queries.standing(duty, now)
        count.owing += standing != "exempt"
        count.reported += standing in {"reported", "late", "returned"}
        count.missing += standing == "missing"
    return [found[key] for key in sorted(found)]
