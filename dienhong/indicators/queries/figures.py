"""Figures of single series, as of a moment. One index answers: observation_series of migration 0002."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection

from dienhong.base.brief import brief
from dienhong.base.numbers import Empty
from dienhong.indicators.models import Authority, Period, Source
from dienhong.indicators.queries import kept
from dienhong.indicators.queries.moments import AsOf, Moment, moment

# Comparing with the enumeration itself costs more than the rest of a row.
_RETRACTED, _NOTHING_AROSE = int(Empty.RETRACTED), int(Empty.NOTHING_AROSE)
_ZERO = Decimal(0)

TOTAL: Final = 0
"""As `breakdown_id`: the total, whose row is looked up."""


class Figure(NamedTuple):
    """The word of one batch on one series. `value` is None exactly where `empty` is not 0 (base.numbers.Empty).

    A tuple, since a table makes thousands of them: a frozen dataclass takes ten times as long.
    `ref`, `typed`, `factor` come only where the caller asked for proof: they lie outside the index.
    """

    value: Decimal | None
    empty: int
    stage: int
    batch_id: int
    known: float
    source_id: int
    ref: str = ""
    typed: str = ""
    factor: Decimal | None = None

    @property
    def known_at(self) -> dt.datetime:
        """The moment of its publication (record time), made from seconds when asked: most figures are never asked."""
        return dt.datetime.fromtimestamp(self.known, dt.UTC)

    @property
    def adds(self) -> Decimal | None:
        """What it adds to a total: its value, 0 where nothing arose, None where there is nothing to add."""
        return _ZERO if self.empty == _NOTHING_AROSE else self.value

    @property
    def shown(self) -> Decimal | Empty:
        """For the template tags: the value, or why there is none."""
        return Empty(self.empty) if self.value is None else self.value


def adding(level: Mapping[int, Figure | None]) -> dict[int, Decimal]:
    """unit id -> what its figure adds to a total, of those that add anything."""
    there = ((unit, figure.adds) for unit, figure in level.items() if figure)
    return {unit: adds for unit, adds in there if adds is not None}


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """indicator x measure x unit x period x breakdown x source. source_id None: whoever speaks with authority."""

    indicator_id: int
    period_id: int
    unit_id: int
    breakdown_id: int = TOTAL
    measure: int = 0
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a series, numbered from 1 in the order in which they were said."""

    number: int
    figure: Figure
    current: bool


def total_breakdown(at: Moment | None = None) -> int:
    """Id of the breakdown with the empty key; TOTAL, of which there is no row, while nothing at all was reported. Read
    once a Moment, if one is given."""
    if at is not None:
        at.read["total breakdown", 0] = at.read.get(("total breakdown", 0)) or total_breakdown()
        return int(at.read["total breakdown", 0])
    return kept.breakdown_of("") or TOTAL


def authorities(indicator_id: int, period_ids: Iterable[int], as_of: AsOf = None) -> dict[int, int]:
    """period id -> id of the source that speaks for the indicator then; periods nobody speaks for are left out."""
    rows = _said(indicator_id, moment(as_of))
    if len(rows) == 1 and rows[0][0].lower is None and rows[0][0].upper is None:
        return dict.fromkeys(period_ids, rows[0][1])
    found: dict[int, int] = {}
    for period_id, first in Period.objects.filter(pk__in=list(period_ids)).values_list("pk", "first"):
        source = next((source_id for validity, source_id, _known in rows if first in validity), None)
        if source is not None:
            found[period_id] = source
    return found


def speaks(indicator_id: int, period: Period, at: Moment) -> int | None:
    """Id of the source that speaks for the indicator in that period."""
    rows = _said(indicator_id, at)
    return next((source_id for validity, source_id, _known in rows if period.first in validity), None)


def _said(indicator_id: int, at: Moment) -> list[tuple[Any, int, Any]]:
    """(days, source id, known at), what holds first. Read once a Moment."""
    if ("authorities", indicator_id) not in at.read:
        if at.past:
            at.read["authorities", indicator_id] = _said_then(indicator_id, at.at)
        else:
            _read_said([indicator_id], at)
    rows: list[tuple[Any, int, Any]] = at.read["authorities", indicator_id]
    return rows


@brief(5, most=512, settled=True)
def _said_then(indicator_id: int, at: dt.datetime) -> list[tuple[Any, int, Any]]:
    then = Moment(at, past=True)
    _read_said([indicator_id], then)
    rows: list[tuple[Any, int, Any]] = then.read["authorities", indicator_id]
    return rows


def _read_said(indicator_ids: Iterable[int], at: Moment) -> None:
    known: dict[int, list[tuple[Any, int, Any]]] = {indicator: [] for indicator in indicator_ids}
    said = Authority.objects.filter(indicator__in=list(known), known_at__isnull=False).order_by("known_at", "pk")
    for indicator, *row in said.values_list("indicator_id", "validity", "source_id", "known_at"):
        known[indicator].append((row[0], row[1], row[2]))
    for indicator, rows in known.items():
        # The last word by then first; what was said later only stands in for the time before the first word.
        by_then = [row for row in reversed(rows) if row[2] <= at.at]
        at.read["authorities", indicator] = by_then + [row for row in rows if row[2] > at.at]


def all_speakers(indicator_ids: Iterable[int], at: Moment) -> dict[int, list[tuple[Any, int]]]:
    """indicator id -> (first days of periods, id of the source that speaks for it then), what holds first; of many
    indicators in one question."""
    wanted = list(indicator_ids)
    unread = [pk for pk in wanted if ("authorities", pk) not in at.read]
    if unread:
        _read_said(unread, at)
    return {pk: [row[:2] for row in at.read["authorities", pk]] for pk in wanted}


def authority(indicator_id: int, period: Period, as_of: AsOf = None) -> Source | None:
    """The source whose value is the indicator's in that period."""
    found = authorities(indicator_id, [period.pk], as_of)
    return kept.source(found[period.pk]) if found else None


_CELLS = """
SELECT DISTINCT ON (o.period_id, o.unit_id) o.period_id, o.unit_id, {columns}
FROM indicators_observation o JOIN indicators_publication p ON p.batch_id = o.batch_id
WHERE o.indicator_id = %s AND o.period_id = ANY(%s) AND o.unit_id = ANY(%s) AND o.breakdown_id = %s
    AND o.measure = %s AND o.source_id = %s AND p.known_at <= %s
ORDER BY o.period_id, o.unit_id, o.batch_id DESC
"""
_FIGURE = "o.value, o.empty, o.stage, o.batch_id, date_part('epoch', p.known_at), o.source_id"
_PROOF = ", o.ref, o.typed, o.factor"
_TEXT = "o.empty, trim_scale(o.value)::text"
Text = tuple[int, int, int, str | None]
NO_PROOF = ("", "", None)


def cells(
    indicator_id: int,
    period_ids: Sequence[int],
    unit_ids: Sequence[int],
    *,
    breakdown_id: int = TOTAL,
    measure: int = 0,
    source_id: int | None = None,
    as_of: AsOf = None,
    proof: bool = False,
    retracted: bool = False,
) -> dict[tuple[int, int], Figure]:
    """(period id, unit id) -> figure, of the authoritative source unless one is named. Absent: not known.

    A retracted value is absent too, unless `retracted`. `proof` also reads ref, typed and factor.
    """
    columns = _FIGURE + (_PROOF if proof else "")
    breakdown = breakdown_id or total_breakdown()
    return {
        row[:2]: Figure._make(row[2:] if proof else row[2:] + NO_PROOF)
        for row in _rows(columns, indicator_id, period_ids, unit_ids, breakdown, measure, source_id, moment(as_of))
        if retracted or row[3] != _RETRACTED
    }


def texts(
    indicator_id: int,
    period_ids: Sequence[int],
    unit_ids: Sequence[int],
    *,
    breakdown_id: int = TOTAL,
    as_of: AsOf = None,
) -> list[Text]:
    """Period id, unit id, kind of empty and exact decimal as text: what `cells` says, for tables that are only written
    out. Thousands of decimals need not be made for that, which halves the time."""
    breakdown = breakdown_id or total_breakdown()
    rows = _rows(_TEXT, indicator_id, period_ids, unit_ids, breakdown, 0, None, moment(as_of))
    return [row for row in rows if row[2] != _RETRACTED]


def _rows(
    columns: str,
    indicator_id: int,
    period_ids: Sequence[int],
    unit_ids: Sequence[int],
    breakdown: int,
    measure: int,
    source_id: int | None,
    at: Moment,
) -> list[tuple[Any, ...]]:
    """Newest rows, of the source that speaks for each period unless one is named; period, unit, then `columns`."""
    sources = authorities(indicator_id, period_ids, at) if source_id is None else dict.fromkeys(period_ids, source_id)
    by_source: dict[int, list[int]] = {}
    for period_id, source in sources.items():
        by_source.setdefault(source, []).append(period_id)
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for source, wanted in by_source.items():
            cursor.execute(
                _CELLS.format(columns=columns),
                [indicator_id, wanted, list(unit_ids), breakdown, measure, source, at.at],
            )
            rows += cursor.fetchall()
    return rows


_MANY = f"""
SELECT DISTINCT ON (o.indicator_id, o.period_id, o.unit_id, o.breakdown_id)
    o.indicator_id, o.period_id, o.unit_id, o.breakdown_id, {_FIGURE}
FROM indicators_observation o JOIN indicators_publication p ON p.batch_id = o.batch_id
WHERE o.indicator_id = ANY(%s) AND o.period_id = ANY(%s) AND o.unit_id = ANY(%s) AND o.measure = 0
    AND o.source_id = %s AND p.known_at <= %s
ORDER BY o.indicator_id, o.period_id, o.unit_id, o.breakdown_id, o.batch_id DESC
"""  # noqa: S608


def many(
    indicator_ids: Sequence[int],
    period_ids: Sequence[int],
    unit_ids: Sequence[int],
    source_id: int,
    as_of: AsOf = None,
) -> dict[tuple[int, int, int, int], Figure]:
    """(indicator, period, unit, breakdown) -> what one source says, every breakdown, in one statement: for a board of
    figures. Retracted ones are absent."""
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [list(indicator_ids), list(period_ids), list(unit_ids), source_id, moment(as_of).at])
        rows = cursor.fetchall()
    return {row[:4]: Figure._make(row[4:] + NO_PROOF) for row in rows if row[5] != _RETRACTED}


def series(
    indicator_id: int,
    unit_id: int,
    period_ids: Sequence[int],
    *,
    breakdown_id: int = TOTAL,
    measure: int = 0,
    source_id: int | None = None,
    as_of: AsOf = None,
) -> dict[int, Figure]:
    """period id -> figure of one unit. A gap stays a gap."""
    found = cells(
        indicator_id,
        period_ids,
        [unit_id],
        breakdown_id=breakdown_id,
        measure=measure,
        source_id=source_id,
        as_of=as_of,
    )
    return {period_id: figure for (period_id, _unit), figure in found.items()}


def resolved(key: SeriesKey, as_of: Moment) -> SeriesKey | None:
    """The key with its breakdown's and its source's ids; None where no source speaks for it."""
    if not key.breakdown_id:
        key = replace(key, breakdown_id=total_breakdown())
    if key.source_id is None:
        source = authorities(key.indicator_id, [key.period_id], as_of).get(key.period_id)
        return None if source is None else replace(key, source_id=source)
    return key


_VERSIONS = """
SELECT o.value, o.empty, o.stage, o.batch_id, date_part('epoch', p.known_at), o.source_id, o.ref, o.typed, o.factor
FROM indicators_observation o JOIN indicators_publication p ON p.batch_id = o.batch_id
WHERE o.indicator_id = %s AND o.period_id = %s AND o.unit_id = %s AND o.breakdown_id = %s
    AND o.measure = %s AND o.source_id = %s AND p.known_at <= %s
ORDER BY o.batch_id
"""


def versions(key: SeriesKey, as_of: AsOf = None) -> list[Version]:
    """Every version that was known by then, oldest first, retractions included; the last one holds."""
    at = moment(as_of)
    whole = resolved(key, at)
    if whole is None:
        return []
    asked = ("versions", whole)
    if asked not in at.read:
        series = [whole.indicator_id, whole.period_id, whole.unit_id, whole.breakdown_id, whole.measure]
        with connection.cursor() as cursor:
            cursor.execute(_VERSIONS, [*series, whole.source_id, at.at])
            rows = cursor.fetchall()
        at.read[asked] = [Version(place, Figure(*row), place == len(rows)) for place, row in enumerate(rows, 1)]
    return list(at.read[asked])


def figure(key: SeriesKey, as_of: AsOf = None) -> Figure | None:
    """The figure of one series with its proof; None where none is known."""
    at = moment(as_of)
    found = cells(
        key.indicator_id,
        [key.period_id],
        [key.unit_id],
        breakdown_id=key.breakdown_id,
        measure=key.measure,
        source_id=key.source_id,
        as_of=at,
        proof=True,
    )
    return found.get((key.period_id, key.unit_id))


Cells = Mapping[tuple[int, int], Figure]
