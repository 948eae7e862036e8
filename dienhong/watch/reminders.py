"""What the clock says: differences not explained by their day, questions not answered by theirs. Safe to repeat."""

import datetime as dt

from dienhong.base import clock
from dienhong.notices import audience
from dienhong.notices.actions import notify
from dienhong.reporting.workdays import work_calendar
from dienhong.watch import notice_kinds as kinds
from dienhong.watch import telling
from dienhong.watch.models import WAITING, Question
from dienhong.watch.permissions import LEADING
from dienhong.watch.queries.lists import stated

MORNING = 7  # o'clock: nobody is reminded at night
BY = "job:watch"
EVERY = 5  # working days between two reminders of the same


def remind() -> int:
    """Say what is to be said at this business moment. Returns how many were newly told."""
    now = clock.business_now()
    if now.hour < MORNING or not work_calendar().is_working(now.date()):
        return 0
    return _questions() + _differences()


def _questions() -> int:
    """On the day it is due and every few working days after, to who has to answer."""
    today, days, told = clock.business_today(), work_calendar(), 0
    rows = Question.objects.filter(answer=None, due__lte=today).select_related("period").order_by("pk")
    for row in rows:
        step = days.working_days_between(row.due, today) // EVERY
        told += len(
            notify(
                by=BY, to=telling.reporters(row), kind=kinds.UNANSWERED, subject=("question", row.pk),
                params=telling.about_question(row), url=f"/watch/questions/{row.pk}/",
                dedupe=f"{kinds.UNANSWERED}:{row.pk}:{step}",
            )
        )  # fmt: skip
    return told


def _differences() -> int:
    """Once a week of work, to the leaders of the owner: how many are overdue, since when."""
    today, days, told = clock.business_today(), work_calendar(), 0
    late = stated().filter(state__in=WAITING, due_now__lt=today)
    by_owner: dict[int, list[int]] = {}
    oldest: dict[int, dt.date] = {}
    for row in late.order_by("pk"):
        assert row.due_now is not None, "who has to answer has a day"
        by_owner.setdefault(row.owner_id, []).append(row.pk)
        oldest[row.owner_id] = min(oldest.get(row.owner_id, row.due_now), row.due_now)
    people = audience.holders_of(LEADING, by_owner)
    for owner, rows in sorted(by_owner.items()):
        step = days.working_days_between(oldest[owner], today) // EVERY
        told += len(
            notify(
                by=BY, to=people[owner], kind=kinds.UNEXPLAINED, subject=("difference", rows[0]),
                params={"number": len(rows), "owner": telling.unit_name(owner), "due": f"{oldest[owner]:%d/%m/%Y}"},
                url="/watch/?show=overdue&mine=1", dedupe=f"{kinds.UNEXPLAINED}:{owner}:{oldest[owner]}:{step}",
            )
        )  # fmt: skip
    return told
