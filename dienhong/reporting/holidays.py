"""A day off announced late: what was due that day is due on the next day of work. Never earlier than it was."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.journal.actions import record
from dienhong.journal.models import Event
from dienhong.organizations.models import Person
from dienhong.reporting.actions.duties import effective_due
from dienhong.reporting.due import DEFAULT_POLICY
from dienhong.reporting.models import Duty, Extension, RegimeVersion
from dienhong.reporting.workdays import work_calendar


def follow(event: Event) -> None:
    """Extend every duty due on the day declared, whose tier moves its due time to the next day of work.

    One extension and one event for each, in the name of who declared the day.
    """
    day = dt.date.fromisoformat(event.object_id)
    calendar = work_calendar()
    if calendar.is_working(day):
        return
    by = Person.objects.get(pk=int(event.actor.removeprefix("person:")))
    began = clock.midnight(day)
    span = (began, began + dt.timedelta(days=1) - dt.timedelta(microseconds=1))
    near = Duty.objects.filter(due_at__range=span) | Duty.objects.filter(extensions__due_at__range=span)
    policies: dict[tuple[int, str], str] = {}
    for duty in near.distinct().order_by("pk").prefetch_related("extensions"):
        due = effective_due(duty).astimezone(clock.HANOI)
        if due.date() != day or _policy(duty, policies) != "next":
            continue
        moved = dt.datetime.combine(calendar.move(day, "next"), due.timetz())
        _extend(by, duty, moved, event.data.get("name", ""))


def _policy(duty: Duty, known: dict[tuple[int, str], str]) -> str:
    key = (duty.regime_id, duty.tier)
    if key not in known:
        version = RegimeVersion.objects.filter(regime=duty.regime_id).order_by("-number").first()
        tiers = version.spec["tiers"] if version else []
        due: dict[str, Any] = next((tier["due"] for tier in tiers if tier["key"] == duty.tier), {})
        known[key] = str(due.get("policy", DEFAULT_POLICY))
    return known[key]


def _extend(by: Person, duty: Duty, due_at: dt.datetime, name: str) -> None:
    reason = _("Hạn cũ rơi vào ngày nghỉ mới công bố: %(name)s.") % {"name": name}
    Extension.objects.create(duty=duty, due_at=due_at, reason=reason, by=by, business_at=clock.business_now())
    record(
        by=by.actor, verb="reporting.extend", object_kind="duty", object_id=duty.pk, unit_id=duty.unit_id,
        reason=reason, data={"due_at": due_at.isoformat()},
    )  # fmt: skip
