"""`manage.py load_accounts FILE`: the register of collecting accounts, from a CSV that the owner keeps.

Columns: unit_scheme, unit_code, purpose (fee, charge, tax, fine, deposit, insurance), bank_bin, bank_name, number,
holder, budget_chapter, remark. All rows or none.
"""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.organizations import queries as organizations
from dienhong.payments.actions import register_account
from dienhong.payments.models import CollectingAccount, Purpose

COLUMNS = (
    "unit_scheme",
    "unit_code",
    "purpose",
    "bank_bin",
    "bank_name",
    "number",
    "holder",
    "budget_chapter",
    "remark",
)


class Command(BaseCommand):
    help = "Register the accounts into which units collect, from a CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        before = CollectingAccount.objects.count()
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as file, transaction.atomic():
                for number, row in enumerate(csv.DictReader(file), 2):
                    _take(number, row)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        self.stdout.write(f"{CollectingAccount.objects.count() - before} accounts new")


def _take(line: int, row: dict[str, str]) -> None:
    missing = [name for name in COLUMNS if row.get(name) is None]
    if missing:
        raise CommandError(f"line {line}: the columns {', '.join(missing)} are missing")
    if row["purpose"] not in Purpose.values:
        raise CommandError(f"line {line}: purpose {row['purpose']!r} is not one of {', '.join(Purpose.values)}")
    try:
        unit = organizations.unit_by_code(row["unit_scheme"], row["unit_code"], clock.business_today())
        with transaction.atomic():
            given: dict[str, Any] = {name: row[name].strip() for name in COLUMNS[2:]}
            register_account(by="job:load_accounts", unit=unit, **given)
    except organizations.NoUnitError as error:
        raise CommandError(f"line {line}: no unit {row['unit_scheme']} {row['unit_code']} today") from error
    except Refused as refusal:
        raise CommandError(f"line {line}: another unit has the account {row['number']}") from refusal
    except IntegrityError as error:
        raise CommandError(f"line {line}: bank_bin has six digits, number 4 to 19 digits or capitals") from error
