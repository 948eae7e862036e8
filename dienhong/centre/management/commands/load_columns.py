"""The columns of the Operations Centre: the seven groups of Decision 1498/QĐ-TTg, where they are not there yet."""

from typing import Any

from django.core.management.base import BaseCommand

from dienhong.centre import actions


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{actions.load_columns(by='job:load_columns')} columns made")
