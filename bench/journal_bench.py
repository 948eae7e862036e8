"""How fast the journal is, beside bare INSERT and COPY in the same minute.

Works in a database of its own (bench_journal) on the configured server and drops it afterwards.
DIENHONG_BENCH_SEALED=10000 tries it on a short journal.
"""

import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from psycopg.types.json import Jsonb

from bench.run import Result
from dienhong.base import clock
from dienhong.config import databases
from dienhong.journal import actions, sealer, verifier

NAME = "bench_journal"
SECONDS = 4.0
SEALED = int(os.environ.get("DIENHONG_BENCH_SEALED", "1000000"))
UNSEALED = SEALED // 10
REASON = "Gửi báo cáo quý II năm 2020"
DATA = {"regime": "RR22", "version": 3, "cells": 120}


def bare() -> None:
    """The same columns into the same table without trigger, queue and label."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bare_event (at, business_at, verb, actor, actor_commitment, object_kind, object_id,"
            " unit_id, from_state, to_state, reason, data, request_id) VALUES (clock_timestamp(), %s, 'version.send',"
            " 'person:7', '', 'version', '81', '5', '40', '50', %s, %s, 'r1') RETURNING id",
            [clock.business_now(), REASON, Jsonb(DATA)],
        )


def recorded() -> None:
    with transaction.atomic():
        actions.record(
            by="person:7", verb="version.send", object_kind="version", object_id=81, unit_id=5, from_state=40,
            to_state=50, reason=REASON, data=DATA, request_id="r1",
        )  # fmt: skip


def _worker(work: Callable[[], None], seconds: float, go: Any, counts: Any, at: int) -> None:
    work()
    go.wait()
    end, done = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        work()
        done += 1
    counts[at] = done
    connection.close()


def rate(work: Callable[[], None], clients: int, seconds: float) -> float:
    """Transactions a second of `clients` processes, each with a connection."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    go, counts = fork.Barrier(clients), fork.Array("l", clients)
    workers = [fork.Process(target=_worker, args=(work, seconds, go, counts, at)) for at in range(clients)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    if any(each.exitcode for each in workers):
        raise SystemExit("a client failed: see above")
    return sum(counts) / seconds


def recording() -> Iterator[Result]:
    for clients in (1, 16):
        figures: dict[str, list[float]] = {"bare": [], "record": []}
        for _ in range(2):
            figures["bare"].append(rate(bare, clients, SECONDS))
            figures["record"].append(rate(recorded, clients, SECONDS))
        best = {name: round(max(values)) for name, values in figures.items()}
        yield Result(
            f"reporting.journal, {clients} recording", best["record"], "events/s", None, best["bare"], at_most=False,
            note="beside: the same columns without trigger and queue",
        )  # fmt: skip
    fork = multiprocessing.get_context("fork")
    connections.close_all()
    beside = fork.Process(target=_seal_beside)
    beside.start()
    try:
        made = round(rate(recorded, 16, SECONDS))
    finally:
        beside.terminate()
        beside.join()
    yield Result("reporting.journal, 16 recording, sealer at work", made, "events/s", at_most=False)


def _seal_beside() -> None:
    import signal

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    sealer.run(stop)


def fill(sealed: int, unsealed: int) -> None:
    """Rows that look sealed (their hashes are not), and a backlog that is to be sealed."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_event DISABLE TRIGGER journal_enter")
        cursor.execute(
            "INSERT INTO journal_event (at, business_at, verb, actor, actor_commitment, object_kind, object_id,"
            " unit_id, from_state, to_state, reason, data, request_id) SELECT clock_timestamp(), now(), 'version.send',"
            " 'person:' || mod(n, 900), '', 'version', n, mod(n, 700), '40', '50', '', '{\"cells\": 120}', 'r'"
            " FROM generate_series(1, %s) n",
            [sealed],
        )
        cursor.execute("ALTER TABLE journal_event ENABLE TRIGGER journal_enter")
        cursor.execute(
            "INSERT INTO journal_seal (position, event_id, prev, hash)"
            " SELECT (SELECT max(last_position) FROM journal_sealbatch) + row_number() OVER (ORDER BY e.id), e.id,"
            " sha256('a'), sha256('b') FROM journal_event e WHERE NOT EXISTS"
            " (SELECT 1 FROM journal_seal s WHERE s.event_id = e.id)"
        )
        cursor.execute("VACUUM ANALYZE journal_event, journal_seal")
        cursor.execute(
            "INSERT INTO journal_event (business_at, verb, actor, actor_commitment, object_kind, object_id,"
            " unit_id, from_state, to_state, reason, data, request_id) SELECT now(), 'version.send',"
            " 'person:7', '', 'version', n, mod(n, 700), '40', '50', %s, '{\"cells\": 120}', 'r'"
            " FROM generate_series(1, %s) n",
            [REASON, unsealed],
        )


def sealing() -> Iterator[Result]:
    fill(SEALED, UNSEALED)
    rounds: list[float] = []
    began = time.monotonic()
    while True:
        start = time.monotonic()
        if not sealer.seal_once():
            break
        rounds.append(time.monotonic() - start)
    took = time.monotonic() - began
    copied = _copy_seals(UNSEALED)
    yield Result(
        "reporting.journal, sealing a backlog", round(UNSEALED / took), "events/s", None, round(UNSEALED / copied),
        at_most=False, note=f"{UNSEALED} beside {SEALED} sealed; beside: COPY of as many seals alone",
    )  # fmt: skip
    longest = round(max(rounds) * 1000, 1)
    yield Result("reporting.journal, longest round", longest, "ms", note=f"{sealer.BATCH} events a round")
    times = []
    for _ in range(20):
        recorded()
        start = time.monotonic()
        sealer.seal_once()
        times.append((time.monotonic() - start) * 1000)
    yield Result("reporting.journal, round of one event", round(sorted(times)[10], 1), "ms", note="median of 20")


def _copy_seals(count: int) -> float:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_seal (LIKE journal_seal INCLUDING ALL)")
        began = time.monotonic()
        for start in range(0, count, sealer.BATCH):
            with (
                transaction.atomic(),
                cursor.copy("COPY bare_seal (position, event_id, prev, hash) FROM STDIN (FORMAT BINARY)") as copy,
            ):
                copy.set_types(["int8", "int8", "bytea", "bytea"])
                for number in range(start, start + sealer.BATCH):
                    copy.write_row((number, number, bytes(32), bytes(32)))
        return time.monotonic() - began


def verifying() -> Iterator[Result]:
    """Seal what was recorded until now, and check it."""
    while sealer.seal_once():
        continue
    began, check = time.monotonic(), verifier.Verifier()
    found = len(list(check.findings()))
    if found:
        raise RuntimeError(f"the verifier found {found} faults in a journal nobody touched")
    speed = round(check.events / (time.monotonic() - began))
    yield Result("reporting.journal, verifying", speed, "events/s", at_most=False, note=f"{check.events} events")


def run() -> Iterator[Result]:
    before = dict(connection.settings_dict)
    connections.close_all()
    connection.settings_dict.update(databases.choose(Path(settings.HOME), "owner"))
    parameters = {**connection.get_connection_params(), "dbname": "postgres", "cursor_factory": psycopg.ClientCursor}
    connection.ensure_connection()
    connections.close_all()
    with psycopg.connect(**parameters, autocommit=True) as server, tempfile.TemporaryDirectory() as folder:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
        settings.DATABASES["default"] |= connection.settings_dict | {"NAME": NAME}
        connection.settings_dict["NAME"] = NAME
        steps = dict(sealer._steps)
        sealer._steps.clear()  # the other rooms have no tables here
        settings.JOURNAL_HOME = Path(folder)  # keys and roots of these events lie nowhere else
        try:
            for app in ("base", "journal"):
                call_command("migrate", app, verbosity=0)
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLE bare_event (LIKE journal_event INCLUDING ALL)")
            yield from recording()
            yield from verifying()
            yield from sealing()
        finally:
            connections.close_all()
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
            connection.settings_dict.update(before)
            settings.DATABASES["default"] |= before
            del settings.JOURNAL_HOME
            sealer._steps.update(steps)
