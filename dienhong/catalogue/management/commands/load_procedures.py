"""`manage.py load_procedures`: the bundled facts, life events and synonyms. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from dienhong.catalogue.actions import load_bundled


class Command(BaseCommand):
    help = "Load the bundled list of procedures; what is known already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        done = load_bundled(by="job:load_procedures")
        self.stdout.write(f"{done.new} procedures new, {done.same} known")
