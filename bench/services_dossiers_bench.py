"""A million dossiers as officers list them, and whole dossiers filed over HTTP with two documents of 200 kB each.

Works in a database of its own (bench_dossiers), kept between runs; DIENHONG_BENCH_MILLION=100000 tries it on fewer.
Lists: a hundred rows and the exact count for officers who may see a thousand, seventy thousand and all, one at a time
and sixteen at once. Beside: the plain query (rows of `unit = ANY(…) ORDER BY due_at`, and count(*)) on the same rows.
Filing: the load generator is eight threads of this process, printed with what it, the web server and the database
used; beside: the same two files written and fsynced, and one row committed, by one thread.
"""

import datetime as dt
import http.client
import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from bench import cpu, http_bench, volume
from bench.run import Result
from dienhong.base import clock, store
from dienhong.dossiers.counting import sets
from dienhong.dossiers.counting.measures import OWN
from dienhong.dossiers.models import Dossier, Stay
from dienhong.dossiers.queries.lists import Asked, by_urgency, compact
from dienhong.dossiers.tests.desk import FADIL
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person

NAME = "bench_dossiers"
MANY = int(os.environ.get("DIENHONG_BENCH_MILLION", 1_000_000))
TIMES, WARM = 120, 20
AT_ONCE = 16
SENDERS = 8
FILED = int(os.environ.get("DIENHONG_BENCH_FILED", 400))
DOCUMENT = 200_000
SERVICE = "vehicle_registration_fee"
FILL = """
INSERT INTO dossiers_dossier (code, secret, version_id, service, unit_id, channel, status, status_since, declared_on,
    submitted_at, accepted_at, finished_at, due_at, marking, facts, token, demo)
SELECT 'B-' || n, 'x', %(version)s, %(service)s,
    (%(units)s::bigint[])[CASE WHEN n <= 1000 THEN 1 WHEN n <= 71000 THEN 2 ELSE 3 + n %% (%(count)s - 2) END],
    'online', s, filed + interval '2 days', date '2020-08-01', filed,
    CASE WHEN s > 1 THEN filed + interval '1 hour' END,
    CASE WHEN s = 9 THEN filed + interval '2 days' END,
    timestamptz '2020-08-01' + (n::bigint * 7919 %% 5000000) * interval '1 second', '{}', '{}', gen_random_uuid(), false
FROM (
    SELECT n, (ARRAY[1, 2, 4, 4, 4, 5, 6, 9])[1 + n %% 8] AS s,
        timestamptz '2019-10-01' + n * (interval '300 days' / %(many)s) AS filed
    FROM generate_series(1, %(many)s) n
) given
"""
# What a dossier left behind on its way, for counts of a past day: its first status, and why it is due when it is.
BEHIND = """
INSERT INTO dossiers_stay (dossier_id, status, since, until)
SELECT id, 1, submitted_at, status_since FROM dossiers_dossier WHERE status > 1;
INSERT INTO dossiers_duechange (dossier_id, after, cause, basis, at)
SELECT id, due_at, 'accepted', '', accepted_at FROM dossiers_dossier WHERE accepted_at IS NOT NULL
"""
COUNTED = dt.date(2020, 7, 1)  # a day on which thousands came and ended
PLAIN = """
SELECT id, code, service, unit_id, status, due_at FROM dossiers_dossier
WHERE unit_id = ANY(%s) AND status NOT IN (3, 8, 10) ORDER BY due_at, id LIMIT 100
"""
COUNT = "SELECT count(*) FROM dossiers_dossier WHERE unit_id = ANY(%s) AND status NOT IN (3, 8, 10)"


@contextmanager
def database() -> Iterator[None]:
    """As volume.database, under another name."""
    before, volume.NAME = volume.NAME, NAME
    try:
        with volume.database():
            yield
    finally:
        volume.NAME = before


def prepare() -> list[int]:
    """Tables, units, services, and the rows; returns the units in the order in which they were filled."""
    call_command("migrate", verbosity=0)
    for command in ("load_units", "load_partners", "load_services"):
        call_command(command)
    from dienhong.dossiers.actions.loading import current

    ids = organizations.units_by_code("tax", _day())
    units = [ids[code] for code in sorted(ids)]
    if Dossier.objects.count() < MANY or not Stay.objects.exists():
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE dossiers_dossier, dossiers_tally CASCADE")
            values = {
                "version": current(SERVICE).pk,
                "service": SERVICE,
                "units": units,
                "count": len(units),
                "many": MANY,
            }
            cursor.execute(FILL, values)
            cursor.execute(BEHIND)
            for table in ("dossier", "stay", "duechange"):
                cursor.execute(f"VACUUM ANALYZE dossiers_{table}")
        compact()
    return units


def _day() -> dt.date:
    return clock.DEMO_DAY


def p95(took: list[float]) -> float:
    took = sorted(took)
    return round(took[int(len(took) * 0.95) - 1] * 1000, 2)


def timed(ask: Callable[[], object], times: int = TIMES) -> list[float]:
    took = []
    for n in range(times + WARM):
        began = time.perf_counter()
        ask()
        if n >= WARM:
            took.append(time.perf_counter() - began)
    return took


def lists(units: list[int]) -> Iterator[Result]:
    seen = {"1 thousand": units[:1], "70 thousand": units[1:2], "all": units}
    for words, mine in seen.items():
        asked = Asked({"": mine})
        rows = by_urgency(asked)
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [mine])
            exact = cursor.fetchone()[0]
        if rows.total != exact:
            raise RuntimeError(f"the list says {rows.total}, there are {exact}")
        alone = p95(timed(lambda mine=mine: plain(mine), 20))
        note = f"p95, 100 rows of {exact} with the exact count; beside: ORDER BY … LIMIT and count(*)"
        yield Result(f"services.list, {words}", p95(timed(lambda a=asked: by_urgency(a))), "ms", 40, alone, note=note)
    yield Result(
        f"services.list, all, {AT_ONCE} at once", p95(together(Asked({"": units}))), "ms", 250, note="p95, by threads"
    )


def plain(units: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [units])
        cursor.fetchall()
        cursor.execute(COUNT, [units])
        cursor.fetchone()


def together(asked: Asked) -> list[float]:
    took: list[float] = []

    def work() -> None:
        try:
            took.extend(timed(lambda: by_urgency(asked), 20))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def counting() -> Iterator[Result]:
    """One day counted by service and unit up to the top: what happened on it, and what was open at its end."""
    window = sets.Window(COUNTED, COUNTED, dt.datetime(2020, 7, 2, 1, tzinfo=clock.HANOI), clock.record_now())
    began = time.perf_counter()
    found = sets.count(window, [each.what for each in OWN])
    took = time.perf_counter() - began
    there = sum(each.number for each in found if each.what == "open" and each.status is None)
    note = f"{len(found)} figures with their digests of {Dossier.objects.count()} dossiers; sets hold {there} open ones"
    yield Result("services.count one day", round(took, 2), "s", 60, note=note)


class Sender:
    """One client: a session, one line, whole dossiers as multipart."""

    def __init__(self, port: int, cookie: str, token: str, document: bytes) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": cookie, "X-CSRFToken": token, "Host": f"127.0.0.1:{port}"}
        self.document = document

    def file(self, number: int) -> float:
        data = {**FADIL, "chassis_no": f"RLBENCH{number:010d}"}
        boundary = uuid.uuid4().hex
        parts = [part(boundary, 'name="content"', json.dumps(data).encode())]
        for name in ("a", "b"):
            head = f'name="files"; filename="other_papers:{name}.pdf"'
            parts.append(part(boundary, head, self.document + uuid.uuid4().bytes))
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        headers = {**self.headers, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        began = time.perf_counter()
        self.line.request("POST", f"/api/v1/services/{SERVICE}/dossiers", body=body, headers=headers)
        answer = self.line.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {said[:300]!r}")
        return time.perf_counter() - began


def part(boundary: str, head: str, body: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body + b"\r\n"


def document() -> bytes:
    """A PDF of about 200 kB by its first bytes; the rest is noise that nothing compresses."""
    return b"%PDF-1.4\n" + os.urandom(DOCUMENT) + b"\n%%EOF\n"


def filing() -> Iterator[Result]:
    person, _new = Person.objects.get_or_create(username="bench", defaults={"display_name": "Bench"})
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    token = "b" * 32
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
    first = Dossier.objects.count() * 10
    paper = document()
    with http_bench.served() as site:
        for n in range(SENDERS * 2):  # what is built once in each worker is built
            Sender(site.port, cookie, token, paper).file(first + n)
        took: list[float] = []
        used = cpu.own(), cpu.started(), cpu.database()
        began = time.perf_counter()
        per = FILED // SENDERS

        def work(place: int) -> None:
            sender = Sender(site.port, cookie, token, paper)
            took.extend(sender.file(first + 1000 + place * per + n) for n in range(per))

        threads = [threading.Thread(target=work, args=(place,)) for place in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        passed = time.perf_counter() - began
        used = cpu.own() - used[0], cpu.started() - used[1], cpu.database() - used[2]
    client, web, database = (round(each * 1000 / len(took), 1) for each in used)
    note = f"{len(took)} dossiers, {SENDERS} senders; beside: two files written and a row committed, one thread"
    alone = files_alone(paper)
    yield Result("services.filing", round(len(took) / passed, 1), "/s", 40, alone, at_most=False, note=note)
    yield Result("services.filing, p95", p95(took), "ms", 300, note=f"{SENDERS} at once")
    note = f"of one filing: load generator {client}, web server {web}, database {database}"
    yield Result("services.filing, CPU", round(client + web + database, 1), "ms", 50, note=note)


def files_alone(paper: bytes) -> float:
    """How often a second two such files are kept and one row is committed, by one thread."""
    began = time.perf_counter()
    for _n in range(20):
        store.put(paper + uuid.uuid4().bytes)
        store.put(paper + uuid.uuid4().bytes)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO dossiers_tally (unit_id, service, status, number) VALUES (0, '', 1, 0)")
    return round(20 / (time.perf_counter() - began), 1)


def run() -> Iterator[Result]:
    Path(settings.STORE).mkdir(parents=True, exist_ok=True)
    with database():
        units = prepare()
        yield from lists([*units])
        yield from counting()
        yield from filing()


if __name__ == "__main__":
    for row in run():
        print(row)
