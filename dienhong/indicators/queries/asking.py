"""What is asked of a figure, resolved; and what a reference inside a formula asks then."""

from dataclasses import dataclass, replace

from dienhong.base import periods
from dienhong.indicators import breakdowns
from dienhong.indicators.models import Entry, Indicator, Measure, Period
from dienhong.indicators.queries import figures, kept
from dienhong.indicators.queries.figures import SeriesKey
from dienhong.indicators.queries.leaf_series import Series
from dienhong.indicators.queries.levels import Below
from dienhong.indicators.queries.moments import Moment
from dienhong.rules.expressions import Node, Ref

MEASURES = {row.name.lower(): int(row) for row in Measure} | {"estimate": int(Measure.FULL_ESTIMATE)}


@dataclass(frozen=True)
class Ask:
    """What is asked; everything resolved but the indicator. `trail` keeps formulas from running in a circle.

    `own`: only the unit's own figures count, nothing is made from units below.
    """

    period: Period
    unit_id: int
    hierarchy: str
    at: Moment
    breakdown_id: int
    measure: int
    trail: tuple[str, ...] = ()
    own: bool = False

    def below(self) -> Below:
        return Below.of(self.hierarchy, self.unit_id, self.period, self.at)

    def series(self, indicator_id: int) -> Series | None:
        """The series of the source that speaks for it; None where nobody does."""
        source = figures.speaks(indicator_id, self.period, self.at)
        if source is None:
            return None
        return Series(indicator_id, self.period.pk, self.breakdown_id, self.measure, source)

    def key(self, indicator: Indicator) -> SeriesKey:
        return SeriesKey(indicator.pk, self.period.pk, self.unit_id, self.breakdown_id, self.measure)

    def referred(self, entry: Entry | None, node: Node, ref: Ref) -> "Ask | None":
        """What `ref` within the formula `node` asks: another period, another measure, the part it names.

        A part joins the breakdown that is asked. A formula that is one bare reference, of an indicator without
        breakdowns, is a view on the whole: shares divide by it. None where there is no such period or part.
        """
        period = shifted(self.period, ref.period)
        measure = MEASURES.get(ref.measure) if ref.measure else self.measure
        breakdown: int | None = self.breakdown_id
        if ref.breakdown:
            breakdown = self._part(dict(ref.breakdown))
        elif node == ref and entry is not None and not entry.breakdowns:
            breakdown = figures.total_breakdown(self.at)
        if period is None or measure is None or breakdown is None:
            return None
        # A formula that looks back at itself in an earlier period is no circle.
        trail = self.trail if period == self.period else ()
        return replace(self, period=period, measure=measure, breakdown_id=breakdown, trail=trail)

    def _part(self, named: dict[str, str]) -> int | None:
        """Id of the breakdown that is asked together with the one that is named; None where nobody ever spoke of it."""
        asked = breakdowns.members_of(_text(self.breakdown_id))
        both = breakdowns.joined(asked, named)
        return None if both is None else kept.breakdown_of(breakdowns.key_of(both))


def _text(breakdown_id: int) -> str:
    return kept.breakdown_text(breakdown_id) if breakdown_id else ""


def plain(row: Period) -> periods.Period:
    """The plain period of a row; an event's days come with its row."""
    if row.calendar == "event":
        return periods.Period(row.calendar, row.kind, row.key, row.first, row.last)
    return periods.period(row.calendar, row.key)


def shifted(row: Period, how: str) -> Period | None:
    """The period of a reference: "" itself, prev, year_before; None where there is none or nothing is known of it."""
    if not how:
        return row
    other = {"prev": periods.previous, "year_before": periods.year_before}[how](plain(row))
    return None if other is None else kept.period(other.calendar, other.key)
