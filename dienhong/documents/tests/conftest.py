"""A unit that gives papers, a home of its own for keys and files."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dienhong.base import clock
from dienhong.documents import limiter, owners
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.tests import worlds

DAY = dt.datetime(2020, 8, 20, 9, 15, tzinfo=clock.HANOI)


@pytest.fixture(scope="session")
def documents_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents")


@pytest.fixture(autouse=True)
def _own_home(settings: Any, documents_home: Path) -> Iterator[None]:
    settings.DOCUMENTS_HOME = documents_home
    settings.STORE = documents_home / "files"
    limiter.CODES.forget()
    limiter.FILES.forget()
    yield
    owners.forget("try")


@pytest.fixture
def business_day(settings: Any) -> Iterator[None]:
    """20 August 2020, in demo mode."""
    settings.DEMO = True
    with clock.played(DAY):
        yield


@pytest.fixture
def office(db: None) -> Unit:
    nation = worlds.unit("Việt Nam", "nation")
    province = worlds.unit("Hà Nội", "municipality", code="01")
    office = worlds.unit("Chi cục Thuế Mẫu", "department")
    worlds.link(province, nation)
    worlds.link(office, province)
    return office


@pytest.fixture
def leader(office: Unit) -> Person:
    made = worlds.person("lanh-dao-mau")
    made.display_name = "Trần Thị Mẫu"
    made.save()
    worlds.grant(made, "leader", office)
    return made
