"""Files kept by what is in them: the SHA-256 of the bytes is the name.

A digest in a committed row always has its bytes: `put` returns only after the file and the directories that name
it are on disk. Never served by hash over HTTP: a file is read through the permission of the row that owns it.
"""

import contextlib
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

_DIGEST = re.compile(r"[0-9a-f]{64}")
TEMPORARY = ".incoming-"
_named: set[str] = set()  # directories of stores that this process saw, and synced the name of


class StoreError(Exception):
    """Something is wrong with a stored file; `digest` says which."""

    def __init__(self, digest: str, sentence: str) -> None:
        super().__init__(sentence)
        self.digest = digest


class Missing(StoreError):
    """No file of this digest."""


class Damaged(StoreError):
    """The file's bytes are no longer those of its digest."""


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_directory(directory: Path) -> None:
    """Make it and sync every parent that got a new name; safe when several processes do it at once."""
    if directory.is_dir():
        return
    _make_directory(directory.parent)
    directory.mkdir(exist_ok=True)
    _sync_directory(directory.parent)


@dataclass(frozen=True, slots=True)
class Store:
    root: Path

    def path(self, digest: str) -> Path:
        """Where the file of this digest lies or would lie; ValueError unless it is 64 lower-case hex digits."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest[:80]!r} is not a SHA-256 digest in lower-case hex.")
        return self.root / digest[:2] / digest

    def put(self, data: bytes) -> str:
        """Keep the bytes durably and return their SHA-256 in hex. Repeatable; heals a damaged file of that digest."""
        digest = hashlib.sha256(data).hexdigest()
        target = self.path(digest)
        self._make_directory(target.parent)
        try:
            intact = target.read_bytes() == data
        except FileNotFoundError:
            intact = False
        if not intact:
            self._write(target, data)
        # Also when it was there: another writer may have renamed it and not yet synced.
        _sync_directory(target.parent)
        return digest

    def _make_directory(self, directory: Path) -> None:
        """The directory, its name on disk: whoever made it, this process has synced the root since it saw it there."""
        if str(directory) in _named and directory.is_dir():
            return
        _make_directory(directory)
        _sync_directory(self.root)
        _named.add(str(directory))

    def _write(self, target: Path, data: bytes) -> None:
        descriptor, name = tempfile.mkstemp(prefix=TEMPORARY, dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fchmod(file.fileno(), 0o440)
                os.fsync(file.fileno())
            os.replace(name, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise

    def get(self, digest: str) -> bytes:
        """The bytes, checked against the digest. Missing or Damaged otherwise, each carrying the digest."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise Missing(digest, _("Trong kho không có tệp %(digest)s.") % {"digest": digest}) from None
        if hashlib.sha256(data).hexdigest() != digest:
            said = _("Tệp lưu %(digest)s đã bị đổi: nội dung không còn khớp với mã băm này.")
            raise Damaged(digest, said % {"digest": digest})
        return data


def default() -> Store:
    """The store of this installation, at settings.STORE."""
    from django.conf import settings

    return Store(Path(settings.STORE))


def put(data: bytes) -> str:
    return default().put(data)


def get(digest: str) -> bytes:
    return default().get(digest)


def path(digest: str) -> Path:
    return default().path(digest)
