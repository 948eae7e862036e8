"""The comparisons of each kind, over all units of a period at once."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from dienhong.base import clock
from dienhong.indicators import queries
from dienhong.indicators.breakdowns import key_of
from dienhong.indicators.models import Indicator, Period, Source, Target
from dienhong.indicators.queries import Conflict, Moment, kept
from dienhong.indicators.queries.figures import Figure
from dienhong.organizations.models import Link
from dienhong.rules.expressions import Ref, evaluate, parse
from dienhong.watch.checking.sides import Compared, Place, stored
from dienhong.watch.definitions import CrossCheck
from dienhong.watch.models import Difference, Kind

Units = dict[int, Figure]


def compared(check: CrossCheck, periods: Iterable[Period], at: Moment) -> list[Compared]:
    """Every place of these periods at which both sides are known, apart or not; of two sources only those that are
    apart or that were before."""
    rows = [row for row in periods if row.first >= check.first and row.first <= clock.business_today()]
    found: list[Compared] = []
    if check.kind in (Kind.SOURCE, Kind.COUNTED):
        return _of_sources(check, rows, at)
    for row in rows:
        found += COMPARERS[check.kind](check, row, at)
    return found


# Two sources of the same series.


def _of_sources(check: CrossCheck, periods: list[Period], at: Moment) -> list[Compared]:
    ids = None
    if check.codes:
        ids = list(Indicator.objects.filter(code__in=check.codes).values_list("pk", flat=True))
    of = [row.pk for row in periods]
    counting = set(Source.objects.filter(kind=Source.Kind.COUNT).values_list("pk", flat=True))
    apart = {}
    for one in queries.conflicts(ids, at, of) if of else []:
        if ({one.one.source_id, one.two.source_id} & counting != set()) == (check.kind == Kind.COUNTED):
            said = _of_conflict(one, at)
            apart[said.place] = said
    before = Difference.objects.filter(check_key=check.key, period__in=of)
    again = [place_of(row) for row in before.order_by("pk")]
    return [*apart.values(), *_together([place for place in again if place not in apart], at)]


def _of_conflict(one: Conflict, at: Moment) -> Compared:
    speaker = queries.authorities(one.indicator_id, [one.period_id], at).get(one.period_id)
    place = Place(one.indicator_id, one.period_id, one.unit_id, one.breakdown_id, one.measure, one.one.source_id,
                  one.two.source_id)  # fmt: skip
    return Compared(
        place, stored(one.one.value), stored(one.two.value), one.one.batch_id, one.two.batch_id, False, speaker
    )


def place_of(row: Difference) -> Place:
    return Place(
        row.indicator_id, row.period_id, row.unit_id, row.breakdown_id, row.measure, row.source_id, row.other_source_id
    )


def _together(places: list[Place], at: Moment) -> list[Compared]:
    """Places that were apart and are no longer found so: both sides read again. One that was taken back is no side."""
    groups: dict[tuple[int, int, int, int, int | None, int | None], list[Place]] = {}
    for each in places:
        key = (each.indicator_id, each.period_id, each.breakdown_id, each.measure, each.source_id, each.other_source_id)
        groups.setdefault(key, []).append(each)
    found = []
    for (indicator, period, breakdown, measure, source, other), members in groups.items():
        units = [each.unit_id for each in members]
        one, two = (
            queries.cells(indicator, [period], units, breakdown_id=breakdown, measure=measure, source_id=each, as_of=at)
            for each in (source, other)
        )
        for each in members:
            left, right = one.get((period, each.unit_id)), two.get((period, each.unit_id))
            if left is None or right is None or left.adds is None or right.adds is None:
                continue
            found.append(Compared(each, stored(left.adds), stored(right.adds), left.batch_id, right.batch_id, True))
    return found


# Two expressions over figures of the unit itself.


def _expressed(check: CrossCheck, period: Period, at: Moment) -> list[Compared]:
    about = kept.indicator(check.left_refs[0].code)
    units = queries.units_of(about, period, at)
    if not units:
        return []
    read: dict[Ref, Units] = {
        ref: _figures(ref, period, units, at) for ref in dict.fromkeys((*check.left_refs, *check.right_refs))
    }
    decimals, found = _decimals(about, at), []
    for unit in units:
        left, right = (_side(text, refs, read, unit) for text, refs in (
            (check.left, check.left_refs), (check.right, check.right_refs)))  # fmt: skip
        if left is None or right is None:
            continue
        place = Place(about.pk, period.pk, unit, queries.total_breakdown(at))
        agrees = check.agrees(left[0], right[0], decimals)
        found.append(Compared(place, stored(left[0]), stored(right[0]), left[1], right[1], agrees))
    return found


def _side(text: str, refs: tuple[Ref, ...], read: Mapping[Ref, Units], unit: int) -> tuple[Fraction, int] | None:
    """The value, and the newest batch it is made from; None where a part of it is not known."""
    there = {ref.key: figure for ref in refs if (figure := read[ref].get(unit)) is not None}
    if len(there) < len({ref.key for ref in refs}):
        return None
    given = {key: (figure.value, figure.empty) for key, figure in there.items()}
    result = evaluate(parse(text, expects="number"), given)
    return None if result.number is None else (result.number, max(figure.batch_id for figure in there.values()))


def _figures(ref: Ref, period: Period, units: list[int], at: Moment) -> Units:
    """unit -> what it has of its own for the reference; nothing where nobody ever spoke of that period or part."""
    of = period if not ref.period else earlier(period)
    breakdown = kept.breakdown_of(key_of(dict(ref.breakdown)))
    if of is None or breakdown is None:
        return {}
    made = queries.of_units(kept.indicator(ref.code), of, units, at, breakdown)
    return {unit: each.figure for unit, each in made.items()}


def earlier(period: Period) -> Period | None:
    """The period before, of an event the report before; None where nobody spoke of it."""
    if period.calendar != "event":
        return queries.shifted(period, "prev")
    stem, _dash, number = period.key.rpartition("-")
    return kept.period("event", f"{stem}-{int(number) - 1}") if int(number) > 1 else None


# A unit's own figure, and what the units right below it add up to.


def _vertical(check: CrossCheck, period: Period, at: Moment) -> list[Compared]:
    found: list[Compared] = []
    for indicator in Indicator.objects.filter(code__in=check.codes).order_by("code"):
        own = {unit: each.figure for unit, each in queries.of_units(
            indicator, period, queries.units_of(indicator, period, at), at).items()}  # fmt: skip
        below = _children(check.hierarchy, list(own), period)
        decimals = _decimals(indicator, at)
        for unit, parts in below.items():
            figures = [own[part] for part in parts if part in own]
            adds = [figure.adds for figure in figures if figure.adds is not None]
            left = own[unit]
            if left.adds is None or len(adds) < len(parts):
                continue
            total = sum(adds, Decimal(0))
            agrees = check.agrees(Fraction(left.adds), Fraction(total), decimals)
            place = Place(indicator.pk, period.pk, unit, queries.total_breakdown(at))
            newest = max(figure.batch_id for figure in figures)
            found.append(Compared(place, stored(left.adds), stored(total), left.batch_id, newest, agrees))
    return found


def _children(hierarchy: str, units: list[int], period: Period) -> dict[int, list[int]]:
    """unit -> the units right below it on the period's last day; those with none are left out."""
    rows = Link.objects.filter(
        hierarchy__key=hierarchy, parent__in=units, validity__contains=period.last, superseded_at=None
    )
    found: dict[int, list[int]] = {}
    for parent, child in rows.order_by("pk").values_list("parent", "child"):
        found.setdefault(parent, []).append(child)
    return found


# A result, and what the plan asks.


def _planned(check: CrossCheck, period: Period, at: Moment) -> list[Compared]:
    if period.last >= clock.business_today():
        return []
    found = []
    for target in targets_of(period).values():
        of = Indicator.objects.get(pk=target.indicator_id)
        made = queries.of_units(of, period, [target.unit_id], at).get(target.unit_id)
        if made is None or made.figure.adds is None:
            continue
        value = made.figure.adds
        place = Place(target.indicator_id, period.pk, target.unit_id, queries.total_breakdown(at))
        nearest = bound_of(target, value)
        found.append(
            Compared(place, stored(value), stored(nearest), made.figure.batch_id, None, reaches(target, value))
        )
    return found


def targets_of(period: Period) -> dict[tuple[int, int], Target]:
    """(indicator, unit) -> the newest wording of its target for the period."""
    rows = Target.objects.filter(period=period).order_by("indicator", "unit", "-known_at", "-pk")
    return {(row.indicator_id, row.unit_id): row for row in rows.distinct("indicator", "unit")}


def reaches(target: Target, value: Decimal) -> bool:
    """Whether the result is what the plan asks. About: within a twentieth either way."""
    return {
        "≥": value >= target.bound,
        ">": value > target.bound,
        "≤": value <= target.bound,
        "<": value < target.bound,
        "range": target.bound <= value <= (target.upper if target.upper is not None else value),
        "about": abs(value - target.bound) * 20 <= abs(target.bound),
    }[target.operator]


def bound_of(target: Target, value: Decimal) -> Decimal:
    """The bound that the result is held to: of a range, the nearer one."""
    if target.operator == "range" and target.upper is not None and value > target.upper:
        return target.upper
    return target.bound


def _decimals(indicator: Indicator, at: Moment) -> int:
    entry = queries.entry(indicator.pk, at)
    return entry.decimals if entry else 0


COMPARERS: dict[Kind, Callable[[CrossCheck, Period, Moment], list[Compared]]] = {
    Kind.HORIZONTAL: _expressed,
    Kind.TEMPORAL: _expressed,
    Kind.VERTICAL: _vertical,
    Kind.PLAN: _planned,
}
