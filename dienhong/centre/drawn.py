"""A tile as it was drawn, and where the processes of one host leave it for one another: two web workers and the hub
are asked for the same board at the same moment, and one of them draws it.

Files in the installation's home, good for as long as the memory of one process (kept.KEPT). Without them, on a full
disk say, each process draws for itself.
"""

import fcntl
import json
import logging
import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from dienhong.base.templatetags.ring import age_words

log = logging.getLogger("dienhong.centre")
# Put in when a tile is handed out: an age grows while the rest stays, and a tile stands on many boards.
AGE, STATE, OPEN = "@@age@@", "@@state@@", "@@open@@"
SWEEP = 1000  # files; beyond, those that are no longer good are taken away


@dataclass(frozen=True, slots=True)
class Drawn:
    """A tile as HTML. `known`: record seconds of its figure, None without an age; `fresh`: seconds it stays good."""

    id: str
    html: str
    known: float | None
    fresh: int
    counted: bool = False  # now, and not published at some moment: its age is that of the last counting

    def stale(self, now: float) -> bool:
        return self.known is not None and self.fresh > 0 and now - self.known > self.fresh

    def shown(self, now: float, opens: str, classes: str = "") -> str:
        """The HTML as of this second (record time), with the address that its title opens."""
        known = now if self.counted else self.known
        age = "" if known is None else age_words(max(0.0, now - known))
        state = f"{classes} broken" if self.stale(now) else classes
        return self.html.replace(AGE, age).replace(STATE, state).replace(OPEN, opens)

    def fixed(self, opens: str, classes: str = "") -> str:
        """The HTML without its age and state, which a display counts by itself: the same bytes until it is redrawn."""
        return self.html.replace(AGE, "").replace(STATE, classes).replace(OPEN, opens)


def folder() -> Path:
    return Path(settings.HOME) / "drawn"


def name(key: object) -> str:
    """The file of a tile, by what its HTML depends on."""
    return sha256(repr(key).encode()).hexdigest()[:40]


@contextmanager
def turn(names: Collection[str]) -> Iterator[None]:
    """Alone on this host with these tiles. The system ends the turn of a process that dies."""
    try:
        folder().mkdir(mode=0o700, exist_ok=True)
        lock = open(folder() / f"{name(sorted(names))}.lock", "w")  # noqa: SIM115
    except OSError as error:
        log.warning("tiles are drawn by each process for itself: %s", error)
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def read(names: Mapping[str, str], seconds: float) -> dict[str, Drawn]:
    """tile id -> what another process drew within the last seconds, of these files by tile id."""
    found = {}
    for pk, file in names.items():
        path = folder() / file
        try:
            if 0 <= time.time() - path.stat().st_mtime < seconds:
                found[pk] = Drawn(**json.loads(path.read_bytes()))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, TypeError) as error:
            log.warning("a drawn tile cannot be read and is drawn again: %s", error)
    return found


def write(names: Mapping[str, str], tiles: Mapping[str, Drawn], seconds: float) -> None:
    """For the other processes; a reader sees a file whole or not at all."""
    try:
        for pk, each in tiles.items():
            part = folder() / f"{names[pk]}.{os.getpid()}"
            part.write_text(json.dumps(asdict(each)))
            part.replace(folder() / names[pk])
        _sweep(seconds)
    except OSError as error:
        log.warning("drawn tiles are not left for other processes: %s", error)


def _sweep(seconds: float) -> None:
    with os.scandir(folder()) as files:
        there = list(files)
    if len(there) > SWEEP:
        for file in there:
            if time.time() - file.stat().st_mtime > seconds:
                Path(file.path).unlink(missing_ok=True)


def forget() -> None:
    """Between tests."""
    shutil.rmtree(folder(), ignore_errors=True)
