"""What every test of the case gets."""

from collections.abc import Iterator

import pytest

from dienhong.dossiers.process import registry


@pytest.fixture(autouse=True)
def _delegates_stay() -> Iterator[None]:
    """Tests of the engine put others in their place (process_world)."""
    before = dict(registry._delegates)
    yield
    registry._delegates.clear()
    registry._delegates.update(before)
