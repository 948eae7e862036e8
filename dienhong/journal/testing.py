"""For tests of any room: seal what the test has recorded, without touching the installation's roots."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.test import override_settings

from dienhong.journal import sealer

_homes: list[Path] = []


@contextmanager
def home(path: Path) -> Iterator[Path]:
    """Keys and exported roots lie under `path` while this holds; use it around sealing and verifying together."""
    with override_settings(JOURNAL_HOME=path):
        _homes.append(path)
        try:
            yield path
        finally:
            _homes.pop()


def seal(*, steps: bool = True) -> int:
    """Seal every event recorded so far and run the registered steps, as one round. Works inside a test's transaction.

    Returns how many events were sealed. Roots go to a folder that is removed again, unless `home` is in force.
    """
    if _homes:
        return _seal(steps)
    with tempfile.TemporaryDirectory() as folder, home(Path(folder)):
        return _seal(steps)


def _seal(steps: bool) -> int:
    total = 0
    while count := sealer.seal_once():
        total += count
    if steps:
        sealer.run_steps()
    return total
