"""kill -9 of the application and of the database under a hundred connected walls: all come back by themselves and show
the right value; what the figure closes, opens and raises is neither lost nor doubled.

A province's figure goes down and up. Each time it has to reach every wall, close or open again a directive with a
condition and a cross-check, and raise or end an alert; each time something is killed while that is under way.
"""

import asyncio
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from dienhong.centre.testing import events
from tests.centre_site import start
from tests.killing import RESCUE, ROOT, TIME_PASSES, Site, Visitor, change, rows

pytestmark = pytest.mark.embedded_only
WALLS = 100
SEED = int(os.environ["DIENHONG_TEST_SEED"])
LOW, HIGH, COUNTED = 40, 95, 40
SILENCE = 25  # seconds without a beat after which a display opens its stream anew, as static/centre/screen.js does
# What is killed while the figure of that round is on its way.
ROUNDS = (
    (LOW, ("web",)), (HIGH, ("live",)), (LOW, ("database",)), (HIGH, ("sealer", "database")),
    (LOW, ("web", "live", "sealer", "worker", "database")),
)  # fmt: skip
PREPARE = """
import datetime as dt, json, sys, django
django.setup()
from decimal import Decimal
from django.core.management import call_command
from dienhong.base import clock
from dienhong.centre import actions as centre, spec, wall_actions
from dienhong.centre.models import Column
from dienhong.directives import actions as directives
from dienhong.directives.actions import Task, Wanted
from dienhong.directives.conditions.basis import Asked
from dienhong.indicators import queries
from dienhong.indicators.actions import ensure_breakdown, ensure_period, ensure_source, set_authority
from dienhong.indicators.models import Source
from dienhong.indicators.testing import publish
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person
from dienhong.watch import actions as watch
from dienhong.watch.actions import Wording
for command in (["collectstatic", "--no-input"], ["demo_day"], ["load_units"], ["load_catalogue"], ["demo_accounts"],
                ["load_columns"]):
    call_command(*command, verbosity=0, stdout=sys.stderr)
publish()
exec(SAYING)
set_authority(by="job:test", indicator=late, source=reported, validity=(None, None))
say(80)
say(COUNTED, counted)
publish()
boss, officer = (Person.objects.get(username=name) for name in ("mau-vpcp-lanh-dao", "mau-dieu-hanh"))
office = organizations.unit_by_code("agency", "OOG", clock.DEMO_DAY)
asked = Asked(late, province.pk, ensure_breakdown({}).pk, 0)
wanted = Wanted(asked, quarter, "≤", Decimal(50), "same")
task = Task(province, "Giảm hồ sơ quá hạn.", dt.date(2020, 9, 30), condition=wanted)
directives.issue(by=boss, issuer=office, title="Hồ sơ quá hạn", tasks=[task], figure=(asked, quarter))
watch.write_rule(by=boss, owner=office, wording=Wording(
    "Quá hạn nhiều", late, "quarter", province, "level", side=">", bound=Decimal(90), receivers=(office,)))
tile = {"id": "t1", "form": "figure", "indicator": "08.003", "calendar": "decree09", "kind": "quarter", "unit": "10"}
data = {"schema": spec.SCHEMA, "tiles": [tile]}
column = Column.objects.get(key="administration")
centre.make_board(by=officer, column=column, name_vi="Bảng", name_en="Board", data=data)
scene = {"key": "s1", "name_vi": "Một", "seconds": 40, "screens": [{"board": "bang", "page": 1}]}
show = {"schema": "dienhong.show/1", "across": 1, "down": 1, "scenes": [scene]}
wall_actions.make_show(by=officer, name_vi="Tường", name_en="Wall", data=show)
print(json.dumps({"people": dict(Person.objects.values_list("username", "pk"))}))
"""
# The figure is said by a program of its own, which says it again until it was taken.
SAYING = """
import time
from decimal import Decimal
from django.db import InterfaceError, OperationalError, connection, transaction
from dienhong.base import clock
from dienhong.indicators import queries
from dienhong.indicators.actions import Row, ensure_breakdown, ensure_period, ensure_source, write_batch
from dienhong.indicators.models import Source, Stage
from dienhong.organizations import queries as organizations

def say(value, source=None):
    row = Row(late.pk, quarter.pk, province.pk, ensure_breakdown({}).pk, 0, Decimal(value), 0, Stage.OFFICIAL)
    with transaction.atomic():
        write_batch(by="job:test", source=source or reported, reporter=province, rows=[row], evidence=[])

late, quarter = queries.indicator("08.003"), ensure_period("decree09", "2020-Q2")
province = organizations.unit_by_code("gso", "10", clock.DEMO_DAY)
reported = ensure_source(key="regime:RR22", kind=Source.Kind.REGIME, name_vi="RR22")
counted = ensure_source(key="count:dossiers", kind=Source.Kind.COUNT, name_vi="Đếm từ hồ sơ")
"""
FEEDING = """
import sys, django
django.setup()
exec(sys.argv[1])
for line in sys.stdin:
    while True:
        try:
            say(int(line))
            break
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.1)
    print("said", flush=True)
"""


class Wall:
    """One display: it holds what it was sent, and comes back by itself when its line breaks."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie, self.wait = port, cookie, 0.5
        self.last, self.html, self.opened, self.faults = "", "", 0, []  # type: str, str, int, list[str]

    @property
    def value(self) -> int | None:
        found = re.search(r'class="value"><a[^>]*>(\d+)</a>', self.html)
        return int(found[1]) if found else None

    async def live(self) -> None:
        while True:
            opened = self.opened
            with suppress(OSError, ValueError, asyncio.IncompleteReadError):  # the line breaks
                await self.listen()
            self.wait = 0.5 if self.opened > opened else min(4.0, self.wait * 2)  # as static/centre/screen.js
            await asyncio.sleep(self.wait)

    async def listen(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        try:
            ask = f"GET /live/walls/tuong?lang=vi HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.cookie}\r\n"
            writer.write(f"{ask}Last-Event-ID: {self.last}\r\n\r\n".encode())
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SILENCE)
            status = int(head.split()[1])
            if status != 200:
                self.faults += [f"{status}"] if status not in (500, 502, 503) else []
                return
            self.opened += 1
            async for event in events(reader, SILENCE):
                self.read(event)
        finally:
            writer.close()

    def read(self, event: dict[str, str]) -> None:
        if "id" in event:
            if self.last and int(event["id"]) < int(self.last):
                self.faults.append(f"{event['id']} after {self.last}")
            self.last = event["id"]
        if event.get("event") in ("all", "change"):
            tiles = json.loads(event["data"]).get("tiles", {})
            self.html = tiles.get("bang/t1", {}).get("html", self.html)


class Hall:
    """All walls, in a loop of their own."""

    def __init__(self, site: Site) -> None:
        who = Visitor(site, "mau-dieu-hanh")
        cookie = f"sessionid={who.cookies['sessionid']}"
        self.walls = [Wall(site.port, cookie) for _number in range(WALLS)]
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self) -> "Hall":
        self.thread.start()
        for wall in self.walls:
            asyncio.run_coroutine_threadsafe(wall.live(), self.loop)
        return self

    def __exit__(self, *_: object) -> None:
        async def end() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def show(self, value: int) -> bool:
        return all(wall.value == value for wall in self.walls)


class Feeder:
    def __init__(self, site: Site) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", FEEDING, SAYING], cwd=ROOT, env=site.environment("app"), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def begin(self, value: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{value}\n")
        self.process.stdin.flush()

    def taken(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "said\n"

    def __enter__(self) -> "Feeder":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate(timeout=20)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    try:
        script = PREPARE.replace("SAYING", repr(SAYING)).replace("COUNTED", str(COUNTED))
        site.prepare(script)
        run(site)
        site.until_ready()
        yield site
    finally:
        site.stop()


def run(site: Site) -> None:
    """What does not run begins again, as under the supervisor."""
    start(site)
    if "web" not in site.running:
        site.start_web()


STATES = "SELECT state FROM directives_assignmentstate ORDER BY id"
DIFFERENCES = "SELECT state FROM watch_differencestate ORDER BY id"
JOBS = (
    "SELECT j.task_name, j.status, j.attempts, now() - w.last_heartbeat FROM procrastinate_jobs j"
    " LEFT JOIN procrastinate_workers w ON w.id = j.worker_id WHERE j.status IN ('todo', 'doing') AND j.attempts > 0"
)
ALERTS = "SELECT alert_id, state FROM watch_alertstate ORDER BY id"


def told(site: Site) -> tuple[list[str], list[str], list[tuple[int, str]]]:
    """What figures decided: of the directive, of the cross-check, of the alerts."""
    return (
        [state for (state,) in rows(site, STATES)],
        [state for (state,) in rows(site, DIFFERENCES)],
        [(alert, state) for alert, state in rows(site, ALERTS)],
    )


def expected(done: list[int]) -> tuple[list[str], list[str], list[str]]:
    """What has to follow from these figures, each once."""
    orders = ["issued"] + ["closed" if value == LOW else "reopened" for value in done]
    checks = ["open"] + ["closed" if value == LOW else "reopened" for value in done]
    alerts = ["raised" if value == HIGH else "closed" for value in done[1:]]  # the first one finds none to end
    return orders, checks, alerts


def follows(site: Site, done: list[int]) -> bool:
    try:
        orders, checks, alerts = told(site)
    except psycopg.OperationalError:
        return False  # the database is not back yet
    return (orders, checks, [state for _alert, state in alerts]) == expected(done)


def test_a_hundred_walls_come_back_and_nothing_is_lost_or_doubled(site: Site) -> None:
    dice, done = random.Random(SEED), []  # type: random.Random, list[int]
    print(f"DIENHONG_TEST_SEED={SEED}")
    with Feeder(site) as feeder, Hall(site) as hall:
        wait(site, hall, 80, done)
        for value, victims in ROUNDS:
            feeder.begin(value)
            time.sleep(dice.uniform(0, 0.3))  # amid whatever is under way
            for victim in victims:
                site.strike(victim)
            run(site)
            feeder.taken()
            done.append(value)
            if "worker" in victims:
                site.until_ready()
                change(site, *TIME_PASSES)
                site.run("app", "-c", RESCUE)
            wait(site, hall, value, done)
        faults = [fault for wall in hall.walls for fault in wall.faults]
    assert not faults, faults[:5]
    assert min(wall.opened for wall in hall.walls) >= 3, "the kills met no wall"
    check(site, done)


def wait(site: Site, hall: Hall, value: int, done: list[int]) -> None:
    """Until every wall shows the value and all has followed; what died meanwhile begins again."""
    deadline = time.monotonic() + 60
    while not (hall.show(value) and follows(site, done)):
        if time.monotonic() > deadline:
            shown = Counter(wall.value for wall in hall.walls)
            jobs = rows(site, JOBS)
            raise AssertionError(f"{shown} and not {value}; {told(site)} and not {expected(done)}; {jobs}")
        run(site)
        time.sleep(0.1)


def check(site: Site, done: list[int]) -> None:
    """Still so when all is quiet; each alert was raised once and ended once; the journal has each of it once, whole."""
    assert (*told(site)[:2], [state for _alert, state in told(site)[2]]) == expected(done)
    assert len(set(told(site)[2])) == len(told(site)[2])
    verbs = dict(rows(site, "SELECT verb, count(*)::int FROM journal_event GROUP BY verb"))
    ups, downs = done.count(HIGH), done.count(LOW)
    wanted = {
        "directives.close_by_number": downs, "directives.reopen_by_number": ups, "watch.alert_raised": ups,
        "watch.alert_closed": downs - 1, "watch.difference_closed": downs, "watch.difference_reopened": ups,
    }  # fmt: skip
    assert {verb: verbs.get(verb, 0) for verb in wanted} == wanted
    assert not rows(site, "SELECT id, task_name, status FROM procrastinate_jobs WHERE status = 'failed'")
    site.run("owner", "manage.py", "verify_journal")  # ends with an error where it finds anything
