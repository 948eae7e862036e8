"""Arrays of cases: 64-bit integers over one common denominator, overflow refused, parameters as tables by day."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from dienhong.rules.law.algebra import Algebra
from dienhong.rules.law.faults import FactMissing, TooLarge
from dienhong.rules.law.parameters import Law
from dienhong.rules.law.tables import Table, by_day, by_figure

T = TypeVar("T")
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
MOST = 2**63 - 1


@dataclass(frozen=True)
class Coded:
    """A column of words: `names[codes[i]]` is the word of case i."""

    codes: npt.NDArray[Any]
    names: Sequence[str]

    @classmethod
    def of(cls, words: Sequence[str] | npt.NDArray[Any]) -> "Coded":
        names, codes = np.unique(np.asarray(words, dtype=str), return_inverse=True)
        return cls(codes.reshape(-1), [str(name) for name in names])


def _magnitude(numbers: Ints) -> int:
    return max(abs(int(numbers.max())), abs(int(numbers.min()))) if numbers.size else 0


class Ratio:
    """Numerators over one denominator. `gaps`: where no parameter was in force."""

    __slots__ = ("den", "gaps", "num")

    def __init__(self, num: Ints, den: int = 1, gaps: Flags | None = None) -> None:
        self.num, self.den, self.gaps = num, den, gaps

    def scaled(self, den: int, where: str) -> Ints:
        """Numerators over another denominator, a multiple of this one."""
        if den == self.den:
            return self.num
        factor = den // self.den
        if _magnitude(self.num) * factor > MOST:
            raise TooLarge(where)
        return self.num * np.int64(factor)

    def __mul__(self, other: "Ratio") -> "Ratio":
        if _magnitude(self.num) * _magnitude(other.num) > MOST and _wraps(self.num, other.num):
            raise TooLarge("×")
        return Ratio(self.num * other.num, self.den * other.den, _both(self.gaps, other.gaps))

    def _pair(self, other: "Ratio", where: str) -> tuple[Ints, Ints, int]:
        den = lcm(self.den, other.den)
        return self.scaled(den, where), other.scaled(den, where), den

    def __add__(self, other: "Ratio") -> "Ratio":
        one, two, den = self._pair(other, "+")
        if _magnitude(one) + _magnitude(two) > MOST:
            raise TooLarge("+")
        return Ratio(one + two, den, _both(self.gaps, other.gaps))

    def __sub__(self, other: "Ratio") -> "Ratio":
        return self + Ratio(-other.num, other.den, other.gaps)

    def __le__(self, other: "Ratio") -> Flags:
        one, two, _den = self._pair(other, "≤")
        return one <= two

    def __lt__(self, other: "Ratio") -> Flags:
        one, two, _den = self._pair(other, "<")
        return one < two


def _wraps(one: Ints, two: Ints) -> bool:
    """Whether a product of the pairs leaves 64 bits; asked only when the largest of each would."""
    one, two = np.broadcast_arrays(one, two)
    small = np.maximum(np.abs(one.astype(np.float64)), 1) * np.abs(two.astype(np.float64)) < 2.0**62
    return any(abs(int(a) * int(b)) > MOST for a, b in zip(one[~small], two[~small], strict=True))


def _both(one: Flags | None, other: Flags | None) -> Flags | None:
    if one is None or other is None:
        return one if other is None else other
    return one | other


class Words:
    """Labels of many cases: places in the algebra's list of names."""

    __slots__ = ("codes", "home")

    def __init__(self, codes: npt.NDArray[np.int16], home: "Many") -> None:
        self.codes, self.home = codes, home

    def among(self, *names: str) -> Flags:
        wanted = [self.home.place(name) for name in names]
        found = self.codes == wanted[0]
        for place in wanted[1:]:
            found = found | (self.codes == place)
        return cast(Flags, found)


class Many(Algebra):
    """`columns`: fact -> integers, booleans, Coded, or one value for all. `on`: one day, or days as datetime64[D]."""

    def __init__(self, law: Law, columns: Mapping[str, Any], on: dt.date | npt.NDArray[np.datetime64]) -> None:
        self.law, self.columns, self.on = law, columns, on
        self.names: list[str] = law.tables.setdefault("names", [""])  # type: ignore[assignment]
        self.places: dict[str, int] = law.tables.setdefault("places", {"": 0})  # type: ignore[assignment]
        self.first, self.span, self.offsets = 0, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        if not isinstance(on, dt.date) and on.size:
            days = on.astype("datetime64[D]").astype(np.int64)
            self.first = int(days.min())
            self.span = np.arange(self.first, int(days.max()) + 1)  # every day between, so that one look-up serves all
            self.offsets = days - self.first

    def place(self, name: str) -> int:
        found = self.places.get(name)
        if found is None:
            found = self.places[name] = len(self.names)
            self.names.append(name)
        return found

    def number(self, fact: str) -> Ratio:
        given = self.columns.get(fact)
        if given is None:
            raise FactMissing(fact)
        return Ratio(np.asarray(given, dtype=np.int64))

    def label(self, fact: str) -> Words:
        given = self.columns.get(fact)
        if isinstance(given, Coded):
            table = np.array([self.place(name) for name in given.names], dtype=np.int16)
            return Words(table[given.codes], self)
        return self.word(given or "")

    def flag(self, fact: str) -> Flags:
        return np.asarray(self.columns.get(fact, False), dtype=bool)

    def year(self) -> Ratio:
        if isinstance(self.on, dt.date):
            return self.count(self.on.year)
        return Ratio(self.on.astype("datetime64[Y]").astype(np.int64) + 1970)

    def word(self, name: str) -> Words:
        return Words(np.array(self.place(name), dtype=np.int16), self)

    def count(self, number: int | Fraction) -> Ratio:
        exact = Fraction(number)
        return Ratio(np.array(exact.numerator, dtype=np.int64), exact.denominator)

    def _table(self, path: str, keys: tuple[Words, ...]) -> tuple[Table, Any]:
        """The dense table of a path, cut to the day where all cases share it, and where in it each case looks."""
        cached = (path, len(keys), len(self.names) if keys else 0)
        table = self.law.tables.get(cached)
        if table is None:
            table = self.law.tables[cached] = by_day(self.law, path, len(keys), self.names)
        found = cast(Table, table)
        codes = tuple(key.codes for key in keys)
        if isinstance(self.on, dt.date):
            return found.cut(self.on), codes
        return found, (*codes, self._periods(found))

    def _periods(self, table: Table) -> Any:
        return table.period(self.span)[self.offsets]

    def parameter(self, path: str, *keys: Any) -> Ratio:
        table, at = self._table(path, keys)
        gaps = np.asarray(table.gaps[at]) if table.has_gaps else None
        return Ratio(np.asarray(table.num[at]), table.den, gaps)

    def in_force(self, path: str, *keys: Any) -> Flags:
        table, at = self._table(path, keys)
        return np.asarray(table.holds[at])

    def cite(self, path: str, *keys: Any) -> None:
        """A million cases keep no grounds."""

    def scale(self, path: str, figure: Any) -> Ratio:
        table = self.law.tables.get((path, "scale"))
        if table is None:
            table = self.law.tables[(path, "scale")] = by_figure(self.law, path)
        found = cast(Table, table)
        place = np.clip(figure.num - found.lowest, -1, found.num.shape[0] - 2) + 1
        at: tuple[Any, ...] = (place,)
        if isinstance(self.on, dt.date):
            found = found.cut(self.on)
        else:
            at = (place, self._periods(found))
        return Ratio(np.asarray(found.num[at]), found.den, _both(np.asarray(found.gaps[at]), figure.gaps))

    def either(self, condition: Any, yes: Callable[[], T], no: Callable[[], T]) -> T:
        flags = np.asarray(condition)
        if flags.all():
            return yes()
        if not flags.any():
            return no()
        one: Any = yes()
        two: Any = no()
        if isinstance(one, Words):
            return cast(T, Words(np.where(flags, one.codes, two.codes), self))
        if isinstance(one, Ratio):
            left, right, den = one._pair(two, "either")
            gaps = None
            if one.gaps is not None or two.gaps is not None:
                gaps = np.where(flags, _or_none(one.gaps), _or_none(two.gaps))
            return cast(T, Ratio(np.where(flags, left, right), den, gaps))
        return cast(T, np.where(flags, one, two))

    def least(self, one: Any, other: Any) -> Ratio:
        left, right, den = one._pair(other, "least")
        return Ratio(np.minimum(left, right), den, _both(one.gaps, other.gaps))

    def rounded(self, number: Any, unit: Any) -> Ratio:
        """Half away from zero: twice the numerator plus the denominator, floored over twice the denominator."""
        gaps = _both(number.gaps, unit.gaps)
        if unit.den != 1:
            raise TooLarge("a rounding unit with decimals")
        steps: Any = np.where(unit.num == 0, 1, unit.num)  # 0 stands where no unit was in force: a gap
        if _magnitude(steps) == int(steps.min()):
            steps = int(steps.reshape(-1)[0])  # one unit for all: dividing by a number is faster than by an array
        size, den = np.abs(number.num), number.den * steps
        if 2 * _magnitude(number.num) + _magnitude(np.asarray(den)) > MOST:
            raise TooLarge("rounding")
        whole = (2 * size + den) // (2 * den) * steps
        return Ratio(np.where(number.num < 0, -whole, whole), 1, gaps)

    def step(self, key: str, value: T) -> T:
        return value


def _or_none(gaps: Flags | None) -> Any:
    return False if gaps is None else gaps
