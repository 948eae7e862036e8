"""For tests of this and other rooms: the partners' small programs, started here and ended by their process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from dienhong.base import clock
from dienhong.exchange import keys, log, partner_files, signing
from dienhong.exchange.models import Partner, PartnerKey
from dienhong.exchange.programs import keys as demo_keys

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Running:
    """A program that listens at `url`; `home` is where it keeps what it took."""

    name: str
    url: str
    home: Path
    process: "subprocess.Popen[str]"

    def tell(self, door: str, **said: Any) -> Any:
        """POST to one of its own doors: faults, rotate, received, result."""
        request = Request(f"{self.url}/{door}", json.dumps(said).encode(), method="POST")  # noqa: S310 - loopback
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.loads(answer.read())

    def fail(self, fault: str, partner: str = "", times: int | None = None, seconds: float = 4.0) -> None:
        self.tell("faults", partner=partner, fault=fault, times=times, seconds=seconds)

    def heal(self, partner: str = "") -> None:
        self.tell("faults", partner=partner, fault="none")

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()


def start(name: str, home: Path, port: int = 0) -> Running:
    """Start `registers` or `police` on a port of this machine; it answers when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"dienhong.exchange.programs.{name}", "--home", str(home), "--port", str(port)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline().split()
    if not line:
        process.wait()
        raise RuntimeError(f"{name} ended with {process.returncode} instead of listening")
    return Running(name, line[1], home, process)


@contextmanager
def running(name: str, home: Path, port: int = 0) -> Iterator[Running]:
    program = start(name, home, port)
    try:
        yield program
    finally:
        program.process.terminate()
        program.process.wait(10)
        if program.process.stdout:
            program.process.stdout.close()


def introduce(program: Running) -> None:
    """Set up in the database every partner that the program plays: its address, its key. We show it our key too."""
    keys.ours()
    public = demo_keys.of(program.home, program.name).public
    for key in partner_files.every():
        folder = partner_files.get(key)
        if folder.program != program.name:
            continue
        row = log.partner_row(folder)
        Partner.objects.filter(pk=row.pk).update(base_url=f"{program.url}/{key}")
        PartnerKey.objects.get_or_create(
            partner=row, key_id=signing.key_id_of(public),
            defaults={"public": public, "valid_from": clock.record_now(), "added_by": "job:test"},
        )  # fmt: skip
