"""The banner on every page: `maintenance "Bảo trì lúc 22:00"`, with --close to refuse changes, or --off."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dienhong.config import upkeep


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", nargs="?", default="")
        parser.add_argument("--close", action="store_true", help="reading goes on, every change is refused")
        parser.add_argument("--off", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["off"]:
            upkeep.announce(None)
        elif options["text"]:
            upkeep.announce(upkeep.Banner(options["text"], options["close"]))
        elif options["close"]:
            raise CommandError('Say why: maintenance --close "Nâng cấp đến 22:00"')
        banner = upkeep.current()
        self.stdout.write(f"{'closed' if banner.closed else 'open'}: {banner.text}" if banner else "no banner")
