"""`manage.py play_demo --from 2019-Q1 --to 2020-Q2`: the demo nation reports these quarters; resumes by itself."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dienhong.base import periods
from dienhong.reporting.demo.play import play_period
from dienhong.reporting.models import RegimeVersion

CALENDAR = "decree09"


class Command(BaseCommand):
    help = "Play the demo nation's reports through the same entry, checks and approvals as anyone's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="start", default="2020-Q1")
        parser.add_argument("--to", dest="end", default="2020-Q2")
        parser.add_argument("--regime", default="RR22")

    def handle(self, *args: Any, start: str, end: str, regime: str, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo plays in demo mode only: set DIENHONG_DEMO=1.")
        version = RegimeVersion.objects.filter(regime__code=regime).order_by("-number").first()
        if version is None:
            raise CommandError(f"Regime {regime} is not loaded: run manage.py load_regimes first.")
        first, last = periods.period(CALENDAR, start), periods.period(CALENDAR, end)
        for period in periods.periods(CALENDAR, first.kind, first.first, last.last):
            began, count = time.monotonic(), 0
            for count, _duty in enumerate(play_period(regime_version=version, period=period), start=1):
                if count % 10 == 0:
                    self.stdout.write(f"  {regime} {period.key}: {count} reports", ending="\r")
                    self.stdout.flush()
            self.stdout.write(f"  {regime} {period.key}: {count} reports played in {time.monotonic() - began:.1f} s")
