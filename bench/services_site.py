"""Ground of the services benches: a database of its own with many procedures, the web server on it, and a load.

The load is this file run as a program of its own: `python -m bench.services_site PORT SECONDS LINES` reads addresses
from its input, keeps LINES connections busy and prints one line of JSON.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice, product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "bench_services"
BATCH = 500


@contextmanager
def database() -> Iterator[None]:
    """Inside, Django's connection is the owner's on this bench's database; made, and brought up to date."""
    from django.core.management import call_command

    from bench import volume

    before, volume.NAME = volume.NAME, NAME
    try:
        with volume.database():
            call_command("migrate", verbosity=0)
            yield
    finally:
        volume.NAME = before


def fill(least: int) -> int:
    """The bundled procedures and as many local versions of them as it takes. Returns how many can be found."""
    from dienhong.catalogue.actions import import_procedures, load_bundled
    from dienhong.catalogue.actions.loading import table
    from dienhong.catalogue.models import Version
    from dienhong.catalogue.reading.records import Record

    load_bundled(by="job:bench")
    facts = list(table("procedures.csv"))
    local = (
        Record(f"{row['code']}.H{place:02d}", f"{row['name']} (tỉnh số {place})", row["field"], row["agency"])
        for place, row in product(range(1, 64), facts)
    )
    wanted = islice(local, max(least - len(facts), 0))
    while batch := list(islice(wanted, BATCH)):
        import_procedures(by="job:bench", records=batch, source="bench")
    return Version.objects.filter(current=True).count()


@contextmanager
def served() -> Iterator["object"]:
    """The server as `manage.py up` starts it, and a visitor who brings nothing."""
    from bench import http_bench

    with http_bench.served() as site:
        yield http_bench.Site(site.port, "")


def load(port: int, addresses: list[str], seconds: float, lines: int) -> dict[str, float]:
    """Run the load beside us; what it printed: answers, per second, kept, milliseconds, its own CPU seconds."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench.services_site", str(port), str(seconds), str(lines)],
        input="\n".join(addresses), capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    return dict(json.loads(ran.stdout))


class Line(asyncio.Protocol):
    """One kept connection that asks the next address as soon as it has the answer."""

    def __init__(self, asked: Iterator[bytes], seen: Counter[str], took: list[float], until: float) -> None:
        self.asked, self.seen, self.took, self.until = asked, seen, took, until
        self.buffer, self.done = b"", asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        self.began = time.perf_counter()
        if self.began >= self.until:
            self.transport.close()
            return
        self.transport.write(next(self.asked))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head_end = self.buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self.buffer[:head_end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.buffer) < head_end + 4 + length:
            return
        self.buffer = self.buffer[head_end + 4 + length :]
        self.took.append(time.perf_counter() - self.began)
        self.seen["all"] += 1
        self.seen["kept"] += b"x-page: kept" in head
        self.seen["200"] += head.startswith(b"http/1.1 200")
        self.seen["bytes"] += head_end + 4 + length
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def _load(port: int, addresses: list[str], seconds: float, lines: int) -> dict[str, float]:
    requests = cycle(
        f"GET {each} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nAccept-Language: vi\r\n\r\n".encode()
        for each in addresses
    )
    seen: Counter[str] = Counter()
    took: list[float] = []
    began = time.perf_counter()
    loop = asyncio.get_running_loop()
    made = [
        (await loop.create_connection(lambda: Line(requests, seen, took, began + seconds), "127.0.0.1", port))[1]
        for _ in range(lines)
    ]
    await asyncio.gather(*(line.done for line in made))
    lasted = time.perf_counter() - began
    took.sort()
    return {
        "answers": seen["all"], "good": seen["200"], "kept": seen["kept"], "per_second": round(seen["all"] / lasted, 1),
        "p95_ms": round(took[int(len(took) * 0.95) - 1] * 1000, 2), "kib": round(seen["bytes"] / 1024 / seen["all"], 1),
        "cpu_s": round(time.process_time(), 2), "seconds": round(lasted, 2), "lines": lines,
    }  # fmt: skip


if __name__ == "__main__":
    wanted = sys.stdin.read().split("\n")
    print(json.dumps(asyncio.run(_load(int(sys.argv[1]), wanted, float(sys.argv[2]), int(sys.argv[3])))))
