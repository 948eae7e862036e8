"""`manage.py demo_directives`: the past months' directives of the demo nation. Safe to repeat."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from dienhong.directives import demo


class Command(BaseCommand):
    help = "Play the demo's directives: given, done, extended, undone by numbers at past business times."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        made = demo.play()
        if made:
            self.stdout.write(f"{len(made)} directives played in {time.monotonic() - began:.1f} s")
