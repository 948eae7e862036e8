"""What every test gets: its own database server, no network but loopback, reads that cannot write, shuffled rows."""

import ipaddress
import os
import random
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# How fast a busy machine draws examples says nothing of the code.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
pytest_plugins = ("tests.nation", "tests.browser")
SEED = int(os.environ.get("DIENHONG_TEST_SEED") or random.SystemRandom().randrange(10**6))
os.environ["DIENHONG_TEST_SEED"] = str(SEED)  # the workers of one run share it
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
WRITE = re.compile(
    r"^\s*(?:INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY|CREATE|ALTER|DROP|GRANT|REVOKE)\b"
    r"|^\s*WITH\b.*\b(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\S+\s+SET)\b"
    r"|\b(?:journal_add|dossiers_leave)\(",
    re.IGNORECASE | re.DOTALL,
)
# Sessions are Django's own; the access log of personal data is written during a read on purpose (shapes.md, 24).
MAY_BE_WRITTEN_BY_A_READ = re.compile(r'^\s*\w+(?:\s+\w+)?\s+"?(?:django_session|journal_access\w*)"?', re.IGNORECASE)


# Workers take whole files in this order: what takes a minute must not begin last, with the other worker idle.
LONGEST = (
    "tests/test_passports_500.py", "tests/test_kill.py", "tests/test_kill_services.py", "tests/test_grid.py",
    "tests/test_axe_reporting.py", "tests/test_centre_journey.py",
    "tests/test_kill_centre.py",
)  # fmt: skip


# Pages, permissions, signatures and files of figures show nothing of the database server that the tests of the actions
# and questions beneath them do not: shown on the embedded server alone. So is what asks no database at all.
ONCE = re.compile(
    r"/(?:test_(?:matrix|permission_matrix|bundle|audience|load_catalogue|officer|loading|originals|english|api|http)"
    r"|test_(?:events|narratives|uploads|reminders|opening|passport_facts|dossiers_telling|same_and_review|notices|ask)"
    r"|test_(?:feeds|screens|views|pages|look|excel)\w*)\.py$"
    r"|^dienhong/(?:documents|portal)/|^tests/test_(?:doors|faults|upgrade|kept_pages|grid_questions)\.py$"
)
PLAIN = re.compile(r"^dienhong/(?:base|rules|services|regimes)/")  # mostly plain Python
ASKS = {"db", "transactional_db", "connection"}


def asks_the_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db") or ASKS & set(getattr(item, "fixturenames", ())))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        path = item.location[0]
        if ONCE.search(path) or (PLAIN.search(path) and not asks_the_database(item)):
            item.add_marker("embedded_only")
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.location[0], len(LONGEST)))


def pytest_report_header() -> str:
    binaries = os.environ.get("DIENHONG_POSTGRES_BIN", "embedded")
    return f"dienhong: PostgreSQL {binaries}, home {os.environ['DIENHONG_HOME']}, DIENHONG_TEST_SEED={SEED}"


def pytest_configure(config: pytest.Config) -> None:
    _block_the_network()
    _as_a_site_answers()
    _shuffle_unordered_rows()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Who made the temporary home takes it away, server first."""
    if os.environ.get("DIENHONG_TEST_HOME_MADE_BY") != str(os.getpid()):
        return
    from dienhong.config.embedded import Server

    home = Path(os.environ["DIENHONG_TEST_HOME"])
    Server(home).stop()
    shutil.rmtree(home, ignore_errors=True)


def _block_the_network() -> None:
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = "127.0.0.1" if address[0] == "localhost" else address[0]
            if not ipaddress.ip_address(host).is_loopback:
                raise PermissionError(f"A test reached for {address[0]}: tests stay on this machine.")
        return real(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]


@lru_cache(4096)  # pages ask the same again and again, and some questions are long
def _writes(sql: str) -> bool:
    return bool(WRITE.search(sql) and not MAY_BE_WRITTEN_BY_A_READ.search(sql))


def _refuse_writes(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    text = sql if isinstance(sql, str) else sql.as_string(context["cursor"].connection)
    if _writes(text):
        raise AssertionError(f"A read (GET) must not write, but said: {text[:200]}")
    return execute(sql, params, many, context)


_begun: ContextVar[int] = ContextVar("transactions open when the page or command under way began", default=0)


def _as_a_site_answers() -> None:
    """The test client's database refuses a write during GET, HEAD and OPTIONS; and to a page or a command the
    transaction that takes back the whole test is none: one that forgot to begin its own would pass every test, and
    fail on a site."""
    from contextlib import ExitStack

    from django.core.management.base import BaseCommand
    from django.db import connection, connections
    from django.test.client import ClientHandler

    from dienhong.base import transactions

    transactions.is_open = lambda: len(connection.atomic_blocks) > _begun.get()
    answer, execute = ClientHandler.__call__, BaseCommand.execute

    def answer_alone(self: ClientHandler, environ: dict[str, Any]) -> Any:
        with ExitStack() as stack:
            if environ["REQUEST_METHOD"] in SAFE_METHODS:
                for each in connections.all(initialized_only=True):
                    stack.enter_context(each.execute_wrapper(_refuse_writes))
            stack.callback(_begun.reset, _begun.set(len(connection.atomic_blocks)))
            return answer(self, environ)

    def execute_alone(self: BaseCommand, *arguments: Any, **options: Any) -> Any:
        before = _begun.set(len(connection.atomic_blocks))
        try:
            return execute(self, *arguments, **options)
        finally:
            _begun.reset(before)

    ClientHandler.__call__ = answer_alone  # type: ignore[method-assign]
    BaseCommand.execute = execute_alone  # type: ignore[method-assign]


def _shuffle_unordered_rows() -> None:
    """Rows that were asked for in no order come in any order: what relies on luck fails here first."""
    from django.db.models import QuerySet

    real = QuerySet._fetch_all
    dice = random.Random(SEED)

    def fetch_all(self: QuerySet[Any]) -> None:
        fresh = self._result_cache is None
        real(self)
        if fresh and self._result_cache and not self.ordered:
            dice.shuffle(self._result_cache)

    QuerySet._fetch_all = fetch_all  # type: ignore[method-assign]


@pytest.fixture
def app_role(db: None, database_users: dict[str, str]) -> Iterator[None]:
    """From here on the test works with the rights of the application's database user."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {database_users['app']}")
        yield
        cursor.execute("RESET ROLE")


@pytest.fixture
def database_users() -> dict[str, str]:
    """Names of the database users by role: owner (who the tests are), app, sealer. For `SET LOCAL ROLE`."""
    from dienhong.config import databases

    return databases.role_names()
