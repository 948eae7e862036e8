"""The worker's index and stamp are forgotten between tests, whose databases come and go."""

from collections.abc import Iterator

import pytest

from dienhong.catalogue.search import live


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    live.forget()
    yield
    live.forget()
