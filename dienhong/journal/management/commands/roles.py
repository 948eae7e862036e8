"""Give the database's users their rights; `migrate` does it too. Run as the owner of the tables."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dienhong.journal import roles


class Command(BaseCommand):
    help = "Sets up the database's users: owner, application, sealer. May be repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for role, name in roles.NAMES.items():
            parser.add_argument(f"--{role}", default=name, help=f"name of the user, {name} if not given")
        parser.add_argument("--strict", action="store_true", help="fail when anything could not be done")

    def handle(self, *args: Any, **options: Any) -> None:
        report = roles.apply(connection, {role: options[role] for role in roles.NAMES})
        if options["verbosity"] > 1:
            self.stdout.write("\n".join(report.done))
        self.stdout.write(f"{len(report.done)} done, {len(report.could_not)} could not be done")
        for sentence in report.could_not:
            self.stderr.write(f"could not: {sentence}")
        if report.could_not and options["strict"]:
            raise CommandError("not everything could be set up")
