"""Load what the site needs before it opens (startup.BEFORE), or with --after what may come while it works."""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from dienhong.config import startup


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        for step in startup.AFTER if options["after"] else startup.BEFORE:
            if step.demo_only and not settings.DEMO:
                continue
            began = time.monotonic()
            self.stdout.write(f"… {step.title}")
            call_command(*step.command, stdout=self.stdout, stderr=self.stderr, skip_checks=True)
            self.stdout.write(f"✓ {step.title}, {time.monotonic() - began:.1f} s")
