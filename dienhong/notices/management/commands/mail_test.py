"""Send one letter to an address, now, and say how it went."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import override

from dienhong.base.clock import record_now
from dienhong.notices.channels import Lost, Undeliverable, mail


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--language", choices=["vi", "en"], default="vi")

    def handle(self, *args: Any, **options: Any) -> None:
        with override(options["language"]):
            title = _("Thư thử của Diên Hồng")
            text = _("Thư này cho biết Diên Hồng gửi được thư. Không cần trả lời.")
        try:
            mail.letter(options["address"], title, text, f"test-{record_now():%Y%m%d%H%M%S%f}")
        except (Lost, Undeliverable) as error:
            raise CommandError(
                f"Not sent: {error}. Asked {settings.EMAIL_HOST or 'no server'}:{settings.EMAIL_PORT}; "
                "see DIENHONG_MAIL_HOST, _PORT, _USER, _PASSWORD and _TLS."
            ) from error
        if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
            self.stdout.write(f"No mail server is named (DIENHONG_MAIL_HOST): kept in {settings.EMAIL_FILE_PATH}")
        else:
            self.stdout.write(f"Accepted by {settings.EMAIL_HOST} for {options['address']}")
