"""What each published version of a condition's figure says, in the order in which it became known.

Everything here is read from publications alone, so the answer as of any moment is the same whenever it is asked.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from dienhong.base import clock
from dienhong.base.numbers import Empty
from dienhong.directives.conditions import basis as bases
from dienhong.directives.conditions.basis import Asked
from dienhong.directives.models import Comparison, Condition, Direction, Scope
from dienhong.indicators import queries
from dienhong.indicators.models import Batch, Evidence, Period
from dienhong.indicators.queries import AsOf, Series, Total
from dienhong.reporting.models import State, StateChange

SUBMISSION = "submission_version"


@dataclass(frozen=True, slots=True)
class Told:
    """One version: from `known_at` on the figure of the period is `value`, made so by `batch_id`, sent at `sent_at`."""

    period_id: int
    batch_id: int
    value: Decimal | None
    meets: bool
    later: bool
    sent_at: dt.datetime
    known_at: dt.datetime
    changed: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        return self.meets and self.later


@dataclass(frozen=True, slots=True)
class Carried:
    """What carries the condition: the version with which the unbroken run began that still holds."""

    period_id: int
    batch_id: int
    sent_at: dt.datetime


def carried(tolds: Iterable[Told]) -> Carried | None:
    """Whether these versions, in their order, meet the condition at their end; None where they do not.

    A period carries it as long as its newest version does. Of several periods the one that was sent first counts.
    """
    runs: dict[int, Carried] = {}
    for told in tolds:
        if not told.counts:
            runs.pop(told.period_id, None)
        elif told.period_id not in runs:
            runs[told.period_id] = Carried(told.period_id, told.batch_id, told.sent_at)
    return min(runs.values(), key=lambda run: (run.sent_at, run.batch_id), default=None)


def weight(said: Sequence[Told], told: Told) -> str:
    """What a version is to the condition after those in `said`: "judge", "freeze" where it is made of something else,
    "skip" where another period carries the condition anyway."""
    if not told.changed:
        return "judge"
    run = carried(said)
    return "freeze" if run is None or run.period_id == told.period_id else "skip"


def meets(condition: Condition, value: Decimal | None) -> bool:
    """Whether a value is what the condition asks for, and moved the way it asks."""
    if value is None or not fits(condition, value):
        return False
    if condition.baseline is None or condition.direction == Direction.EITHER:
        return True
    return value > condition.baseline if condition.direction == Direction.UP else value < condition.baseline


def fits(condition: Condition, value: Decimal) -> bool:
    return {
        Comparison.AT_LEAST: value >= condition.target,
        Comparison.ABOVE: value > condition.target,
        Comparison.AT_MOST: value <= condition.target,
        Comparison.BELOW: value < condition.target,
        Comparison.EQUAL: value == condition.target,
    }[Comparison(condition.comparison)]


def asked_of(condition: Condition) -> Asked:
    return Asked(
        queries.indicator_of(condition.indicator_id), condition.unit_id, condition.breakdown_id, condition.measure
    )


def tolds(condition: Condition, as_of: AsOf = None, known: frozenset[tuple[int, int]] = frozenset()) -> list[Told]:
    """Every version since the condition was given, up to that moment; those in `known` (period, batch) are left out."""
    at = queries.moment(as_of)
    groups: dict[tuple[int, dt.datetime], list[int]] = {}
    for period, batch, known_at in _touching(condition, at):
        groups.setdefault((period, known_at), []).append(batch)
    sent = sent_times({batch for group in groups.values() for batch in group})
    rows = {row.pk: row for row in Period.objects.filter(pk__in={period for period, _at in groups})}
    found = []
    for (period, known_at), batches in sorted(groups.items(), key=lambda one: (one[0][1], max(one[1]))):
        if (period, max(batches)) not in known:
            told = _told(condition, rows[period], known_at, batches, sent)
            found += [told] if told else []
    return found


def _told(
    condition: Condition, period: Period, known_at: dt.datetime, batches: list[int], sent: dict[int, dt.datetime]
) -> Told | None:
    """None where the unit's own figure stands and none of these batches spoke of it: nothing new was said."""
    asked, at = asked_of(condition), queries.moment(known_at)
    total = asked.total(period, at)
    if total.how == "direct" and total.figure is not None and total.figure.batch_id not in batches:
        return None
    batch = max(batches)
    value = value_of(total)
    at_last = sent[batch] if total.how == "direct" else max(sent[each] for each in batches)
    now = bases.basis(asked, period, at, below=bases.made_below(total)) if value is not None else condition.basis
    return Told(
        period.pk, batch, value, meets(condition, value), at_last > condition.since, at_last, known_at,
        tuple(bases.changed(condition.basis, now)),
    )  # fmt: skip


def value_of(total: Total) -> Decimal | None:
    """Where nothing arose the figure is 0; every other kind of empty is no value."""
    figure = total.shown
    if figure is None or isinstance(figure, Decimal):
        return figure
    return Decimal(0) if figure is Empty.NOTHING_AROSE else None


_TOUCHING = """
SELECT DISTINCT s.about, o.batch_id, p.known_at
FROM unnest(%(about)s::bigint[], %(indicator)s::bigint[], %(period)s::bigint[], %(breakdown)s::bigint[],
    %(measure)s::int[], %(source)s::bigint[]) AS s(about, indicator_id, period_id, breakdown_id, measure, source_id)
JOIN indicators_observation o ON o.indicator_id = s.indicator_id AND o.period_id = s.period_id
    AND o.breakdown_id = s.breakdown_id AND o.measure = s.measure AND o.source_id = s.source_id
JOIN indicators_publication p ON p.batch_id = o.batch_id
WHERE p.known_at > %(since)s AND p.known_at <= %(until)s AND (o.unit_id = %(unit)s OR EXISTS (
    SELECT 1 FROM organizations_ancestry a WHERE a.ancestor_id = %(unit)s AND a.descendant_id = o.unit_id))
"""


def _touching(condition: Condition, at: queries.Moment) -> list[tuple[int, int, dt.datetime]]:
    """(period, batch, known at) of every batch that spoke of a series the condition's figure can be made from."""
    asked, pairs = asked_of(condition), []
    for period in periods_of(condition):
        pairs += [(period.pk, leaf) for leaf in bases.leaves(asked, period, at)]
    if not pairs:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHING, _columns(pairs) | {
            "since": condition.known_from, "until": at.at, "unit": condition.unit_id,
        })  # fmt: skip
        return [(int(period), int(batch), known_at) for period, batch, known_at in cursor.fetchall()]


def _columns(pairs: Sequence[tuple[int, Series]]) -> dict[str, Any]:
    return {
        "about": [period for period, _leaf in pairs],
        "indicator": [leaf.indicator_id for _period, leaf in pairs],
        "period": [leaf.period_id for _period, leaf in pairs],
        "breakdown": [leaf.breakdown_id for _period, leaf in pairs],
        "measure": [leaf.measure for _period, leaf in pairs],
        "source": [leaf.source_id for _period, leaf in pairs],
    }


def periods_of(condition: Condition) -> list[Period]:
    """The periods a value may be about: the baseline's own, or those of its kind that come after it."""
    if condition.scope == Scope.SAME:
        return [condition.period]
    return list(
        Period.objects.filter(
            calendar=condition.period.calendar, kind=condition.period.kind, first__gt=condition.period.first
        ).order_by("first")
    )


def sent_times(batches: Iterable[int]) -> dict[int, dt.datetime]:
    """batch id -> when what it says was sent (state 50), business time.

    A batch that puts an earlier version back in force (its correction was returned) names that version: the value was
    sent when that one was. What is no report counts from when it came in.
    """
    wanted = set(batches)
    proofs = Evidence.objects.filter(batch__in=wanted, kind=SUBMISSION).values_list("batch_id", "key")
    versions = {batch: int(key) for batch, key in proofs.order_by("batch_id") if key.isdecimal()}
    rows = StateChange.objects.filter(version__in=versions.values(), state=State.SENT).order_by("-pk")
    sent = dict(rows.values_list("version_id", "business_at"))
    came = Batch.objects.filter(pk__in=wanted).values_list("pk", "played_at", "created_at")
    times = {pk: (played or clock.business_at(created)) for pk, played, created in came}
    return times | {batch: sent[version] for batch, version in versions.items() if version in sent}
