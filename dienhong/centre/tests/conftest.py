"""The nation with the Centre's columns; nothing drawn is kept from one test to the next."""

from collections.abc import Iterator

import pytest

from dienhong.centre import actions, kept, stamps
from dienhong.centre.models import Column
from dienhong.organizations.models import Person
from tests.nation import Nation


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    kept.forget()
    stamps.forget()
    yield
    kept.forget()
    stamps.forget()


@pytest.fixture
def centre(nation: Nation) -> Nation:
    actions.load_columns(by="job:test")
    return nation


@pytest.fixture
def officer(centre: Nation) -> Person:
    return centre.person("mau-dieu-hanh")


@pytest.fixture
def chair(centre: Nation) -> Person:
    return centre.person("mau-chu-toa")


@pytest.fixture
def column(centre: Nation) -> Column:
    return Column.objects.get(key="administration")
