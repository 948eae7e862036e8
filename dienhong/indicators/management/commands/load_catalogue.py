"""`manage.py load_catalogue`: the bundled catalogue of indicators. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dienhong.base.refusal import Refused
from dienhong.indicators.actions import load_catalogue


class Command(BaseCommand):
    help = "Load the bundled catalogue of indicators; what changed becomes a new wording."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_catalogue(by="job:load_catalogue")
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(
            f"{loaded.indicators} indicators, {loaded.entries} wordings, {loaded.methods} methods, "
            f"{loaded.responsibles} agencies new"
        )
