"""`manage.py demo_accounts`: the sample accounts of demo mode, safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dienhong.base.refusal import NotPermitted
from dienhong.organizations.demo import make_demo_accounts


class Command(BaseCommand):
    help = "Make the sample accounts; demo mode only (DIENHONG_DEMO=1)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_demo_accounts(by="job:demo_accounts")
        except NotPermitted as refusal:
            raise CommandError(f"{refusal.sentence} DIENHONG_DEMO=1") from refusal
        self.stdout.write(f"{made} tài khoản mẫu mới.")
