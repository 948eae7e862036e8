"""`manage.py read_sdmx FILE…`: read SDMX-ML messages and report every value that is not a number. Writes nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dienhong.base.refusal import Refused
from dienhong.indicators.feeds import sdmx


class Command(BaseCommand):
    help = "Read SDMX-ML 2.1 structure-specific messages: counts, and every fault with its place and a sentence."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE", help="messages, or folders of them")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        refused: list[str] = []
        for path in files(paths):
            try:
                message = sdmx.read(path.read_bytes(), path.name)
            except Refused as refusal:
                self.stdout.write(f"  ! {refusal.sentence}")
                refused += [path.name] if path in paths or refusal.code != "sdmx_root" else []
                continue
            faults = list(message.faults())
            self.stdout.write(
                f"  {path.name}: {message.series} series, {len(message.values)} observations, {len(faults)} faults"
                + (f"; {message.comment}" if message.comment else "")
            )
            for fault in faults:
                self.stdout.write(f"    ! {fault.sentence}")
        if refused:
            raise CommandError(f"No SDMX data messages: {', '.join(refused)}")


def files(paths: list[Path]) -> list[Path]:
    """The files named and the XML files of the folders named. CommandError for what is not there."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise CommandError(f"{path} is not there")
        found += sorted(path.glob("*.xml")) if path.is_dir() else [path]
    return found
