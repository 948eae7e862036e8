"""The worker's reader outlives the database, however its going away is said; what else breaks it ends the worker."""

import threading

import pytest
from django.db import OperationalError
from procrastinate.exceptions import ConnectorException

from dienhong.config.management.commands import worker


@pytest.mark.parametrize(
    ("fault", "ends"),
    [
        (OperationalError("closed"), 0),
        (ConnectorException("closed"), 0),
        (ValueError("a fault of ours"), 1),
    ],
)
def test_the_reader_goes_on_or_the_worker_ends(fault: Exception, ends: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, faults, killed = threading.Event(), [fault], []

    def read_once() -> int:
        if faults:
            raise faults.pop()
        stop.set()
        return 0

    monkeypatch.setattr(worker.reactions, "read_once", read_once)
    monkeypatch.setattr(worker, "PAUSE", 0)
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    monkeypatch.setattr(worker.os, "kill", lambda pid, signal: killed.append(signal))
    if ends:
        with pytest.raises(type(fault)):
            worker._read(stop)
    else:
        worker._read(stop)
    assert len(killed) == ends
    assert stop.is_set() != bool(ends)
