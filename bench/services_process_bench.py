"""The process engine on the fee's own process: steps a CPU second, the database's included; bytes a waiting dossier.

Works in a database of its own (bench_process) on the configured server and drops it afterwards. CPU is what this
process and every process of the server used, read from /proc. Delegates do nothing: what is measured is the engine, its
rows and the journal. Beside: SpiffWorkflow on the same file and the same events, its case read from and written to one
row as JSON. DIENHONG_BENCH_DOSSIERS=200 tries it on few.
"""

import datetime as dt
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from psycopg.types.range import DateRange

from bench import cpu
from bench.run import Result
from dienhong.base import clock
from dienhong.config import databases
from dienhong.dossiers.models import Dossier, Service, ServiceVersion
from dienhong.dossiers.process import compiler, persist, registry, timers
from dienhong.dossiers.process.runtime import Event, done, message
from dienhong.organizations.models import Unit

NAME = "bench_process"
FEE = Path(__file__).resolve().parents[1] / "dienhong" / "services" / "vehicle_registration_fee" / "process.bpmn"
SINGLY = int(os.environ.get("DIENHONG_BENCH_DOSSIERS", 300))
IN_BATCH = SINGLY * 20
BATCH = 1000
BY = "job:bench"
FACTS: dict[str, Any] = {
    "accepted": False, "paid": False, "amount": 0, "table_hit": False, "register_match": False,
}  # fmt: skip
CHANGES = {"accept": {"accepted": True}, "compute_fee": {"amount": 40_000_000}}
# One way through, six steps: filed, accepted, register answers, base fixed, paid, delivered.
WAY: tuple[tuple[Callable[[int], Event], dict[str, Any]], ...] = (
    (lambda _n: done("accept_check"), {"acceptance": "accept"}),
    (lambda n: message("register_answered", f"answer:{n}"), {"register_match": True}),
    (lambda _n: done("fix_base"), {}),
    (lambda n: message("fee_paid", f"capture:{n}"), {"paid": True}),
    (lambda n: message("result_delivered", f"delivery:{n}"), {}),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """Steps a CPU second, and where the milliseconds of one went."""

    steps: float
    python: float
    database: float

    @property
    def note(self) -> str:
        return f"{self.python:.2f} ms of Python and {self.database:.2f} ms of the database a step"


def rate(work: Callable[[], int]) -> Rate:
    own, database = cpu.own(), cpu.database()
    steps = work()
    own, database = cpu.own() - own, cpu.database() - database
    return Rate(round(steps / (own + database), 1), own * 1000 / steps, database * 1000 / steps)


def file(version: ServiceVersion, unit: Unit, count: int) -> list[Dossier]:
    now = clock.business_now()
    first = Dossier.objects.count()
    return Dossier.objects.bulk_create(
        Dossier(
            code=f"B{first + n:08}", secret="x",  # noqa: S106 (a bench)
            version=version, service=version.service.code, unit=unit, status=1,
            declared_on=now.date(), submitted_at=now, status_since=now, token=uuid.uuid4(), demo=True,
        )
        for n in range(count)
    )  # fmt: skip


def singly(version: ServiceVersion, unit: Unit) -> int:
    dossiers = file(version, unit, SINGLY)
    for n, dossier in enumerate(dossiers):
        persist.begin(dossier, FACTS, by=BY)
        for event, facts in WAY:
            persist.step(dossier.pk, event(n), by=BY, facts=facts)
    return len(dossiers) * (len(WAY) + 1)


def begun(version: ServiceVersion, unit: Unit) -> list[int]:
    dossiers = file(version, unit, IN_BATCH)
    for start in range(0, len(dossiers), BATCH):
        with transaction.atomic():
            for dossier in dossiers[start : start + BATCH]:
                persist.begin(dossier, FACTS, by=BY)
    return [dossier.pk for dossier in dossiers]


def in_batch(ids: list[int], way: Any) -> int:
    moved = 0
    for event, facts in way:
        for start in range(0, len(ids), BATCH):
            batch = persist.steps_in_batch(ids[start : start + BATCH], event(0), by=BY, facts=facts)
            assert not batch.failed, list(batch.failed.values())[:2]
            moved += len(batch.moved)
    assert moved == len(ids) * len(way), moved
    return moved


def by_timer() -> int:
    """Every dossier that waits for money lapses at once."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossiers_place SET timer_at = now() - interval '1 day' WHERE element = 'payment_late'")
    return timers.fire()


def bytes_waiting(ids: list[int]) -> float:
    """Rows and indexes of places, and the dossier's own marking and facts, freshly packed."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL dossiers_place")
        cursor.execute(
            "SELECT pg_total_relation_size('dossiers_place')"
            " + (SELECT sum(pg_column_size(marking) + pg_column_size(facts)) FROM dossiers_dossier WHERE id = ANY(%s)),"
            " (SELECT count(DISTINCT dossier_id) FROM dossiers_place)",
            [ids],
        )
        size, waiting = cursor.fetchone()
    assert waiting == len(ids), waiting
    return round(float(size) / waiting, 1)


def peer() -> tuple[float, float]:
    """SpiffWorkflow, as its manual keeps a case: read, step, write, each in a transaction. Steps/CPU s, bytes."""
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
    from SpiffWorkflow.bpmn.serializer.default import BpmnTaskSpecConverter

    from dienhong.dossiers.tests import spiff

    made = spiff.specs(FEE.read_bytes())
    keeper = BpmnWorkflowSerializer(
        BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, spiff.Done: BpmnTaskSpecConverter})
    )
    sizes: list[int] = []

    def work() -> int:
        steps = 0
        for n in range(max(SINGLY // 10, 5)):
            oracle = spiff.Oracle(made, dict(FACTS))
            steps += 1
            facts: dict[str, Any] = dict(FACTS) | {"before": 0}
            _store(n, keeper.serialize_json(oracle.workflow), first=True)
            for event, decided in WAY:
                facts |= decided | {"accepted": True, "amount": 40_000_000}
                with transaction.atomic():
                    kept = _fetch(n)
                    oracle.workflow = keeper.deserialize_json(kept)
                    oracle.workflow.script_engine = oracle.engine
                    oracle.send(event(n), facts)
                    _store(n, keeper.serialize_json(oracle.workflow))
                steps += 1
                if event is WAY[1][0]:
                    sizes.append(len(kept))
        return steps

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_spiff (id int PRIMARY KEY, kept text)")
    return rate(work).steps, round(sum(sizes) / len(sizes), 1)


def _fetch(n: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kept FROM bench_spiff WHERE id = %s FOR UPDATE", [n])
        return str(cursor.fetchone()[0])


def _store(n: int, kept: str, *, first: bool = False) -> None:
    statement = (
        "INSERT INTO bench_spiff (kept, id) VALUES (%s, %s)"
        if first
        else "UPDATE bench_spiff SET kept = %s WHERE id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [kept, n])


def ground() -> tuple[ServiceVersion, Unit]:
    process = compiler.compile(FEE.read_bytes())
    registry._watchers.clear()
    for action in {node.action for node in process.nodes.values() if node.action}:
        registry._delegates[action] = lambda context: CHANGES.get(context.node.action)
    service = Service.objects.create(code="vehicle-registration-fee")
    version = ServiceVersion.objects.create(
        service=service, number=1, digest="0" * 64, sheet={}, form={}, process=process.json(), drawing=process.digest
    )
    return version, Unit.objects.create(validity=DateRange(dt.date(2000, 1, 1), None))


def measure() -> Iterator[Result]:
    version, unit = ground()
    singly(version, unit)  # warm
    ours = rate(lambda: singly(version, unit))
    theirs, their_bytes = peer()
    yield Result(
        "services.process, steps singly", ours.steps, "steps/CPU s", 400, theirs, at_most=False,
        note=f"{SINGLY} dossiers, six steps each; {ours.note}; beside: SpiffWorkflow with its JSON in a row",
    )  # fmt: skip
    ids = begun(version, unit)
    half = rate(lambda: in_batch(ids, WAY[:1]))
    Dossier.objects.exclude(pk__in=ids).delete()
    kept = bytes_waiting(ids)
    yield Result(
        "services.process, bytes a waiting dossier", kept, "bytes", 1024, their_bytes,
        note="in two tasks with two timers; rows, indexes, marking and facts; beside: SpiffWorkflow's JSON",
    )  # fmt: skip
    rest = rate(lambda: in_batch(ids, WAY[1:3]))
    waiting = len(ids)
    slower = min(half, rest, key=lambda each: each.steps)
    fired = rate(by_timer)
    yield Result(
        "services.process, steps in batches", slower.steps, "steps/CPU s", 2000, theirs, at_most=False,
        note=f"{waiting} dossiers, {BATCH} at once; the slower of two stretches: {slower.note}",
    )  # fmt: skip
    yield Result(
        "services.process, timers", fired.steps, "steps/CPU s", 2000, at_most=False,
        note=f"{waiting} that lapse at once, {timers.AT_ONCE} a transaction; {fired.note}",
    )  # fmt: skip


def run() -> Iterator[Result]:
    before = dict(connection.settings_dict)
    connections.close_all()
    connection.settings_dict.update(databases.choose(Path(settings.HOME), "owner"))
    parameters = {**connection.get_connection_params(), "dbname": "postgres", "cursor_factory": psycopg.ClientCursor}
    connection.ensure_connection()
    connections.close_all()
    with psycopg.connect(**parameters, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
        settings.DATABASES["default"] |= connection.settings_dict | {"NAME": NAME}
        connection.settings_dict["NAME"] = NAME
        try:
            call_command("migrate", verbosity=0)
            persist.forget()
            yield from measure()
        finally:
            connections.close_all()
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
            connection.settings_dict.update(before)
            settings.DATABASES["default"] |= before


if __name__ == "__main__":
    for result in run():
        print(f"{'✓' if result.holds else '✗'} {result.name}: {result.value} {result.unit}, beside {result.against}")
