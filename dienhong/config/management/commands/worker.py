"""Reads the sealed journal and does the queue's jobs, until SIGTERM: one process beside the web server."""

import logging
import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.django_connector import DjangoConnector

from dienhong.base.by_the_clock import AWAY
from dienhong.config import reactions

log = logging.getLogger("dienhong.worker")
PAUSE = 1.0  # seconds between two looks at journal and queue


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")
        parser.add_argument("--concurrency", type=int, default=2, help="jobs at a time")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            while reactions.read_once():
                pass
            _queue(wait=False, concurrency=options["concurrency"])
            return
        stop = threading.Event()
        reader = threading.Thread(target=_read, args=(stop,), name="reader")
        reader.start()
        try:
            _queue(wait=True, concurrency=options["concurrency"])  # returns on SIGTERM and SIGINT
        finally:
            stop.set()
            reader.join()


def _queue(*, wait: bool, concurrency: int) -> None:
    """Do jobs. It polls: the insert trigger's NOTIFY is dropped, the house has one, at the sealer.

    A second app with the same tasks, so that jobs which queue jobs do it over Django's connection, in their own
    transaction; the worker's pool is only for fetching.
    """
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    worker = DjangoApp(connector=connector.get_worker_connector())
    worker.tasks, worker.periodic_registry = app.tasks, app.periodic_registry
    connection.close()
    worker.run_worker(
        wait=wait,
        concurrency=concurrency,
        listen_notify=False,
        fetch_job_polling_interval=PAUSE,
        delete_jobs="successful",
        shutdown_graceful_timeout=10,
        install_signal_handlers=threading.current_thread() is threading.main_thread(),
    )


def _read(stop: threading.Event) -> None:
    """Outlives the database. Whatever else goes wrong ends the process, which its supervisor begins again: without
    its reader it would do the jobs there are, and nobody would notice that no new ones come."""
    try:
        while not stop.is_set():
            passed = 0
            try:
                passed = reactions.read_once()
            except (DatabaseError, *AWAY) as error:
                log.warning("reading failed, trying again: %s", str(error).strip() or type(error).__name__)
                connection.close()
            if not passed:
                stop.wait(PAUSE)
    finally:
        connection.close()
        if not stop.is_set():
            os.kill(os.getpid(), signal.SIGTERM)
