"""`manage.py documents_authority`: make the demo authority if there is none, and say how to trust it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dienhong.documents.authority import demo
from dienhong.documents.holders import holder


class Command(BaseCommand):
    help = "Make the demo authority's keys and certificates at first need; print the root's fingerprint, or its PEM."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--pem", action="store_true", help="print the root certificate and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if not holder().demo:
            raise CommandError("This installation's keys are kept elsewhere (DOCUMENTS_KEY_HOLDER): nothing to make.")
        with transaction.atomic():
            top, _below = demo.rows()
            demo.stamps()
            holder().revocation_lists()
        self.stdout.write(top.pem if options["pem"] else f"{top.name}\nSHA-256 {top.fingerprint}")
