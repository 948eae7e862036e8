"""Put the business clock on the demo nation's day, once. Production runs by the machine's clock."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dienhong.base import clock
from dienhong.base.models import ClockSetting
from dienhong.journal import actions as journal

MORNING = dt.time(8, 30)


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if ClockSetting.objects.exists():
            self.stdout.write(f"It is {clock.business_now():%d/%m/%Y %H:%M} there.")
            return
        to = dt.datetime.combine(clock.DEMO_DAY, MORNING, clock.HANOI)
        try:
            with transaction.atomic():
                row = clock.set_business_now(to, by="job:demo_day", reason="the day the demo nation lives on")
                journal.record(by="job:demo_day", verb="set_clock", object_kind="clock", object_id=row.pk)
        except clock.ClockNotSettable as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"It is {to:%d/%m/%Y %H:%M} there.")
