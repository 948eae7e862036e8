"""Databases that are filled once a run and lent to many tests: the ground, and a small nation that has reported.

How to use it. Ask for a fixture; nothing else is needed, not even `db`:

    def test_something(nation: Nation) -> None: ...            # works in a transaction that is rolled back
    def test_in_a_browser(nation: Nation, live_server) -> None: ...   # gets a copy of its own, dropped afterwards

- `ground_database`: units and catalogue, nothing else.
- `regimes_database`: on top of it every regime folder.
- `services_database`: the ground with the 1,841 procedures, every service folder, partners, the demo's accounts of
  people and of money, on the morning of MORNING (tests/filling.py).
- `nation`: on top of the regimes the demo clock and accounts, RR22 of two quarters played for PROVINCES by the demo
  (late ones, corrections, two that have not reported the last quarter), RR05, RR07 and RR10 of two provinces each out
  of their own examples, one typed and one uploaded, a few feeds; all of it published and sealed.
  `nation.client("mau-to-tong-hop")` is a test client of a sample account. Files lie in a store of the worker's own.

How it works. Each filled database is made once a run, by the worker that asks first (a lock file), from the worker's
own empty test database (CREATE DATABASE … TEMPLATE, 0.3 s), and nobody works in it: each worker has one copy for all
its tests that are rolled back. While a test asks for it, the connection "default" points there, in all threads. A test
with `transactional_db`, `live_server` or `django_db(transaction=True)` commits and is flushed at its end, so it gets a
copy for itself; one that asks for none of these gets a copy of the empty database. The others keep the empty database
they expect. tests/lending.py does it, tests/filling.py says with what.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import lending
from tests.filling import PROVINCES, QUARTERS
from tests.lending import LENT

if TYPE_CHECKING:
    from django.test import Client

    from dienhong.organizations.models import Person, Unit
    from dienhong.reporting.models import Duty


@pytest.fixture(autouse=True)
def _clock_reads_anew() -> None:
    """The clock keeps its setting for a second: a test would see what stood in the database of the test before."""
    from dienhong.base import brief, clock

    clock.reset_cache()
    brief.forget()


@pytest.fixture(autouse=True)
def _the_tests_own_transaction_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not kept amid a transaction is kept amid the one that takes back a whole test."""
    from django.db import connection

    from dienhong.base import brief

    monkeypatch.setattr(
        brief, "amid_a_transaction", lambda: not all(each._from_testcase for each in connection.atomic_blocks)
    )


@pytest.fixture(autouse=True)
def _speak_vietnamese() -> None:
    """A page asked for in English leaves its language in this thread."""
    from django.utils import translation

    translation.deactivate()


@pytest.hookimpl(tryfirst=True)  # pytest-django sorts by the fixtures asked for, and makes no database if none is
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The connection is turned before pytest-django opens the test's transaction on it."""
    for item in items:
        names: list[str] = getattr(item, "fixturenames", [])
        if lending.commits(item) and not set(LENT) & set(names):
            names.append("committed_database")
        asked = [name for name in LENT if name in names]
        if asked:
            uses = {"db", "transactional_db", "live_server"} & set(names) or item.get_closest_marker("django_db")
            rest = [name for name in names if name not in LENT]
            names[:] = [*asked, *([] if uses else ["db"]), *rest]


@pytest.fixture
def committed_database(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A copy of the empty database for a test that commits. The trap: Django empties tables afterwards, rows that
    migrations put there included, and leaves the rows of tables that no model of its own manages."""
    with lending.lent(request, django_db_blocker, "committed"):
        yield


@pytest.fixture
def ground_database(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with lending.lent(request, django_db_blocker, "ground"):
        yield


@pytest.fixture
def regimes_database(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with lending.lent(request, django_db_blocker, "regimes"):
        yield


@pytest.fixture
def services_database(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with lending.lent(request, django_db_blocker, "services"):
        yield


@pytest.fixture
def nation_database(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Path]:
    with lending.lent(request, django_db_blocker, "nation"):
        yield lending.store_of_the_worker()


@pytest.fixture
def nation(nation_database: Path, settings: Any) -> "Nation":
    settings.DEMO = True
    settings.STORE = nation_database
    return Nation()


@dataclass
class Nation:
    """What a test asks of the nation: its people, duties and addresses."""

    quarters: tuple[str, ...] = QUARTERS
    provinces: tuple[str, ...] = PROVINCES
    _clients: dict[str, Any] = field(default_factory=dict)

    def person(self, username: str) -> "Person":
        from dienhong.organizations.models import Person

        return Person.objects.get(username=username)

    def client(self, username: str = "mau-to-tong-hop") -> "Client":
        """A signed-in test client; the viewer of the whole country if nobody is named."""
        from django.test import Client

        if username not in self._clients:
            self._clients[username] = client = Client()
            client.force_login(self.person(username), backend="django.contrib.auth.backends.ModelBackend")
        return self._clients[username]

    def unit(self, code: str, scheme: str = "gso") -> "Unit":
        from dienhong.base import clock
        from dienhong.organizations import queries

        return queries.unit_by_code(scheme, code, clock.DEMO_DAY)

    def duty(self, code: str = "10", key: str = "2020-Q2", regime: str = "RR22") -> "Duty":
        from dienhong.reporting.models import Duty

        wanted = Duty.objects.select_related("unit", "regime", "period", "receiver")
        return wanted.get(unit=self.unit(code), period__key=key, regime__code=regime)

    @cached_property
    def now(self) -> dt.datetime:
        from dienhong.base import clock

        return clock.business_now()
