"""kill -9 amid intake: of the web server and of the database, twenty times, while people save, upload and send.

A site of its own on a server of its own. Clients keep a list of what was acknowledged to them; afterwards every entry
of it is there, and whatever is there is whole. Then two uploads at once, and a line cut in the middle of a request.
"""

import http.client
import io
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from openpyxl import load_workbook

from dienhong.config.embedded import NAME, Server
from dienhong.config.tests.test_up import below, free_port

pytestmark = pytest.mark.embedded_only
ROOT = Path(__file__).resolve().parents[1]
KILLS = 20
SEED = int(os.environ["DIENHONG_TEST_SEED"])
SHEET = "Biểu II.06a"
RIGHT = {"r1": "594", "r2.1": "4112", "r2.2": "8792", "r3.1": "11881", "r3.2": "1205", "r4.1": "412", "r4.2": "-"}
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


@dataclass
class Site:
    """The site under test: its own database server and its own web server, each killed by its pid."""

    home: Path
    port: int = field(default_factory=free_port)
    web: "subprocess.Popen[bytes] | None" = None
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
        return {name: value for name, value in os.environ.items() if name not in dropped} | mine

    def prepare(self) -> None:
        self.run("owner", "manage.py", "migrate", "--verbosity", "0")
        self.told = json.loads(self.run("app", "-c", PREPARE).splitlines()[-1])

    def run(self, role: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment(role),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start_web(self) -> None:
        """As `manage.py up` starts it, with one worker."""
        shape = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        more = ["--blocking-threads", "6", "--no-ws", "--log-level", "warning", "dienhong.config.wsgi:application"]
        with open(self.home / "web.log", "ab") as log:
            self.web = subprocess.Popen(
                [sys.executable, "-m", "granian", *shape, *more], cwd=ROOT, env=self.environment("app"),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill_web(self) -> None:
        assert self.web is not None
        pids = [self.web.pid, *below(self.web.pid)]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.web.wait(10)
        until(lambda: not any(alive(pid) for pid in pids), 10)

    def kill_database(self) -> None:
        os.kill(int((self.database.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def until_ready(self) -> None:
        until(self._ready, 40)

    def _ready(self) -> bool:
        try:
            return Visitor(self).ask("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def stop(self) -> None:
        if self.web is not None and self.web.poll() is None:
            self.kill_web()
        self.database.stop()


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
        self, method: str, path: str, body: bytes | None = None, kind: str = ""
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        line = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)
        try:
            line.request(method, path, body, self.headers(kind))
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


@dataclass
class Acknowledged:
    """What people were told is done."""

    edits: list[tuple[int, str, int]] = field(default_factory=list)  # version, text of r1, edit
    uploads: list[tuple[int, str]] = field(default_factory=list)  # duty, digest
    states: list[tuple[int, int]] = field(default_factory=list)  # version, state

    def __len__(self) -> int:
        return len(self.edits) + len(self.uploads) + len(self.states)


class Crowd:
    """Three people at work until told to stop; a broken line makes them wait and go on with the next piece."""

    def __init__(self, site: Site) -> None:
        self.site, self.done, self.up, self.end = site, Acknowledged(), threading.Event(), threading.Event()
        self.faults: list[str] = []
        self.broken = 0
        self.enters, self.uploads = Visitor(site, "enters"), Visitor(site, "uploads")
        self.sends, self.leads = Visitor(site, "sends"), Visitor(site, "leads")
        first, second, *self.others = site.told["duties"]
        self.draft = self.enters.start(first)
        self.second = second
        self.templates: dict[int, Any] = {}
        self.number = 0
        self.steps: list[Callable[[], None]] = []
        self.threads = [
            threading.Thread(target=self.work, args=(one,)) for one in (self.type, self.hand_in, self.report)
        ]

    def __enter__(self) -> "Crowd":
        self.up.set()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end.set()
        self.up.set()
        for thread in self.threads:
            thread.join(60)

    def work(self, piece: Callable[[], None]) -> None:
        while not self.end.is_set():
            self.up.wait(60)
            try:
                piece()
            except OSError:
                self.broken += 1
                time.sleep(0.1)
            except Refusal as refusal:
                # 5xx is what a browser sees while the database is down: not acknowledged.
                if not re.search(r": 5\d\d", str(refusal)):
                    self.faults.append(str(refusal))
                time.sleep(0.1)

    def type(self) -> None:
        self.number += 1
        text = str(self.number)
        answer = self.enters.save(self.draft, {"r1": text}, key=f"kill-{text}")
        self.done.edits.append((self.draft, text, answer["cells"]["r1"]["edit"]))

    def hand_in(self) -> None:
        file = self.filled(self.second, len(self.done.uploads) + self.broken * 1000 + 1)
        self.uploads.upload(self.second, file)
        self.done.uploads.append((self.second, sha256(file).hexdigest()))

    def filled(self, duty: int, first: int) -> bytes:
        if duty not in self.templates:
            self.templates[duty] = load_workbook(io.BytesIO(self.uploads.ask("GET", f"/duties/{duty}/template/")[1]))
        template = self.templates[duty]
        for key, text in {**RIGHT, "r1": str(first)}.items():
            template[SHEET][self.site.told["cells"][key]].value = text if text == "-" else int(text)
        out = io.BytesIO()
        template.save(out)
        return out.getvalue()

    def report(self) -> None:
        """The next step of a report, from its beginning until it is sent. A step that broke off is taken again: where
        it had been done after all, nothing more comes of it, and where one goes on is the same."""
        if not self.steps:
            self.steps = self.one_report(self.others.pop(0))
        self.steps[0]()
        self.steps.pop(0)

    def one_report(self, duty: int) -> list[Callable[[], None]]:
        version = 0

        def begin() -> None:
            nonlocal version
            version = self.sends.start(duty)

        def fill() -> None:
            for warning in self.sends.save(version, RIGHT)["warnings"]:
                told = {"rule": warning["rule"], "text": "Tăng theo mùa vụ."}
                self.sends.act(f"/versions/{version}/explain/", "/entry/", **told)

        def act(who: Visitor, verb: str, state: int) -> None:
            who.act(f"/versions/{version}/{verb}/", f"/duties/{duty}/")
            self.done.states.append((version, state))

        acts = ((self.sends, "submit", 30), (self.leads, "approve", 40), (self.sends, "send", 50))
        return [begin, fill, *(partial(act, *one) for one in acts)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("kill"))
    try:
        site.prepare()
        site.start_web()
        site.until_ready()
        yield site
    finally:
        site.stop()


def rows(site: Site, query: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(**site.database.superuser(NAME)) as line:
        return line.execute(query, values or None).fetchall()


def test_nothing_acknowledged_is_lost_and_nothing_is_partial(site: Site) -> None:
    dice = random.Random(SEED)
    with Crowd(site) as crowd:
        for turn in range(KILLS):
            before = len(crowd.done)
            until(lambda before=before: len(crowd.done) > before + 3 or bool(crowd.faults), 60)
            time.sleep(dice.uniform(0, 0.25))  # amid whatever is under way
            if turn % 2:
                site.kill_database()
            else:
                crowd.up.clear()
                site.kill_web()
                site.start_web()
            site.until_ready()
            crowd.up.set()
    assert not crowd.faults, crowd.faults[:5]
    assert crowd.broken >= 3, "the kills met no request on its way"
    assert min(len(crowd.done.edits), len(crowd.done.uploads), len(crowd.done.states)) >= 10
    check_acknowledged(site, crowd.done)
    check_whole(site)


def check_acknowledged(site: Site, done: Acknowledged) -> None:
    edits = set(rows(site, "SELECT version_id, typed, id FROM reporting_edit"))
    assert not [one for one in done.edits if one not in edits]
    uploads = set(rows(site, "SELECT duty_id, digest FROM reporting_upload WHERE outcome = 'taken'"))
    assert not [one for one in done.uploads if one not in uploads]
    states = set(rows(site, "SELECT version_id, state FROM reporting_statechange"))
    assert not [one for one in done.states if one not in states]


WHOLE = {
    "a submission without a version": """
        SELECT s.id FROM reporting_submission s
        WHERE NOT EXISTS (SELECT 1 FROM reporting_version v WHERE v.submission_id = s.id)""",
    "a version without its first state": """
        SELECT v.id FROM reporting_version v
        WHERE NOT EXISTS (SELECT 1 FROM reporting_statechange c WHERE c.version_id = v.id AND c.state = 20)""",
    "a state without its journal event": """
        SELECT c.id FROM reporting_statechange c WHERE 1 <> (SELECT count(*) FROM journal_event e
            WHERE e.object_kind = 'version' AND e.object_id = c.version_id::text AND e.to_state = c.state::text)""",
    "a journal event without its state": """
        SELECT e.id FROM journal_event e WHERE e.object_kind = 'version' AND e.to_state <> ''
            AND NOT EXISTS (SELECT 1 FROM reporting_statechange c
                WHERE c.version_id::text = e.object_id AND c.state::text = e.to_state)""",
    "an approved version without its approval": """
        SELECT c.id FROM reporting_statechange c LEFT JOIN reporting_approval a ON a.change_id = c.id
        WHERE (c.state = 40) <> (a.id IS NOT NULL)""",
    "a submitted version without all its checks": """
        SELECT c.version_id FROM reporting_statechange c WHERE c.state = 30 AND {checks} <>
            (SELECT count(*) FROM reporting_checkresult r WHERE r.version_id = c.version_id)""",
    "a sent version without its batch or its workbook": """
        SELECT v.id FROM reporting_version v WHERE (v.batch_id IS NOT NULL AND v.canonical_digest <> '') <>
            EXISTS (SELECT 1 FROM reporting_statechange c WHERE c.version_id = v.id AND c.state = 50)""",
    "a batch that no version names": """
        SELECT b.id FROM indicators_batch b WHERE NOT EXISTS
            (SELECT 1 FROM reporting_version v WHERE v.batch_id = b.id)""",
    "a batch without all its observations": """
        SELECT b.id FROM indicators_batch b JOIN reporting_version v ON v.batch_id = b.id
        WHERE (SELECT count(*) FROM indicators_observation o WHERE o.batch_id = b.id) <>
            (SELECT count(*) FROM reporting_formcell f WHERE f.regime_version_id = v.regime_version_id
                AND f.indicator_id IS NOT NULL AND f.kind IN ('number', 'computed'))""",
    "an observation without evidence": """
        SELECT o.batch_id FROM indicators_observation o WHERE NOT EXISTS (SELECT 1 FROM indicators_evidence e
            WHERE e.batch_id = o.batch_id AND e.kind = 'canonical_workbook' AND e.digest <> '')""",
    "a batch that is neither published nor waiting": """
        SELECT b.id FROM indicators_batch b WHERE NOT EXISTS (SELECT 1 FROM indicators_publication p
            WHERE p.batch_id = b.id) AND NOT EXISTS (SELECT 1 FROM indicators_pending p WHERE p.batch_id = b.id)""",
    "a batch without its journal event": """
        SELECT b.id FROM indicators_batch b WHERE NOT EXISTS (SELECT 1 FROM journal_event e
            WHERE e.object_kind = 'batch' AND e.object_id = b.id::text AND (e.data ->> 'rows')::int =
                (SELECT count(*) FROM indicators_observation o WHERE o.batch_id = b.id))""",
    "an edit that the journal does not know": """
        SELECT d.id FROM reporting_edit d WHERE NOT EXISTS (SELECT 1 FROM journal_event e,
            jsonb_each_text(e.data -> 'cells') cell WHERE e.verb = 'reporting.save_cells'
            AND e.object_id = d.version_id::text AND cell.value = d.id::text)""",
    "an upload without all its cells": """
        SELECT u.id FROM reporting_upload u WHERE u.outcome = 'taken' AND (u.version_id IS NULL
            OR u.cells <> {cells})""",
    "a refused upload": "SELECT id FROM reporting_upload WHERE outcome <> 'taken'",
    "an event neither sealed nor waiting": """
        SELECT e.id FROM journal_event e WHERE NOT EXISTS (SELECT 1 FROM journal_unsealed u WHERE u.event_id = e.id)
            AND NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.event_id = e.id)""",
}  # fmt: skip


def check_whole(site: Site) -> None:
    said = {"checks": site.told["checks"], "cells": len(RIGHT)}
    broken = {what: found for what, query in WHOLE.items() if (found := rows(site, query.format(**said)))}
    assert not broken, broken
    named = rows(
        site,
        "SELECT canonical_digest FROM reporting_version WHERE canonical_digest <> '' "
        "UNION SELECT digest FROM reporting_upload UNION SELECT digest FROM indicators_evidence WHERE digest <> ''",
    )
    assert named
    for (digest,) in named:
        data = (site.home / "files" / digest[:2] / digest).read_bytes()
        assert sha256(data).hexdigest() == digest, f"the file {digest} is not what it was"


def test_two_uploads_at_once_follow_one_another(site: Site) -> None:
    crowd = Crowd(site)
    duty = crowd.others[-1]
    people = [Visitor(site, "uploads"), Visitor(site, "enters")]
    for turn in range(4):
        files = [crowd.filled(duty, 90_000 + 2 * turn + number) for number in (0, 1)]
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(who.upload, duty, file) for who, file in zip(people, files, strict=True)]:
                done.result()
        [(version, digest)] = rows(
            site, "SELECT v.id, v.original_digest FROM reporting_version v JOIN reporting_submission s "
            "ON s.id = v.submission_id WHERE s.duty_id = %s", duty,
        )  # fmt: skip
        [(last,)] = rows(site, "SELECT digest FROM reporting_upload WHERE duty_id = %s ORDER BY id DESC LIMIT 1", duty)
        standing = rows(
            site, "SELECT DISTINCT ON (e.cell_id) e.typed FROM reporting_edit e JOIN reporting_formcell f "
            "ON f.id = e.cell_id WHERE e.version_id = %s AND f.key = 'r1' ORDER BY e.cell_id, e.id DESC", version,
        )  # fmt: skip
        assert digest == last
        assert standing[0][0] == str(90_000 + 2 * turn + [sha256(file).hexdigest() for file in files].index(last))
    check_whole(site)


def test_a_line_cut_in_the_middle_saves_nothing(site: Site) -> None:
    crowd = Crowd(site)
    duty = crowd.others[-2]
    version = crowd.sends.start(duty)
    before = counted(site)
    save = json.dumps({"cells": {"r1": {"text": "77"}}}).encode()
    file, kind = multipart(crowd.filled(duty, 77))
    form = urlencode({"cell:r1": "77", "cell:r2.1": "78"}).encode()
    for path, body, what in (
        (f"/versions/{version}/save/", save, "application/json"),
        (f"/versions/{version}/save/", form, "application/x-www-form-urlencoded"),
        (f"/duties/{duty}/upload/", file, kind),
    ):
        for share in (0.1, 0.5, 0.95):
            cut(crowd.sends, path, body, what, share)
    time.sleep(1)
    assert counted(site) == before
    assert crowd.sends.save(version, {"r1": "79"})["cells"]["r1"]["typed"] == "79", "the site goes on"


def cut(who: Visitor, path: str, body: bytes, kind: str, share: float) -> None:
    """Say how long the body will be, send a part of it, and hang up."""
    lines = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **who.headers(kind)}
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    with socket.create_connection(("127.0.0.1", who.site.port), timeout=10) as line:
        line.sendall(head.encode() + body[: int(len(body) * share)])
        time.sleep(0.1)


def counted(site: Site) -> list[tuple[Any, ...]]:
    tables = ("edit", "upload", "version", "statechange", "narrative", "explanation")
    return [rows(site, f"SELECT count(*) FROM reporting_{table}")[0] for table in tables]
