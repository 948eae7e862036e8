"""Draw the live pictures of boards and walls until SIGTERM: one process, started beside the web server."""

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from dienhong.centre.live import topics
from dienhong.centre.live.hub import Hub


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asyncio.run(_run())
        finally:
            topics.address().unlink(missing_ok=True)


async def _run() -> None:
    work = asyncio.ensure_future(Hub().run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        return
