"""Databases that are filled once a run and lent to tests; copies for tests that commit. See tests/nation.py."""

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests import filling

os.environ.setdefault("DIENHONG_TEST_RUN", uuid.uuid4().hex[:8])  # the workers of one run share it
_made: set[str] = set()  # databases of this worker
_sessions: dict[str, Any] = {}  # open sessions of databases that are not turned to now
# Of two that a test asks for, the first.
LENT = ("nation_database", "regimes_database", "services_database", "ground_database", "committed_database")
BELOW = {"nation": "regimes", "regimes": "ground", "services": "ground"}


@contextmanager
def lent(request: pytest.FixtureRequest, blocker: Any, name: str) -> Iterator[None]:
    from django.db import connection

    from dienhong.reporting.demo.actors import actors_of

    if next(each for each in LENT if each in request.fixturenames) != f"{name}_database":
        yield
        return
    own = connection.settings_dict["NAME"]
    alone = commits(request.node)
    with blocker.unblock():
        source = own if name == "committed" else _filled(name, own)
        target = f"{own}_{name}_copy" if alone else f"{own}_{name}"
        if alone or target not in _made:
            _copy(source, target)
            _made.add(target)
    actors_of.cache_clear()  # it remembers rows of the database that was there before
    try:
        with _turned_to(target), _left_as_it_is() if alone else nullcontext():
            yield
    finally:
        actors_of.cache_clear()
        if alone:
            with blocker.unblock():
                _drop(target)


def commits(item: Any) -> bool:
    """Whether this test leaves what it writes in the database."""
    mark = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server", "django_db_reset_sequences"} & set(getattr(item, "fixturenames", ()))
    return bool(asked or (mark and mark.kwargs.get("transaction")))


@contextmanager
def _left_as_it_is() -> Iterator[None]:
    """Django empties all tables, one by one, after a test that commits; a copy is dropped whole. It also makes the
    rows again that follow migrations: nobody would read them."""
    from django.test import TransactionTestCase

    with patch.object(TransactionTestCase, "_fixture_teardown", lambda case: None):
        yield


@contextmanager
def _turned_to(database: str) -> Iterator[None]:
    """The connection `default` of every thread opens `database` from now on: they share one dictionary of settings."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    _use(database)
    _forget_what_was_read()
    try:
        yield
    finally:
        _use(before)
        _forget_what_was_read()


def _forget_what_was_read() -> None:
    """What this process keeps in memory of the database that was there before: a site has one database for life."""
    from django.contrib.contenttypes.models import ContentType

    from dienhong.base import brief, clock
    from dienhong.catalogue.search import live
    from dienhong.portal import cache

    ContentType.objects.clear_cache()
    clock.reset_cache()
    brief.forget()
    live.forget()
    cache.clear()


def _use(database: str) -> None:
    """Sessions stay open for the next test that turns back: a new one reads the whole catalogue of tables again."""
    from django.db import connection

    here = connection.settings_dict["NAME"]
    if here != database:
        if connection.connection is not None and connection.is_usable():
            _sessions[here] = connection.connection
            connection.connection = None
        else:
            connection.close()
        connection.settings_dict["NAME"] = database
        connection.connection = _sessions.pop(database, None)
        if connection.connection is not None:
            connection.close_at = None


def _forget_session(database: str) -> None:
    from django.db import connection

    if connection.settings_dict["NAME"] == database:
        connection.close()
    if session := _sessions.pop(database, None):
        session.close()


def _filled(name: str, own: str) -> str:
    """The name of the filled database, made now if this run has none yet. Nobody else may ever connect to it: a
    database in use cannot be copied."""
    run = os.environ["DIENHONG_TEST_RUN"]
    database = f"{own.partition('_gw')[0]}_{name}_{run}"
    home = _home()
    home.mkdir(parents=True, exist_ok=True)
    done = home / f"{database}.done"
    if done.exists():
        return database
    with open(home / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _forget_earlier_runs(name, run)
            _copy(_filled(BELOW[name], own) if name in BELOW else own, database)
            with _turned_to(database), _demo():
                filling.FILL[name]()
            done.touch()
    return database


def _forget_earlier_runs(name: str, run: str) -> None:
    """A server kept between runs (DIENHONG_TEST_HOME) still holds theirs."""
    from django.db import connection

    with connection.cursor() as cursor:
        pattern = f"test\\_%\\_{name}\\_________"
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        earlier = [row[0] for row in cursor.fetchall() if not row[0].endswith(run)]
    for database in earlier:
        _drop(database)


def _copy(source: str, target: str) -> None:
    """Copy a database that nobody is connected to; who still is (a thread of a closed live server) is sent away."""
    from django.db import connection

    connection.close()
    _drop(target)
    _send_away(source)
    # The default way writes each page to the log first: eight times the work where files lie in memory.
    _command(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY')


def _drop(database: str) -> None:
    """WITH (FORCE) would be refused while autovacuum, which is nobody's, looks at the database; DROP sends it away by
    itself and waits, but not the sessions of our users."""
    _send_away(database)
    _command(f'DROP DATABASE IF EXISTS "{database}"')


def _send_away(database: str) -> None:
    """Ends the sessions of our users and waits until they are gone."""
    _forget_session(database)
    _command(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = %s AND usesysid IS NOT NULL AND pg_has_role(usesysid, 'MEMBER')",
        database,
    )


def _command(statement: str, *values: str) -> None:
    from django.db import connection

    with connection._nodb_cursor() as cursor:  # the database `postgres`, autocommit
        cursor.execute(statement, values or None)


def _home() -> Path:
    return Path(os.environ["DIENHONG_TEST_HOME"]) / "nation"


def store_of_the_worker() -> Path:
    """The nation's files, copied once for each worker: tests may damage them and put them back."""
    mine = _home() / f"files-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.environ['DIENHONG_TEST_RUN']}"
    if not mine.exists():
        shutil.copytree(_home() / "files", mine)
    return mine


@contextmanager
def _demo() -> Iterator[None]:
    from django.test import override_settings

    with override_settings(DEMO=True, STORE=_home() / "files"):
        yield
