"""Boards of 15 and 45 tiles until the last tile stands in a real browser, beside the same boards in Apache Superset.

Cold: no tile kept on the server, nothing in the browser. Warm: the same page once more. While 1, 20 and 100 recorded
viewers load the page at the same moment (bench/centre_viewers.py; static files are in their caches). Both read the
same figures of the same server: ours with all versions, as known now; Superset a plain table of the newest alone, which
is in its favour. Superset's processes and caches: bench/peers/superset. DIENHONG_BENCH_VIEWERS=1,20 and
DIENHONG_BENCH_TILES=15 ask for fewer.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from bench import centre_site, http_bench, volume
from bench.depth_bench import ROWS
from bench.peers.superset import site as superset
from bench.run import Result

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop in this thread; nothing here runs beside it
ROOT = Path(__file__).resolve().parents[1]
VIEWERS = tuple(int(each) for each in os.environ.get("DIENHONG_BENCH_VIEWERS", "1,20,100").split(","))
SIZES = tuple(int(each) for each in os.environ.get("DIENHONG_BENCH_TILES", "15,45").split(","))
TARGETS = {15: 1.0, 45: 2.0}
PATIENCE = 900_000
CHROMIUM = "/usr/bin/chromium"
STATIC = ("image", "font", "stylesheet", "script", "media", "manifest")
# Milliseconds since the page was asked for, once every tile is drawn and the browser is done with it.
OURS = """count => document.readyState === 'complete'
    && document.querySelectorAll('[data-tile] .value, [data-tile] svg, [data-tile] ul').length >= count
    && document.querySelectorAll('[data-tile]').length === count ? performance.now() : false"""
THEIRS = """count => {
    const charts = [...document.querySelectorAll('.chart-slice')];
    const drawn = charts.filter(chart =>
        !chart.querySelector('.loading, [data-test="loading-indicator"], [aria-busy=true]')
        && chart.querySelector('.slice_container canvas, .slice_container svg, .slice_container table, .header-line'));
    return charts.length === count && drawn.length === count ? performance.now() : false;
}"""


@dataclass
class Side:
    """One of the two: how its page is asked for, when it stands, and how what it keeps is thrown away."""

    base: str
    cookies: dict[str, str]
    path: Callable[[int], str]
    stands: str
    empty: Callable[[int], None]
    recorded: dict[int, list[dict[str, str]]] = field(default_factory=dict)


def context(browser: Browser, side: Side) -> BrowserContext:
    made = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN")
    made.add_cookies([{"name": name, "value": value, "url": side.base} for name, value in side.cookies.items()])
    return made


def drawn(page: Page, side: Side, size: int) -> float:
    """Seconds from asking until the last tile stands."""
    page.goto(side.base + side.path(size), wait_until="commit", timeout=PATIENCE)
    found = page.wait_for_function(side.stands, arg=size, polling=50, timeout=PATIENCE)
    return round(float(found.json_value()) / 1000, 3)


def record(browser: Browser, side: Side, size: int) -> list[dict[str, str]]:
    """What a browser with full caches asks for: the page, then everything that is no file."""
    asked: list[dict[str, str]] = []

    def keep(request: Request) -> None:
        parts = urlsplit(request.url)
        if not request.url.startswith(side.base) or request.resource_type in (*STATIC, "eventsource"):
            return
        where = parts.path + (f"?{parts.query}" if parts.query else "")
        kind = request.headers.get("content-type", "")
        asked.append({"method": request.method, "path": where, "body": request.post_data or "", "type": kind})

    with context(browser, side) as made:
        page = made.new_page()
        drawn(page, side, size)
        page.on("request", keep)
        drawn(page, side, size)
        page.wait_for_timeout(1000)
    return asked


def viewers(side: Side, size: int, count: int) -> subprocess.Popen[str]:
    """A program that waits for the word to begin."""
    program = subprocess.Popen(
        [sys.executable, "-m", "bench.centre_viewers"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    wanted = {"base": side.base, "cookies": side.cookies, "asked": side.recorded[size], "viewers": count}
    assert program.stdin
    assert program.stdout
    program.stdin.write(json.dumps(wanted) + "\n")
    program.stdin.flush()
    program.stdout.readline()
    return program


def trial(browser: Browser, side: Side, size: int, count: int) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Cold, then warm: seconds in the browser, and what the viewers met meanwhile."""
    side.empty(size)
    with context(browser, side) as made:
        for state in ("cold", "warm"):
            program = viewers(side, size, count)
            page = made.new_page()
            assert program.stdin
            program.stdin.write("\n")
            program.stdin.flush()
            took = drawn(page, side, size)
            page.close()
            said, _errors = program.communicate(timeout=PATIENCE / 1000)
            yield state, took, json.loads(said.strip().splitlines()[-1])


def ours(stack: ExitStack, ground: centre_site.Ground) -> Side:
    served = stack.enter_context(http_bench.served())
    cookie = {http_bench.settings.SESSION_COOKIE_NAME: centre_site.cookie(ground.officer)}
    return Side(
        f"http://127.0.0.1:{served.port}", cookie, lambda size: f"/boards/{ground.boards[size]}/", OURS,
        lambda size: centre_site.empty_the_tiles(ground, size),
    )  # fmt: skip


def theirs(stack: ExitStack, ground: centre_site.Ground) -> Side:
    centre_site.flat(ground.codes)
    boards = {f"bench-{size}": centre_site.tiles(size, ground.codes) for size in centre_site.SIZES}
    superset.prepare(boards)
    peer = stack.enter_context(superset.served())
    return Side(
        f"http://127.0.0.1:{peer.port}", {"session": peer.cookie}, lambda size: f"/superset/dashboard/bench-{size}/",
        THEIRS, lambda _size: superset.empty_the_caches(),
    )  # fmt: skip


def measure(browser: Browser, sides: list[Side]) -> Iterator[Result]:
    for side in sides:
        side.recorded = {size: record(browser, side, size) for size in SIZES}
    for size in SIZES:
        for count in VIEWERS:
            found = [list(trial(browser, side, size, count)) for side in sides]
            for place, (state, took, met) in enumerate(found[0]):
                other = found[1][place] if len(found) > 1 else None
                yield Result(
                    f"centre.board of {size} tiles, {state}, {count} viewers", took, "s",
                    TARGETS[size] if count == 1 and state == "cold" else None, other[1] if other else None,
                    note=note(met, other[2] if other else None),
                )  # fmt: skip
                if count == 100:
                    yield Result(
                        f"centre.errors of {count} viewers, {size} tiles, {state}", met["errors"], "errors", 0,
                        float(other[2]["errors"]) if other else None, note=f"{met['answers']} answers",
                    )  # fmt: skip


def note(met: dict[str, Any], other: dict[str, Any] | None) -> str:
    text = f"until the last tile in Chromium; viewers' own loads p95 {met['p95']} s, {met['errors']} errors"
    if other is None:
        return f"{text}; run without Superset (python -m bench.peers.superset.site installs it)"
    shape = f"{superset.WORKERS} workers of {superset.THREADS} threads, file caches"
    return f"{text}; beside: Superset {superset.VERSION}, {shape}, p95 {other['p95']} s, {other['errors']} errors"


def run() -> Iterator[Result]:
    with volume.database(), ExitStack() as stack:
        volume.build(ROWS)
        ground = centre_site.ground()
        call_command("collectstatic", interactive=False, verbosity=0)
        sides = [ours(stack, ground)]
        if superset.there():
            sides.append(theirs(stack, ground))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            yield from measure(browser, sides)
            browser.close()


if __name__ == "__main__":
    for result in run():
        print(f"{'✓' if result.holds else '✗'} {result.name}: {result.value} {result.unit}, beside {result.against}")
