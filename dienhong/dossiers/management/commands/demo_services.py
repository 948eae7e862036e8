"""`manage.py demo_services`: accounts for fees, and the past days' dossiers of the demo nation. Safe to repeat."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from dienhong.dossiers import demo
from dienhong.dossiers.models import Counting


class Command(BaseCommand):
    help = "Play the demo's dossiers: filed, handled and paid at past business times."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--accounts", action="store_true", help="only the accounts into which fees go")

    def handle(self, *args: Any, **options: Any) -> None:
        demo.accounts()
        if options["accounts"]:
            return
        began, made = time.monotonic(), 0
        with demo.undisturbed():
            for made, dossier in enumerate(demo.play(), 1):
                if made % 10 == 0:
                    self.stdout.write(f"{made} dossiers, {dossier.code}")
            self.stdout.write(f"{made} dossiers played in {time.monotonic() - began:.1f} s")
            self.stdout.write(f"{demo.statements()} statements read")
            if made or not Counting.objects.exists():
                began = time.monotonic()
                self.stdout.write(f"{demo.count()} figures counted in {time.monotonic() - began:.1f} s")
