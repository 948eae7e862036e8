"""`manage.py load_units [--communes]`: the bundled units, safe to repeat."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dienhong.organizations.loading import load_units


class Command(BaseCommand):
    help = "Load the bundled nation, provinces, regions, agencies and holidays; --communes adds 14,000 communes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--communes", action="store_true", help="districts and communes too, old and new")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.perf_counter()
        new = load_units(by="job:load_units", communes=options["communes"], say=self.stdout.write)
        self.stdout.write(f"{new} đơn vị mới, {time.perf_counter() - began:.1f} s.")
