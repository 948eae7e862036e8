"""Tasks that end, programs that must not: what is said, what is started again, what is ended."""

import os
import sys
import time
from pathlib import Path

import pytest

from dienhong.config import supervisor
from dienhong.config.supervisor import Program, Task


def task(tmp_path: Path, code: str) -> Task:
    return Task("Chore", [sys.executable, "-uc", code], dict(os.environ), tmp_path / "chore.log")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int) -> bool:
    """Killed processes need a moment to vanish."""
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def test_a_quiet_task_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert supervisor.run_task(task(tmp_path, "print('much')"))
    assert capsys.readouterr().out.startswith("✓ Chore, ")


def test_finished_parts_are_passed_on_and_long_silence_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert supervisor.run_task(task(tmp_path, "import time; print('✓ one'); print('at two'); time.sleep(2.5)"))
    first, second = capsys.readouterr().out.splitlines()
    assert first == "✓ one"
    assert second.startswith("  … Chore, 2 s")
    assert second.endswith("at two")


def test_a_failure_shows_its_last_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not supervisor.run_task(task(tmp_path, "raise SystemExit('no such province')"))
    said = capsys.readouterr().out
    assert said.startswith("✗ Chore: failed")
    assert "no such province" in said


def test_what_falls_is_started_again_with_nothing_left_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fallen one had a child that would have kept the port."""
    code = "import subprocess, time; c = subprocess.Popen(['sleep', '60']); print(c.pid, flush=True); time.sleep(0.2)"
    log = tmp_path / "program.log"
    program = Program("program", (sys.executable, "-uc", code), dict(os.environ), log)
    program.start()
    assert program.child is not None
    first = program.child.pid
    deadline = time.monotonic() + 10
    while (program.child is None or program.child.pid == first) and time.monotonic() < deadline:
        program.watch()
        time.sleep(0.05)
    assert program.child is not None
    assert program.child.pid != first
    assert gone(int(log.read_text().split()[0]))
    assert "starting again" in capsys.readouterr().out
    program.stop()
    assert all(gone(int(pid)) for pid in log.read_text().split())
