"""Make a new DIENHONG_HOME whose database is that of a moment: needs a base copy and DIENHONG_WAL_ARCHIVE=1 since."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dienhong.config import recovery
from dienhong.config.backup import BackupError
from dienhong.config.embedded import EmbeddedServerError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base", type=Path, required=True)
        parser.add_argument("--to", required=True, help="2026-11-23T21:00:00+07:00")
        parser.add_argument("--home", type=Path, required=True, help="the new home; it must not exist")
        parser.add_argument("--archive", type=Path, default=settings.HOME / "archive")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            moment = dt.datetime.fromisoformat(options["to"])
            home = options["home"].resolve()
            last = recovery.recover(options["base"], options["archive"], settings.HOME / "secrets", moment, home)
        except (ValueError, BackupError, EmbeddedServerError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"✓ {home}: the last change in it is of {last}. Look before you switch DIENHONG_HOME to it.")
