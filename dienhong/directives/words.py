"""Standing and days in words, each with a class of the look."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base import clock, periods
from dienhong.base.numbers import Empty, format_number
from dienhong.directives.conditions.basis import Asked
from dienhong.directives.conditions.coming import Coming
from dienhong.directives.lived import LivedAssignment
from dienhong.directives.models import OPEN, Condition, State
from dienhong.indicators import places
from dienhong.indicators import queries as indicators
from dienhong.indicators.models import Period
from dienhong.indicators.queries import AsOf, SeriesKey, plain
from dienhong.organizations import queries as organizations
from dienhong.reporting.workdays import shown_calendar

_DIFFERENCE = re.compile(r"DC-([0-9]{1,12})")


def check_url(check_id: str) -> str:
    """The page of the cross-check that is called so; "" for what is none. That room lies beside this one: it is known
    by the name of its address alone."""
    found = _DIFFERENCE.fullmatch(check_id)
    return reverse("watch:difference", args=[int(found[1])]) if found else ""


def lang() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def standing_words(row: LivedAssignment) -> tuple[str, str]:
    """What it says and its class: good, late, bad or nothing."""
    return {
        "on_time": (_("xong đúng hạn"), "good"),
        "late": (_("xong muộn"), "late"),
        "in_time": (_("đang làm, trong hạn"), ""),
        "overdue": (_("quá hạn"), "bad"),
        "cancelled": (_("đã hủy"), ""),
        "replaced": (_("đã thay"), ""),
    }[row.standing]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a list."""

    row: LivedAssignment
    lead: str
    issuer: str
    state: str
    standing: str
    css: str
    left: int | None
    waits_on: str

    @property
    def open(self) -> bool:
        return self.row.standing in ("in_time", "overdue")


def told(rows: Iterable[LivedAssignment]) -> list[Told]:
    """Lines for many assignments; names and working days in a constant number of queries."""
    found = list(rows)
    today, days = clock.business_today(), shown_calendar()
    names = organizations.shown_offices(
        frozenset(unit for row in found for unit in (row.lead_id, row.issuer_id, row.waits_on) if unit), today, lang()
    )
    return [
        Told(
            row,
            names.get(row.lead_id, ""),
            names.get(row.issuer_id, ""),
            str(State(row.state).label),
            *standing_words(row),
            days.working_days_between(today, row.due_now) if row.due_now else None,
            names.get(row.waits_on, "") if row.waits_on and row.state in OPEN else "",
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Said:
    """A condition in words: what it asks, from what, what the figure is called and where its passport is."""

    indicator: str
    unit: str
    measured: str
    target: str
    baseline: str
    decimals: int | None


def condition_words(condition: Condition) -> Said:
    """In the words and the unit of measure of the day on which it was given: a target means nothing in another one."""
    entry = indicators.entry(condition.indicator_id, indicators.moment(condition.at))
    decimals = entry.decimals if entry else None
    measured = (entry.unit_en if lang() == "en" else entry.unit_vi) if entry else ""
    return Said(
        (entry.name_en if lang() == "en" else entry.name_vi) if entry else condition.indicator.code,
        organizations.shown_name(condition.unit_id, condition.period.last, lang()),
        measured,
        format_number(condition.target, decimals, lang()),
        _("chưa có") if condition.baseline is None else format_number(condition.baseline, decimals, lang()),
        decimals,
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as a page names it: what it is of, its value or why there is none, the address of its passport."""

    indicator: str
    unit: str
    period: str
    value: Decimal | Empty | None
    decimals: int | None
    measured: str
    url: str


def figure(asked: Asked, period: Period, as_of: AsOf = None) -> Figure:
    """As it stands, or as it was known at a moment of record time."""
    at = indicators.moment(as_of)
    entry, here = indicators.entry(asked.indicator.pk, at), lang()
    key = SeriesKey(asked.indicator.pk, period.pk, asked.unit_id, asked.breakdown_id, asked.measure)
    code = places.code_of(asked.unit_id, period.last)
    return Figure(
        str(getattr(entry, f"name_{here}", asked.indicator.code)),
        organizations.shown_name(asked.unit_id, period.last, here),
        periods.label(plain(period), here),
        asked.total(period, at).shown,
        entry.decimals if entry else None,
        str(getattr(entry, f"unit_{here}", "")),
        places.figure_url(asked.indicator.code, period, code, key=key),
    )


def coming_words(found: Coming) -> str:
    """Why no figure of a later period closes anything before its day."""
    period = periods.label(found.period, lang())
    if found.due is None:
        said = {"period": period, "day": f"{found.period.last:%d/%m/%Y}"}
        return _("Kỳ sau là %(period)s, hết ngày %(day)s mới kết thúc: trước đó chưa có số nào để xét.") % said
    said = {"period": period, "due": f"{found.due.astimezone(clock.HANOI):%H:%M, %d/%m/%Y}"}
    return _("Kỳ sau là %(period)s, báo cáo đến hạn lúc %(due)s: trước đó có thể chưa có số nào để xét.") % said
