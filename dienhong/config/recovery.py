"""Point-in-time recovery: a base copy and the log of every change after it give the database of any moment.

DIENHONG_WAL_ARCHIVE=1 keeps the log of the embedded server in `<home>/archive`, at the latest a minute late.
"""

import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path

import psycopg

from dienhong.base import clock
from dienhong.config.backup import BackupError
from dienhong.config.embedded import Server, binaries


def base_copy(server: Server, place: Path) -> Path:
    """Copy the running server's data folder; returns the copy. Take one a week and keep the archive since."""
    target = place / f"base-{clock.record_now():%Y%m%dT%H%M%SZ}"
    place.mkdir(parents=True, exist_ok=True)
    link = server.superuser()
    done = subprocess.run(
        [str(binaries() / "pg_basebackup"), "-h", link["host"], "-U", link["user"], "-D", str(target),
         "--checkpoint=fast", "--wal-method=stream", "--no-password"],
        env=os.environ | {"PGPASSWORD": link["password"]},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise BackupError(f"pg_basebackup: {done.stderr.strip()}")
    return target


def recover(base: Path, archive: Path, secrets: Path, moment: dt.datetime, home: Path) -> str:
    """Make a new home whose database is that of `moment` (aware); starts it. Returns the last change's time, ISO.

    The old home is not touched. Keys, files and signed roots are copied by the caller's hand (docs/how-to).
    """
    if moment.tzinfo is None:
        raise BackupError("Say the moment with its time zone, for example 2026-11-23T21:00:00+07:00.")
    if home.exists() and any(home.iterdir()):
        raise BackupError(f"{home} is not empty: name a folder that does not exist yet.")
    home.mkdir(parents=True, exist_ok=True)
    server = Server(home)
    shutil.copytree(base, server.data)
    shutil.copytree(archive, home / "archive-before")
    shutil.copytree(secrets, server.secrets)
    server.secrets.chmod(0o700)
    for path in [*server.data.rglob("*"), server.data, *(home / "archive-before").rglob("*"), home / "archive-before"]:
        server.own(path)
    (server.data / "recovery.signal").touch()
    server.own(server.data / "recovery.signal")
    settings = home / "postgresql.local.conf"
    settings.write_text(
        f'restore_command = \'cp "{home}/archive-before/%f" "%p"\'\n'
        f"recovery_target_time = '{moment.isoformat()}'\n"
        "recovery_target_action = 'promote'\n"
    )
    server.ensure()
    settings.unlink()
    with psycopg.connect(**server.superuser()) as connection:
        row = connection.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
    return row[0].isoformat() if row and row[0] else "no change after the base copy"
