"""Work by the clock whose database went away comes again once; any other fault is told at once."""

import uuid

import pytest
from django.db import OperationalError
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from dienhong.base import by_the_clock
from dienhong.config import jobs, reactions
from dienhong.exchange import jobs as exchange
from dienhong.notices import jobs as notices
from dienhong.payments import jobs as payments

pytestmark = pytest.mark.django_db


def runs_before_giving_up(name: str, faults: list[Exception], monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How often the work began, and how many faults were left over."""
    monkeypatch.setattr(by_the_clock, "PAUSE", 0)
    began = 0

    def work(timestamp: int) -> None:
        nonlocal began
        began += 1
        if faults:
            raise faults.pop(0)

    task = by_the_clock.by_the_clock(cron="0 0 1 1 *", name=name, queue="test")(work)
    app.periodic_registry.periodic_tasks.pop((name, ""))
    try:
        task(timestamp=0)
    except (OperationalError, ValueError) as fault:
        faults.insert(0, fault)
    return began, len(faults)


@pytest.mark.parametrize(
    ("faults", "began", "left"),
    [
        ([], 1, 0),
        ([OperationalError("the connection is closed")], 2, 0),
        ([ConnectorException("a job that was to be queued")], 2, 0),
        ([OperationalError("closed"), OperationalError("still closed")], 2, 1),
        ([ValueError("a fault of ours")], 1, 1),
    ],
)
def test_once_more_when_the_database_went_away(
    faults: list[Exception], began: int, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"test.{began}.{left}.{len(faults)}.{uuid.uuid4().hex}"
    assert runs_before_giving_up(name, faults, monkeypatch) == (began, left)


def test_what_a_dossier_waits_for_does_not_stand_behind_comparisons() -> None:
    """A register's question, a timer, money that came: a thousand comparisons after old reports may be waiting."""
    ahead = ("exchange.deliver", "notices.deliver", "config.timers", "exchange.sweep", "payments.poll")
    assert {name: app.tasks[name].priority > reactions.CONDITIONS for name in ahead} == dict.fromkeys(ahead, True)
    assert jobs.check.priority < reactions.RULES


def test_every_job_by_the_clock_is_declared_so() -> None:
    """But the rescue of jobs, which runs each minute in the event loop."""
    assert all((jobs, exchange, notices, payments))
    plain = {
        name
        for (name, _), one in app.periodic_registry.periodic_tasks.items()
        if getattr(one.task.func, "__wrapped__", None) is None
    }
    assert plain == {"config.rescue"}
