"""The breaker of a partner: after so many failures in a row nothing is tried for a while, then one trial.

It lies in the database, so that all workers and the web server know it. A partner that works costs no write.
"""

import datetime as dt

from django.db.models import F

from dienhong.base import clock
from dienhong.exchange.models import Breaker, Partner
from dienhong.exchange.partner_files import Folder


def open_until(partner: Partner) -> dt.datetime | None:
    """Until when nothing is tried; None when the line is free."""
    return (
        Breaker.objects.filter(partner=partner, open_until__gt=clock.record_now())
        .values_list("open_until", flat=True)
        .first()
    )


def may_try(partner: Partner, folder: Folder) -> bool:
    """Whether to try now. When the pause is over the first who asks gets the trial; the others wait on."""
    now = clock.record_now()
    row = Breaker.objects.filter(partner=partner, open_until__isnull=False).values_list("open_until", flat=True).first()
    if row is None:
        return True
    if row > now:
        return False
    pause = now + dt.timedelta(seconds=folder.pause_s)
    return Breaker.objects.filter(partner=partner, open_until=row).update(open_until=pause) == 1


def worked(partner: Partner) -> None:
    Breaker.objects.filter(partner=partner, failures__gt=0).update(failures=0, opened_at=None, open_until=None)


def failed(partner: Partner, folder: Folder) -> None:
    """One more failure in a row; at the limit it opens, and opens again after each trial that fails."""
    now = clock.record_now()
    Breaker.objects.get_or_create(partner=partner)
    Breaker.objects.filter(partner=partner).update(failures=F("failures") + 1)
    over = Breaker.objects.filter(partner=partner, failures__gte=folder.failures)
    over.update(open_until=now + dt.timedelta(seconds=folder.pause_s))
    over.filter(opened_at=None).update(opened_at=now)
