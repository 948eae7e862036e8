"""CPU seconds used so far, from /proc: by this process, by what it started (the web server), by the database server.

On a machine that others use too, time on the clock says little; this says what the work itself took.
"""

import os
import time
from pathlib import Path

from django.db import connection

TICK = os.sysconf("SC_CLK_TCK")


def own() -> float:
    return time.process_time()


def started() -> float:
    """Of processes below this one that still run."""
    seen = _all()
    below, fresh = set(), {os.getpid()}
    while fresh:
        fresh = {pid for pid, (_spent, parent) in seen.items() if parent in fresh} - below
        below |= fresh
    return sum(seen[pid][0] for pid in below)


def database() -> float:
    """Of the whole server behind Django's connection: every backend and helper, whoever they work for."""
    connection.ensure_connection()
    seen = _all()
    server = seen.get(connection.connection.info.backend_pid, (0.0, -1))[1]
    return sum(spent for pid, (spent, parent) in seen.items() if server in (pid, parent))


def _all() -> dict[int, tuple[float, int]]:
    """Process -> (CPU seconds, parent)."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            found[int(name)] = ((int(fields[11]) + int(fields[12])) / TICK, int(fields[1]))
    return found
