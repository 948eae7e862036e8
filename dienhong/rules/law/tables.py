"""A parameter as a dense table: one axis for each key, one for the periods between its dates."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt

from dienhong.rules.law.faults import LawFault, TooLarge
from dienhong.rules.law.parameters import Law, Node, Row, Scale, Series

_EPOCH = dt.date(1970, 1, 1)
_MOST_BRACKETS = 10_000


@dataclass(frozen=True)
class Table:
    """num / den by (keys..., period); `gaps`: nothing in force; `holds`: something is, and it is not `false`."""

    num: npt.NDArray[np.int64]
    den: int
    gaps: npt.NDArray[np.bool_]
    holds: npt.NDArray[np.bool_]
    bounds: npt.NDArray[np.int64]
    lowest: int = 0

    @cached_property
    def has_gaps(self) -> bool:
        return bool(self.gaps.any())

    def cut(self, on: dt.date) -> "Table":
        """The same without the axis of periods, as of one day."""
        at = int(self.period(on))
        num, gaps = np.ascontiguousarray(self.num[..., at]), np.ascontiguousarray(self.gaps[..., at])
        return Table(num, self.den, gaps, np.ascontiguousarray(self.holds[..., at]), self.bounds, self.lowest)

    def period(self, on: dt.date | npt.NDArray[np.int64]) -> Any:
        """Which period the day falls into; 0 lies before the first date."""
        days = (on - _EPOCH).days if isinstance(on, dt.date) else on
        return np.searchsorted(self.bounds, days, side="right")


def _days_below(found: Node | Series | Scale) -> set[dt.date]:
    if isinstance(found, Series):
        return {row.since for row in found.rows}
    if isinstance(found, Scale):
        return found.days()
    return {day for child in found.children.values() for day in _days_below(child)}


def _made(answers: Sequence[Row | None], shape: tuple[int, ...], days: Sequence[dt.date], lowest: int = 0) -> Table:
    values = [_exact(row) for row in answers]
    den = lcm(*(value.denominator for value in values if value is not None), 1)
    numerators = [0 if value is None else int(value * den) for value in values]
    if max(map(abs, numerators), default=0) >= 2**63:
        raise TooLarge("parameters")
    gaps = np.array([value is None for value in values]).reshape(shape)
    num = np.array(numerators, dtype=np.int64).reshape(shape)
    holds = np.array([row is not None and row.value is not False for row in answers]).reshape(shape)
    bounds = np.array([(day - _EPOCH).days for day in days], dtype=np.int64)
    return Table(num, den, gaps, holds, bounds, lowest)


def _exact(row: Row | None) -> Fraction | None:
    if row is None or row.value is None:
        return None
    if isinstance(row.value, str):  # a word counts as "in force"
        return Fraction(1)
    return Fraction(row.value)


def by_day(law: Law, path: str, keys: int, names: Sequence[str]) -> Table:
    """`path` for every name under each of `keys` levels and every period, with the fallback to * worked in."""
    days = sorted(_days_below(law[path]))
    moments = [dt.date.min, *days]
    answers = [
        law.row(path, *combination, on=moment)
        for combination in itertools.product(names, repeat=keys)
        for moment in moments
    ]
    return _made(answers, (*([len(names)] * keys), len(moments)), days)


def by_figure(law: Law, path: str) -> Table:
    """A scale for whole figures: row 0 lies below the first threshold, the last is the top bracket."""
    scale = law.scale(path)
    days = sorted(scale.days())
    edges = sorted(
        {int(Fraction(row.value)) for low, _a in scale.brackets for row in low.rows if row.value is not None}
    )
    if edges[-1] - edges[0] > _MOST_BRACKETS:
        raise LawFault(law.file, path, None, "spans too many figures for a table.", "Compute the cases one by one.")
    figures = [edges[0] - 1, *range(edges[0], edges[-1] + 1)]
    answers = [bracket(scale, Fraction(figure), day) for figure in figures for day in [dt.date.min, *days]]
    return _made(answers, (len(figures), len(days) + 1), days, edges[0])


def bracket(scale: Scale, figure: Fraction, on: dt.date) -> Row | None:
    """The amount's row of the bracket the figure falls into; None below the first."""
    found = [amount for low, amount in scale.at(on) if Fraction(low.value or 0) <= figure]
    return found[-1] if found else None
