"""`manage.py load_feeds [--first] [--only KEY]`: the bundled tables of published statistics. Safe to repeat."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dienhong.base.refusal import Refused
from dienhong.indicators.feeds import loading, tables
from dienhong.indicators.feeds.loading import Loaded


class Command(BaseCommand):
    help = "Load published statistics as feeds of their publishers; a file that is there already loads nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--first", action="store_true", help="only what the first start needs")
        parser.add_argument("--only", action="append", default=[], metavar="KEY", help="one table; may be repeated")
        parser.add_argument("--folder", type=Path, default=tables.FOLDER, help="where the tables lie")

    def handle(self, *args: Any, first: bool, only: list[str], folder: Path, **options: Any) -> None:
        began, total, there = time.monotonic(), 0, 0
        for path in chosen(folder, first=first, only=only):
            try:
                loaded = loading.load(by="job:load_feeds", data=path.read_bytes())
            except Refused as refused:
                raise CommandError(f"{path.name}: {refused.sentence}") from refused
            if loaded.already:
                there += 1
                continue
            total += loaded.rows
            self.stdout.write(f"  {said(loaded)}")
            for fault in loaded.faults:
                self.stdout.write(f"    ! {fault.sentence}")
        self.stdout.write(
            f"  {total} observations in {time.monotonic() - began:.1f} s; {there} tables were there already"
        )


def chosen(folder: Path, *, first: bool, only: list[str]) -> list[Path]:
    """The files to load, those of the first start before the others. CommandError for a key that names none."""
    files = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    unknown = sorted(set(only) - set(files))
    if unknown:
        raise CommandError(f"No table {', '.join(unknown)} in {folder.name}; there are: {', '.join(files)}")
    wanted = [files[key] for key in only] if only else list(files.values())
    early = {path: tables.parse(path.read_bytes()).said("start") == "first" for path in wanted}
    return [path for path in wanted if early[path]] + [path for path in wanted if not early[path] and not first]


def said(loaded: Loaded) -> str:
    parts = [f"{loaded.key}: {loaded.rows} observations in {loaded.batches} batches, {loaded.seconds:.2f} s"]
    parts += [f"{loaded.waiting} wait for their day"] if loaded.waiting else []
    parts += [f"{loaded.unchanged} unchanged"] if loaded.unchanged else []
    parts += [f"{loaded.withdrawn} withdrawn"] if loaded.withdrawn else []
    parts += [f"{len(loaded.faults)} cells refused"] if loaded.faults else []
    parts += [f"others speak for {', '.join(loaded.kept)}"] if loaded.kept else []
    return "; ".join(parts)
