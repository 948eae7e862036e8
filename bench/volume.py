"""A database of ten million observations, a tenth of them superseded, in a database of its own (bench_depth).

Real units (63 provinces, 11,160 communes), the real catalogue, 120 months. Every figure is a hash of its place: the
same on every machine. It is kept between runs: `python -m bench.volume --rows 200000` builds a small one to try with.
"""

# ruff: noqa: S608 (every statement here is built from constants of this file)
import argparse
import datetime as dt
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dienhong.config.settings")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from psycopg import sql
from psycopg.types.range import DateRange

from dienhong.base.text import sort_key
from dienhong.config import databases
from dienhong.indicators import actions, testing
from dienhong.indicators.models import Indicator, Source
from dienhong.organizations import closure
from dienhong.organizations import queries as organizations
from dienhong.organizations.loading import load_units
from dienhong.organizations.models import CodeScheme, Hierarchy, Link, Unit, UnitCode, UnitKind, UnitName

NAME = "bench_depth"
MONTHS, GROUPS, BREAKDOWNS = 120, 5, 8
FULL = 10_000_000
MOST_COMMUNES = 11_160
COMMUNES = "bench.communes"  # the one indicator that communes report
PER_INDICATOR = 63 * MONTHS * BREAKDOWNS

BATCHES = f"""
INSERT INTO indicators_batch (id, source_id, reporter_id, approved_by, demo, created_at)
SELECT (m.n * 63 + p.n) * {GROUPS} + g.n + 1, s.source_id, p.unit_id, '', false, now()
FROM bench_month m CROSS JOIN bench_province p CROSS JOIN generate_series(0, {GROUPS - 1}) g(n)
JOIN bench_source s ON s.n = g.n ORDER BY 1;
-- One in nine is said again two months later: a tenth of all observations is superseded.
INSERT INTO indicators_batch (id, source_id, reporter_id, approved_by, demo, created_at)
SELECT {MONTHS * 63 * GROUPS} + row_number() OVER (ORDER BY id), source_id, reporter_id, '', false, now()
FROM indicators_batch WHERE id % 9 = 0 ORDER BY 1;
DELETE FROM indicators_pending;
INSERT INTO indicators_publication (batch_id, seq, known_at)
SELECT id, row_number() OVER (ORDER BY known_at, id), known_at FROM (
    SELECT b.id, (SELECT coalesce(max(known_at), now()) FROM indicators_entry) + interval '1 microsecond' * b.id
        + interval '1 second' * (CASE WHEN b.id <= {MONTHS * 63 * GROUPS} THEN (b.id - 1) / {63 * GROUPS}
            ELSE ((b.id - {MONTHS * 63 * GROUPS}) * 9 - 1) / {63 * GROUPS} + 2 END) AS known_at
    FROM indicators_batch b) t;
INSERT INTO indicators_evidence (batch_id, kind, key, label, digest)
SELECT id, 'message', id::text, 'Tin nhắn ' || id, '' FROM indicators_batch;
"""

# The publisher keeps these for whoever speaks; the rows here come past it.
VOICES = f"""
INSERT INTO indicators_voice (indicator_id, source_id)
SELECT DISTINCT c.indicator_id, s.source_id FROM bench_cell c JOIN bench_source s ON s.n = c.g
UNION SELECT i.id, s.source_id FROM indicators_indicator i JOIN bench_source s ON s.n = 0 WHERE i.code = '{COMMUNES}'
ON CONFLICT DO NOTHING
"""

# `base`: the batch whose cells these are; `v` makes the second saying differ from the first.
_VALUE = (
    "round((abs(hashint8(c.indicator_id * 1000003 + {unit} * 7919 + m.period_id * 104729 + c.breakdown_id * 31 + v.v))"
)
_VALUE += " % 1000000)::numeric / 10, 1)"
_SAID = f"""
    SELECT b.id AS batch_id, b.source_id, b.reporter_id, 0 AS v, b.id AS base FROM indicators_batch b
    WHERE b.id <= {MONTHS * 63 * GROUPS}
    UNION ALL SELECT b.id, b.source_id, b.reporter_id, 1, (b.id - {MONTHS * 63 * GROUPS}) * 9 FROM indicators_batch b
    WHERE b.id > {MONTHS * 63 * GROUPS}
"""
_INTO = """
INSERT INTO indicators_observation (indicator_id, period_id, unit_id, breakdown_id, measure, source_id, batch_id, value,
    empty, stage, ref, typed)
"""
PROVINCES = f"""
{_INTO} SELECT c.indicator_id, m.period_id, v.reporter_id, c.breakdown_id, 0, v.source_id, v.batch_id, x.value, 0, 3,
    'Thu!D' || c.n, x.value::text
FROM ({_SAID}) v JOIN bench_month m ON m.n = (v.base - 1) / {63 * GROUPS}
JOIN bench_cell c ON c.g = (v.base - 1) % {GROUPS}
CROSS JOIN LATERAL (SELECT {_VALUE.format(unit="v.reporter_id")} AS value) x ORDER BY v.batch_id, c.n
"""
WARDS = f"""
{_INTO} SELECT c.indicator_id, m.period_id, w.unit_id, c.breakdown_id, 0, v.source_id, v.batch_id, x.value, 0, 3,
    'Xã!D' || w.n, x.value::text
FROM ({_SAID}) v JOIN bench_month m ON m.n = (v.base - 1) / {63 * GROUPS}
JOIN bench_commune w ON w.province_id = v.reporter_id
JOIN (SELECT (SELECT id FROM indicators_indicator WHERE code = '{COMMUNES}') AS indicator_id,
    (SELECT id FROM indicators_breakdown WHERE key = '') AS breakdown_id) c ON (v.base - 1) % {GROUPS} = 0
CROSS JOIN LATERAL (SELECT {_VALUE.format(unit="w.unit_id")} AS value) x WHERE m.n >= {{first}} ORDER BY v.batch_id, w.n
"""


def server() -> psycopg.Connection:
    parameters = {**connection.get_connection_params(), "dbname": "postgres", "cursor_factory": psycopg.ClientCursor}
    return psycopg.connect(**parameters, autocommit=True)


@contextmanager
def database() -> Iterator[None]:
    """Inside, Django's connection is the owner's on the bench database, made if it is not there."""
    before = dict(connection.settings_dict)
    connections.close_all()
    connection.settings_dict.update(databases.choose(Path(settings.HOME), "owner"))
    connection.ensure_connection()
    with server() as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    connections.close_all()
    connection.settings_dict["NAME"] = NAME
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict.update(before)


def drop() -> None:
    connections.close_all()
    with server() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))


def run(statement: str, said: str = "") -> int:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(statement)
        count = cursor.rowcount
    if said:
        print(f"  {said}: {time.monotonic() - began:.1f} s", flush=True)
    return count


def ready(rows: int) -> bool:
    """Whether the database already holds this volume."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_done') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT wanted FROM bench_done")
        return bool(cursor.fetchone() == (rows,))


def build(rows: int = FULL) -> None:
    """Build it unless it is there. Call inside `database()`."""
    call_command("migrate", verbosity=0)
    if ready(rows):
        run(VOICES)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM indicators_batch")
        if cursor.fetchone()[0]:
            raise SystemExit("bench_depth holds another volume: run `python -m bench.volume --drop` first.")
    print(f"Building {rows:,} observations in {NAME}…", flush=True)
    began = time.monotonic()
    load_units(by="job:bench", communes=True)
    _more_communes()
    actions.load_catalogue(by="job:bench")
    _keys(rows)
    testing.publish()
    run(VOICES)
    _fill(0 if rows >= FULL // 5 else MONTHS - 4)
    run(f"CREATE TABLE bench_done AS SELECT {int(rows)} AS wanted")
    print(f"  built in {time.monotonic() - began:.0f} s", flush=True)


def _more_communes() -> None:
    """Up to as many as there were before the mergers of 2019 and later, which the bundled table no longer lists."""
    on = dt.date(2020, 6, 30)
    districts = list(organizations.units_of_kind(("district", "urban_district", "town", "city"), on).order_by("pk"))
    missing = MOST_COMMUNES - organizations.units_of_kind(organizations.COMMUNAL, on).count()
    days = DateRange(dt.date(1950, 1, 1), dt.date(2025, 7, 1))
    units = Unit.objects.bulk_create(Unit(validity=days) for _ in range(missing))
    tree, scheme = Hierarchy.objects.get(key="administrative"), CodeScheme.objects.get(key="gso")
    UnitKind.objects.bulk_create(UnitKind(unit=unit, kind="commune", validity=days) for unit in units)
    UnitName.objects.bulk_create(
        UnitName(unit=unit, name_vi=f"Xã {n}", sort_key=sort_key(f"Xã {n}"), search_key=f"xa {n}", validity=days)
        for n, unit in enumerate(units)
    )
    UnitCode.objects.bulk_create(
        UnitCode(unit=unit, scheme=scheme, code=str(90000 + n), validity=days) for n, unit in enumerate(units)
    )
    Link.objects.bulk_create(
        Link(hierarchy=tree, child=unit, parent=districts[n % len(districts)], validity=days)
        for n, unit in enumerate(units)
    )
    closure.refresh_ancestry(tree.pk, units)


def _keys(rows: int) -> None:
    """Months, sources, the cells of each batch: `bench_cell` gives every group of indicators its places."""
    for number in range(MONTHS):
        actions.ensure_period("calendar", f"{2011 + number // 12}-M{number % 12 + 1:02d}")
    sources = [actions.ensure_source(f"bench:{n}", Source.Kind.REGIME, f"Nguồn {n}") for n in range(GROUPS)]
    field = Indicator.objects.get(code="02.001").field
    communes = Indicator.objects.create(code=COMMUNES, field=field, supporting=True)
    run(
        "INSERT INTO indicators_entry (indicator_id, name_vi, name_en, search_key, unit_vi, unit_en, decimals,"
        " frequency, calendar, nature, agg_units, agg_periods, numerator, denominator, scale, weight, breakdowns,"
        " levels, change_threshold, legal_basis, note_vi, note_en)"
        f" SELECT {communes.pk}, 'Xã', 'Communes', 'xa', 'người', 'people', 1, '{{month}}', 'calendar', 'flow', 'sum',"
        " 'sum', '', '', 1, '', '{}', '{}', 30, 'đo', '', ''"
    )
    wanted = max(1, min(127, round((rows / 10 * 9 - MOST_COMMUNES * MONTHS) / PER_INDICATOR)))
    chosen = list(Indicator.objects.filter(entries__agg_units="sum").order_by("supporting", "code").distinct()[:wanted])
    with transaction.atomic():
        for place, indicator in enumerate(chosen):
            actions.set_authority(indicator, sources[place % GROUPS], (None, None))
        actions.set_authority(communes, sources[0], (None, None))
    keys = [{}, {"area": "urban"}, {"area": "rural"}, {"sex": "male"}, {"sex": "female"}]
    keys += [{"area": "urban", "sex": "male"}, {"area": "urban", "sex": "female"}, {"area": "rural", "sex": "male"}]
    breakdowns = [actions.ensure_breakdown(key).pk for key in keys]
    cells = [(n % GROUPS, row.pk, b) for n, row in enumerate(chosen) for b in breakdowns]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_cell (n serial, g integer, indicator_id bigint, breakdown_id bigint)")
        cursor.executemany("INSERT INTO bench_cell (g, indicator_id, breakdown_id) VALUES (%s, %s, %s)", cells)
    run(
        "CREATE TABLE bench_month AS SELECT id AS period_id, row_number() OVER (ORDER BY first) - 1 AS n"
        " FROM indicators_period WHERE calendar = 'calendar' AND kind = 'month';"
        "CREATE TABLE bench_source AS SELECT id AS source_id, right(key, 1)::int AS n FROM indicators_source"
        " WHERE key LIKE 'bench:%%';"
        "CREATE TABLE bench_province AS SELECT k.unit_id, row_number() OVER (ORDER BY k.unit_id) - 1 AS n FROM"
        " organizations_unitkind k WHERE kind IN ('province', 'municipality') AND validity @> '2020-06-30'::date;"
        "CREATE TABLE bench_commune AS SELECT k.unit_id, a.ancestor_id AS province_id,"
        " row_number() OVER (ORDER BY k.unit_id) AS n FROM organizations_unitkind k"
        " JOIN organizations_ancestry a ON a.descendant_id = k.unit_id AND a.superseded_at IS NULL"
        " JOIN bench_province p ON p.unit_id = a.ancestor_id"
        " WHERE k.kind IN ('commune', 'ward', 'township', 'special_zone') AND k.validity @> '2020-06-30'::date"
        " AND a.validity @> '2020-06-30'::date"
    )


def _fill(first: int) -> None:
    """Straight into the table without index and triggers, which are put back: a load of minutes, not an hour."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'indicators_observation'")
        indexes = [row[0] for row in cursor.fetchall()]
    run("ALTER TABLE indicators_observation DISABLE TRIGGER USER; DROP INDEX observation_series, observation_batch")
    run(BATCHES, "batches, publications, evidence")
    run(PROVINCES, "provinces")
    run(WARDS.format(first=first), "communes")
    run("SET maintenance_work_mem = '1GB'")
    for index in indexes:
        run(index, "index")
    run("ALTER TABLE indicators_observation ENABLE TRIGGER USER")
    run("SELECT setval(pg_get_serial_sequence('indicators_batch', 'id'), (SELECT max(id) FROM indicators_batch))")
    run("VACUUM ANALYZE", "vacuum")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=FULL)
    parser.add_argument("--drop", action="store_true")
    options = parser.parse_args()
    if options.drop:
        connection.settings_dict.update(databases.choose(Path(settings.HOME), "owner"))
        drop()
        return 0
    with database():
        build(options.rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
