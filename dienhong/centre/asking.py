"""From tiles to what they ask: indicator, unit and periods resolved for many tiles at once, their figures read ahead.

A board is a handful of questions whatever the number of its tiles: the catalogue's words, the periods that are known,
and one statement for every figure that any tile may look at (indicators.queries.shelf).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from dienhong.base import clock, periods
from dienhong.centre import forms
from dienhong.centre.spec import Tile
from dienhong.indicators import definition, places, queries
from dienhong.indicators.models import Entry, Indicator, Period
from dienhong.indicators.queries import Moment, SeriesKey, Total, kept
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Link, Unit, UnitCode

LOOK_BACK = 4  # periods beyond those shown: where the newest of them has no figure yet, an earlier one is shown
TREES = ("administrative", "six_regions", "new_regions", "sector")


@dataclass(frozen=True)
class Sight:
    """As of which moment, on which business day, in which language; `as_of` goes along in links to passports."""

    at: Moment
    today: dt.date
    lang: str
    as_of: str = ""

    @property
    def second(self) -> float:
        """The moment that ages are told at, record seconds: the one that was asked for, or now."""
        return (self.at.trees or self.at.at if self.at.past else clock.record_now()).timestamp()

    @classmethod
    def now(cls, lang: str) -> "Sight":
        return cls(queries.moment(), clock.business_today(), lang)

    @classmethod
    def past(cls, record: dt.datetime, lang: str) -> "Sight":
        """As it was known at a past moment of record time."""
        business = clock.business_at(record)
        return cls(queries.moment(record), business.date(), lang, business.isoformat())


@dataclass(eq=False)
class Subject:
    """What one tile asks, resolved. `rows`: periods that may be shown, oldest first, LOOK_BACK more than it shows;
    `level`: the units below that it lists, with the hierarchy in which each has units of its own; `places`: names and
    codes of all of them."""

    tile: Tile
    sight: Sight
    indicator: Indicator
    entry: Entry
    unit: Unit
    unit_code: str
    hierarchy: str
    breakdown_id: int
    rows: tuple[Period, ...] = ()
    level: tuple[tuple[int, str], ...] = ()
    places: "Places" = field(default_factory=lambda: Places())

    @property
    def title(self) -> str:
        """The tile's own title, else the indicator's name with the part it asks about."""
        part = definition.part_words(self.breakdown_id, self.sight.lang) if self.tile.breakdown else ""
        name = self.entry.name_en if self.sight.lang == "en" else self.entry.name_vi
        return self.tile.title(self.sight.lang) or ", ".join(filter(None, [name, part]))

    @property
    def words(self) -> str:
        """The unit of measure."""
        return self.entry.unit_en if self.sight.lang == "en" else self.entry.unit_vi

    def total(self, row: Period, unit_id: int = 0, hierarchy: str = "") -> Total:
        return queries.total(
            self.indicator, row, unit_id or self.unit.pk, hierarchy=hierarchy or self.hierarchy,
            breakdown_id=self.breakdown_id, as_of=self.sight.at,
        )  # fmt: skip

    def earlier(self, row: Period) -> Period | None:
        """The period that the tile compares with."""
        return None if self.tile.compare == "none" else queries.shifted(row, self.tile.compare)

    def key(self, row: Period) -> SeriesKey:
        """The unit's figure in one period, as an address names it."""
        return SeriesKey(self.indicator.pk, row.pk, self.unit.pk, self.breakdown_id if self.tile.breakdown else 0)

    def href(self, row: Period, unit_id: int = 0, name: str = "figure") -> str:
        key = self.key(row)
        code = self.places.code(unit_id or self.unit.pk, row.last)
        return places.figure_url(self.indicator.code, row, code, key=key, name=name, as_of=self.sight.as_of)

    def label(self, row: Period, short: bool = False) -> str:
        return periods.label(queries.plain(row), self.sight.lang, short=short)


class CannotAsk(Exception):
    """A tile that cannot be asked today; the sentence says why and stands in its place, below `title` if it has one."""

    def __init__(self, sentence: str, title: str = "") -> None:
        super().__init__(sentence)
        self.title = title


Found = Subject | CannotAsk


def subjects(tiles: Iterable[Tile], sight: Sight, unit: str = "") -> dict[str, Found]:
    """tile id -> what it asks, for tiles about an indicator; `unit` puts another unit into every tile (drilling)."""
    wanted = [tile for tile in tiles if tile.indicator]
    known = {row.code: row for row in queries.by_codes({tile.indicator for tile in wanted}, sight.at)}
    rows = queries.periods_of_many([row.pk for row in known.values()], sight.at)
    queries.all_speakers([row.pk for row in known.values()], sight.at)
    units: dict[str, Unit | None] = {}
    found: dict[str, Found] = {}
    for tile in wanted:
        try:
            found[tile.id] = _subject(tile, sight, known, rows, units, unit or tile.unit)
        except CannotAsk as error:
            found[tile.id] = error
    ready = [each for each in found.values() if isinstance(each, Subject)]
    _hang(ready)
    queries.read_ahead((each for subject in ready for each in _wanted(subject)), sight.at)
    return found


def _subject(
    tile: Tile, sight: Sight, known: dict[str, Indicator], rows: dict[int, list[Period]],
    units: dict[str, Unit | None], code: str,
) -> Subject:  # fmt: skip
    indicator = known.get(tile.indicator)
    entry = queries.entry(indicator.pk, sight.at) if indicator else None
    if indicator is None or entry is None:
        raise CannotAsk(_("Danh mục không có chỉ tiêu %(code)s.") % {"code": tile.indicator})
    if code not in units:
        units[code] = _unit(code, sight.today)
    unit = units[code]
    if unit is None:
        raise CannotAsk(_("Hôm nay không có đơn vị mang mã %(code)s.") % {"code": code})
    breakdown = kept.breakdown_of(tile.breakdown)
    there = _periods(tile, rows.get(indicator.pk, []), sight)
    if breakdown is None or not there:
        name = entry.name_en if sight.lang == "en" else entry.name_vi
        raise CannotAsk(_("Chưa có số nào của loại kỳ này. Số đầu tiên hiện ở đây ngay khi có."), name)
    return Subject(tile, sight, indicator, entry, unit, code, "", breakdown, tuple(there))


def _unit(code: str, on: dt.date) -> Unit | None:
    try:
        return places.unit(code, on)
    except Unit.DoesNotExist:
        return None


def _periods(tile: Tile, known: Sequence[Period], sight: Sight) -> list[Period]:
    """The newest periods of the tile's kind that are over; a report about an event counts from its first day."""
    over = [
        row for row in known
        if (row.calendar, row.kind) == (tile.calendar, tile.kind)
        and (row.last < sight.today or (row.kind in ("event", "day") and row.first <= sight.today))
    ]  # fmt: skip
    return over[-(tile.count + LOOK_BACK) :]


def _hang(ready: list[Subject]) -> None:
    """Hierarchies and levels as they stand on the last day of each tile's newest period; names and codes of all."""
    by_day: dict[dt.date, list[Subject]] = {}
    for subject in ready:
        by_day.setdefault(subject.rows[-1].last, []).append(subject)
    everyone: set[int] = set()
    for on, those in by_day.items():
        everyone |= _levels(those, on)
    where = Places.of(everyone, ready[0].sight) if ready else Places()
    for subject in ready:
        subject.places = where


def _levels(those: list[Subject], on: dt.date) -> set[int]:
    """Puts hierarchy and level into tiles of one day; every unit that any of them is about."""
    tops = {subject.unit.pk for subject in those}
    trees = _trees(tops, on)
    below: dict[int, list[int]] = {}
    listing = {subject.unit.pk for subject in those if forms.FORMS[subject.tile.form].lists}
    for hierarchy in {trees[unit] for unit in listing if unit in trees}:
        held = queries.Below(hierarchy, 0, on, those[0].sight.at)
        below |= queries.descendants(held, [unit for unit in listing if trees.get(unit) == hierarchy], depth=1)
    units = {unit for each in below.values() for unit in each}
    under = _trees(units, on)
    for subject in those:
        subject.hierarchy = trees.get(subject.unit.pk, TREES[0])
        if forms.FORMS[subject.tile.form].lists:
            subject.level = tuple((unit, under.get(unit, subject.hierarchy)) for unit in below.get(subject.unit.pk, ()))
    return tops | units


@dataclass
class Places:
    """Names of units, and the code of each on any day: 15 was Yên Bái and is Lào Cai since 1 July 2025."""

    names: dict[int, str] = field(default_factory=dict)
    codes: dict[int, list[tuple[int, Any, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, units: set[int], sight: Sight) -> "Places":
        rows = UnitCode.objects.filter(unit__in=units, scheme__key__in=places.SCHEMES)
        codes: dict[int, list[tuple[int, Any, str]]] = {}
        for unit, scheme, days, code in rows.values_list("unit_id", "scheme__key", "validity", "code"):
            codes.setdefault(unit, []).append((places.SCHEMES.index(scheme), days, code))
        return cls(
            organizations.names(units, sight.today, sight.lang),
            {unit: sorted(each, key=_rank) for unit, each in codes.items()},
        )

    def code(self, unit_id: int, on: dt.date) -> str:
        return next((code for _rank, days, code in self.codes.get(unit_id, ()) if on in days), f"u{unit_id}")

    def name(self, unit_id: int) -> str:
        return self.names.get(unit_id, f"#{unit_id}")


def _rank(row: tuple[int, Any, str]) -> tuple[int, str]:
    return row[0], row[2]


def _trees(units: set[int], on: dt.date) -> dict[int, str]:
    """unit -> the first hierarchy in which something lies below it that day."""
    rows = Link.objects.filter(
        parent__in=units, hierarchy__key__in=TREES, validity__contains=on, superseded_at=None
    ).values_list("parent", "hierarchy__key")
    found: dict[int, str] = {}
    for unit, key in rows.order_by().distinct():
        if unit not in found or TREES.index(key) < TREES.index(found[unit]):
            found[unit] = key
    return found


def _wanted(subject: Subject) -> list[queries.Wanted]:
    """Everything its totals may look at: its own unit's, those of its level, and the periods it compares with."""
    rows = {row.pk: row for row in subject.rows}
    compared = subject.rows[-1 - LOOK_BACK :]
    rows |= {row.pk: row for each in compared if (row := subject.earlier(each)) is not None}
    units = [(subject.unit.pk, subject.hierarchy), *subject.level]
    return queries.wanted(subject.indicator, rows.values(), units, subject.sight.at, subject.breakdown_id)
