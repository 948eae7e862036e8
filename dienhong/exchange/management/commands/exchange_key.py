"""`manage.py exchange_key [--new --reason …]`: the key we sign messages with; a new one when it has leaked."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dienhong.exchange import actions, keys


class Command(BaseCommand):
    help = "Print our public keys. --new signs with a new one from now on: give its public half to every partner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", action="store_true")
        parser.add_argument("--reason", default="", help="why; it stands in the journal")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new"]:
            if not options["reason"]:
                raise CommandError("Say why with --reason.")
            actions.new_own_key(by="job:exchange_key", reason=options["reason"])
        now = keys.ours().key_id
        for key_id, public in keys.our_public_keys().items():
            self.stdout.write(f"{key_id} {public}{'  <- in use' if key_id == now else ''}")
