"""Django's migrate, then the grants of the three database users (config/roles.py)."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from dienhong.config import roles


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options.get("check_unapplied") and not options.get("plan"):
            roles.apply(connections[options["database"]])
