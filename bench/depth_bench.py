"""Depth: the questions of a passport and of a board over ten million observations, as of a past moment; bulk intake.

Every question runs beside bare SQL on the same rows in the same run; intake beside COPY into an identical indexed
table. DIENHONG_BENCH_ROWS=200000 tries it on a small database.
"""

import gc
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection, transaction

from bench import volume
from bench.run import Result
from dienhong.indicators import intake, passports, queries
from dienhong.indicators.actions.batches import TYPES
from dienhong.indicators.models import Breakdown, Indicator, Period, Source
from dienhong.indicators.queries import Moment, SeriesKey
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Unit

ROWS = int(os.environ.get("DIENHONG_BENCH_ROWS", volume.FULL))
TIMES, WARM = 60, 5
Question = Callable[[], object]


def p95(questions: Iterable[Question]) -> float:
    """Milliseconds; the first WARM are not counted."""
    took = []
    for question in questions:
        began = time.perf_counter()
        question()
        took.append((time.perf_counter() - began) * 1000)
    took = sorted(took[WARM:])
    return round(took[int(len(took) * 0.95) - 1], 2)


def bare(statement: str, values: list[object]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


class Ground:
    """What is asked about: keys of the volume, and a past moment at which some of it was already superseded."""

    def __init__(self) -> None:
        self.dice = random.Random(7)  # noqa: S311
        self.months = list(Period.objects.filter(calendar="calendar", kind="month").order_by("first"))
        self.provinces = [row[0] for row in bare("SELECT unit_id FROM bench_province ORDER BY n", [])]
        self.cells = bare("SELECT indicator_id, breakdown_id FROM bench_cell", [])
        self.nation = organizations.unit_by_code("iso3166", "VN", self.months[-1].last)
        self.communes = Indicator.objects.get(code=volume.COMMUNES)
        at = bare("SELECT percentile_disc(0.995) WITHIN GROUP (ORDER BY known_at) FROM indicators_publication", [])[0][
            0
        ]
        first = bare("SELECT max(known_at) FROM organizations_ancestry", [])[0][0]
        self.past: Moment = queries.moment(max(at, first))

    def series(self) -> tuple[int, int, int]:
        """A random indicator with its breakdown and source."""
        indicator, breakdown = self.dice.choice(self.cells)
        source = queries.authorities(indicator, [self.months[0].pk], self.past)[self.months[0].pk]
        return indicator, breakdown, source


LATEST = """
SELECT DISTINCT ON (o.period_id, o.unit_id) o.period_id, o.unit_id, o.value, o.empty, o.stage, o.batch_id, p.known_at
FROM indicators_observation o JOIN indicators_publication p ON p.batch_id = o.batch_id
WHERE o.indicator_id = %s AND o.period_id = ANY(%s) AND o.unit_id = ANY(%s) AND o.breakdown_id = %s AND o.measure = 0
    AND o.source_id = %s AND p.known_at <= %s ORDER BY o.period_id, o.unit_id, o.batch_id DESC
"""
SUM = """
SELECT sum(value) FROM (SELECT DISTINCT ON (o.unit_id) o.value FROM indicators_observation o
JOIN indicators_publication p ON p.batch_id = o.batch_id WHERE o.indicator_id = %s AND o.period_id = %s
    AND o.breakdown_id = %s AND o.measure = 0 AND o.source_id = %s AND p.known_at <= %s
ORDER BY o.unit_id, o.batch_id DESC) l
"""
CHANGES = """
WITH a AS (SELECT DISTINCT ON (o.unit_id) o.unit_id, o.value FROM indicators_observation o
    JOIN indicators_publication p ON p.batch_id = o.batch_id WHERE o.indicator_id = %s AND o.period_id = %s
    AND o.breakdown_id = %s AND o.measure = 0 AND o.source_id = %s AND p.known_at <= %s
    ORDER BY o.unit_id, o.batch_id DESC),
b AS (SELECT DISTINCT ON (o.unit_id) o.unit_id, o.value FROM indicators_observation o
    JOIN indicators_publication p ON p.batch_id = o.batch_id WHERE o.indicator_id = %s AND o.period_id = %s
    AND o.breakdown_id = %s AND o.measure = 0 AND o.source_id = %s AND p.known_at <= %s
    ORDER BY o.unit_id, o.batch_id DESC)
SELECT unit_id, a.value - b.value FROM a JOIN b USING (unit_id) ORDER BY abs(a.value - b.value) DESC LIMIT 10
"""


def tables(g: Ground) -> Iterator[Result]:
    months = [month.pk for month in g.months]
    asked = [g.series() for _ in range(TIMES)]

    def ours(one: tuple[int, int, int]) -> Question:
        return lambda: queries.cells(one[0], months, g.provinces, breakdown_id=one[1], as_of=g.past)

    def theirs(one: tuple[int, int, int]) -> Question:
        return lambda: bare(LATEST, [one[0], months, g.provinces, one[1], one[2], g.past.at])

    found = queries.cells(asked[0][0], months, g.provinces, breakdown_id=asked[0][1], as_of=g.past)
    assert len(found) > 0.9 * len(months) * len(g.provinces), len(found)
    limit = p95(theirs(one) for one in asked)
    yield Result(
        "reporting.table 63 × 120", p95(ours(one) for one in asked), "ms", 50, limit, note="p95, as of the past"
    )


def totals(g: Ground) -> Iterator[Result]:
    recent = [g.dice.choice(g.months[-4:]) for _ in range(TIMES)]
    whole = queries.total_breakdown()
    source = queries.authorities(g.communes.pk, [recent[0].pk], g.past)[recent[0].pk]
    made = queries.total(g.communes, recent[0], g.nation.pk, as_of=g.past)
    assert made.reported > 10_000, made
    limit = p95((lambda m=m: bare(SUM, [g.communes.pk, m.pk, whole, source, g.past.at])) for m in recent)
    ours = p95((lambda m=m: queries.total(g.communes, m, g.nation.pk, as_of=g.past)) for m in recent)
    yield Result("reporting.total over communes", ours, "ms", 30, limit, note=f"{made.reported} communes, p95")
    pairs = [(g.months[-1 - n % 3], g.months[-2 - n % 3]) for n in range(TIMES)]
    side = [whole, source, g.past.at]
    limit = p95(
        (lambda a=a, b=b: bare(CHANGES, [g.communes.pk, a.pk, *side, g.communes.pk, b.pk, *side])) for a, b in pairs
    )
    ours = p95(
        (lambda a=a, b=b: queries.largest_changes(g.communes.pk, a, b, g.nation.pk, as_of=g.past)) for a, b in pairs
    )
    yield Result("reporting.ten largest changes", ours, "ms", 50, limit, note="p95 over all communes")


def passport_pages(g: Ground) -> Iterator[Result]:
    leaves = [(one, g.dice.choice(g.months), g.dice.choice(g.provinces)) for one in (g.series() for _ in range(TIMES))]
    limit = p95((lambda o=o, m=m, u=u: bare(LATEST, [o[0], [m.pk], [u], o[1], o[2], g.past.at])) for o, m, u in leaves)
    ours = p95((lambda o=o, m=m, u=u: passports.leaf(SeriesKey(o[0], m.pk, u, o[1]), g.past)) for o, m, u in leaves)
    yield Result("reporting.passport, leaf", ours, "ms", 100, limit, note="p95; beside: its one figure")
    summed = [SeriesKey(o[0], m.pk, g.nation.pk, o[1]) for o, m, _u in leaves]
    month = [m.pk for m in g.months[-1:]]
    limit = p95((lambda o=o: bare(LATEST, [o[0], month, g.provinces, o[1], o[2], g.past.at])) for o, _m, _u in leaves)
    ours = p95((lambda key=key: passports.total(key, g.past)) for key in summed)
    yield Result("reporting.passport, nation of 63", ours, "ms", 300, limit, note="p95; beside: its figures")
    communes = [SeriesKey(g.communes.pk, g.dice.choice(g.months[-3:]).pk, g.nation.pk) for _ in range(20)]
    ours = p95((lambda key=key: passports.total(key, g.past)) for key in communes)
    yield Result("reporting.passport, nation of communes", ours, "ms", 300, None, note="p95")


def taking_in(g: Ground) -> Iterator[Result]:
    """One value for each of ten indicators of every commune; checks: codes, text, bounds, three between cells."""
    codes = organizations.codes(
        [row[0] for row in bare("SELECT unit_id FROM bench_commune", [])], "gso", g.months[-1].last
    )
    ids = [row[0] for row in bare("SELECT DISTINCT indicator_id FROM bench_cell ORDER BY 1 LIMIT 10", [])]
    names = list(Indicator.objects.filter(pk__in=ids).order_by("pk").values_list("code", flat=True))
    if len(names) < 10:
        names = list(
            Indicator.objects.filter(entries__agg_units="sum").order_by("code").values_list("code", flat=True)[:10]
        )
    key = g.months[-1].key
    cells = [
        intake.Sent(f"A!{place}", code, key, name, str((place * 7919 + n) % 9973))
        for place, code in enumerate(codes.values())
        for n, name in enumerate(names)
    ]
    checks = [
        intake.Check("sum", f"[{names[0]}] + [{names[1]}] >= [{names[1]}]", "lệch", "differ"),
        intake.Check("parts", f"sum([{names[2]}], [{names[3]}], [{names[4]}]) >= [{names[3]}]", "lệch", "differ"),
        intake.Check("steady", f"abs(change([{names[5]}], [{names[5]}]@prev)) <= 1000000", "nhảy", "jump", "warning"),
    ]
    source, nation = Source.objects.get(key="bench:0"), Unit.objects.get(pk=g.nation.pk)

    def ours() -> float:
        began = time.perf_counter()
        outcome = intake.take_in(
            by="job:bench", source=source, reporter=nation, cells=cells, calendar="calendar", evidence=[], checks=checks
        )
        assert outcome.values == len(cells), outcome.errors[:3]
        return time.perf_counter() - began

    best = _best(ours)
    limit = _best(lambda: _copy(g, cells, names))
    yield Result(
        "reporting.intake", round(len(cells) / best), "values/s", 50_000, round(len(cells) / limit), at_most=False,
        note=f"{len(cells)} values in one batch, all checks; beside: COPY into an identical indexed table",
    )  # fmt: skip


def _best(work: Callable[[], float]) -> float:
    """The better of three, each undone."""
    took = []
    for _ in range(3):
        with transaction.atomic():
            took.append(work())
            transaction.set_rollback(True)
    return min(took)


def _copy(g: Ground, cells: list[intake.Sent], names: list[str]) -> float:
    """The same values, resolved beforehand, by COPY into a table with the same columns, checks and indexes."""
    units = organizations.units_by_code("gso", g.months[-1].last)
    by_code = dict(Indicator.objects.filter(code__in=names).values_list("code", "pk"))
    whole, month = Breakdown.objects.get(key="").pk, g.months[-1].pk
    rows: list[tuple[Any, ...]] = [
        (by_code[c.indicator], month, units[c.unit], whole, 0, int(c.typed), 0, 3, c.ref, c.typed, None, 1, 1)
        for c in cells
    ]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_same (LIKE indicators_observation INCLUDING ALL)")
        began = time.perf_counter()
        columns = "indicator_id, period_id, unit_id, breakdown_id, measure, value, empty, stage, ref, typed, factor,"
        with cursor.copy(f"COPY bench_same ({columns} source_id, batch_id) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(TYPES)
            for row in rows:
                copy.write_row(row)
        return time.perf_counter() - began


def run() -> Iterator[Result]:
    with volume.database():
        volume.build(ROWS)
        ground = Ground()
        gc.collect()
        gc.freeze()  # as the web server's workers do (config/wsgi.py)
        yield from tables(ground)
        yield from totals(ground)
        yield from passport_pages(ground)
        yield from taking_in(ground)


if __name__ == "__main__":
    for result in run():
        print(f"{'✓' if result.holds else '✗'} {result.name}: {result.value} {result.unit}, beside {result.against}")
