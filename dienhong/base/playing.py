"""How far the demo nation has come in playing its older years, told by the job that plays to every page.

The teller holds a lock on a file in DIENHONG_HOME as long as it lives; what it says counts only while the lock is
held, so a job that died says nothing. The demo runs on one machine: a file and no table, for a GET may ask it.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being played, in both languages, and how many of how many periods are done; of=0 where nobody counts."""

    vi: str
    en: str
    done: int = 0
    of: int = 0


_held: list[int] = []  # the descriptor of this process's lock


@contextmanager
def told() -> Iterator[None]:
    """Hold the right to tell; inside another `told` or beside another teller it changes nothing."""
    if _held:
        yield
        return
    lock = os.open(_lock(), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield
            return
        _said().unlink(missing_ok=True)
        _held.append(lock)
        try:
            yield
        finally:
            _held.clear()
    finally:
        os.close(lock)


def tell(progress: Progress) -> None:
    """Say how far it is; only the holder of the lock is heard."""
    if not _held:
        return
    draft = _said().with_suffix(".draft")
    draft.write_text(json.dumps(asdict(progress)), encoding="utf-8")
    draft.replace(_said())  # a page must not read half a sentence


def current() -> Progress | None:
    """None where nothing plays: no demo, the job has ended or died, or it has said nothing yet."""
    if not getattr(settings, "DEMO", False) or not _is_held():
        return None
    try:
        return Progress(**json.loads(_said().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _is_held() -> bool:
    try:
        lock = os.open(_lock(), os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _lock() -> Path:
    return Path(settings.HOME) / "demo-plays.lock"


def _said() -> Path:
    return Path(settings.HOME) / "demo-plays.json"
