"""Put a backup in the place of the database. The site must be stopped; the old database stays under another name."""

import fcntl
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from dienhong.config import backup, roles


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        settings.HOME.mkdir(parents=True, exist_ok=True)
        with open(settings.HOME / "run.lock", "a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandError(f"Diên Hồng runs from {settings.HOME}: stop it first.") from None
            connection.close()
            try:
                aside = backup.restore(options["folder"], self.stdout.write)
            except backup.BackupError as error:
                raise CommandError(str(error)) from error
        for sentence in roles.apply(connection):
            self.stderr.write(f"! {sentence}")
        self.stdout.write(f"✓ Restored. What was there before is the database {aside}; drop it when you are sure.")
        self.stdout.write("Next: manage.py verify_journal; if sealed events went with it: manage.py journal_restored")
