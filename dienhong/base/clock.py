"""Two clocks: business time, which the demo can set, and record time, which is the machine's."""

import datetime as dt
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def record_now() -> dt.datetime:
    """The machine's time, aware, UTC: journal, sessions, signatures, `known_at`."""
    return dt.datetime.now(dt.UTC)


def business_now() -> dt.datetime:
    """Business time, aware, Hanoi: deadlines, opening of periods, which law holds."""
    return record_now().astimezone(HANOI)


def business_today() -> dt.date:
    return business_now().date()
