"""The embedded server by hand: `database start`, `stop`, `status`, or `psql` as the owner."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dienhong.config import embedded, environment


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["start", "stop", "status", "psql"])

    def handle(self, *args: Any, **options: Any) -> None:
        if environment.text("DATABASE_URL"):
            raise CommandError("DATABASE_URL is set: that server is not ours to start or stop.")
        server = embedded.Server(settings.HOME)
        if options["what"] == "stop":
            server.stop()
        elif options["what"] in {"start", "psql"}:
            server.ensure()
        if options["what"] == "psql":
            owner = server.settings("owner")
            os.environ["PGPASSWORD"] = owner["PASSWORD"]
            binary = str(embedded.binaries() / "psql")
            os.execv(binary, [binary, "-h", owner["HOST"], "-U", owner["USER"], owner["NAME"]])  # noqa: S606
        self.stdout.write(
            f"{'runs' if server.answers() else 'is stopped'}: {server.data}, socket {server.socket_folder}"
        )
