"""Programs that were loaded once: a parent that has read all of Django forks each program that a test starts and kills.

A program that begins alone takes two seconds to read its own code, of which a test of sixty kills learns nothing. What
is killed is a process of its own all the same, in a session of its own, begun from the same command line.
"""

import gc
import json
import os
import runpy
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

READ = (
    "dienhong.centre.live.front",
    "dienhong.config.threads",
    "dienhong.config.warming",
    "dienhong.config.whole_body",
    "dienhong.documents.signing",
    "dienhong.documents.verifying",
    "granian.cli",
    "granian.server",
    "procrastinate.contrib.django",
)


@dataclass
class Child:
    """A program of Python begun by a nursery, its parent: only that one learns how it ended."""

    nursery: "Nursery"
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.nursery.ask(ended=self.pid)
        return self.returncode

    def wait(self, seconds: float) -> int:
        deadline = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"process {self.pid} has not ended within {seconds} s")
            time.sleep(0.02)
        return code


class Nursery:
    def __init__(self, environment: dict[str, str], root: Path) -> None:
        self.lock = threading.Lock()
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"], cwd=root, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, **what: Any) -> Any:
        assert self.parent.stdin
        assert self.parent.stdout
        with self.lock:
            print(json.dumps(what), file=self.parent.stdin, flush=True)
            return json.loads(self.parent.stdout.readline())

    def begin(self, arguments: tuple[str, ...], out: Path, err: Path) -> Child:
        """What `python <arguments>` would run; what it says is added to the files."""
        return Child(self, self.ask(begin=arguments, out=str(out), err=str(err)))

    def close(self) -> None:
        with self.parent:
            assert self.parent.stdin
            self.parent.stdin.close()


def load() -> None:
    """Read the code. Nothing here may open a connection or start a thread: a fork would share the one, lose the other.
    So not the ASGI module itself, which builds what is built once, from the database."""
    import django

    django.setup()
    from django.urls import get_resolver

    for name in READ:
        import_module(name)
    assert get_resolver().url_patterns
    gc.freeze()


def serve() -> list[str]:
    """Answer the test line by line; returns in each child, with what it is to run, and never in the parent."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "begin" in asked:
            pid = os.fork()
            if not pid:
                _of_its_own(asked["out"], asked["err"])
                arguments: list[str] = asked["begin"]
                return arguments
            told: int | None = pid
        else:
            ended, status = os.waitpid(asked["ended"], os.WNOHANG)
            told = os.waitstatus_to_exitcode(status) if ended else None
        print(json.dumps(told), flush=True)
    sys.exit()


def _of_its_own(out: str, err: str) -> None:
    os.setsid()
    for number, path in ((0, os.devnull), (1, out), (2, err)):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
        os.close(file)


def run(arguments: list[str]) -> None:
    kind, *rest = arguments
    if kind == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif kind == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
    else:
        sys.argv = arguments
        runpy.run_path(kind, run_name="__main__")


if __name__ == "__main__":
    load()
    run(serve())
