"""`manage.py play_demo`: the demo nation reports its last two periods; `--older`: the years before. It resumes.

`manage.py play_demo RR22 RR07`: these regimes alone, so that two can be played at once."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dienhong.base import periods, playing
from dienhong.indicators.models import Period
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.demo import disaster
from dienhong.reporting.demo.play import play_period
from dienhong.reporting.models import RegimeVersion

CALENDAR = "decree09"
LAST_TWO = (("RR22", "2020-Q1"), ("RR22", "2020-Q2"), ("RR05", "2020-M07"), ("RR05", "2020-M08"))
# Newest years first: what people look at first is there first.
OLDER = (
    ("RR10", "2019-Y"),
    *(("RR05", f"2020-M{month:02}") for month in range(6, 0, -1)),
    *(("RR05", f"2019-M{month:02}") for month in range(12, 8, -1)),
    ("RR10", "2018-Y"),
    *(("RR22", f"{year}-Q{quarter}") for year in (2019, 2018) for quarter in range(1, 5)),
)


class Command(BaseCommand):
    help = "Play the demo nation's reports through the same entry, checks and approvals as anyone's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("regimes", nargs="*", metavar="REGIME", help="these alone, for example RR22 (all if none)")
        parser.add_argument("--older", action="store_true", help="the years before the last two periods")

    def handle(self, *args: Any, regimes: Sequence[str] = (), older: bool = False, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo plays in demo mode only: set DIENHONG_DEMO=1.")
        with playing.told():
            chosen = list(_of_the_calendar(OLDER if older else LAST_TWO, regimes))
            for done, (version, period) in enumerate(chosen):
                playing.tell(_progress(version, period, done, len(chosen)))
                self._play(version, period)
            flash = RegimeVersion.objects.filter(regime__code="RR07").order_by("-number").first()
            if flash and (not regimes or "RR07" in regimes):
                for key in disaster.past_reports(flash) if older else disaster.open_reports(flash):
                    period = period_of(Period.objects.get(key=key))
                    playing.tell(_progress(flash, period, len(chosen), len(chosen)))
                    self._play(flash, period)

    def _play(self, version: RegimeVersion, period: periods.Period) -> None:
        began, count = time.monotonic(), 0
        for count, _duty in enumerate(play_period(regime_version=version, period=period), start=1):
            if count % 10 == 0:
                self.stdout.write(f"  {version.regime.code} {period.key}: {count} reports", ending="\r")
                self.stdout.flush()
        if count:
            took = time.monotonic() - began
            self.stdout.write(f"  {version.regime.code} {period.key}: {count} reports played in {took:.1f} s")


def _of_the_calendar(
    wanted: Iterable[tuple[str, str]], regimes: Sequence[str]
) -> Iterator[tuple[RegimeVersion, periods.Period]]:
    for regime, key in wanted:
        if regimes and regime not in regimes:
            continue
        version = RegimeVersion.objects.filter(regime__code=regime).order_by("-number").first()
        if version is None:
            raise CommandError(f"Regime {regime} is not loaded: run manage.py load_regimes first.")
        period = periods.period(CALENDAR, key)
        if period.last >= version.valid_from:  # a regime owes nothing for the time before it
            yield version, period


def _progress(version: RegimeVersion, period: periods.Period, done: int, of: int) -> playing.Progress:
    vi, en = (f"{getattr(version, f'name_{lang}')}, {periods.label(period, lang)}" for lang in ("vi", "en"))
    return playing.Progress(vi, en, done, of)
