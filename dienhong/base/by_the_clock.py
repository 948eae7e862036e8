"""Work that begins by the clock, declared in one way for every room."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

log = logging.getLogger("dienhong.jobs")
# What is raised where the database went away: by Django, and by the queue where a job was to be queued over Django's
# connection (it hides Django's own error).
AWAY = (OperationalError, InterfaceError, ConnectorException)
AHEAD = 25  # of the queue: one job a tick, and what a person waits for, never stand behind hundreds of comparisons
PAUSE = 20  # seconds: a restart of the database is over by then


def by_the_clock(*, cron: str, name: str, queue: str) -> Callable[[Callable[[int], None]], Any]:
    """Begin a job at each tick of `cron` (UTC), never two of it waiting; it gets the tick in seconds since the epoch.

    A run whose database went away comes again once, in the same job. Procrastinate's own `retry` would put the job back
    among the waiting, where the next tick may already wait with the same queueing lock: the row then cannot be written
    and stays "doing".
    """

    def declare(work: Callable[[int], None]) -> Any:
        @wraps(work)
        def run(timestamp: int) -> None:
            try:
                work(timestamp)
            except AWAY:
                log.warning("%s lost its database; once more in %d s", name, PAUSE, exc_info=True)
                time.sleep(PAUSE)
                close_old_connections()
                work(timestamp)

        return app.periodic(cron=cron)(app.task(name=name, queue=queue, queueing_lock=name, priority=AHEAD)(run))

    return declare
