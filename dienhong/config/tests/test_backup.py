"""The drill: back up, lose, restore, compare; and the database of a moment that has passed."""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dienhong.base.store import Store
from dienhong.config import embedded
from dienhong.config.embedded import Server

pytestmark = pytest.mark.embedded_only
ROOT = Path(__file__).resolve().parents[3]


def manage(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    dropped = {"DIENHONG_DATABASE_ROLE", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment | {"DIENHONG_HOME": str(home), "DIENHONG_WAL_ARCHIVE": "1"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def done(home: Path, *arguments: str) -> str:
    ended = manage(home, *arguments)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def query(server: Server, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(**server.superuser(embedded.NAME), autocommit=True) as link:
        cursor = link.execute(statement)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


ADD = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('{}', 'x', now())"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("lived-in"))
    done(server.home, "migrate", "-v0")
    query(server, ADD.format("before"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def digest(server: Server) -> str:
    return Store(server.home / "files").put("Báo cáo quý II".encode())


@pytest.fixture(scope="module")
def folder(server: Server, digest: str) -> Path:
    said = done(server.home, "backup")
    assert "✓ Drill" in said
    (found,) = [path for path in (server.home / "backups").iterdir() if path.name != "files"]
    return found


def test_a_backup_is_private_and_holds_no_password(folder: Path, server: Server) -> None:
    assert folder.stat().st_mode & 0o077 == 0
    names = subprocess.run(["tar", "tf", folder / "home.tar"], capture_output=True, text=True, check=True).stdout
    assert "secrets/django" in names
    assert "secrets/database-" not in names
    databases = query(server, "SELECT datname FROM pg_database WHERE datname LIKE '%drill%'")
    assert databases == []  # the drill cleans up


def test_what_was_lost_comes_back(server: Server, folder: Path, digest: str) -> None:
    query(server, ADD.format("after the backup"))
    query(server, "DELETE FROM django_session WHERE session_key = 'before'")
    Store(server.home / "files").path(digest).unlink()
    assert "✓ Restored" in done(server.home, "restore", str(folder))
    assert query(server, "SELECT session_key FROM django_session") == [("before",)]
    assert Store(server.home / "files").get(digest).decode() == "Báo cáo quý II"
    aside = query(server, "SELECT count(*) FROM pg_database WHERE datname LIKE 'dienhong_before_%'")
    assert aside == [(1,)]
    rights = "SELECT has_table_privilege('dienhong_app', 'journal_event', 'INSERT, SELECT'), "
    rights += "has_table_privilege('dienhong_app', 'journal_event', 'UPDATE')"
    assert query(server, rights) == [(True, False)]


def test_a_backup_opens_on_another_machine(folder: Path, tmp_path: Path, digest: str) -> None:
    try:
        done(tmp_path, "restore", str(folder))
        assert query(Server(tmp_path), "SELECT session_key FROM django_session") == [("before",)]
        assert Store(tmp_path / "files").get(digest)
    finally:
        Server(tmp_path).stop()


def test_a_spoilt_backup_is_refused_and_nothing_is_touched(server: Server, folder: Path) -> None:
    dump = folder / "database.dump"
    good = dump.read_bytes()
    try:
        dump.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        refused = manage(server.home, "restore", str(folder))
        assert refused.returncode == 1
        assert "database.dump is missing or was changed" in refused.stderr
    finally:
        dump.write_bytes(good)
    assert query(server, "SELECT count(*) FROM django_session") == [(1,)]


def test_an_unfinished_backup_is_no_backup(server: Server, tmp_path: Path) -> None:
    assert "no finished backup" in manage(server.home, "restore", str(tmp_path)).stderr


def test_the_database_of_a_moment_that_has_passed(server: Server, tmp_path: Path) -> None:
    base = tmp_path / "bases"
    done(server.home, "backup", "--base", "--to", str(base))
    query(server, ADD.format("good"))
    time.sleep(0.1)
    moment = dt.datetime.now(dt.UTC)
    time.sleep(0.1)
    query(server, "DELETE FROM django_session")  # the mistake
    query(server, "SELECT pg_switch_wal()")
    deadline = time.monotonic() + 15
    while (
        not query(
            server,
            "SELECT 1 FROM pg_stat_archiver WHERE archived_count > 0 AND last_archived_wal >= "
            "(SELECT pg_walfile_name(pg_current_wal_lsn() - 1))",
        )
        and time.monotonic() < deadline
    ):
        time.sleep(0.2)  # fmt: skip
    recovered = Server(tmp_path / "recovered")
    try:
        (copy,) = base.iterdir()
        done(server.home, "recover", "--base", str(copy), "--to", moment.isoformat(), "--home", str(recovered.home))
        assert query(recovered, "SELECT session_key FROM django_session ORDER BY 1") == [("before",), ("good",)]
        query(recovered, ADD.format("it works on"))
    finally:
        recovered.stop()
    assert query(server, "SELECT count(*) FROM django_session") == [(0,)]
