"""The two programs, one process each for a file of tests, and the partners they play set up in the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from dienhong.exchange import testing
from dienhong.exchange.testing import Running
from dienhong.organizations.models import Person, Role
from dienhong.organizations.tests import worlds


@pytest.fixture(scope="module")
def exchange_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exchange")


@pytest.fixture(autouse=True)
def _home(exchange_home: Path, settings) -> None:
    settings.EXCHANGE_HOME = exchange_home


@pytest.fixture(scope="module")
def registers_program(exchange_home: Path) -> Iterator[Running]:
    with testing.running("registers", exchange_home) as program:
        yield program


@pytest.fixture(scope="module")
def police_program(exchange_home: Path) -> Iterator[Running]:
    with testing.running("police", exchange_home) as program:
        yield program


@pytest.fixture
def registers(registers_program: Running, db: None) -> Iterator[Running]:
    testing.introduce(registers_program)
    yield registers_program
    for partner in registers_program.tell("faults"):
        registers_program.heal(partner)


@pytest.fixture
def police(police_program: Running, db: None) -> Iterator[Running]:
    testing.introduce(police_program)
    yield police_program
    for partner in police_program.tell("faults"):
        police_program.heal(partner)


@pytest.fixture
def empty_queue(db: None) -> Iterator[None]:
    """The queue's tables are not Django's, so nobody else empties them."""
    yield
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def admin(db: None) -> Person:
    """Who runs the whole installation."""
    person = worlds.person("quan-tri")
    worlds.grant(person, Role.ADMINISTRATOR, worlds.world().nation, subtree=True)
    return person
