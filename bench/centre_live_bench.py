"""From sending a report (state 50) to a hundred walls: the clerk's act begins, the last wall holds the new picture.

A demo nation of its own (database bench_centre), its wall with a hundred paired screens on real streams, sealer and
drawing process as `manage.py up` starts them. Provinces correct their last report; each sending is timed at each wall,
from the call of the action until the change was read. Lost: walls that a sending never reached, or whose picture at the
end is not the one that the server gives. Beside: LISTEN/NOTIFY of the same database to as many plain listeners.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bench import centre_site, http_bench, volume
from bench.run import Result

WALLS = 100
SENDINGS = int(os.environ.get("DIENHONG_BENCH_SENDINGS", 30))
APART = 2.0  # seconds between sendings
NAME = "bench_centre"
ROOT = Path(__file__).resolve().parents[1]
PREPARED = (
    ("demo_day",), ("load_units",), ("demo_accounts",), ("load_catalogue",), ("load_regimes",), ("load_columns",),
    ("play_demo", "RR22"), ("demo_boards",),
)  # fmt: skip


@contextmanager
def database() -> Iterator[None]:
    """Inside, a demo nation whose provinces have reported two quarters; made once."""
    before, volume.NAME, demo = volume.NAME, NAME, settings.DEMO
    settings.DEMO = True
    os.environ["DIENHONG_DEMO"] = "1"
    try:
        with volume.database():
            call_command("migrate", verbosity=0)
            for command in PREPARED:
                call_command(*command, stdout=open(os.devnull, "w"))  # noqa: SIM115
            yield
    finally:
        volume.NAME, settings.DEMO = before, demo


class Sender:
    """Corrects reports of the second quarter, up to the sending, which the caller times."""

    def __init__(self) -> None:
        from dienhong.reporting.models import Duty, State, Version
        from dienhong.reporting.states import state_of

        duties = Duty.objects.filter(regime__code="RR22", period__key="2020-Q2").order_by("pk")
        newest = [
            version
            for duty in duties
            if (version := Version.objects.filter(submission__duty=duty).order_by("-number").first())
        ]
        self.ready = [version for version in newest if state_of(version) == State.RECEIVED]

    def approved(self, number: int) -> tuple[Any, Any]:
        """(who sends, version): corrected, submitted and approved, not sent."""
        from dienhong.reporting import actions, review
        from dienhong.reporting.actions.entry import Typed
        from dienhong.reporting.demo.actors import actors_of
        from dienhong.reporting.figures import figures
        from dienhong.reporting.models import Approval

        old = self.ready[number % len(self.ready)]
        who = actors_of(old.submission.duty.unit_id, old.submission.duty.receiver_id)
        version = actions.correct(by=who.entry, version=old, reason="Đo thời gian đến màn hình.")
        now = figures(version)
        typed = {"r3.1": str(int(now["r3.1"].value) - 1), "r3.2": str(int(now["r3.2"].value) + 1)}
        actions.save_cells(by=who.entry, version=version, typed={key: Typed(text) for key, text in typed.items()})
        for finding in review.judge(version).findings:
            if finding.asks:
                actions.explain(by=who.entry, version=version, rule=finding.rule, text="Đo thời gian.")
        actions.submit(by=who.entry, version=version)
        actions.approve(by=who.leader, version=version, kind=Approval.Kind.DEMO)
        return who.clerk, version

    def send(self, clerk: Any, version: Any) -> None:
        from dienhong.reporting import actions

        actions.send(by=clerk, version=version, demo=True)


class Walls:
    """The listening program."""

    def __init__(self, port: int, codes: list[str]) -> None:
        self.program = subprocess.Popen(
            [sys.executable, "-m", "bench.centre_walls", str(port)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._say("\n".join(codes) + "\n")
        self.first = self.read()

    def _say(self, text: str) -> None:
        assert self.program.stdin
        self.program.stdin.write(text + "\n")
        self.program.stdin.flush()

    def read(self) -> dict[str, Any]:
        assert self.program.stdout
        return dict(json.loads(self.program.stdout.readline()))

    def ask(self) -> dict[str, Any]:
        """What came since it was asked last."""
        self._say("")
        return self.read()

    def end(self) -> dict[str, Any]:
        assert self.program.stdin
        self.program.stdin.close()
        found = self.read()
        self.program.wait(20)
        return found


def paired(count: int) -> list[str]:
    """Codes of screens of the demo's wall, paired by its steering officer."""
    from dienhong.centre import demo, wall_actions
    from dienhong.centre.models import Display, Show
    from dienhong.organizations.models import Person

    officer, show = Person.objects.get(username=demo.OFFICER), Show.objects.order_by("pk")[0]
    for old in Display.objects.filter(show=show, ended_at=None):
        wall_actions.end_display(by=officer, display=old)
    return [
        wall_actions.pair_display(by=officer, show=show, screen=1 + n % 2, name=f"Màn {n}")[1] for n in range(count)
    ]


def listening(count: int, times: int) -> list[float]:
    """Seconds of a bare NOTIFY to `count` listeners of the same server, read by one program: what the limit is."""
    parameters = {**connection.get_connection_params(), "cursor_factory": psycopg.ClientCursor}
    lines = [psycopg.connect(**parameters, autocommit=True) for _ in range(count)]
    took = []
    for line in lines:
        line.execute("LISTEN bench_walls")
    with psycopg.connect(**parameters, autocommit=True) as teller:
        for _ in range(times):
            began = time.time()
            teller.execute("NOTIFY bench_walls")
            for line in lines:
                next(line.notifies(timeout=10, stop_after=1))
                took.append(time.time() - began)
    for line in lines:
        line.close()
    return took


def p95(took: list[float]) -> float:
    return round(sorted(took)[int(len(took) * 0.95) - 1], 3)


def snapshot(port: int, code: str) -> dict[str, str]:
    """What the server itself gives a screen that asks for the whole picture now."""
    import httpx

    answer = httpx.get(
        f"http://127.0.0.1:{port}/walls/screen/snapshot.json", cookies={"wall": code}, timeout=60, trust_env=False
    )
    return {key: tile["html"] for key, tile in answer.raise_for_status().json()["tiles"].items()}


def measure(port: int) -> Iterator[Result]:
    codes = paired(WALLS)
    walls, sender = Walls(port, codes), Sender()
    took: list[float] = []
    acts: list[float] = []
    lost = WALLS - walls.first["pictures"]
    for number in range(SENDINGS):
        clerk, version = sender.approved(number)
        time.sleep(APART)
        walls.ask()  # what came of approvals and the like is not counted
        began = time.time()
        sender.send(clerk, version)
        acts.append(time.time() - began)
        time.sleep(APART)
        met = walls.ask()
        after = [min((at for at in changes if at > began), default=None) for changes in met["changes"]]
        took += [at - began for at in after if at is not None]
        lost += sum(at is None for at in after)
    server, held = snapshot(port, codes[0]), walls.end()
    lost += held["differ"] + WALLS * (held["tiles"] != server)
    bare = listening(WALLS, SENDINGS)
    yield Result(
        f"centre.sending to {WALLS} walls, p95", p95(took), "s", 1.0, p95(bare),
        note=f"{SENDINGS} sendings; the act itself p95 {p95(acts)} s; longest {max(took):.3f} s; beside: a bare NOTIFY",
    )  # fmt: skip
    yield Result(
        f"centre.lost, {WALLS} walls", lost, "pictures", 0, note=f"of {SENDINGS * WALLS}; {met['ended']} ended"
    )
    yield Result(
        f"centre.first picture of {WALLS} walls", walls.first["seconds"], "s", note="all streams opened at once"
    )


def run() -> Iterator[Result]:
    with database():
        call_command("collectstatic", interactive=False, verbosity=0)
        with http_bench.served() as site, centre_site.live():
            yield from measure(site.port)


if __name__ == "__main__":
    for result in run():
        print(f"{'✓' if result.holds else '✗'} {result.name}: {result.value} {result.unit}, beside {result.against}")
