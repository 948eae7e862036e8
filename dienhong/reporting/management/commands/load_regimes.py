"""`manage.py load_regimes`: every regime folder, as a new version if its content changed; opens what is running."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dienhong.reporting import actions, opening, regime_files


class Command(BaseCommand):
    help = "Load the regime folders and open the periods that are running."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in regime_files.folders():
            try:
                version = actions.load_regime(by="job:load_regimes", folder=regime_files.read(path))
            except regime_files.RegimeFault as fault:
                raise CommandError(str(fault)) from fault
            self.stdout.write(f"  {version.regime.code} version {version.number}: {version.name_vi}")
        opening.open_running("job:load_regimes")
