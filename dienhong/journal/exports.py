"""Signed roots outside the database: HOME/journal/roots.jsonl, one line per batch, appended and fsynced.

The chain in the database can be cut or rewritten by its owner; a root that already left it cannot. Copy the file to
another machine: whoever holds an older copy can show a cut. Lines may be thinned (each root covers all before it),
the last one may not.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

from dienhong.journal import canonical, hashing, keys


class Root(NamedTuple):
    statement: hashing.Statement
    signature: bytes

    def line(self) -> str:
        return json.dumps({"statement": self.statement.text(), "signature": self.signature.hex()}) + "\n"


class Restored(NamedTuple):
    """Batches that are gone for a reason someone signed for: the database was restored from an older backup."""

    first_number: int
    last_number: int
    first_position: int
    last_position: int
    reason: str
    at: str


def folder() -> Path:
    return keys.home() / "journal"


def roots_path() -> Path:
    return folder() / "roots.jsonl"


def restored_path() -> Path:
    return folder() / "restored.jsonl"


BATCH_COLUMNS = (
    "number, first_position, last_position, encode(chain, 'hex'), encode(tree, 'hex'), encode(previous_root, 'hex'),"
    f" {canonical.utc('sealed_at')}, key_id, form, signature, root"
)


def batch_root(row: Sequence[Any]) -> Root:
    """Root of one row of BATCH_COLUMNS, rebuilt from its columns."""
    return Root(hashing.Statement(*row[:9]), bytes(row[9]))


def parse(line: str) -> Root:
    """Raises ValueError when the line is not a root."""
    try:
        fields = json.loads(line)
        return Root(hashing.read_statement(fields["statement"]), bytes.fromhex(fields["signature"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a line of a roots file: {error}") from error


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if is_new:
            keys.sync_folder(path.parent)
        yield handle
    finally:
        os.close(handle)


def _last_line(handle: int) -> tuple[bytes, int]:
    """Last whole line and where the file ends after it; a line cut by a crash lies beyond that end."""
    size = os.fstat(handle).st_size
    start = max(0, size - 65536)
    data = os.pread(handle, size - start, start)
    end = data.rfind(b"\n") + 1
    return data[data.rfind(b"\n", 0, max(0, end - 1)) + 1 : end], start + end


def tail() -> hashing.Statement | None:
    """Statement of the last exported batch. Raises ValueError when the last line is not one."""
    if not roots_path().exists():
        return None
    with _locked(roots_path()) as handle:
        line, _ = _last_line(handle)
    return parse(line.decode()).statement if line else None


def export() -> int:
    """Append the roots of all batches after the last exported one; fsynced on return. Safe to repeat."""
    with _locked(roots_path()) as handle:
        line, end = _last_line(handle)
        last = parse(line.decode()).statement.number if line else 0
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {BATCH_COLUMNS} FROM journal_sealbatch WHERE number > %s ORDER BY number",  # noqa: S608
                [last],
            )
            rows = cursor.fetchall()
        if not rows:
            return 0
        os.ftruncate(handle, end)
        data = "".join(batch_root(row).line() for row in rows).encode()
        while data:
            written = os.pwrite(handle, data, end)
            data, end = data[written:], end + written
        os.fsync(handle)
    return len(rows)


def acknowledge_restore(first: hashing.Statement, last: hashing.Statement, reason: str, at: str) -> Restored:
    """Sign for batches that were exported and are gone because an older backup was restored."""
    restored = Restored(first.number, last.number, first.first_position, last.last_position, reason, at)
    text = hashing.canonical({"kind": "dienhong-journal-restored", **restored._asdict()}).decode()
    key = keys.current()
    line = json.dumps({"statement": text, "key_id": key.key_id, "signature": key.sign(text.encode()).hex()})
    with _locked(restored_path()) as handle:
        os.lseek(handle, 0, os.SEEK_END)
        os.write(handle, line.encode() + b"\n")
        os.fsync(handle)
    return restored


def restored(trusted: dict[str, bytes]) -> list[Restored]:
    """Signed acknowledgements; a line whose signature does not hold counts for nothing."""
    if not restored_path().exists():
        return []
    found = []
    for line in restored_path().read_text().splitlines():
        fields = json.loads(line)
        public = trusted.get(fields["key_id"], b"")
        if keys.is_signed(public, bytes.fromhex(fields["signature"]), fields["statement"].encode()):
            statement = json.loads(fields["statement"])
            statement.pop("kind")
            found.append(Restored(**statement))
    return found
