"""`manage.py load_partners`: the partners of the bundled folders, safe to repeat."""

import os
from typing import Any

from django.core.management.base import BaseCommand

from dienhong.exchange import actions, partner_files


class Command(BaseCommand):
    help = (
        "Put every folder of exchange/partners into the table; in demo mode with the addresses and keys of the demo's "
        "programs. DIENHONG_PARTNER_<KEY>_URL names a partner's address and wins over what stands in the table."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        names = {key: f"DIENHONG_PARTNER_{key.upper()}_URL" for key in partner_files.every()}
        given = {key: os.environ[name].rstrip("/") for key, name in names.items() if os.environ.get(name)}
        changed = actions.load_partners(by="job:load_partners", addresses=given)
        self.stdout.write(f"{len(names)} đối tác, {len(changed)} có thay đổi.")
