"""A worker builds what is built once before its first request, and starts without a database too."""

import logging

import pytest
from django.db import OperationalError, connections

from dienhong.catalogue.search import live
from dienhong.config import warming


@pytest.fixture(autouse=True)
def _the_tests_line_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's transaction stands on the connection that a worker closes."""
    monkeypatch.setattr(connections, "close_all", lambda: None)
    live.forget()


@pytest.mark.django_db
def test_the_index_is_there_afterwards() -> None:
    warming.warm()
    assert live._live._seen >= 0


def test_a_database_that_is_away_stops_no_worker(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> None:
        raise OperationalError("no server listens")

    monkeypatch.setattr(live, "warm", away)
    with caplog.at_level(logging.WARNING, "dienhong.warming"):
        warming.warm()
    assert "no server listens" in caplog.text
