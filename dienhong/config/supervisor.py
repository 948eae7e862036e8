"""Starts programs, watches them, starts again what fell, and ends by pid exactly what it started."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PATIENCE = 15  # seconds between asking a program to end and ending it
PR_SET_PDEATHSIG = 1


def say(line: str) -> None:
    print(line, flush=True)


def end_with_parent() -> None:
    """In the child: ask the kernel for SIGTERM when the supervisor dies, even by kill -9 (Linux only)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def tail(log: Path, lines: int = 12) -> str:
    said = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in said[-lines:])


class Task:
    """A program that ends by itself. Its lines that begin with ✓ are passed on; the rest is kept in its log."""

    def __init__(self, title: str, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.title, self.log = title, log
        self.began = self.said = time.monotonic()
        self.passed_on = 0
        with open(log, "wb") as output:
            self.child = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env=environment, start_new_session=True, preexec_fn=end_with_parent,
            )  # fmt: skip

    def ended(self) -> bool:
        """Say what is new: what was finished, and after two silent seconds the last words. True at the end."""
        code = self.child.poll()
        done = [line for line in self.log.read_text(errors="replace").splitlines() if line.startswith("✓")]
        for line in done[self.passed_on :]:
            self.said = time.monotonic()
            say(line)
        self.passed_on = len(done)
        if code is None and time.monotonic() - self.said >= 2:
            self.said = time.monotonic()
            say(f"  … {self.title}, {self.said - self.began:.0f} s  {tail(self.log, 1).strip()[:90]}")
        if code == 0 and not done:
            say(f"✓ {self.title}, {time.monotonic() - self.began:.1f} s")
        if code:
            say(f"✗ {self.title}: failed, everything it said is in {self.log}\n{tail(self.log)}")
        return code is not None


def run_task(task: Task) -> bool:
    """Wait for the end; whether it went well. Ctrl-C and SIGTERM end it too."""
    try:
        while not task.ended():
            time.sleep(0.1)
    except BaseException:
        end(task.child)
        raise
    return task.child.returncode == 0


def end(child: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    """Ask a program to end; after PATIENCE seconds end it. Its own children, which form its group, go with it."""
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


class Program:
    """One program that must run: started again when it ends by itself, later and later if it keeps falling."""

    def __init__(self, name: str, arguments: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
        self.name, self.arguments, self.environment, self.log = name, arguments, environment, log
        self.child: subprocess.Popen[bytes] | None = None
        self.falls = 0
        self.since = self.again_at = 0.0

    def start(self) -> None:
        with open(self.log, "ab") as output:
            self.child = subprocess.Popen(
                self.arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env=self.environment, start_new_session=True, preexec_fn=end_with_parent,
            )  # fmt: skip
        self.since = time.monotonic()

    def watch(self) -> None:
        """Call about once a second."""
        now = time.monotonic()
        if self.child is not None and self.child.poll() is not None:
            self.falls = 1 if now - self.since > 60 else self.falls + 1
            self.again_at = now + min(30, 2 ** (self.falls - 1) - 0.5)
            end(self.child)  # web workers outlive a killed master and would hold the port
            say(f"! {self.name} ended (status {self.child.returncode}), starting again\n{tail(self.log, 5)}")
            self.child = None
        if self.child is None and now >= self.again_at:
            self.start()

    def stop(self) -> None:
        if self.child is not None:
            end(self.child)


class Stopped(Exception):
    """SIGTERM or Ctrl-C arrived."""


def listen_for_the_end() -> None:
    def stop(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not break off the clean end
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Stopped

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def wait_until(question: Callable[[], bool], seconds: float, title: str) -> bool:
    """Ask ten times a second; a line every two seconds says that we wait."""
    began = said = time.monotonic()
    while not question():
        now = time.monotonic()
        if now - began > seconds:
            return False
        if now - said >= 2:
            said = now
            say(f"  … {title}, {now - began:.0f} s")
        time.sleep(0.1)
    return True


def python(*arguments: str) -> list[str]:
    """The command line of `manage.py …` in this virtual environment."""
    return [sys.executable, str(Path(__file__).resolve().parents[2] / "manage.py"), *arguments]
