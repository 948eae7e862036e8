from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import transaction

from dienhong.journal import testing
from dienhong.journal.actions import record


@pytest.fixture
def journal_home(tmp_path: Path) -> Iterator[Path]:
    with testing.home(tmp_path):
        yield tmp_path


def make(count: int = 1, **more: object) -> list[int]:
    """Ids of new committed events."""
    ids = []
    for number in range(count):
        with transaction.atomic():
            fields = {"by": "person:7", "verb": "version.send", "object_kind": "version", "object_id": number}
            ids.append(record(**{**fields, **more}).id)
    return ids


@pytest.fixture
def events() -> Callable[..., list[int]]:
    return make
