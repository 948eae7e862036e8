"""For which units a rule's condition holds now, and because of what. Reads only; safe to ask as often as one likes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from dienhong.base import clock
from dienhong.indicators import queries
from dienhong.indicators.models import Period, Publication
from dienhong.indicators.queries import Moment
from dienhong.organizations import queries as organizations
from dienhong.watch.alerting.silence import silent
from dienhong.watch.checking.compare import bound_of, reaches, targets_of
from dienhong.watch.checking.sides import stored
from dienhong.watch.models import AlertRuleVersion, Comparison, Side

MORE = 3  # periods looked at beyond those a rule asks for: a unit may be one or two behind


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a rule speaks of a unit. `batch` None: silence, and then `due` says since when."""

    period_id: int
    batch: int | None = None
    value: Decimal | None = None
    measured: Decimal | None = None
    due: dt.datetime | None = None


@dataclass(slots=True)
class Judged:
    """`holds`: unit -> cause. `over`: units that were judged and of which it does not hold. Others: cannot tell."""

    holds: dict[int, Cause] = field(default_factory=dict)
    over: set[int] = field(default_factory=set)


def units_of(version: AlertRuleVersion) -> list[int]:
    """The units the rule is about today."""
    if not version.below:
        return [version.unit_id]
    today = clock.business_today()
    for hierarchy in ("administrative", "sector"):
        below = list(
            organizations.children(hierarchy, version.unit_id, today).order_by("pk").values_list("pk", flat=True)
        )
        if below:
            return below
    return []


def judged(version: AlertRuleVersion, at: Moment) -> Judged:
    units = units_of(version)
    if version.comparison == Comparison.SILENCE:
        made = Judged()
        missing = silent(version, units, at)
        made.holds = {unit: Cause(each.period_id, due=each.due) for unit, each in missing.items()}
        made.over = set(units) - set(missing)
        return made
    return _by_figures(version, units, at)


@dataclass(frozen=True, slots=True)
class Said:
    value: Decimal
    batch: int


def _by_figures(version: AlertRuleVersion, units: list[int], at: Moment) -> Judged:
    rows = _periods(version)
    figures = {row.pk: _figures(version, row, units, at) for row in rows}
    made = Judged()
    for unit in units:
        newest = next((place for place, row in enumerate(rows) if unit in figures[row.pk]), None)
        if newest is None:
            continue
        run = [_held(version, rows, place, unit, figures) for place in range(newest, newest + version.duration)]
        first = run[0]
        if None in run:
            continue
        if first is not None and all(each is not None and each[0] for each in run):
            said = figures[rows[newest].pk][unit]
            made.holds[unit] = Cause(rows[newest].pk, said.batch, said.value, first[1])
        else:
            made.over.add(unit)
    return made


def _periods(version: AlertRuleVersion) -> list[Period]:
    """Those that have begun, newest first; of a target those that are over."""
    today = clock.business_today()
    rows = Period.objects.filter(calendar=version.calendar, kind=version.period_kind, first__lte=today)
    if version.comparison == Comparison.TARGET:
        rows = rows.filter(last__lt=today)
    return list(rows.order_by("-first")[: version.duration + 1 + MORE])


def _figures(version: AlertRuleVersion, row: Period, units: list[int], at: Moment) -> dict[int, Said]:
    """unit -> what it has of its own; of a single unit without one, what those below make together, once all spoke."""
    made = queries.of_units(version.indicator, row, units, at, version.breakdown_id)
    found = {
        unit: Said(each.figure.adds, each.figure.batch_id)
        for unit, each in made.items()
        if each.figure.adds is not None
    }
    if version.below or found:
        return found
    total = queries.total(
        version.indicator, row, version.unit_id, breakdown_id=version.breakdown_id, measure=version.measure, as_of=at
    )
    if total.value is None or total.without or total.unknown or total.known_at is None:
        return {}
    newest = Publication.objects.filter(known_at__lte=total.known_at).order_by("-known_at", "-batch").first()
    return {version.unit_id: Said(total.value, newest.batch_id)} if newest else {}


Figures = Mapping[int, Mapping[int, Said]]


def _held(
    version: AlertRuleVersion, rows: list[Period], place: int, unit: int, figures: Figures
) -> tuple[bool, Decimal] | None:
    """Whether it holds of that period, and what was held to the bound; None where it cannot be told."""
    said = figures[rows[place].pk].get(unit) if place < len(rows) else None
    if said is None:
        return None
    measured = _measured(version, rows, place, unit, figures, said)
    if measured is None or (version.bound is None):
        return None
    above = version.comparison == Comparison.TARGET or version.side == Side.ABOVE
    return (measured > version.bound if above else measured < version.bound), measured


def _measured(
    version: AlertRuleVersion, rows: list[Period], place: int, unit: int, figures: Figures, said: Said
) -> Decimal | None:
    if version.comparison == Comparison.LEVEL:
        return said.value
    if version.comparison == Comparison.TARGET:
        target = targets_of(rows[place]).get((version.indicator_id, unit))
        if target is None:
            return None
        bound = bound_of(target, said.value)
        if reaches(target, said.value):
            return Decimal(0)
        return _apart(version, said.value, bound)
    before = rows[place + 1] if place + 1 < len(rows) else None
    if before is None or queries.shifted(rows[place], "prev") != before or unit not in figures[before.pk]:
        return None
    was = figures[before.pk][unit].value
    change = _apart(version, said.value, was)
    return change if change is None or said.value >= was else -change


def _apart(version: AlertRuleVersion, value: Decimal, of: Decimal) -> Decimal | None:
    """In per cent of the other; of figures that are per cent themselves in points, for per cent of per cent mislead."""
    entry = queries.entry(version.indicator_id)
    if entry is not None and entry.in_percent:
        return stored(abs(Fraction(value) - Fraction(of)))
    return percent(value - of, of)


def percent(apart: Decimal, of: Decimal) -> Decimal | None:
    """How far apart in per cent of the other, without a sign; None from 0."""
    return stored(abs(Fraction(apart)) / abs(Fraction(of)) * 100) if of else None
