"""The same questions as depth_bench, asked over HTTP of the web server as it is started for use, by a signed-in person.

One client on one kept connection; from the first byte sent until the last one read. Beside each: bare SQL for the same
question, in the same minute.
"""

import gc
import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from bench import volume
from bench.depth_bench import CHANGES, LATEST, ROWS, SUM, Ground, bare
from bench.run import Result
from dienhong.config import databases
from dienhong.indicators import places, queries
from dienhong.indicators.models import Breakdown, Indicator
from dienhong.organizations.models import Person

TIMES, WARM = 200, 20
ROOT = Path(__file__).resolve().parents[1]
Asked = tuple[str, Callable[[], object]]  # an address, and the bare query for the same


class Site:
    """The web server on the bench's database, and one browser that is signed in."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, address: str) -> bytes:
        headers = {"Cookie": self.cookie, "Accept": "application/json", "Host": f"127.0.0.1:{self.port}"}
        self.line.request("GET", address, headers=headers)
        answer = self.line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{address}: {answer.status} {body[:300]!r}; bench-web.log in DIENHONG_HOME says why")
        return body


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def address(role: str) -> str:
    """The bench's database as a URL, for one of the application's users."""
    return databases.to_url(databases.choose(Path(settings.HOME), role), volume.NAME)


def environment(role: str = "app") -> dict[str, str]:
    """What a program of the application needs to work on the bench's database as that user."""
    home = str(Path(settings.HOME))
    mine = {"DATABASE_URL": address("app"), "DIENHONG_HOME": home, "DJANGO_SETTINGS_MODULE": "dienhong.config.settings"}
    mine |= {} if role == "app" else {databases.URL_OF[role]: address(role)}
    return os.environ | mine | {"DIENHONG_DATABASE_ROLE": role, "PYTHONPATH": str(ROOT)}


def cookie() -> str:
    person, _new = Person.objects.get_or_create(username="bench", defaults={"display_name": "Bench"})
    client = Client()
    client.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@contextmanager
def served() -> Iterator[Site]:
    """Granian in the shape of `manage.py up`, ended by its pid."""
    port = free_port()
    log = open(Path(settings.HOME) / "bench-web.log", "wb")  # noqa: SIM115 (the process writes to it until its end)
    shape = ["--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--no-ws", "--log-level", "warning"]
    threads = ["--workers", str(settings.WEB_WORKERS)]
    web = subprocess.Popen(
        [sys.executable, "-m", "granian", *shape, *threads, "dienhong.config.asgi:application"],
        cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                Site(port, "").get("/healthz")
                break
            except (OSError, http.client.HTTPException):
                if web.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the web server did not come up") from None
                time.sleep(0.2)
        yield Site(port, cookie())
    finally:
        web.terminate()
        web.wait(20)
        log.close()


def p95(took: list[float]) -> float:
    took = sorted(took[WARM:])
    return round(took[int(len(took) * 0.95) - 1] * 1000, 2)


def beside(name: str, site: Site, asked: list[Asked], target: float, note: str) -> Result:
    """Each question over HTTP and bare, by turns."""
    over, alone = [], []
    for address, query in asked:
        began = time.perf_counter()
        site.get(address)
        over.append(time.perf_counter() - began)
        began = time.perf_counter()
        query()
        alone.append(time.perf_counter() - began)
    said = f"{note}; median {statistics.median(over[WARM:]) * 1000:.0f}"
    return Result(f"reporting.HTTP, {name}", p95(over), "ms", target, p95(alone), note=said)


class Questions:
    """Addresses with varied indicators, breakdowns, months and units, all as of a past moment."""

    def __init__(self, ground: Ground) -> None:
        self.g = ground
        self.dice = random.Random(11)  # noqa: S311
        self.as_of = ground.past.at.isoformat()
        self.codes = dict(Indicator.objects.values_list("pk", "code"))
        self.breakdowns = dict(Breakdown.objects.values_list("pk", "key"))
        self.units = places.codes(ground.provinces, ground.months[-1].last)

    def address(self, path: str, **more: str) -> str:
        return f"{path}?{urlencode(more | {'as_of': self.as_of})}"

    def tables(self) -> Iterator[Asked]:
        g, months = self.g, [month.pk for month in self.g.months]
        span = {"since": g.months[0].key, "until": g.months[-1].key}
        for _ in range(TIMES):
            indicator, breakdown, source = g.series()
            path = f"/api/v1/indicators/{self.codes[indicator]}/table"
            values: list[object] = [indicator, months, g.provinces, breakdown, source, g.past.at]
            yield self.address(path, **span, breakdown=self.breakdowns[breakdown]), lambda v=values: bare(LATEST, v)

    def totals(self) -> Iterator[Asked]:
        g, whole = self.g, queries.total_breakdown()
        source = queries.authorities(g.communes.pk, [g.months[-1].pk], g.past)[g.months[-1].pk]
        for _ in range(TIMES):
            month = g.dice.choice(g.months[-4:])
            values: list[object] = [g.communes.pk, month.pk, whole, source, g.past.at]
            path = f"/api/v1/indicators/{g.communes.code}/total"
            yield self.address(path, period=month.key), lambda v=values: bare(SUM, v)

    def changes(self) -> Iterator[Asked]:
        g, whole = self.g, queries.total_breakdown()
        source = queries.authorities(g.communes.pk, [g.months[-1].pk], g.past)[g.months[-1].pk]
        for number in range(TIMES):
            now, before = g.months[-1 - number % 3], g.months[-2 - number % 3]
            side = [whole, source, g.past.at]
            values: list[object] = [g.communes.pk, now.pk, *side, g.communes.pk, before.pk, *side]
            path = f"/api/v1/indicators/{g.communes.code}/changes"
            yield self.address(path, period=now.key, before=before.key), lambda v=values: bare(CHANGES, v)

    def passport(self, code: str, month: str, unit: str, breakdown: int, kind: str = ".json") -> str:
        return self.address(f"/figures/{code}/calendar/{month}/{unit}{kind}", breakdown=self.breakdowns[breakdown])

    def leaves(self) -> Iterator[Asked]:
        g = self.g
        for number in range(TIMES):
            indicator, breakdown, source = g.series()
            month, unit = g.dice.choice(g.months), g.dice.choice(g.provinces)
            values: list[object] = [indicator, [month.pk], [unit], breakdown, source, g.past.at]
            kind = ".json" if number % 2 else "/"
            address = self.passport(self.codes[indicator], month.key, self.units[unit], breakdown, kind)
            yield address, lambda v=values: bare(LATEST, v)

    def nations(self) -> Iterator[Asked]:
        g, last = self.g, self.g.months[-1]
        for number in range(TIMES):
            indicator, breakdown, source = g.series()
            values: list[object] = [indicator, [last.pk], g.provinces, breakdown, source, g.past.at]
            kind = ".json" if number % 2 else "/"
            address = self.passport(self.codes[indicator], last.key, "VN", breakdown, kind)
            yield address, lambda v=values: bare(LATEST, v)

    def communes(self) -> Iterator[Asked]:
        g, whole = self.g, queries.total_breakdown()
        source = queries.authorities(g.communes.pk, [g.months[-1].pk], g.past)[g.months[-1].pk]
        for number in range(WARM + 40):
            month = g.dice.choice(g.months[-3:])
            values: list[object] = [g.communes.pk, month.pk, whole, source, g.past.at]
            kind = ".json" if number % 2 else "/"
            yield self.passport(g.communes.code, month.key, "VN", whole, kind), lambda v=values: bare(SUM, v)


def run() -> Iterator[Result]:
    with volume.database():
        volume.build(ROWS)
        asked = Questions(Ground())
        call_command("collectstatic", interactive=False, verbosity=0)
        gc.collect()
        gc.freeze()
        with served() as site:
            past = "p95, as of the past"
            yield beside("table 63 × 120", site, list(asked.tables()), 50, past)
            yield beside("total over communes", site, list(asked.totals()), 30, past)
            yield beside("ten largest changes", site, list(asked.changes()), 50, past)
            both = "p95, page and JSON by turns; beside: its figures"
            yield beside("passport, leaf", site, list(asked.leaves()), 100, both)
            yield beside("passport, nation of 63", site, list(asked.nations()), 300, both)
            yield beside("passport, nation of communes", site, list(asked.communes()), 300, both)


if __name__ == "__main__":
    for result in run():
        print(f"{'✓' if result.holds else '✗'} {result.name}: {result.value} {result.unit}, beside {result.against}")
