"""Apache Superset as a peer: its own environment, its metadata in a database beside ours, its gunicorn on loopback.

It is installed once, apart from our packages, by `python -m bench.peers.superset.site`; without it the comparison is
left out and says so.
"""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings
from psycopg import sql

from bench import http_bench, volume

HERE = Path(__file__).resolve().parent
NAME, USER = "bench_superset", "bench"
VERSION, ALSO = "6.1.0", ("Flask-Caching==2.3.1", "rich", "cachetools", "psycopg2-binary", "gunicorn", "setuptools<81")
WORKERS, THREADS = 2, 8


@dataclass(frozen=True)
class Peer:
    port: int
    cookie: str

    def address(self, board: str) -> str:
        return f"http://127.0.0.1:{self.port}/superset/dashboard/{board}/?standalone=0"


def home() -> Path:
    return Path(os.environ.get("DIENHONG_BENCH_SUPERSET") or Path(settings.HOME) / "superset")


def there() -> bool:
    return (home() / "bin" / "superset").exists()


def install() -> None:
    """A virtual environment of its own."""
    subprocess.run([sys.executable, "-m", "venv", str(home())], check=True)
    wanted = [f"apache-superset=={VERSION}", *ALSO]
    subprocess.run([str(home() / "bin" / "pip"), "install", "--quiet", *wanted], check=True)


def _url(name: str) -> str:
    """SQLAlchemy's address of a database on our server, for the owner."""
    before, volume.NAME = volume.NAME, name
    try:
        return http_bench.address("owner").replace("postgresql://", "postgresql+psycopg2://", 1)
    finally:
        volume.NAME = before


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    files = Path(settings.HOME) / "bench-superset"
    files.mkdir(parents=True, exist_ok=True)
    secret = files / "secret"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(42))
    return kept | {
        "PYTHONPATH": str(HERE), "BENCH_SUPERSET_HOME": str(files),
        "BENCH_SUPERSET_SECRET": secret.read_text(), "BENCH_SUPERSET_URL": _url(NAME), "FLASK_APP": "superset",
    }  # fmt: skip


def _run(*arguments: str, given: str = "") -> str:
    program, *rest = arguments
    ran = subprocess.run(
        [str(home() / "bin" / program), *rest], env=_environment(), input=given, capture_output=True, text=True,
        cwd=HERE,
    )  # fmt: skip
    if ran.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {ran.stderr[-3000:]}")
    return ran.stdout


def prepare(boards: dict[str, list[dict[str, Any]]]) -> None:
    """Its tables and user (once), then the dataset and these dashboards."""
    with volume.server() as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    marker = Path(settings.HOME) / "bench-superset" / "ready"
    if not marker.exists():
        _run("superset", "db", "upgrade")
        _run(
            "superset", "fab", "create-admin", "--username", USER, "--password", USER, "--firstname", "B",
            "--lastname", "B", "--email", "bench@example.org",
        )  # fmt: skip
        _run("superset", "init")
        marker.touch()
    _run("python", str(HERE / "fill.py"), given=json.dumps({"url": _url(volume.NAME), "boards": boards}))


def empty_the_caches() -> None:
    """Of data and of metadata; the processes stay warm."""
    for path in (Path(settings.HOME) / "bench-superset" / "cache").rglob("*"):
        if path.is_file():
            path.unlink(missing_ok=True)


@contextmanager
def served() -> Iterator[Peer]:
    port = http_bench.free_port()
    log = open(Path(settings.HOME) / "bench-superset.log", "wb")  # noqa: SIM115 (written to until its end)
    shape = ["-w", str(WORKERS), "-k", "gthread", "--threads", str(THREADS), "--timeout", "600"]
    gunicorn = subprocess.Popen(
        [str(home() / "bin" / "gunicorn"), *shape, "-b", f"127.0.0.1:{port}", "superset.app:create_app()"],
        env=_environment(), cwd=HERE, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 240
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/health", timeout=60).raise_for_status()
                break
            except httpx.HTTPError:
                if gunicorn.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("Superset did not come up: bench-superset.log says why") from None
                time.sleep(1)
        yield Peer(port, _sign_in(port))
    finally:
        gunicorn.terminate()
        gunicorn.wait(30)
        log.close()


def _sign_in(port: int) -> str:
    """Its session cookie."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, follow_redirects=False) as client:
        answer = client.post("/login/", data={"username": USER, "password": USER})
        if answer.status_code != 302 or "session" not in client.cookies:
            raise RuntimeError(f"Superset does not let us in: {answer.status_code} {urlencode(client.cookies)}")
        return client.cookies["session"]


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dienhong.config.settings")
    django.setup()
    install()
    print(_run("superset", "version"))
