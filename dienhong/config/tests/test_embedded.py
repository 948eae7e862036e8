"""The embedded server: first start, who may enter, restart, kill -9, long paths, two at once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from dienhong.config import embedded
from dienhong.config.embedded import EmbeddedServerError, Server

pytestmark = pytest.mark.embedded_only


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("home"))
    assert server.ensure()
    yield server
    server.stop()


def enter(server: Server, role: str, **changed: str) -> psycopg.Connection:
    known = server.settings(role)
    wanted = {"host": known["HOST"], "user": known["USER"], "password": known["PASSWORD"], "dbname": known["NAME"]}
    return psycopg.connect(**wanted | changed, connect_timeout=5)


def test_a_second_start_finds_it_running(server: Server) -> None:
    assert not server.ensure()
    assert server.answers()


@pytest.mark.parametrize("role", ["owner", "app", "sealer"])
def test_each_role_enters_as_itself(server: Server, role: str) -> None:
    with enter(server, role) as link:
        assert link.execute("SELECT current_user").fetchone() == (embedded.ROLES[role],)
        assert link.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)


def test_nobody_enters_without_the_password(server: Server) -> None:
    for role in embedded.ROLES:
        with pytest.raises(psycopg.OperationalError, match="password"):
            enter(server, role, password="guess")
    with pytest.raises(psycopg.OperationalError, match="password"):
        enter(server, "app", user=embedded.SUPERUSER)


def test_secrets_are_ours_alone(server: Server) -> None:
    kept = {path.name: path.stat().st_mode & 0o777 for path in server.secrets.iterdir()}
    assert set(kept) >= {"database-superuser", "database-owner", "database-app", "database-sealer"}
    assert set(kept.values()) == {0o600}
    assert server.data.stat().st_mode & 0o077 == 0
    assert not (server.home / "database.password").exists()


def test_no_tcp(server: Server) -> None:
    with psycopg.connect(**server.superuser()) as link:
        assert link.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.parametrize("role", ["app", "sealer"])
def test_only_the_owner_makes_tables(server: Server, role: str) -> None:
    with enter(server, role) as link, pytest.raises(psycopg.errors.InsufficientPrivilege):
        link.execute("CREATE TABLE mine (x int)")


def test_kill_9_loses_nothing_committed(server: Server) -> None:
    with enter(server, "owner") as link:
        link.execute("CREATE TABLE kept AS SELECT 7 AS x")
    os.kill(int((server.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.answers() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.ensure()
    with enter(server, "owner") as link:
        assert link.execute("SELECT x FROM kept").fetchone() == (7,)


def test_a_lost_password_file_mends_itself_at_the_next_start(server: Server) -> None:
    (server.secrets / "database-app").unlink()
    server.stop()
    assert server.ensure()
    with enter(server, "app") as link:
        assert link.execute("SELECT 1").fetchone() == (1,)


def test_a_long_home_gets_a_short_socket(tmp_path: Path) -> None:
    home = tmp_path / ("a-very-long-name-of-a-folder-" * 4) / "home"
    server = Server(home)
    assert len(bytes(server.socket_folder / ".s.PGSQL.5432")) <= embedded.LONGEST_SOCKET
    try:
        assert server.ensure()
        assert server.socket_folder.stat().st_mode & 0o077 == 0
    finally:
        server.stop()
        server.socket_folder.rmdir()


def test_two_at_once_start_one(tmp_path: Path) -> None:
    code = "import sys, pathlib; from dienhong.config.embedded import Server; "
    code += f"print(Server(pathlib.Path({str(tmp_path)!r})).ensure())"

    def start(_: int) -> str:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        return done.stdout.strip() or done.stderr

    try:
        with ThreadPoolExecutor(3) as pool:
            assert sorted(pool.map(start, range(3))) == ["False", "False", "True"]
    finally:
        Server(tmp_path).stop()


def test_data_of_another_version_is_refused_with_a_sentence(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 9"):
        server.ensure()


def test_no_binaries_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIENHONG_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(EmbeddedServerError, match="mend DIENHONG_POSTGRES_BIN"):
        Server(tmp_path).ensure()


def test_memory_is_what_this_group_of_processes_may_have(tmp_path):
    limit = tmp_path / "memory.max"
    whole = embedded._memory(limit)
    assert whole > 500, "no such file: the machine's"
    for said, found in (("max\n", whole), ("536870912\n", 512), (str(10**18), whole)):
        limit.write_text(said)
        assert embedded._memory(limit) == found
