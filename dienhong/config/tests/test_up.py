"""`manage.py up` as a person meets it: it comes up, refuses a second one, ends everything it started."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from dienhong.config.embedded import Server

pytestmark = pytest.mark.embedded_only
ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, **more: str) -> dict[str, str]:
    dropped = {"DIENHONG_DATABASE_ROLE", "DJANGO_SETTINGS_MODULE"}
    mine = {"DIENHONG_HOME": str(home), "DIENHONG_DEMO": "0", "DIENHONG_WEB_WORKERS": "1", "PYTHONUNBUFFERED": "1"}
    return {name: value for name, value in os.environ.items() if name not in dropped} | mine | more


def up(home: Path, **more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT, env=environment(home, **more), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def until_open(site: "subprocess.Popen[str]") -> str:
    said = ""
    assert site.stdout is not None
    for line in site.stdout:
        said += line
        if "Ctrl-C" in line:
            return said
    raise AssertionError(f"it ended instead of opening:\n{said}")


def below(pid: int) -> set[int]:
    """The processes under `pid`, by /proc."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in children} | {deeper for child in children for deeper in below(int(child))}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[tuple[subprocess.Popen[str], Path, int, str]]":
    home, port = tmp_path_factory.mktemp("up"), free_port()
    process = up(home, PORT=str(port))
    try:
        yield process, home, port, until_open(process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
        process.stdout.close()  # type: ignore[union-attr]
        Server(home).stop()


def test_it_opens_and_says_where(site: "tuple[subprocess.Popen[str], Path, int, str]") -> None:
    _, home, port, said = site
    assert f"http://127.0.0.1:{port}/" in said
    assert str(home) in said
    with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
        assert answer.status == 200
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_second_one_is_refused_with_the_address(site: "tuple[subprocess.Popen[str], Path, int, str]") -> None:
    process, home, port, _ = site
    said, _ = (second := up(home, PORT=str(free_port()))).communicate(timeout=30)
    assert second.returncode == 1
    assert f"already runs from {home}: http://127.0.0.1:{port}/ (process {process.pid})" in said


def test_a_taken_port_is_refused_with_a_remedy(
    site: "tuple[subprocess.Popen[str], Path, int, str]", tmp_path: Path
) -> None:
    port = site[2]
    said, _ = (second := up(tmp_path, PORT=str(port))).communicate(timeout=30)
    assert second.returncode == 1
    assert f"PORT={port + 1} make run" in said
    assert not (tmp_path / "database").exists()


def test_a_fallen_server_comes_back(site: "tuple[subprocess.Popen[str], Path, int, str]") -> None:
    process, home, port, _ = site
    web = next(pid for pid in below(process.pid) if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(web, signal.SIGKILL)
    os.kill(int((Server(home).data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        time.sleep(0.3)
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=3) as answer:
                if answer.status == 200:
                    return
        except OSError:
            continue
    raise AssertionError("the site did not come back")


def test_the_end_leaves_nothing_behind(site: "tuple[subprocess.Popen[str], Path, int, str]") -> None:
    process, home, _, _ = site
    children = below(process.pid)
    assert children
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert not Server(home).answers()
    assert not (home / "database.started-by-up").exists()


def test_demo_beyond_this_machine_does_not_start(tmp_path: Path) -> None:
    said, _ = (site := up(tmp_path, DIENHONG_DEMO="1", DIENHONG_LISTEN="0.0.0.0")).communicate(timeout=30)
    assert site.returncode != 0
    assert "dienhong.E001" in said
    assert not (tmp_path / "database").exists()
