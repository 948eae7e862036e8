"""Giving conditions: what a later value must be, under which basis the figure is made today."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.numbers import format_number
from dienhong.base.refusal import Fault, Refused
from dienhong.directives.conditions import basis as bases
from dienhong.directives.conditions import telling
from dienhong.directives.conditions.basis import Asked
from dienhong.directives.conditions.coming import coming
from dienhong.directives.models import Assignment, Comparison, Condition, Direction, Scope
from dienhong.directives.words import coming_words
from dienhong.indicators import queries
from dienhong.indicators.models import Period
from dienhong.indicators.queries import Moment
from dienhong.organizations.models import Person

WAYS = {
    Comparison.AT_LEAST: Direction.UP,
    Comparison.ABOVE: Direction.UP,
    Comparison.AT_MOST: Direction.DOWN,
    Comparison.BELOW: Direction.DOWN,
    Comparison.EQUAL: Direction.EITHER,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A condition as the issuer asks for it. `direction` empty: the one that goes with the comparison."""

    asked: Asked
    period: Period
    comparison: str
    target: Decimal
    scope: str = Scope.LATER
    direction: str = ""


def moment_of_acting() -> Moment:
    """What is known to who acts: now, or what was known then where the demo plays an act of the past."""
    played = clock.played_moment()
    return queries.moment() if played is None else queries.moment(queries.from_business(played))


def give(
    *, by: Person, assignment: Assignment, wanted: Wanted, follows: Condition | None = None, anew: bool = False
) -> Condition:
    """Write the condition as the assignment's newest. Refused without a day, and where the figure meets it already.

    `follows`: it says another one anew, and what was sent since that one was given counts; `anew`: only what is sent
    from now on, against the same baseline.
    """
    if assignment.due is None:
        raise Refused("condition_needs_a_day", _("Điều kiện trên con số cần một hạn; chọn ngày."))
    at, now = moment_of_acting(), clock.business_now()
    keeps = follows if follows and not anew else None
    condition = Condition(
        assignment=assignment,
        number=assignment.conditions.count() + 1,
        period=wanted.period,
        scope=Scope.SAME if wanted.period.calendar == "event" else wanted.scope,  # an event has no next period
        comparison=wanted.comparison,
        target=wanted.target,
        direction=wanted.direction or WAYS[Comparison(wanted.comparison)],
        last_day=assignment.due,
        since=keeps.since if keeps else now,
        known_from=keeps.known_from if keeps else at.at,
        by=by,
        business_at=now,
        **_figure(wanted.asked, wanted.period, at),
    )
    if follows and anew:
        condition.baseline, condition.baseline_batch_id = follows.baseline, follows.baseline_batch_id
    if follows and hasattr(follows, "freeze"):
        # What it is made of now, of the period with which it showed: a method may hold from a later period on.
        condition.basis = follows.freeze.basis
        condition.inputs = sorted({*condition.inputs, *map(int, condition.basis[bases.FORMULA])})
    if follows is None:
        _not_yet_met(condition, at)
        _can_be_met_in_time(condition, wanted.asked, at)
    condition.save()
    return condition


def _figure(asked: Asked, period: Period, at: Moment) -> dict[str, Any]:
    """The baseline version and what the figure is made of."""
    total = asked.total(period, at)
    return {
        "indicator": asked.indicator,
        "unit_id": asked.unit_id,
        "breakdown_id": asked.breakdown_id or queries.total_breakdown(at),
        "measure": asked.measure,
        "baseline": telling.value_of(total),
        "baseline_batch_id": total.figure.batch_id if total.figure else None,
        "inputs": sorted(each.pk for each in bases.indicators_of(asked.indicator, period, at)),
        "basis": bases.basis(asked, period, at, below=bases.made_below(total)),
    }


def _not_yet_met(condition: Condition, at: Moment) -> None:
    value = condition.baseline
    # The baseline itself cannot have moved from the baseline: the comparison alone is asked.
    if value is None or not telling.fits(condition, value):
        return
    entry = queries.entry(condition.indicator_id, at)
    said = {
        "value": format_number(value, entry.decimals if entry else None),
        "target": format_number(condition.target, entry.decimals if entry else None),
        "comparison": condition.comparison,
    }
    raise Refused(
        "met_already",
        _("Số hiện nay là %(value)s, đã đạt điều kiện %(comparison)s %(target)s. Đặt mức khác, hoặc bỏ điều kiện.")
        % said,
    )


def _can_be_met_in_time(condition: Condition, asked: Asked, at: Moment) -> None:
    """A later period's value is not asked for before its report is."""
    found = coming(asked, condition.period, at) if condition.scope == Scope.LATER else None
    if found is None or condition.last_day >= found.day:
        return
    said = {"when": coming_words(found), "day": f"{found.day:%d/%m/%Y}"}
    sentence = _("%(when)s Chọn hạn từ ngày %(day)s, hoặc xét ở chính kỳ này.") % said
    raise Refused("before_the_report", sentence, [Fault("before_the_report", sentence, where="due")])
