"""The level that a total was made from, hung into a hierarchy: branches with their own totals and coverage."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from dienhong.base import periods
from dienhong.indicators import coverage, queries
from dienhong.indicators.coverage import Coverage, Owing
from dienhong.indicators.models import Indicator, Period, Source, Stage
from dienhong.indicators.passports import parts
from dienhong.indicators.passports.leaf import counts
from dienhong.indicators.passports.parts import Context, Json
from dienhong.indicators.queries import Ask, Below, Figure, Recipe, Series, Total, kept
from dienhong.organizations.queries import sort_keys
from dienhong.rules.expressions import rounded

# Regions come between the nation and its provinces where a tree of regions holds on that day.
SHOWN = ("six_regions", "new_regions", "administrative", "sector")
Level = Mapping[int, Figure | None]


@dataclass
class Side:
    """One recipe over the level: the summed indicator, a numerator, a denominator or a weight.

    `behind`: the reported figures that it is made from; those of the level, unless a formula makes these.
    """

    recipe: Recipe
    level: Level
    behind: list[Figure]

    @property
    def series(self) -> Series:
        """The first of the series behind; the only one but for a formula."""
        return next(iter(self.recipe.leaves.values()))

    @cached_property
    def adding(self) -> dict[int, Decimal]:
        """unit -> what it adds, of those that add anything."""
        return queries.adding(self.level)


@dataclass(frozen=True)
class Earlier:
    """A side as it was one period before: only what it added is asked of it."""

    adding: Mapping[int, Decimal]


Sides = Sequence[Side | Earlier]


def _having(members: Iterable[int], sides: Sides) -> list[int]:
    """Those that add something on each side, in their order."""
    found = list(members) if sides else []
    for side in sides:
        found = list(filter(side.adding.__contains__, found))
    return found


@dataclass
class Tree:
    """`now` and `earlier`: the sides of this period and the one before; of a sum one, of a quotient two."""

    c: Context
    made: Total
    hierarchy: str
    under: Below
    now: tuple[Side, ...]
    earlier: tuple[Earlier, ...]
    owed: Coverage
    units: list[int]
    source: Source
    owing: dict[int, Owing] = field(default_factory=dict)

    @classmethod
    def of(cls, c: Context, made: Total, hierarchy: str = "") -> "Tree | None":
        """None where the total was not made from units below: it is direct, or comes from totals."""
        if not (made.how == "sum" or made.paired) or not made.depth or c.entry is None:
            return None
        counted_in = queries.hierarchy_of(c.key.unit_id, c.period)
        ask = _ask(c, c.period, counted_in)
        below = Below.of(counted_in, c.key.unit_id, c.period, c.at)
        now = tuple(Side(each, *queries.recipe_level(each, below, made.depth)) for each in _recipes(c, made, ask))
        units = list(now[0].level)
        source = kept.source(now[0].series.source_id)
        there = [unit for unit in units if None not in [side.level.get(unit) for side in now]]
        hierarchy = hierarchy or queries.hierarchy_of(c.key.unit_id, c.period, SHOWN)
        owed = _owed(source, c, units, there)
        made_tree = cls(
            c,
            made,
            hierarchy,
            Below.of(hierarchy, c.key.unit_id, c.period, c.at),
            now,
            _earlier(c, made, below),
            owed,
            units,
            source,
        )
        made_tree.owing = {row.unit_id: row for row in owed.owing}
        return made_tree

    @property
    def first(self) -> Side:
        return self.now[0]

    @property
    def behind(self) -> list[Figure]:
        """The reported figures that it was made from."""
        return [figure for side in self.now for figure in side.behind]

    def newest_batch(self) -> int | None:
        """The batch of the part that came last."""
        there = self.behind
        return max(there, key=lambda figure: (figure.known, figure.batch_id)).batch_id if there else None

    def before_label(self) -> str:
        """The period that the change is measured from."""
        before = queries.shifted(self.c.period, "prev")
        return periods.label(queries.plain(before), self.c.lang) if before else ""

    def value(self, members: Iterable[int], sides: Sides) -> Decimal | None:
        """The total of some units by the catalogue's rule, exact and rounded once; None where none of them counts."""
        counting = _having(members, sides)
        if not counting:
            return None
        if self.made.how == "sum":
            return sum(map(sides[0].adding.__getitem__, counting), Decimal(0))
        numbers = [[Fraction(side.adding[unit]) for side in sides] for unit in counting]
        below = sum(row[1] for row in numbers)
        if not below or self.c.entry is None:
            return None
        weighted = self.made.how == "weighted"
        above = sum(row[0] * row[1] if weighted else row[0] for row in numbers)
        scale = Fraction(1) if weighted else Fraction(self.c.entry.scale)
        return rounded(Fraction(above) / Fraction(below) * scale, self.c.entry.decimals)

    def comparable(self, members: Iterable[int]) -> list[int]:
        """Those that have both periods, and all sides in both."""
        return _having(members, (*self.now, *self.earlier)) if self.earlier else []

    def change(self, members: Iterable[int]) -> tuple[Decimal | None, int]:
        """Since the period before, and over how many units: those that have both. A missing one would look like a
        fall."""
        both = self.comparable(members)
        now, before = self.value(both, self.now), self.value(both, self.earlier)
        return (None, 0) if now is None or before is None else (now - before, len(both))

    def below(self, unit_id: int) -> list[Json]:
        """The nodes right below a unit: leaves of the level, or groups of them with their own totals."""
        children = queries.descendants(self.under, [unit_id], depth=1)[unit_id]
        groups = queries.descendants(self.under, children)
        level = set(self.units)
        inside = {child: [unit for unit in [child, *groups[child]] if unit in level] for child in children}
        shown = [child for child in children if inside[child]]
        self.c.learn(shown)
        names = sort_keys(shown, self.c.period.last)
        return [self.node(child, inside[child]) for child in sorted(shown, key=lambda child: names.get(child, ""))]

    def node(self, unit_id: int, members: list[int]) -> Json:
        """One row of the tree: its value, its change since the period before, how many of how many, where it leads."""
        c, is_leaf = self.c, members == [unit_id]
        value = self.value(members, self.now)
        empty = self._empty(unit_id) if is_leaf else 0
        value = None if empty else value
        change, compared = self.change(members) if value is not None else (None, 0)
        row = self.owing.get(unit_id) if is_leaf else None
        return {
            "unit": c.unit(unit_id),
            "leaf": is_leaf,
            "value": parts.number(value),
            "empty": empty,
            "text": c.text(value, empty),
            "change": parts.number(change),
            "change_text": c.text(change, sign=True) if change is not None else "",
            "compared": compared if change is not None and compared < len(members) else None,
            "coverage": counted(self.owed.of(members)) | {"official": self.official(members)},
            "state": row.state if row else "",
            "extended_to": extended_to(row) if row else None,
            "overdue_days": row.overdue_days if row and row.state == "missing" else 0,
            "submission_url": row.url if row else "",
            "url": c.url(unit_id),
            "branch_url": "" if is_leaf else _branch_url(c, unit_id),
        }

    def official(self, members: Iterable[int]) -> bool:
        """Whether every figure of these units is official."""
        stages = {figure.stage for side in self.now for unit in members if (figure := side.level.get(unit))}
        return stages == {int(Stage.OFFICIAL)}

    def _empty(self, unit_id: int) -> int:
        return next((figure.empty for side in self.now if (figure := side.level.get(unit_id)) and figure.empty), 0)

    def named(self, row: Owing) -> Json:
        return {
            "unit": self.c.unit(row.unit_id),
            "state": row.state,
            "overdue_days": row.overdue_days,
            "due": row.due.isoformat() if row.due else None,
            "extended_to": extended_to(row),
            "url": row.url,
        }


def _branch_url(c: Context, unit_id: int) -> str:
    address = c.url(c.key.unit_id, "branch")
    return f"{address}{'&' if '?' in address else '?'}node={unit_id}"


def extended_to(row: Owing) -> str | None:
    """The due time of one that is not due yet because it was moved for this unit."""
    return row.due.isoformat() if row.state == "not_due" and row.extended and row.due else None


def counted(owed: Coverage) -> Json:
    ring = owed.ring(official=False)
    return counts(ring.reported, ring.late, ring.missing, ring.total)


def _ask(c: Context, period: Period, hierarchy: str) -> Ask:
    breakdown = c.key.breakdown_id or queries.total_breakdown()
    return Ask(period, c.key.unit_id, hierarchy, c.at, breakdown, c.key.measure)


def _recipes(c: Context, made: Total, ask: Ask) -> list[Recipe]:
    """Of the summed indicator, or of both sides of a quotient; fewer where nobody speaks for a side then."""
    entry = c.entry
    assert entry is not None
    codes = {"sum": [c.indicator.code], "weighted": [c.indicator.code, entry.weight]}.get(
        made.how, [entry.numerator, entry.denominator]
    )
    by_code = {each.code: each for each in Indicator.objects.filter(code__in=codes)}
    found = [queries.recipe(by_code[code], ask) for code in codes]
    return [each for each in found if each is not None]


def _owed(source: Source, c: Context, units: list[int], there: list[int]) -> Coverage:
    """Who owes of the level; where no duty says so, every unit of it is expected."""
    everyone = coverage.owing(source, c.period, there, c.at.at if c.at.past else None)
    if everyone is not None and everyone.of(units).owing:
        return everyone.of(units)
    known = set(there)
    return Coverage(tuple(Owing(unit, "reported" if unit in known else "missing") for unit in units))


def _earlier(c: Context, made: Total, level: Below) -> tuple[Earlier, ...]:
    """The same sides one period before, of the same units; none where there is no such period or nobody speaks for
    it."""
    before = queries.shifted(c.period, "prev")
    if before is None:
        return ()
    found = _recipes(c, made, _ask(c, before, ""))
    if len(found) < (1 if made.how == "sum" else 2):
        return ()
    assert made.depth is not None, "a tree is of units below"
    return tuple(Earlier(queries.recipe_adding(each, level, made.depth)) for each in found)
