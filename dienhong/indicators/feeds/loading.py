"""Loading a feed file: one transaction, one batch of what is known by now, and one for each day on which more comes.

The same file loads nothing again. A revised file writes only what changed and withdraws what it no longer holds; the
cell of an unchanged figure stays in the file that first said it.
"""

import datetime as dt
import hashlib
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dienhong.base import clock, periods, store
from dienhong.base.numbers import EXACT, Empty
from dienhong.base.refusal import Fault, Refused
from dienhong.indicators import actions
from dienhong.indicators.actions import Row
from dienhong.indicators.feeds import authorities, tables
from dienhong.indicators.feeds.publishers import publisher
from dienhong.indicators.feeds.tables import Cell, Table
from dienhong.indicators.models import Breakdown, Evidence, Indicator, Measure, Period, Source, Stage
from dienhong.journal.actions import record
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Unit, UnitCode
from dienhong.organizations.registry import action

KIND = "feed_file"
STAGES = {"": Stage.OFFICIAL, "official": Stage.OFFICIAL, "preliminary": Stage.PRELIMINARY, "estimate": Stage.ESTIMATE}
Key = tuple[int, int, int, int, int]
"""Indicator, period, unit, breakdown, measure: a series key within one source."""

_CURRENT = """
SELECT DISTINCT ON (indicator_id, period_id, unit_id, breakdown_id, measure)
    indicator_id, period_id, unit_id, breakdown_id, measure, value, empty, stage, typed
FROM indicators_observation WHERE indicator_id = ANY(%s) AND source_id = %s
ORDER BY indicator_id, period_id, unit_id, breakdown_id, measure, batch_id DESC
"""


@dataclass
class Loaded:
    """What one file brought. `faults`: cells that were refused, each with place and sentence."""

    key: str
    title: str
    rows: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    batches: int = 0
    waiting: int = 0  # rows about periods after the business day
    already: bool = False
    faults: list[Fault] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # indicators that another source or a formula speaks for
    seconds: float = 0.0


@action("indicators.load_table")
def load(*, by: str, data: bytes) -> Loaded:
    """Write the file's figures as those of its publisher. Safe to repeat; two at once wait for one another.

    Refused, whole, where the table contradicts itself or names an indicator, unit, period or member that is not
    there. A cell that is no number is refused alone and listed; the rest counts.
    """
    began = time.monotonic()
    table = tables.parse(data)
    digest = hashlib.sha256(data).hexdigest()
    loaded = Loaded(table.key, table.said("title_vi"))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"indicators.load_feed:{table.key}"]
            )
        if Evidence.objects.filter(kind=KIND, key=table.key, digest=digest).exists():
            loaded.already = True
        else:
            store.put(data)
            _write(loaded, table, digest, by)
    loaded.seconds = time.monotonic() - began
    return loaded


def _write(loaded: Loaded, table: Table, digest: str, by: str) -> None:
    body = publisher(table.said("publisher"), by=by)
    source = _source(table, body)
    names = _Names.of(table)
    rows = {row[:5]: row for row in _rows(loaded, table, names)}
    fresh = _fresh(loaded, rows, source, names)
    proof = (KIND, table.key, f"{table.key}.csv · {_name(body, 'vi')}", digest)
    # A file that says nothing new leaves an empty batch: its digest is known from then on.
    days = _by_day(fresh, names) or {None: []}
    for day, batch in sorted(days.items(), key=lambda pair: pair[0] or dt.date.min):
        actions.write_batch(by=by, source=source, reporter=body, rows=batch, evidence=[proof], not_before=day)
        loaded.batches += 1
        loaded.waiting += len(batch) if day else 0
    loaded.rows = len(fresh) - loaded.withdrawn
    loaded.kept = authorities.set_all(table, source, names.indicators.values(), by=by)
    data = {name: getattr(loaded, name) for name in ("rows", "unchanged", "withdrawn", "batches", "waiting")}
    refused = [{"where": fault.where, "typed": fault.typed} for fault in loaded.faults]
    record(
        by=by,
        verb="indicators.feed_loaded",
        object_kind="feed",
        object_id=table.key,
        unit_id=body.pk,
        data={"digest": digest, "refused": refused, **data},
    )


@action("indicators.load_annex")
@transaction.atomic
def load_annex(*, by: str, data: bytes, source: Source, reporter: Unit, demo: bool = False) -> int:
    """Write the cells of a file as figures of a source that speaks already, of units below its reporters: what a unit
    sends beside its report. Only what differs is written and nothing is withdrawn. Returns how many rows were written.

    Refused as in `load`; a cell that is no number refuses the whole file.
    """
    table = tables.parse(data)
    digest, names = hashlib.sha256(data).hexdigest(), _Names.of(table)
    loaded = Loaded(table.key, table.said("title_vi"))
    rows = {row[:5]: row for row in _rows(loaded, table, names)}
    if loaded.faults:
        raise Refused("annex_faults", loaded.faults[0].sentence, loaded.faults)
    fresh = _changed(rows, _current(source, names))
    if fresh:
        store.put(data)
        proof = (KIND, table.key, f"{table.key}.csv · {_name(reporter, 'vi')}", digest)
        actions.write_batch(by=by, source=source, reporter=reporter, rows=fresh, evidence=[proof], demo=demo)
        record(
            by=by, verb="indicators.feed_loaded", object_kind="feed", object_id=table.key, unit_id=reporter.pk,
            data={"digest": digest, "rows": len(fresh)},
        )  # fmt: skip
    return len(fresh)


def _source(table: Table, body: Unit) -> Source:
    names = {lang: f"{_name(body, lang)} · {table.said(f'title_{lang}')}"[:300] for lang in ("vi", "en")}
    return actions.ensure_source(
        f"feed:{table.key}",
        Source.Kind.FEED,
        names["vi"],
        name_en=names["en"],
        publisher=body,
        licence=table.said("licence")[:200],
    )


def _name(unit: Unit, lang: str) -> str:
    return organizations.name(unit, clock.business_today(), lang)


@dataclass(frozen=True)
class _Names:
    """The words of a table -> rows of the database, looked up once."""

    indicators: Mapping[str, Indicator]
    periods: Mapping[str, Period]
    units: Mapping[str, int]
    breakdowns: Mapping[str, Breakdown]

    @classmethod
    def of(cls, table: Table) -> "_Names":
        said: dict[str, set[str]] = defaultdict(set)
        for cell in table.cells():
            for name in ("indicator", "period", "area", "members", "stage"):
                said[name].add(cell.words.get(name, ""))
        indicators = {row.code: row for row in Indicator.objects.filter(code__in=said["indicator"])}
        units = dict(UnitCode.objects.filter(scheme__key="key", code__in=said["area"]).values_list("code", "unit_id"))
        _all_there(table, _("chỉ tiêu"), said["indicator"], indicators)
        _all_there(table, _("đơn vị"), said["area"], units)
        _all_there(table, _("giai đoạn số liệu"), said["stage"], STAGES)
        return cls(
            indicators,
            _periods(table, said["period"]),
            units,
            {text: actions.ensure_breakdown(_members(text)) for text in said["members"]},
        )


def _all_there(table: Table, what: str, said: Iterable[str], known: Iterable[str]) -> None:
    missing = sorted(set(said) - set(known))
    if missing:
        sentence = _("Bảng %(table)s có %(what)s chưa biết: %(names)s.")
        raise Refused("feed_word", sentence % {"table": table.key, "what": what, "names": ", ".join(missing)})


def _periods(table: Table, keys: Iterable[str]) -> dict[str, Period]:
    try:
        return actions.ensure_periods(table.said("calendar"), keys)
    except periods.PeriodError as error:
        raise Refused("feed_period", f"{table.key}: {error}") from error


def _members(text: str) -> dict[str, str]:
    """`sex=female;area=urban` -> list -> member."""
    return dict(part.split("=", 1) for part in text.split(";") if part)


def _rows(loaded: Loaded, table: Table, names: _Names) -> Iterable[Row]:
    """One row for each cell that can be read; the others become faults. Refused where two cells say one series."""
    seen: dict[Key, Cell] = {}
    for cell in table.cells():
        where = cell.address
        read = table.read(cell.text, where)
        if read.fault:
            loaded.faults.append(read.fault)
            continue
        row = _row(table, cell, names, read.value, read.empty)
        if row[:5] in seen:
            twice = _("Bảng %(table)s nói hai lần về một số: ô %(one)s và %(two)s.")
            raise Refused("feed_twice", twice % {"table": table.key, "one": seen[row[:5]].address, "two": where})
        seen[row[:5]] = cell
        yield row


def _row(table: Table, cell: Cell, names: _Names, value: Decimal | None, empty: int) -> Row:
    words = cell.words
    factor = Decimal(words["factor"]) if words["factor"] else None
    if value is not None and factor is not None:
        value = EXACT.multiply(value, factor)
    return Row(
        indicator_id=names.indicators[words["indicator"]].pk,
        period_id=names.periods[words["period"]].pk,
        unit_id=names.units[words["area"]],
        breakdown_id=names.breakdowns[words["members"]].pk,
        measure=int(Measure.VALUE),
        value=value,
        empty=empty,
        stage=int(STAGES[words["stage"]]),
        ref=f"{table.key}!{cell.address}",
        typed=cell.text[:80],
        factor=factor,
    )


def _fresh(loaded: Loaded, rows: Mapping[Key, Row], source: Source, names: _Names) -> list[Row]:
    """Rows that say something new, and withdrawals of series that the file no longer holds."""
    current = _current(source, names)
    fresh = _changed(rows, current)
    loaded.unchanged = len(rows) - len(fresh)
    gone = [key for key, said in current.items() if key not in rows and said[1] != Empty.RETRACTED]
    loaded.withdrawn = len(gone)
    return fresh + [_withdrawn(key) for key in gone]


def _current(source: Source, names: _Names) -> dict[Key, tuple[object, ...]]:
    """What the source says today of these indicators: value, empty, stage, text."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT, [[row.pk for row in names.indicators.values()], source.pk])
        return {line[:5]: line[5:] for line in cursor.fetchall()}


def _changed(rows: Mapping[Key, Row], current: Mapping[Key, tuple[object, ...]]) -> list[Row]:
    return [row for key, row in rows.items() if current.get(key) != (row.value, row.empty, row.stage, row.typed)]


def _withdrawn(key: Key) -> Row:
    indicator, period, unit, breakdown, measure = key
    return Row(indicator, period, unit, breakdown, measure, None, int(Empty.RETRACTED), int(Stage.OFFICIAL))


def _by_day(rows: Iterable[Row], names: _Names) -> dict[dt.date | None, list[Row]]:
    """not_before -> rows: figures about periods after the business day wait until that clock reaches them."""
    today = clock.business_today()
    last = {row.pk: row.last for row in names.periods.values()}
    days: dict[dt.date | None, list[Row]] = defaultdict(list)
    for row in rows:
        ends = last.get(row.period_id)
        days[ends + dt.timedelta(days=1) if ends is not None and ends >= today else None].append(row)
    return days
