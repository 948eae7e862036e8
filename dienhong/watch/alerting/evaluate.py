"""Evaluating a rule: raise where its condition holds, end by itself where it no longer does. Safe to repeat.

Whoever evaluates a rule waits for whoever evaluates it at that moment, and an index allows one open alert for a rule
and a unit; all of one run is one transaction, so a kill in the middle leaves nothing half done and the job begins anew.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from dienhong.base import clock, playing
from dienhong.indicators import queries
from dienhong.indicators.queries import AsOf
from dienhong.organizations.registry import action
from dienhong.watch.actions.states import enter_alert
from dienhong.watch.alerting.causes import Cause, judged
from dienhong.watch.models import Alert, AlertRule, AlertRuleVersion, AlertStand, AlertState, Comparison
from dienhong.watch.queries.rules import newest_versions, standing_rules

BY = "job:alerts"


@action("watch.evaluate")
@transaction.atomic
def evaluate(*, by: str = BY, rule: int, as_of: AsOf = None, raises: bool = True) -> int:
    """Returns how many alerts were raised or ended. A rule that was switched off leaves its alerts to people.
    Without `raises` it only ends."""
    AlertRule.objects.select_for_update().get(pk=rule)
    version = newest_versions().select_related("indicator", "unit").get(rule=rule)
    if not version.active:
        return 0
    at = queries.moment(as_of)
    found = judged(version, at)
    open_now = {row.unit_id: row for row in Alert.objects.filter(rule=rule, closed_at=None).order_by("pk")}
    settled = _settled(rule, found.holds)
    now = clock.business_now()  # of all that one run raises: they go up together too
    raised = [
        _raise(by, version, unit, cause, now)
        for unit, cause in sorted(found.holds.items())
        if raises and unit not in open_now and (unit, cause.period_id, cause.batch) not in settled
    ]
    ended = [row for unit, row in open_now.items() if unit in found.over]
    for row in ended:
        enter_alert(by=None, actor=by, alert=row, state=AlertStand.CLOSED)
    return len(raised) + len(ended)


def _settled(rule: int, units: Iterable[int]) -> set[tuple[int, int, int | None]]:
    """What people closed: the same figure, or the same silence, does not raise it again."""
    closed = AlertState.objects.filter(alert__rule=rule, alert__unit__in=list(units), state=AlertStand.CLOSED)
    by_people = closed.exclude(by=None).values_list("alert__unit", "alert__period", "alert__batch")
    return set(by_people)


def _raise(by: str, version: AlertRuleVersion, unit: int, cause: Cause, now: dt.datetime) -> Alert:
    made = Alert.objects.create(
        rule_id=version.rule_id,
        version=version,
        unit_id=unit,
        period_id=cause.period_id,
        batch=cause.batch,
        value=cause.value,
        measured=cause.measured,
        due=cause.due,
        business_at=now,
    )
    enter_alert(by=None, actor=by, alert=made, state=AlertStand.RAISED)
    return made


def evaluate_by_job(rule: int) -> int:
    """While the demo nation still plays older periods, silence ends and does not begin: what is not there may only not
    have been played yet, and each half-played quarter would wake people for a minute."""
    silence = newest_versions().filter(rule=rule, comparison=Comparison.SILENCE).exists()
    return evaluate(rule=rule, raises=not silence or playing.current() is None)


def evaluate_all() -> int:
    """Every standing rule, each in a transaction of its own: silence begins by the clock, not by a publication."""
    return sum(evaluate_by_job(row.rule_id) for row in standing_rules())
