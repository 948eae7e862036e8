"""kill -9 amid intake: of the web server and of the database, twenty times, while people save, upload and send.

A site of its own on a server of its own. Clients keep a list of what was acknowledged to them; afterwards every entry
of it is there, and whatever is there is whole. Then two uploads at once, and a line cut in the middle of a request.
"""

import io
import json
import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook

from tests.killing import Refusal, Site, Visitor, cut, multipart, rows, until
from tests.whole import check_whole

pytestmark = pytest.mark.embedded_only
KILLS = 20
SEED = int(os.environ["DIENHONG_TEST_SEED"])
SHEET = "Biểu II.06a"
RIGHT = {"r1": "594", "r2.1": "4112", "r2.2": "8792", "r3.1": "11881", "r3.2": "1205", "r4.1": "412", "r4.2": "-"}


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


def test_two_uploads_at_once_follow_one_another(site: Site) -> None:
    crowd = Crowd(site)
    duty = crowd.others[-1]
    people = [Visitor(site, "uploads"), Visitor(site, "uploads")]  # two windows of one person: no conflict to name
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


def counted(site: Site) -> list[tuple[Any, ...]]:
    tables = ("edit", "upload", "version", "statechange", "narrative", "explanation")
    return [rows(site, f"SELECT count(*) FROM reporting_{table}")[0] for table in tables]
