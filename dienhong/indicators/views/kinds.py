"""The kinds of period of which an indicator has figures, and where its page opens: with the newest of most units."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dienhong.base import clock, periods
from dienhong.base.numbers import Empty
from dienhong.indicators import queries
from dienhong.indicators.models import Indicator, Period
from dienhong.indicators.queries import Moment
from dienhong.organizations import queries as organizations

DRAWN = 24  # periods in the chart and the table; the downloads hold all
NEWEST = 6  # of a kind are looked at first; figures older than that are rare


@dataclass
class Kind:
    """A calendar's kind of period; `rows` those of which anything was said, oldest first; `given`: period id -> the
    provinces, and the nation as unit `nation`, that have a figure then."""

    calendar: str
    kind: str
    rows: list[Period]
    nation: int
    provinces: set[int]
    breakdown_id: int = queries.TOTAL
    given: dict[int, set[int]] = field(default_factory=dict)
    summed: Period | None = None  # where only units below the provinces speak: the newest that adds up

    @property
    def known(self) -> bool:
        return bool(self.given or self.summed)

    def newest_first(self) -> Iterator[Period]:
        """Those that are over before those that are not: half of the units would look like a fall."""
        today = clock.business_today()
        yield from sorted(reversed(self.rows), key=lambda row: row.last >= today)

    def whole(self, row: Period) -> bool:
        """Whether the nation or most provinces have a figure."""
        there = self.given.get(row.pk, set())
        return self.nation in there or 2 * len(there) >= len(self.provinces) > 0 or row == self.summed

    def rank(self) -> tuple[bool, str, int, int]:
        """What opens first sorts last: newest figures of the whole, of most units, of the shorter period."""
        newest = next((row for row in self.newest_first() if self.whole(row)), None)
        row = newest or next((row for row in self.newest_first() if row.pk in self.given), None)
        if row is None:
            return (False, "", 0, 0)
        fine = -periods.KINDS.index(self.kind)
        return (newest is not None, row.last.isoformat(), len(self.given.get(row.pk, ())), fine)

    def with_provinces(self) -> list[Period]:
        """Periods that were looked at and of which at least two provinces have figures; the newest first."""
        return [row for row in self.newest_first() if len(self.given.get(row.pk, set()) & self.provinces) > 1]


def kinds(found: Indicator, nation: int, at: Moment, breakdown_id: int) -> tuple[list[Kind], list[int]]:
    """Every kind of which anything was said, the shorter first; and the parts (breakdown ids) to choose from, where
    only parts were said and no total, such as of the kinds of livestock. The first of them is shown then."""
    rows: dict[tuple[str, str], list[Period]] = {}
    for row in queries.periods_known(found, at):
        rows.setdefault((row.calendar, row.kind), []).append(row)
    made = _made(found, rows, nation, at, breakdown_id)
    if any(each.known for each in made if not each.breakdown_id):
        return made, []
    parts = queries.parts_said(found, [row for each in rows.values() for row in each[-NEWEST:]], at)
    if parts and breakdown_id not in parts:
        made = _made(found, rows, nation, at, parts[0])
    return made, parts


def _made(
    found: Indicator, rows: dict[tuple[str, str], list[Period]], nation: int, at: Moment, breakdown_id: int
) -> list[Kind]:
    made = [Kind(*kind, each, nation, _provinces(each), breakdown_id) for kind, each in rows.items()]
    _look(found, made, at, slice(-NEWEST, None))
    _look(found, [each for each in made if not each.known], at, slice(-DRAWN, -NEWEST))
    for each in made:
        if not each.known:
            each.summed = _summed(found, each, at)
    return sorted(made, key=lambda each: (periods.KINDS.index(each.kind), each.calendar))


def _provinces(rows: list[Period]) -> set[int]:
    """Of the days of the newest and of the oldest that is drawn: 63 and 34 may lie in one chart."""
    days = {rows[-1].last, rows[-DRAWN:][0].last}
    return {unit.pk for day in days for unit in organizations.provinces(day)}


def _look(found: Indicator, made: list[Kind], at: Moment, part: slice) -> None:
    """One question for all kinds."""
    rows = [row for each in made for row in each.rows[part]]
    units = {unit for each in made for unit in (each.nation, *each.provinces)}
    given = queries.given(found, rows, sorted(units), at, made[0].breakdown_id) if made else {}
    for each in made:
        each.given |= {row.pk: given[row.pk] for row in each.rows if row.pk in given}


def _summed(found: Indicator, kind: Kind, at: Moment) -> Period | None:
    for row in list(kind.newest_first())[:NEWEST]:
        total = queries.total(found, row, kind.nation, breakdown_id=kind.breakdown_id, as_of=at)
        if total.value is not None or total.empty not in (None, Empty.NONE):
            return row
    return None


def to_map(found: Indicator, kind: Kind, at: Moment) -> list[Period]:
    """Periods with figures of provinces, the newest first, however old."""
    if not kind.with_provinces():
        _look(found, [kind], at, slice(-DRAWN, -NEWEST))
    return kind.with_provinces()


def chosen(made: list[Kind], asked_for: tuple[str, str]) -> Kind | None:
    """The kind that was asked for, else the one that opens; None where nothing was ever said."""
    for each in made:
        if (each.calendar, each.kind) == asked_for:
            return each
    return max(made, key=Kind.rank, default=None)
