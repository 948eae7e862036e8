"""Check the journal against its seals and the exported roots; exit 1 when somebody has tampered with it."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from dienhong.journal import keys
from dienhong.journal.findings import Kind
from dienhong.journal.verifier import Verifier


class Command(BaseCommand):
    help = "Finds an edit, a deletion, a reordering or a cut tail in the journal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", choices=["vi", "en"], default="vi")
        parser.add_argument("--roots", type=Path, help="a copy of roots.jsonl kept elsewhere")
        parser.add_argument("--key", action="append", default=[], help="trust only this public key (hex); repeatable")

    def handle(self, *args: Any, **options: Any) -> None:
        given = [bytes.fromhex(each) for each in options["key"]]
        trusted = {keys.key_id_of(each): each for each in given} or None
        verifier, bad = Verifier(options["roots"], trusted), 0
        for finding in verifier.findings():
            bad += finding.kind is not Kind.NOTE
            self.stdout.write(f"{finding.kind}: {getattr(finding, options['language'])}")
        counted = verifier.events, verifier.batches, verifier.last_position
        if options["language"] == "vi":
            said = "{} sự kiện, {} lô, vị trí cuối {}: ".format(*counted)
            said += f"{bad} dấu hiệu can thiệp." if bad else "không thấy dấu hiệu can thiệp."
        else:
            said = "{} events, {} batches, last position {}: ".format(*counted)
            said += f"{bad} signs of tampering." if bad else "no sign of tampering."
        self.stdout.write(said)
        if bad:
            sys.exit(1)
