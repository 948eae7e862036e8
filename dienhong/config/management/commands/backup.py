"""Back up database, files and keys, then prove it: `backup [--to FOLDER] [--no-drill]`, or `--drill-only FOLDER`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dienhong.config import backup, environment, recovery
from dienhong.config.embedded import Server


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.HOME / "backups", help="the place of all backups")
        parser.add_argument("--no-drill", action="store_true", help="do not restore it on trial")
        parser.add_argument("--drill-only", type=Path, metavar="FOLDER", help="restore this one on trial")
        parser.add_argument("--base", action="store_true", help="a base copy for recovery to a point in time")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["base"]:
                if environment.text("DATABASE_URL"):
                    raise CommandError("The base copy of that server is made by its own administrator (pg_basebackup).")
                server = Server(settings.HOME)
                server.ensure()
                self.stdout.write(f"✓ {recovery.base_copy(server, options['to'])}")
                return
            folder = options["drill_only"] or backup.take(options["to"], self.stdout.write)
            if not options["no_drill"]:
                backup.drill(folder, self.stdout.write)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
