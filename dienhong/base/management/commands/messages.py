"""`manage.py messages`: gather what the screens say, for translation, and compile what is translated.

Needs the programs of gettext (Debian: `apt-get install gettext`); running the site does not.
"""

import shutil
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from dienhong.base.components.messages import spoken, untranslated


class Command(BaseCommand):
    help = "Gather the Vietnamese sentences of all rooms into the English catalogue and compile it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not shutil.which("xgettext"):
            raise CommandError("xgettext is missing: install gettext (Debian: apt-get install gettext).")
        ignored = [".venv/*", "node_modules/*", "*/tests/*", "tests/*", "bench/*", "build/*"]
        call_command(
            "makemessages", locale=["en"], ignore_patterns=ignored, no_location=True, no_obsolete=True, no_wrap=True,
            verbosity=0,
        )  # fmt: skip
        call_command("compilemessages", locale=["en", "vi"], ignore_patterns=ignored, verbosity=0)
        missing = sorted(untranslated(settings.ROOT / "dienhong"))
        for sentence in missing:
            self.stdout.write(f"no English yet: {sentence}")
        self.stdout.write(f"{len(spoken(settings.ROOT / 'dienhong'))} sentences, {len(missing)} without English")
