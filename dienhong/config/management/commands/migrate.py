"""Django's migrate, then the rights of the three database users (config/roles.py)."""

from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from dienhong.config import first_tables, roles


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        empty = first_tables.wanted(connections[options["database"]])
        with first_tables.quick_rendering() if empty else nullcontext():
            super().handle(*args, **options)
        if options["check_unapplied"] or options["plan"]:
            return
        for sentence in roles.apply(connections[options["database"]]):
            if options["verbosity"] > 0:
                self.stderr.write(f"! {sentence}")
