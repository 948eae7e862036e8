"""`manage.py demo_watch`: cross-checks, questions and alerts of the demo nation. Safe to repeat."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from dienhong.watch import demo


class Command(BaseCommand):
    help = "Compare the demo's figures, and play what its people say of them."

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        there = ", ".join(f"{number} {name}" for name, number in demo.play().items())
        self.stdout.write(f"{there} in {time.monotonic() - began:.1f} s")
