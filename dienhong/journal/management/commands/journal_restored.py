"""After restoring an older backup: sign for the sealed events that went with it, so that the verifier can tell."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dienhong.base import clock
from dienhong.journal import exports


class Command(BaseCommand):
    help = "Signs that the batches which were exported and are gone were lost by restoring a backup."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="who restored what, and why; it is shown for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM journal_sealbatch ORDER BY number")
            present = {row[0] for row in cursor.fetchall()}
        if not exports.roots_path().exists():
            raise CommandError(f"{exports.roots_path()} does not exist: nothing was exported, so nothing is missing.")
        with exports.roots_path().open() as lines:
            gone = [s for s in (exports.parse(line).statement for line in lines) if s.number not in present]
        if not gone:
            raise CommandError("Every exported batch is in the database: there is nothing to sign for.")
        first = run = gone[0]
        for statement in [*gone[1:], None]:
            if statement is not None and statement.number == run.number + 1:
                run = statement
                continue
            made = exports.acknowledge_restore(first, run, options["reason"], clock.record_now().isoformat())
            self.stdout.write(f"signed: batch {made.first_number}–{made.last_number}, position {made.first_position}–"
                              f"{made.last_position}")  # fmt: skip
            if statement is not None:
                first = run = statement
