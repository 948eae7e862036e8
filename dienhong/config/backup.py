"""Backup and restore: the database, the files it names, the keys. A backup that was never restored is a hope.

A backup is a folder: `database.dump` (pg_dump, custom format), `home.tar` (keys and signed roots, mode 0600),
`manifest.json` (what must be found again: rows per table, hashes). Files lie beside it in `files/`, shared by all
backups of that place, since a file's name is the hash of its content.
"""

import datetime as dt
import hashlib
import json
import os
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from dienhong.base import clock
from dienhong.base.store import Store, StoreError
from dienhong.config import databases, embedded

# Of DIENHONG_HOME: keys and what is signed. The passwords of the database's users belong to one server only.
KEPT = ("secrets", "keys", "journal")
PROVEN = "last-backup"  # in DIENHONG_HOME: touched by each drill that found everything again
Say = Callable[[str], None]


class BackupError(Exception):
    """What was found is not what the manifest promises, or it must not be touched; the sentence says what."""


@dataclass(frozen=True)
class Manifest:
    moment: str  # record time, ISO 8601, UTC
    server: str
    rows: dict[str, int]  # table -> rows
    files: list[str]  # digests
    sha256: dict[str, str]  # file of this folder -> hash


def owner() -> dict[str, Any]:
    """Parameters of psycopg.connect as the owner of the tables; starts the embedded server."""
    chosen = databases.choose(settings.HOME, "owner")
    if chosen["ENGINE"] == "dienhong.config.postgres":
        embedded.Server(settings.HOME).ensure()
    link = {"host": chosen["HOST"], "port": chosen["PORT"], "user": chosen["USER"], "password": chosen["PASSWORD"]}
    return {name: value for name, value in link.items() if value} | {"dbname": settings.DATABASES["default"]["NAME"]}


def tool(link: dict[str, Any], name: str, *arguments: str) -> None:
    """Run pg_dump or pg_restore; the password goes by the environment, never by the command line."""
    environment = os.environ | {f"PG{key.upper()}": str(value) for key, value in link.items() if key != "dbname"}
    done = subprocess.run(
        [str(embedded.binaries() / name), *arguments],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise BackupError(f"{name}: {done.stderr.strip()[-2000:]}")


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return {table: _count(connection, table) for (table,) in tables}


def take(place: Path, say: Say) -> Path:
    """Make one backup under `place`; returns its folder. The site may work meanwhile."""
    moment = clock.record_now()
    folder, draft = place / f"{moment:%Y%m%dT%H%M%SZ}", place / f".{moment:%Y%m%dT%H%M%SZ}.draft"
    draft.mkdir(parents=True, mode=0o700)
    link = owner()
    # Rows are counted in the dump's own snapshot: work that goes on meanwhile must not make the numbers disagree.
    with psycopg.connect(**link) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot(), current_setting('server_version')").fetchone()
        if row is None:
            raise BackupError("The server gave no snapshot.")
        say("… pg_dump")
        dump = str(draft / "database.dump")
        tool(link, "pg_dump", f"--snapshot={row[0]}", "--format=custom", "--no-owner", "--no-privileges",
             f"--file={dump}", link["dbname"])  # fmt: skip
        rows = count_rows(connection)
    say("… files")
    # After the dump: a file is on disk before the row that names it, so none can be missing.
    digests = _copy_files(Path(settings.STORE), place / "files")
    with tarfile.open(draft / "home.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        for name in KEPT:
            if (settings.HOME / name).exists():
                archive.add(settings.HOME / name, name, filter=_without_passwords)
    for name in ("database.dump", "home.tar"):
        (draft / name).chmod(0o600)
    hashes = {name: _sha256(draft / name) for name in ("database.dump", "home.tar")}
    manifest = Manifest(moment.isoformat(), row[1], rows, digests, hashes)
    (draft / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1))
    draft.rename(folder)
    say(f"✓ {folder}: {sum(rows.values())} rows, {len(digests)} files")
    return folder


def age() -> dt.timedelta | None:
    """How long ago the last backup passed its drill, wherever it lies; None where none ever did."""
    try:
        proven = (settings.HOME / PROVEN).stat().st_mtime
    except FileNotFoundError:
        return None
    return clock.record_now() - dt.datetime.fromtimestamp(proven, dt.UTC)


def newest(place: Path) -> dt.datetime | None:
    """When the last finished backup of that place was taken; None where there is none."""
    found = [folder.name for folder in place.glob("*T*Z") if (folder / "manifest.json").is_file()]
    return dt.datetime.strptime(max(found), "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC) if found else None


def read(folder: Path) -> Manifest:
    """The manifest, after checking that every file is what it was. BackupError names the one that is not."""
    if not (folder / "manifest.json").is_file():
        raise BackupError(f"{folder} holds no manifest.json: it is no finished backup.")
    manifest = Manifest(**json.loads((folder / "manifest.json").read_text()))
    for name, expected in manifest.sha256.items():
        if not (folder / name).is_file() or _sha256(folder / name) != expected:
            raise BackupError(f"{folder / name} is missing or was changed since the backup was made.")
    store = Store(folder.parent / "files")
    for digest in manifest.files:
        try:
            store.get(digest)
        except StoreError as error:
            raise BackupError(f"{folder.parent / 'files'}: {error}") from error
    return manifest


def restore_database(folder: Path, manifest: Manifest, database: str) -> None:
    """Make `database` from the dump and compare every table. On failure it is dropped again."""
    link = owner()
    with psycopg.connect(**link | {"dbname": "postgres"}, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    try:
        tool(link, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={database}",
             str(folder / "database.dump"))  # fmt: skip
        with psycopg.connect(**link | {"dbname": database}) as connection:
            found = count_rows(connection)
        wrong = {table for table in {*found, *manifest.rows} if found.get(table) != manifest.rows.get(table)}
        if wrong:
            raise BackupError(f"After restoring, these tables have other numbers of rows: {', '.join(sorted(wrong))}.")
    except BaseException:
        drop(database)
        raise


def drop(database: str) -> None:
    with psycopg.connect(**owner() | {"dbname": "postgres"}, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def drill(folder: Path, say: Say) -> None:
    """Restore into a database of its own, compare, drop it. Touches nothing that works."""
    manifest = read(folder)
    name = f"dienhong_drill_{os.getpid()}"
    restore_database(folder, manifest, name)
    drop(name)
    (settings.HOME / PROVEN).touch()
    say(f"✓ Drill: {sum(manifest.rows.values())} rows and {len(manifest.files)} files are as they were")


def restore(folder: Path, say: Say) -> str:
    """Put the backup in the place of the database; returns the name under which the old one stays.

    Keys and signed roots that are here already are kept: newer roots show what the restored journal lost.
    """
    manifest = read(folder)
    current = str(settings.DATABASES["default"]["NAME"])
    fresh, aside = f"{current}_restored", f"{current}_before_{clock.record_now():%Y%m%dT%H%M%S}".lower()
    restore_database(folder, manifest, fresh)
    say("✓ The dump is restored and compared")
    _copy_files(folder.parent / "files", Path(settings.STORE), manifest.files)
    with tarfile.open(folder / "home.tar") as archive:
        for member in archive.getmembers():
            if not (settings.HOME / member.name).exists():
                archive.extract(member, settings.HOME, filter="data")
    # One transaction: there is never a moment without a database of this name.
    with psycopg.connect(**owner() | {"dbname": "postgres"}) as connection:
        for old, new in ((current, aside), (fresh, current)):
            _disconnect(connection, old)
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
            )
    return aside


def _disconnect(connection: psycopg.Connection, database: str) -> None:
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pg_has_role(usesysid, 'MEMBER')",
        [database],
    )


def _count(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else 0


def _copy_files(source: Path, target: Path, digests: list[str] | None = None) -> list[str]:
    """Copy what is not there yet; each is verified as it is read. Returns the digests, sorted."""
    names = digests if digests is not None else sorted(path.name for path in source.glob("??/" + "?" * 64))
    here, there = Store(source), Store(target)
    for digest in names:
        if not there.path(digest).exists():
            there.put(here.get(digest))
    return names


def _without_passwords(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if member.name.startswith("secrets/database-") else member


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
