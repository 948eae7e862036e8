"""What the clock says: five and one working days before the day, on it, after it; what nobody took on; what waits for
the issuer; the week's standing from its first working morning. Safe to repeat as often as one likes.

Only the step in which an assignment stands now is said: after a pause of the worker nobody hears three at once.
"""

import datetime as dt

from django.db.models import QuerySet

from dienhong.base import clock
from dienhong.directives import notice_kinds as kinds
from dienhong.directives import telling
from dienhong.directives.lived import LivedAssignment
from dienhong.directives.models import OPEN, Assignment, State
from dienhong.directives.permissions import DOING, ISSUING, LEADING
from dienhong.directives.queries.standing import Counts, count, count_by, lived
from dienhong.notices.actions import notify
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Grant, Person, Role
from dienhong.reporting.workdays import work_calendar
from dienhong.rules.workdays import Calendar

EARLY, LAST = 5, 1  # working days before the day
TAKE_ON, WAIT = 2, 3  # working days in which a unit takes it on, an issuer answers
LONG = 5  # working days after the day: it goes one level up
MORNING = 7  # o'clock: nobody is reminded at night
BY = "job:directives"
NAMED = 10  # units named in a digest; the rest is counted


def remind() -> int:
    """Say what is to be said at this business moment. Returns how many were newly told."""
    now = clock.business_now()
    days = work_calendar()
    if now.hour < MORNING or not days.is_working(now.date()):
        return 0
    rows = lived(Assignment.objects.all()).filter(state__in=OPEN).select_related("directive", "issuer", "lead")
    said = sum(_one(row, days, now.date()) for row in rows.order_by("pk"))
    return said + _week(days, now.date())


def step(days: Calendar, due: dt.date | None, today: dt.date) -> str:
    """early, last, today, overdue, long, or "" when nothing is to be said of that day now."""
    if due is None:
        return ""
    if due == today:
        return "today"
    left = days.working_days_between(today, due)
    if due > today:
        return "last" if left <= LAST else "early" if left <= EARLY else ""
    if -left >= LONG:
        return "long"
    return "overdue" if -left >= 1 else ""


def _one(row: LivedAssignment, days: Calendar, today: dt.date) -> int:
    if row.state == State.MET or row.asks_extension:
        return _waits(row, days, today)
    where = step(days, row.due_now, today)
    told = _of_the_day(row, where, days, today) if where else 0
    since = row.state_at.astimezone(clock.HANOI).date()
    if row.state == State.ISSUED and days.working_days_between(since, today) > TAKE_ON:
        said = telling.params(row, row.due_now) | {"days": TAKE_ON}
        told += telling.tell(BY, row, telling.doers(row, LEADING), kinds.UNREAD, said, f"{kinds.UNREAD}:{row.pk}")
    return told


def _of_the_day(row: LivedAssignment, where: str, days: Calendar, today: dt.date) -> int:
    due = row.due_now
    assert due is not None, "a step is one of a day"
    left = days.working_days_between(today, due)
    said = telling.params(row, due) | {"left": left, "days": -left if left < 0 else LONG}
    key = f"{where}:{row.pk}:{due.isoformat()}"
    if where in ("early", "last"):
        return telling.tell(BY, row, telling.doers(row), kinds.DUE_SOON, said, f"{kinds.DUE_SOON}:{key}")
    if where == "today":
        return telling.tell(BY, row, telling.doers(row, LEADING), kinds.DUE_TODAY, said, f"{kinds.DUE_TODAY}:{key}")
    told = telling.tell(
        BY, row, telling.doers(row) | telling.issuers(row), kinds.OVERDUE, said, f"{kinds.OVERDUE}:{key}"
    )
    if where == "long":
        said |= {"days": LONG}
        told += telling.tell(BY, row, _above(row), kinds.ESCALATED, said, f"{kinds.ESCALATED}:{key}")
    return told


def _above(row: Assignment) -> set[int]:
    """Leaders of the units above the lead unit, of who issued the whole directive, and those who watch its issuer."""
    today = clock.business_today()
    units = {*permissions.superiors([row.lead_id], today), row.issuer_id, row.directive.issuer_id}
    grants = Grant.objects.filter(unit__in=units, role__in=[Role.LEADER, Role.VIEWER], person__is_active=True)
    return set(permissions.in_force(grants, today).values_list("person", flat=True))


def _waits(row: LivedAssignment, days: Calendar, today: dt.date) -> int:
    """To the issuer, once, when a unit has waited long for their word."""
    since, key = row.state_at, f"{row.last}"
    if row.asks_extension:
        asked = row.extensions.filter(answer=None).get()
        since, key = asked.business_at, f"extension:{asked.pk}"
    waited = days.working_days_between(since.astimezone(clock.HANOI).date(), today)
    if waited <= WAIT:
        return 0
    said = telling.params(row, row.due_now) | {"days": WAIT}
    return telling.tell(BY, row, telling.issuers(row), kinds.WAITS, said, f"{kinds.WAITS}:{key}")


def _week(days: Calendar, today: dt.date) -> int:
    """On the first working day of the week, or the first after it on which the worker runs, to each leader: what their
    units issued, what they owe."""
    first = days.move(today - dt.timedelta(days=today.weekday()), "next")
    if today < first:
        return 0
    key, said = f"{kinds.WEEK}:{first:%Y-%m-%d}", 0
    leaders = permissions.in_force(Grant.objects.filter(role__in=ISSUING), today).values("person")
    for leader in Person.objects.filter(pk__in=leaders, is_active=True).exclude(notices__dedupe=key).order_by("pk"):
        lines = _lines(leader, today)
        if lines:
            said += len(
                notify(
                    by=BY,
                    to=[leader],
                    kind=kinds.WEEK,
                    subject=("week", f"{today:%Y-%m-%d}"),
                    params={"day": f"{today:%d/%m/%Y}", "lines": lines},
                    url="/directives/",
                    dedupe=key,
                )
            )
    return said


def _lines(leader: Person, today: dt.date) -> list[dict[str, str]]:
    """What the leader's units issued, whose units are overdue most; and what they owe."""
    issued = Assignment.objects.filter(issuer__in=permissions.units_for(leader, ISSUING).values("pk"))
    owed = Assignment.objects.filter(lead__in=permissions.units_for(leader, DOING).values("pk"))
    lines = []
    if (given := count(issued)).total:
        lines.append({lang: _line(given, lang, "Đã giao", "Issued") for lang in telling.LANGS})
        if given.overdue:
            lines.append(_most_overdue(issued, today))
    if (mine := count(owed)).total:
        lines.append({lang: _line(mine, lang, "Được giao", "To do") for lang in telling.LANGS})
    return lines


def _line(counts: Counts, lang: str, vi: str, en: str) -> str:
    """The four states whole: an office reads the numbers, never a share without them."""
    if lang == "en":
        return (
            f"{en}: {counts.total} = {counts.on_time} on time + {counts.late} late + {counts.in_time} in time"
            f" + {counts.overdue} overdue; {counts.apart} cancelled or replaced"
        )
    return (
        f"{vi}: {counts.total} = {counts.on_time} đúng hạn + {counts.late} muộn + {counts.in_time} trong hạn"
        f" + {counts.overdue} quá hạn; {counts.apart} đã hủy hoặc thay"
    )


def _most_overdue(rows: QuerySet[Assignment], today: dt.date) -> dict[str, str]:
    by_lead = count_by("lead_id", rows)
    worst = sorted((unit for unit in by_lead if by_lead[unit].overdue), key=lambda unit: -by_lead[unit].overdue)
    rest = len(worst) - NAMED
    more = {"vi": f"; và {rest} đơn vị nữa", "en": f"; and {rest} more"} if rest > 0 else {"vi": "", "en": ""}
    head = {"vi": "Quá hạn", "en": "Overdue"}
    said = {}
    for lang in telling.LANGS:
        names = organizations.full_names(worst[:NAMED], today, lang)
        told = "; ".join(f"{names.get(unit, '?')} {by_lead[unit].overdue}" for unit in worst[:NAMED])
        said[lang] = f"{head[lang]}: {told}{more[lang]}"
    return said
