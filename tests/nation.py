"""Databases that are filled once a run and lent to many tests: the ground, and a small nation that has reported.

How to use it. Ask for a fixture; nothing else is needed, not even `db`:

    def test_something(nation: Nation) -> None: ...            # works in a transaction that is rolled back
    def test_in_a_browser(nation: Nation, live_server) -> None: ...   # gets a copy of its own, dropped afterwards

- `ground_database`: units and catalogue, nothing else.
- `regimes_database`: on top of it every regime folder.
- `nation`: on top of that the demo clock and accounts, RR22 of two quarters played for PROVINCES by the demo (late
  ones, corrections, two that have not reported the last quarter), RR05, RR07 and RR10 of two provinces each out of
  their own examples, one typed and one uploaded, a few feeds; all of it published and sealed.
  `nation.client("mau-to-tong-hop")` is a test client of a sample account. Files lie in a store of the worker's own.

How it works. Each filled database is made once a run, by the worker that asks first (a lock file), from the worker's
own empty test database (CREATE DATABASE … TEMPLATE, 0.3 s), and nobody works in it: each worker has one copy for all
its tests that are rolled back. While a test asks for it, the connection "default" points there, in all threads. A test
with `transactional_db`, `live_server` or `django_db(transaction=True)` commits and is flushed at its end, so it gets a
copy for itself. Tests that ask for nothing of this keep the empty database they expect.
"""

import datetime as dt
import fcntl
import io
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from dienhong.base.periods import Period
    from dienhong.organizations.models import Person, Unit
    from dienhong.reporting.models import Duty, RegimeVersion

os.environ.setdefault("DIENHONG_TEST_RUN", uuid.uuid4().hex[:8])  # the workers of one run share it
QUARTERS = ("2020-Q1", "2020-Q2")
# Four regions; among them late ones and corrections (the demo's draw), and the two that owe the second quarter.
PROVINCES = ("01", "02", "04", "06", "10", "12", "14", "15", "31", "38", "40", "48", "52", "56", "62", "68", "75", "79",
             "89", "92")  # fmt: skip
FEEDS = ("gso_population", "papi_sub_indices", "gso_gdp_current", "nsdp_cpi")
EVENT = "mua-lu-8-2020"
_made: set[str] = set()  # databases of this worker
LENT = ("nation_database", "regimes_database", "ground_database")  # whoever asks for two gets the first
BELOW = {"nation": "regimes", "regimes": "ground"}


@pytest.hookimpl(tryfirst=True)  # pytest-django sorts by the fixtures asked for, and makes no database if none is
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The connection is turned before pytest-django opens the test's transaction on it."""
    for item in items:
        names: list[str] = getattr(item, "fixturenames", [])
        lent = [name for name in LENT if name in names]
        if lent:
            uses = {"db", "transactional_db", "live_server"} & set(names) or item.get_closest_marker("django_db")
            rest = [name for name in names if name not in LENT]
            names[:] = [*lent, *([] if uses else ["db"]), *rest]


@pytest.fixture
def ground_database(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with _lent(request, django_db_blocker, "ground"):
        yield


@pytest.fixture
def regimes_database(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with _lent(request, django_db_blocker, "regimes"):
        yield


@pytest.fixture
def nation_database(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Path]:
    with _lent(request, django_db_blocker, "nation"):
        yield _store_of_the_worker()


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


# The databases.


@contextmanager
def _lent(request: pytest.FixtureRequest, blocker: Any, name: str) -> Iterator[None]:
    from django.db import connection

    from dienhong.reporting.demo.actors import actors_of

    if next(each for each in LENT if each in request.fixturenames) != f"{name}_database":
        yield
        return
    own = connection.settings_dict["NAME"]
    commits = _commits(request)
    with blocker.unblock():
        source = _filled(name, own)
        target = f"{own}_{name}_copy" if commits else f"{own}_{name}"
        if commits or target not in _made:
            _copy(source, target)
            _made.add(target)
    actors_of.cache_clear()  # it remembers rows of the database that was there before
    try:
        with _turned_to(target):
            yield
    finally:
        actors_of.cache_clear()
        if commits:
            with blocker.unblock():
                _command(f'DROP DATABASE "{target}" WITH (FORCE)')


def _commits(request: pytest.FixtureRequest) -> bool:
    mark = request.node.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server", "django_db_reset_sequences"} & set(request.fixturenames)
    return bool(asked or (mark and mark.kwargs.get("transaction")))


@contextmanager
def _turned_to(database: str) -> Iterator[None]:
    """The connection `default` of every thread opens `database` from now on: they share one dictionary of settings."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    from dienhong.base import clock

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    ContentType.objects.clear_cache()
    clock.reset_cache()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        ContentType.objects.clear_cache()
        clock.reset_cache()


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
                FILL[name]()
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
        _command(f'DROP DATABASE "{database}" WITH (FORCE)')


def _copy(source: str, target: str) -> None:
    """Copy a database that nobody is connected to; who still is (a thread of a closed live server) is sent away."""
    from django.db import connection

    connection.close()
    _command(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
    _command(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user", source
    )
    _command(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def _command(statement: str, *values: str) -> None:
    from django.db import connection

    with connection._nodb_cursor() as cursor:  # the database `postgres`, autocommit
        cursor.execute(statement, values or None)


def _home() -> Path:
    return Path(os.environ["DIENHONG_TEST_HOME"]) / "nation"


def _store_of_the_worker() -> Path:
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


# What fills them.


def _fill_ground() -> None:
    from dienhong.indicators import testing as indicators_testing
    from dienhong.indicators.actions import load_catalogue
    from dienhong.organizations.loading import load_units

    load_units(by="job:test")
    load_catalogue(by="job:test")
    indicators_testing.publish()


def _fill_regimes() -> None:
    from dienhong.indicators import testing as indicators_testing
    from dienhong.reporting import actions, regime_files

    for path in regime_files.folders():
        actions.load_regime(by="job:test", folder=regime_files.read(path))
    indicators_testing.publish()


def _fill_nation() -> None:
    from dienhong.base import clock
    from dienhong.indicators import testing as indicators_testing
    from dienhong.indicators.feeds import loading, tables
    from dienhong.journal.testing import seal
    from dienhong.organizations.demo import make_demo_accounts

    at = dt.datetime.combine(clock.DEMO_DAY, dt.time(8, 30), clock.HANOI)
    clock.set_business_now(at, by="job:test", reason="demo")
    make_demo_accounts(by="job:test")
    _report_procedures()
    _report_examples()
    for key in FEEDS:
        loading.load(by="job:test", data=(tables.FOLDER / f"{key}.csv").read_bytes())
    indicators_testing.publish()
    seal()


def _report_procedures() -> None:
    """RR22 as the demo plays it, for PROVINCES."""
    from dienhong.base import periods
    from dienhong.indicators import testing as indicators_testing
    from dienhong.reporting import actions
    from dienhong.reporting.demo import play
    from dienhong.reporting.models import RegimeVersion

    version = RegimeVersion.objects.get(regime__code="RR22")
    for key in QUARTERS:
        period = periods.period("decree09", key)
        actions.open_duties(by="job:test", regime_version=version, period=period)
        for one in play._plan(version, period):
            if one.unit_code in PROVINCES and one.unit_code not in play.UNPLAYED.get(key, ()):
                play.play(one, period)
        indicators_testing.publish()


def _report_examples() -> None:
    """The other regimes: two provinces each hand in a worked example of the regime's own folder."""
    from dienhong.base import periods
    from dienhong.reporting import actions, examples, regime_files
    from dienhong.reporting.models import Duty, RegimeVersion

    folders = {path.name[:4].upper(): path for path in regime_files.folders()}
    wanted: dict[str, tuple[str, Callable[[RegimeVersion], Period | None]]] = {
        "RR05": ("a_month", lambda _v: periods.period("decree09", "2020-M07")),
        "RR07": ("third_day", _flood),
        "RR10": ("a_year", lambda _v: periods.period("decree09", "2019-Y")),
    }
    for code, (example, opened) in wanted.items():
        version = RegimeVersion.objects.get(regime__code=code)
        period = opened(version)
        if period is not None:
            actions.open_duties(by="job:test", regime_version=version, period=period)
        given = examples.read(folders[code])[example]
        duties = Duty.objects.filter(regime=version.regime).select_related("unit", "regime", "period", "receiver")
        for number, duty in enumerate(duties.order_by("unit_id")[:2]):
            _hand_in(duty, given, by_file=number == 1)


def _flood(version: "RegimeVersion") -> None:
    """RR07 is opened for an event by the ministry's manager, who is not among the samples."""
    from psycopg.types.range import DateRange

    from dienhong.base import clock
    from dienhong.organizations import queries
    from dienhong.organizations.models import Grant, Person, Role
    from dienhong.reporting import actions

    first = clock.DEMO_DAY - dt.timedelta(days=2)
    ministry = queries.unit_by_code("agency", "MARD", first)
    manager = Person.objects.create_user("dau-moi-thien-tai", display_name="Đầu mối thiên tai mẫu")
    Grant.objects.create(person=manager, role=Role.REGIME_MANAGER, unit=ministry, validity=DateRange(None, None))
    hit = [queries.unit_by_code("gso", code, first) for code in ("10", "15")]
    actions.open_event(
        by=manager, regime_version=version, slug=EVENT, name="Mưa lũ tháng 8/2020", provinces=hit, first_day=first
    )


def _hand_in(duty: "Duty", example: dict[str, Any], *, by_file: bool) -> None:
    """Enter (on the grid, or by the template filled in), explain what asks, submit, approve, send, receive."""
    from dienhong.base import clock
    from dienhong.reporting import actions, review
    from dienhong.reporting.actions.entry import Typed
    from dienhong.reporting.actions.uploads import take_upload
    from dienhong.reporting.demo.actors import actors_of
    from dienhong.reporting.models import Approval

    who = actors_of(duty.unit_id, duty.receiver_id)
    with clock.played(min(duty.due_at - dt.timedelta(hours=4), clock.business_now())):
        version = actions.start_entry(by=who.entry, duty=duty)
        numbers = version.regime_version.cells.filter(kind="number").values_list("key", flat=True)
        figures = {key: str(text) for key, text in example["figures"].items() if key != "others"}
        if "others" in example["figures"]:
            figures = dict.fromkeys(numbers, str(example["figures"]["others"])) | figures
        if by_file:
            file = filled_template(duty, figures)
            taken = take_upload(
                by=who.entry, duty=duty, data=file, name="bieu-mau.xlsx", convention="dot_thousands"
            ).upload
            assert taken.outcome == "taken", taken.faults
        else:
            typed = {key: Typed(text) for key, text in figures.items()}
            actions.save_cells(by=who.entry, version=version, typed=typed, convention="dot_thousands")
        for section, text in (example.get("texts") or {}).items():
            actions.save_narrative(by=who.entry, version=version, section=section, text=text)
        for finding in review.judge(version).findings:
            if finding.asks:
                actions.explain(by=who.entry, version=version, rule=finding.rule, text="Số mẫu của biểu này.")
        actions.submit(by=who.entry, version=version)
        actions.approve(by=who.leader, version=version, kind=Approval.Kind.DEMO)
        actions.send(by=who.clerk, version=version, demo=True)
        actions.receive(by=who.receiver, version=version)


def filled_template(duty: "Duty", figures: dict[str, str]) -> bytes:
    """The duty's own template with these texts in its cells (by cell key), as someone fills it in."""
    from openpyxl import load_workbook

    from dienhong.reporting.excel import template

    made = template.make(duty)
    book = load_workbook(io.BytesIO(made.data))
    for cell in template.form_version(duty).cells.filter(key__in=figures):
        book[cell.sheet][cell.address].value = figures[cell.key]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FILL: dict[str, Callable[[], None]] = {"ground": _fill_ground, "regimes": _fill_regimes, "nation": _fill_nation}
