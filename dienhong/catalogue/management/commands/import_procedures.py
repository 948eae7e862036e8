"""`manage.py import_procedures <folder>`: published records, with a report of what could not be read.

The folder holds `procedures_*.csv` (one row a procedure) and perhaps `procedure_details_*.jsonl` (detailed pages).
Written in batches: an import that was cut off is begun again, and what is there already stays.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dienhong.catalogue.actions import import_procedures
from dienhong.catalogue.models import Version
from dienhong.catalogue.reading.records import NoFolder, Record, Trouble, folder

BATCH = 200


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--source", default="", help="how the pages name the source; the folder's name if absent")
        parser.add_argument("--report", type=Path, help="where the list of troubles goes (csv)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            read = list(folder(options["folder"]))
        except NoFolder as problem:
            raise CommandError(str(problem)) from problem
        records = [each for each in read if isinstance(each, Record)]
        self.stdout.write(f"… {len(records)} records read")
        total: Counter[str] = Counter()
        source = options["source"] or options["folder"].resolve().name
        for number, batch in enumerate(_batches(records), 1):
            done = import_procedures(by="job:import_procedures", records=batch, source=source)
            total.update(new=done.new, changed=done.changed, same=done.same)
            self.stdout.write(f"  {min(number * BATCH, len(records))} of {len(records)}", ending="\r")
        self.stdout.write(f"✓ {total['new']} new, {total['changed']} in a new version, {total['same']} the same")
        self._absent(records)
        troubles = [each for each in read if isinstance(each, Trouble)]
        troubles += [each for record in records for each in record.troubles]
        self._report(troubles, options["report"] or Path(settings.HOME) / "import_procedures.csv")

    def _absent(self, records: list[Record]) -> None:
        known = set(Version.objects.filter(current=True).values_list("procedure__code", flat=True))
        if missing := sorted(known - {record.code for record in records}):
            self.stdout.write(f"  {len(missing)} known procedures are not in this folder; they stay as they are")

    def _report(self, troubles: list[Trouble], path: Path) -> None:
        """Counts by reason on the screen, every case in a file: nothing is dropped in silence."""
        counted = Counter((each.field, each.reason) for each in troubles)
        for (field, reason), many in counted.most_common():
            self.stdout.write(f"  {many:5d}  {field}: {reason}")
        with open(path, "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["code", "field", "reason", "text"])
            out.writerows((each.code, each.field, each.reason, each.text) for each in troubles)
        self.stdout.write(f"  {len(troubles)} cases not understood or doubtful, text kept: {path}")


def _batches(records: Iterable[Record]) -> Iterable[list[Record]]:
    rows = iter(records)
    while batch := list(islice(rows, BATCH)):
        yield batch
