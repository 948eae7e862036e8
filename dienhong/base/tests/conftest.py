from collections.abc import Iterator

import pytest

from dienhong.base import clock


@pytest.fixture(autouse=True)
def _fresh_clock() -> Iterator[None]:
    clock.reset_cache()
    yield
    clock.reset_cache()
