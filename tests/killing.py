"""A site of its own to kill, and people who talk to it over plain HTTP."""

import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psycopg

from dienhong.config.embedded import NAME, Server
from dienhong.config.tests.test_up import below, free_port
from tests.nursery import Child, Nursery

ROOT = Path(__file__).resolve().parents[1]
PREPARE = """
import json, sys, django
django.setup()
from django.core.management import call_command
from psycopg.types.range import DateRange
from dienhong.base import periods
from dienhong.indicators.models import Source
from dienhong.organizations import queries
from dienhong.organizations.models import Grant, Person
from dienhong.reporting import actions, regime_files
from dienhong.reporting.models import Duty
call_command("collectstatic", interactive=False, verbosity=0)
for command in ("demo_day", "load_units", "load_catalogue"):
    call_command(command, stdout=sys.stderr)
path = next(path for path in regime_files.folders() if path.name.startswith("rr22"))
version = actions.load_regime(by="job:test", folder=regime_files.read(path))
actions.open_duties(by="job:test", regime_version=version, period=periods.period("decree09", "2020-Q2"))
nation = queries.unit_by_code("iso3166", "VN", periods.period("decree09", "2020-Q2").last)
people = {}
for name, roles in {"enters": ["entry_officer", "clerk"], "uploads": ["entry_officer"], "sends": ["entry_officer", "clerk"], "leads": ["leader"]}.items():
    made = Person.objects.create_user(name, display_name=name, demo=True)
    people[name] = made.pk
    for role in roles:
        Grant.objects.create(person=made, role=role, unit=nation, subtree=True, validity=DateRange(None, None))
duties = list(Duty.objects.order_by("pk").values_list("pk", flat=True))
cells = dict(version.cells.values_list("key", "address"))
print(json.dumps({"people": people, "duties": duties, "cells": cells, "checks": version.checks.count()}))
"""  # noqa: E501

# What the clock would do within the next hours, at once. A worker that died is known by its silence of half a minute,
# a claim on the outbox ends by itself after a minute.
TIME_PASSES = (
    "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'",
    "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'",
    "UPDATE exchange_outbox SET next_try_at = now() - interval '1 minute' WHERE delivered_at IS NULL",
    "UPDATE exchange_breaker SET open_until = now() WHERE open_until IS NOT NULL",
)
# Jobs that a dead worker held are begun again, as the supervisor's worker does by itself in time.
RESCUE = """
import asyncio, django
django.setup()
from types import SimpleNamespace
from procrastinate.contrib.django import app
from dienhong.config import jobs

async def rescue():
    worker = app.with_connector(app.connector.get_worker_connector())
    async with worker.open_async():
        await jobs.rescue.func(SimpleNamespace(app=worker), 0)

asyncio.run(rescue())
"""


@dataclass
class Site:
    """The site under test: its own database server and programs of its own, each killed by its pid."""

    home: Path
    port: int = field(default_factory=free_port)
    more: dict[str, str] = field(default_factory=dict)  # environment beside the usual
    running: dict[str, Child] = field(default_factory=dict)
    nurseries: dict[str, Nursery] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def database(self) -> Server:
        return Server(self.home)

    def environment(self, role: str) -> dict[str, str]:
        dropped = {"DIENHONG_POSTGRES_UNSAFE", "DJANGO_SETTINGS_MODULE"}
        mine = {
            "DIENHONG_HOME": str(self.home), "DIENHONG_DATABASE_ROLE": role, "DIENHONG_DEMO": "1",
            "PORT": str(self.port), "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "dienhong.config.settings",
        }  # fmt: skip
        return {name: value for name, value in os.environ.items() if name not in dropped} | mine | self.more

    def prepare(self, script: str = PREPARE) -> None:
        """Tables, then `script`: its last line is what tests are told, as JSON."""
        subprocess.run(["cp", "-a", f"{_with_tables()}/.", str(self.home)], check=True)  # owners stay as they are
        self.told = json.loads(self.run("app", "-c", script).splitlines()[-1])

    def nursery(self, role: str) -> Nursery:
        if role not in self.nurseries:
            self.nurseries[role] = Nursery(self.environment(role), ROOT)
        return self.nurseries[role]

    def run(self, role: str, *arguments: str) -> str:
        out, err = (self.home / f"run-{what}-{uuid4().hex}.log" for what in ("out", "err"))
        code = self.nursery(role).begin(arguments, out, err).wait(300)
        assert code == 0, err.read_text()[-3000:]
        return out.read_text()

    def start(self, name: str, *arguments: str, role: str = "app") -> None:
        """A program of Python that runs until it is killed; what it says is in <name>.log."""
        log = self.home / f"{name}.log"
        self.running[name] = self.nursery(role).begin(arguments, log, log)

    def kill(self, name: str) -> None:
        """With its children, and sure that they are gone."""
        child = self.running.pop(name)
        pids = [child.pid, *(below(child.pid) if child.poll() is None else ())]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        child.wait(10)
        until(lambda: not any(alive(pid) for pid in pids), 10)

    def start_web(self) -> None:
        """As `manage.py up` starts it, with one worker."""
        shape = ["--interface", "asginl", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        more = ["--no-ws", "--log-level", "warning", "dienhong.config.asgi:application"]
        self.start("web", "-m", "granian", *shape, *more)

    def kill_web(self) -> None:
        self.kill("web")

    def kill_database(self) -> None:
        os.kill(int((self.database.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def strike(self, victim: str) -> None:
        """Kill one by its name, the database among them; who does not run is left in peace."""
        if victim == "database":
            self.kill_database()
        elif victim in self.running:
            self.kill(victim)

    def bury(self) -> None:
        """Forget the programs that have ended by themselves."""
        for name in [name for name, child in self.running.items() if child.poll() is not None]:
            self.kill(name)

    def until_ready(self) -> None:
        until(self._ready, 40)

    def _ready(self) -> bool:
        try:
            return Visitor(self).ask("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def stop(self) -> None:
        self.rest()
        self.database.stop()

    def rest(self) -> None:
        """No program of it runs any more; its database does."""
        for name in list(self.running):
            self.kill(name)
        while self.nurseries:
            self.nurseries.popitem()[1].close()


def _with_tables() -> Path:
    """A home with the tables made and its server stopped, to be copied: migrating takes longer than all the rest.

    Kept under a name of what it is made from, for the next test and the next run.
    """
    made_from = [ROOT / "requirements.lock", ROOT / "dienhong/config/embedded.py"]
    made_from += [*ROOT.glob("dienhong/*/migrations/*.py"), *ROOT.glob("dienhong/**/roles.py")]
    digest = sha256(b"".join(path.read_bytes() for path in sorted(made_from))).hexdigest()[:16]
    kept = Path(os.environ["DIENHONG_TEST_HOME"]) / f"tables-{digest}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with open(kept.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / "made").exists():
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir()
            site = Site(kept)
            try:
                site.run("owner", "manage.py", "migrate", "--verbosity", "0")
            finally:
                site.stop()
            (kept / "made").touch()
    return kept


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(question: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


class Refusal(Exception):
    """The site answered, and not as expected."""


class Visitor:
    """One person's browser: cookies and nothing else. OSError where the line breaks before the answer is whole."""

    def __init__(self, site: Site, person: str = "") -> None:
        self.site, self.cookies = site, {}  # type: tuple[Site, dict[str, str]]
        if person:
            self.ask("GET", "/sign-in/")
            status, _, _ = self.form("/sign-in/", {"person": str(site.told["people"][person])})
            assert status == 302, status

    def ask(
        self, method: str, path: str, body: bytes | None = None, kind: str = "", more: dict[str, str] | None = None
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        line = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)
        try:
            line.request(method, path, body, self.headers(kind) | (more or {}))
            answer = line.getresponse()
            said = answer.read()
        except http.client.HTTPException as broken:
            raise ConnectionError(str(broken)) from broken
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, said, answer.headers

    def headers(self, kind: str = "") -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if name != "messages")
        more = {"Content-Type": kind} if kind else {}
        return {"Cookie": cookies, "X-CSRFToken": self.cookies.get("csrftoken", ""), **more}

    def page(self, path: str) -> str:
        status, said, headers = self.ask("GET", path)
        if status != 200:
            raise Refusal(f"{path}: {status} {headers.get('Location')}")
        return said.decode()

    def form(self, path: str, data: dict[str, str]) -> tuple[int, bytes, http.client.HTTPMessage]:
        return self.ask("POST", path, urlencode(data).encode(), "application/x-www-form-urlencoded")

    def act(self, path: str, to: str, **data: str) -> None:
        """Press a button; acknowledged is the redirect to where one goes on."""
        status, _, headers = self.form(path, data)
        if status != 302 or not headers.get("Location", "").endswith(to):
            raise Refusal(f"{path}: {status} {headers.get('Location')}")

    def save(self, version: int, cells: dict[str, str], key: str = "") -> dict[str, Any]:
        data = {"cells": {name: {"text": text} for name, text in cells.items()}, "request_key": key}
        status, said, _ = self.ask("POST", f"/versions/{version}/save/", json.dumps(data).encode(), "application/json")
        if status != 200:
            raise Refusal(f"save: {status} {said[:200]!r}")
        answer: dict[str, Any] = json.loads(said)
        return answer

    def upload(self, duty: int, file: bytes) -> None:
        status, said, headers = self.ask("POST", f"/duties/{duty}/upload/", *multipart(file))
        if status != 302 or not headers.get("Location", "").endswith(f"/duties/{duty}/entry/"):
            raise Refusal(f"upload: {status} {headers.get('Location')} {said[:200]!r}")

    def start(self, duty: int) -> int:
        """Begin entry; the id of the version, as the page's addresses have it."""
        self.act(f"/duties/{duty}/start/", f"/duties/{duty}/entry/")
        status, page, _ = self.ask("GET", f"/duties/{duty}/entry/")
        found = re.search(rb"/versions/([0-9]+)/", page)
        if status != 200 or not found:
            raise Refusal(f"entry: {status}")
        return int(found[1])


def multipart(file: bytes) -> tuple[bytes, str]:
    edge = "kill-minus-nine"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="bieu.xlsx"\r\n\r\n'.encode()
    return head + file + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def cut(who: Visitor, path: str, body: bytes, kind: str, share: float) -> None:
    """Say how long the body will be, send a part of it, and hang up."""
    lines = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **who.headers(kind)}
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    with socket.create_connection(("127.0.0.1", who.site.port), timeout=10) as line:
        line.sendall(head.encode() + body[: int(len(body) * share)])
        time.sleep(0.1)


def change(site: Site, *statements: str) -> None:
    """As the server's owner: time that passes, where nobody wants to wait for it."""
    with psycopg.connect(**site.database.superuser(NAME)) as line:
        for statement in statements:
            line.execute(statement)


def rows(site: Site, query: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(**site.database.superuser(NAME)) as line:
        return line.execute(query, values or None).fetchall()
