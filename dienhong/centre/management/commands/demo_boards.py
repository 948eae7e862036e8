"""Seven boards and a wall for the demo nation, where they are not there yet."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dienhong.centre import demo


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Sample boards are made in demo mode only: set DIENHONG_DEMO=1.")
        boards, walls = demo.make()
        self.stdout.write(f"{boards} boards and {walls} walls made")
