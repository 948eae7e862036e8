"""Seal and publish until SIGTERM: one process, started beside the web server."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from dienhong.journal import sealer


class Command(BaseCommand):
    help = "Seals the journal and publishes after commit, until SIGTERM."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="seal what is there, publish, and end")
        parser.add_argument("--sweep", action="store_true", help="first queue events loaded past the triggers")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sweep"]:
            self.stdout.write(f"{sealer.sweep()} events queued")
        if options["once"]:
            total = 0
            while count := sealer.seal_once():
                total += count
            self.stdout.write(f"{total} events sealed, {sealer.run_steps()} published")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        sealer.run(stop)
