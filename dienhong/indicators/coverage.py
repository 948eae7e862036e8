"""Who owes a figure and who gave it: asked of the room that knows the duties, by kind of source."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from dienhong.base.components.ring import Coverage as Ring
from dienhong.indicators.models import Period, Source

State = Literal["reported", "late", "returned", "missing", "exempt", "not_due"]


@dataclass(frozen=True, slots=True)
class Owing:
    """One unit that owes the figure. `overdue_days` counts where it is missing; `url` is its submission or duty.

    Returned: it was sent and given back, and waits for its correction; `late` says whether its first sending was.
    `extended`: its due time was moved, so `due` is later than that of the others.
    """

    unit_id: int
    state: State
    due: dt.datetime | None = None
    overdue_days: int = 0
    url: str = ""
    late: bool = False
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    owing: tuple[Owing, ...]

    def of(self, unit_ids: Iterable[int]) -> "Coverage":
        wanted = set(unit_ids)
        return Coverage(tuple(row for row in self.owing if row.unit_id in wanted))

    def count(self, *states: State) -> int:
        return sum(row.state in states for row in self.owing)

    def ring(self, *, official: bool) -> Ring:
        """For the ring: those exempt owe nothing; late ones are a part of those who reported."""
        states = Counter(row.state for row in self.owing)
        return Ring(
            reported=states["reported"] + states["late"],
            late=states["late"],
            missing=states["missing"] + states["returned"],
            total=len(self.owing) - states["exempt"],
            official=official,
        )


Provider = Callable[[Source, Period, dt.datetime | None, Collection[int] | None], Iterable[Owing | Mapping[str, Any]]]
"""(source, period, as of, of these units only) -> who owes; mappings with Owing's fields are taken too."""
_providers: dict[str, Provider] = {}


def register(source_kind: str, provider: Provider) -> None:
    """Registering a kind of source again replaces it."""
    _providers[source_kind] = provider


def owing(
    source: Source,
    period: Period,
    reported: Iterable[int],
    as_of: dt.datetime | None = None,
    units: Collection[int] | None = None,
) -> Coverage | None:
    """Who owes the source's figures of the period, judged by who of them is in `reported` (units with a figure then).

    `units`: only these are asked about; all, if not given.

    None where nobody owes anything: a feed is one publisher's word, coverage 1 of 1. The figures decide whether a
    unit has reported; whether it was late, exempt or not yet due comes from the duties.
    """
    provider = _providers.get(source.kind)
    if provider is None:
        return None
    return judged(owed(source, period, as_of, units), reported)


def owed(
    source: Source, period: Period, as_of: dt.datetime | None = None, units: Collection[int] | None = None
) -> list[Owing]:
    """What the duties alone say, before the figures are looked at; nothing where nobody owes anything."""
    provider = _providers.get(source.kind)
    given = provider(source, period, as_of, units) if provider is not None else ()
    return [row if isinstance(row, Owing) else Owing(**row) for row in given]


def judged(rows: Iterable[Owing], reported: Iterable[int]) -> Coverage:
    """The same judged by who has a figure."""
    there = set(reported)
    return Coverage(tuple(_judged(row, row.unit_id in there) for row in rows))


def _judged(row: Owing, there: bool) -> Owing:
    if there == (row.state in ("reported", "late")) or row.state == "exempt":
        return row
    if there:
        return replace(row, state="late" if row.late else "reported")
    return row if row.state in ("not_due", "returned") else replace(row, state="missing")
