"""A live site with the other agencies' programs around it: what a journey through a service needs.

The site is the test's own live server on a copy of the services' database. The bank, the registers and the police are
the demo's programs, each a process of its own, that know the site by HTTP alone. The worker's and the sealer's turn
comes when the test says `turn()`.
"""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections

from dienhong.exchange import testing as exchange
from dienhong.exchange.testing import Running
from dienhong.journal import testing as journal
from dienhong.payments.shared_secret import shared_secret

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Town:
    url: str
    bank: str
    police: Running
    registers: Running

    def turn(self) -> None:
        """Seal what happened and let the worker do all that follows, as it does each second on a site that runs."""
        with ThreadPoolExecutor(1) as other:  # this thread has the browser's loop
            other.submit(_work).result()

    def turn_until(self, question: Callable[[], object], seconds: float = 40) -> None:
        """Where another agency's word is awaited: on a slow machine it may take a second delivery."""
        deadline = time.monotonic() + seconds
        self.turn()
        while not question():
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.5)
            self.turn()


def _work() -> None:
    try:
        for _ in range(3):  # what follows an act is an act itself: an answer of a register, a paper, a notice
            journal.seal(steps=False)
            call_command("worker", once=True)
    finally:
        connections.close_all()


@contextmanager
def town(site: str, home: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """On `services_database`. `home` holds files, keys, and what the programs keep."""
    settings.DEMO, settings.SITE_ADDRESS = True, site
    settings.STORE, settings.EXCHANGE_HOME, settings.DOCUMENTS_HOME = home / "files", home, home
    # The threads of the worker's jobs must not keep their connections: the test's database is dropped at the end.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    cache.clear()
    call_command("documents_authority", stdout=io.StringIO())
    with (
        exchange.running("registers", home) as registers,
        exchange.running("police", home) as police,
        _bank(site, home) as bank,
    ):
        for program in (registers, police):
            exchange.introduce(program)
        monkeypatch.setenv("DIENHONG_SANDBOX_BANK", bank.rpartition(":")[2])
        for name in ("GATEWAY", "BANK"):
            monkeypatch.setenv(f"DIENHONG_{name}_SECRET", shared_secret(home))
        yield Town(site, bank, police, registers)


@contextmanager
def _bank(site: str, home: Path) -> Iterator[str]:
    """The play bank's address."""
    named = {"DIENHONG_HOME": str(home), "DIENHONG_SANDBOX_BANK": "0", "DIENHONG_SANDBOX_SITE": site}
    process = subprocess.Popen(
        [sys.executable, "-m", "dienhong.payments.sandbox_bank"], cwd=ROOT, env={**os.environ, **named},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[-1]
        with urlopen(f"{address}/health", timeout=5) as answer:  # noqa: S310 - loopback
            assert answer.status == 200
        yield address
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
