"""`manage.py load_regimes`: every regime folder, as a new version if its content changed; opens what is running."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dienhong.base import clock, periods
from dienhong.reporting import actions, regime_files
from dienhong.reporting.models import RegimeVersion


class Command(BaseCommand):
    help = "Load the regime folders and open the periods that are running."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in regime_files.folders():
            try:
                version = actions.load_regime(by="job:load_regimes", folder=regime_files.read(path))
            except regime_files.RegimeFault as fault:
                raise CommandError(str(fault)) from fault
            self.stdout.write(f"  {version.regime.code} version {version.number}: {version.name_vi}")
            _open_running(version)
        actions.open_daily(by="job:load_regimes")


def _open_running(version: RegimeVersion) -> None:
    if version.kind != "periodic":
        return
    today = clock.business_today()
    for kind in version.frequency:
        period = periods.period_at(version.calendar, kind, today)
        if period is not None:
            actions.open_duties(by="job:load_regimes", regime_version=version, period=period)
