"""What several screens need: fetching a duty or version one may see, words for a period, working days left."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base import clock, periods
from dienhong.base.refusal import NotPermitted
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.figures import earlier_key
from dienhong.reporting.life import with_life
from dienhong.reporting.lived import LivedDuty
from dienhong.reporting.models import Duty, Version
from dienhong.reporting.permissions import may_see
from dienhong.reporting.workdays import work_calendar


def lang() -> str:
    return "en" if get_language() == "en" else "vi"


def person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def duty_or_404(request: HttpRequest, pk: int) -> LivedDuty:
    """A duty with its life, if the person may see it; the reason otherwise."""
    duty = get_object_or_404(with_life(Duty.objects.all()), pk=pk)
    if not may_see(person(request), duty):
        raise NotPermitted("not_permitted", _("Báo cáo này của đơn vị khác; bạn không được giao xem."))
    return duty


def version_or_404(request: HttpRequest, pk: int) -> Version:
    version = get_object_or_404(
        Version.objects.select_related(
            "submission__duty__unit",
            "submission__duty__regime",
            "submission__duty__period",
            "submission__duty__receiver",
            "regime_version__regime",
        ),
        pk=pk,
    )
    if not may_see(person(request), version.submission.duty):
        raise NotPermitted("not_permitted", _("Báo cáo này của đơn vị khác; bạn không được giao xem."))
    return version


@dataclass(frozen=True, slots=True)
class DutyWords:
    """A duty in words: names at its time, period, working days left until it is due (negative: overdue).

    `head`, `prev`, `year_before` stand above columns: "Quý III/2020", "Quý II/2020", "Quý III/2019".
    """

    duty: Duty
    unit: str
    receiver: str
    period: str
    period_short: str
    window: str
    working_days: int
    head: str
    prev: str
    year_before: str

    @property
    def unit_within(self) -> str:
        """The unit's name inside a sentence: "tỉnh Lào Cai"; a name that begins with no word of a kind stays."""
        return in_sentence(self.unit)

    @property
    def one_past(self) -> bool:
        """Whether the past is one column: of a yearly report the period before is the year before, and an event has no
        last year."""
        return self.duty.period.calendar == "event" or self.prev == self.year_before


def words(duties: Sequence[Duty]) -> list[DutyWords]:
    """Words for many duties in a constant number of queries."""
    calendar = work_calendar()
    today = clock.business_today()
    by_day: dict[dt.date, set[int]] = {}
    for duty in duties:
        by_day.setdefault(duty.period.last, set()).update((duty.unit_id, duty.receiver_id))
    names = {day: organizations.full_names(ids, day, lang()) for day, ids in by_day.items()}
    out = []
    for duty in duties:
        plain = period_of(duty.period)
        due = getattr(duty, "due", duty.due_at).astimezone(clock.HANOI).date()
        ahead = (
            calendar.working_days_between(today, due) if due >= today else -calendar.working_days_between(due, today)
        )
        known = names[duty.period.last]
        out.append(
            DutyWords(
                duty,
                known.get(duty.unit_id, "?"),
                known.get(duty.receiver_id, "?"),
                periods.title(plain, lang()),
                periods.label(plain, lang(), short=True),
                f"{plain.first:%d/%m/%Y} – {plain.last:%d/%m/%Y}",
                ahead,
                periods.label(plain, lang()),
                _earlier(duty, "prev") or _("Kỳ trước"),
                _earlier(duty, "year_before") or _("Năm trước"),
            )
        )
    return out


def in_sentence(name: str) -> str:
    """ "Tỉnh Lào Cai" as it is written after other words: "tỉnh Lào Cai". English names stay as they are."""
    kinds = tuple(f"{word} " for word in organizations.FULL["vi"].values())
    return name[:1].lower() + name[1:] if name.startswith(kinds) else name


def _earlier(duty: Duty, which: str) -> str:
    """The label of an earlier period, "" where there is none: before the first report of an event."""
    key = earlier_key(duty.period, which)
    if not key or duty.period.calendar == "event":
        return ""
    return periods.label(periods.period(duty.period.calendar, key), lang())


def regime_name(version: object) -> str:
    return str(getattr(version, f"name_{lang()}"))
