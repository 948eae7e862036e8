"""DATABASE_URL: a PostgreSQL of somebody else, reached by URLs of three users."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dienhong.config import databases, embedded
from dienhong.config.embedded import Server

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Stands in for the agency's own server: we know of it what its administrator wrote down."""
    server = Server(tmp_path_factory.mktemp("elsewhere"))
    server.ensure()
    yield server
    server.stop()


def url(server: Server, role: str) -> str:
    return databases.to_url(server.settings(role))


def manage(home: Path, urls: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    dropped = {"DIENHONG_DATABASE_ROLE", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment | {"DIENHONG_HOME": str(home)} | urls,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_three_users_by_url(server: Server, tmp_path: Path) -> None:
    app, owner, sealer = url(server, "app"), url(server, "owner"), url(server, "sealer")
    everyone = {"DATABASE_URL": app, "DATABASE_OWNER_URL": owner, "DATABASE_SEALER_URL": sealer}
    migrated = manage(tmp_path, everyone, "migrate", "-v1")
    assert migrated.returncode == 0, migrated.stderr
    assert "!" not in migrated.stderr
    sealed = manage(tmp_path, {"DATABASE_URL": sealer}, "sealer", "--once")
    assert sealed.returncode == 0, sealed.stderr
    with psycopg.connect(app) as link:
        assert link.execute("SELECT count(*) FROM journal_event").fetchone() is not None
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            link.execute("DELETE FROM journal_event")
    assert not (tmp_path / "database").exists()  # nothing embedded was started


def test_migrating_as_the_application_is_refused_by_the_server(server: Server, tmp_path: Path) -> None:
    with psycopg.connect(**server.superuser(), autocommit=True) as link:
        link.execute(f"CREATE DATABASE other OWNER {embedded.ROLES['owner']}")
    address = url(server, "app").replace(f"/{embedded.NAME}?", "/other?")
    refused = manage(tmp_path, {"DATABASE_URL": address}, "migrate")
    assert refused.returncode != 0
    assert "permission denied" in refused.stderr


def test_our_server_is_not_stopped_for_us(tmp_path: Path, server: Server) -> None:
    refused = manage(tmp_path, {"DATABASE_URL": url(server, "app")}, "database", "stop")
    assert "not ours to start or stop" in refused.stderr
    assert server.answers()
