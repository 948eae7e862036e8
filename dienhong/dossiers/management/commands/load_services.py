"""`manage.py load_services`: each folder under services/ that changed becomes a new version."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dienhong.dossiers import folders
from dienhong.dossiers.actions.loading import load_services


class Command(BaseCommand):
    help = "Load the folders of public services; open dossiers keep the version they began with."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            fresh = load_services(by="job:load_services")
        except folders.FolderBroken as broken:
            raise CommandError(str(broken)) from broken
        for version in fresh:
            self.stdout.write(f"{version.service.code}: version {version.number}")
        self.stdout.write(f"{len(folders.names())} services, {len(fresh)} new versions")
