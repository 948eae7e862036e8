"""Asking for what nobody told us, by the clock."""

import datetime as dt
import logging

from dienhong.base import clock
from dienhong.organizations.registry import action
from dienhong.payments import conf, providers, queries
from dienhong.payments.actions.notices import finish_notices, take_notice
from dienhong.payments.models import Attempt, Notice, Verdict
from dienhong.payments.providers.contract import Unreachable

log = logging.getLogger("dienhong.payments")


@action("payments.poll")
def poll(*, by: str, older: dt.timedelta | None = None) -> int:
    """Ask for the end of attempts between 30 minutes (or `older`) and 3 days old; judge notices that a crash left.

    Returns how many attempts were answered. A provider that is down is asked again next time.
    """
    finish_notices(by=by)
    ages = (
        dt.timedelta(minutes=conf.MINUTES_BEFORE_ASKING) if older is None else older,
        dt.timedelta(days=conf.DAYS_OF_ASKING),
    )
    return sum(ask(by, attempt) is not None for attempt in queries.open_attempts(*ages))


def ask(by: str, attempt: Attempt) -> Verdict | None:
    """What the provider says of this attempt now; None where it cannot be asked or does not answer."""
    try:
        raw = providers.get(attempt.provider).ask(attempt.reference, clock.business_now())
    except Unreachable as error:
        log.warning("attempt %s: %s", attempt.pk, error)
        return None
    if raw is None:
        return None
    return take_notice(by=by, provider=attempt.provider, raw=raw, source=Notice.Source.QUERY)
