"""Two clocks: business time, which the demo can set, and record time, which is the machine's.

Business time drives deadlines, the opening of periods and which law holds. Record time drives journal, sessions,
signatures and `known_at`. Between two settings business time runs at the machine's pace.
"""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from dienhong.base.models import ClockSetting

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DEMO_DAY = dt.date(2020, 8, 19)  # the day the demo nation lives on
CACHE_SECONDS = 1.0

Settings = tuple[tuple[dt.datetime, dt.datetime], ...]
"""(record time from which it holds, business time then), in their order."""
# (monotonic moment read, the settings); one tuple, replaced whole, so threads need no lock.
_cached: tuple[float, Settings] | None = None
# The moment at which the demo plays an act, in this thread only.
_played: ContextVar[dt.datetime | None] = ContextVar("played", default=None)


class ClockNotSettable(Exception):
    """Business time can be set in demo mode only."""


def midnight(day: dt.date) -> dt.datetime:
    """When that day begins in Hà Nội."""
    return dt.datetime.combine(day, dt.time(), tzinfo=HANOI)


def record_now() -> dt.datetime:
    """The machine's time, aware, UTC."""
    return dt.datetime.now(dt.UTC)


def reset_cache() -> None:
    """Forget the setting that was read: after setting the clock, and between tests."""
    global _cached
    _cached = None


def settings_made() -> Settings:
    """Every setting of the clock, read at most once a second in each process: there are few."""
    from dienhong.base.models import ClockSetting

    global _cached
    moment, cached = time.monotonic(), _cached
    if cached is None or moment - cached[0] >= CACHE_SECONDS:
        rows = ClockSetting.objects.order_by("set_at", "id").values_list("set_at", "business_at")
        cached = _cached = (moment, tuple(rows))
    return cached[1]


def _offset_at(record_time: dt.datetime | None) -> dt.timedelta:
    """Business minus record time under the setting in force at that record time (None: the latest).

    Before the first setting: as if that one had always held, which is when the demo plays.
    """
    made = settings_made()
    if not made:
        return dt.timedelta(0)
    in_force = [row for row in made if record_time is None or row[0] <= record_time]
    set_at, business = (in_force or made[:1])[-1]
    return business - set_at


def business_now() -> dt.datetime:
    """Business time, aware, Hanoi. Reads the setting at most once a second in each process."""
    if (played := _played.get()) is not None:
        return played.astimezone(HANOI)
    return (record_now() + _offset_at(None)).astimezone(HANOI)


def business_today() -> dt.date:
    """The business day in Hanoi."""
    return business_now().date()


@contextmanager
def played(at: dt.datetime) -> Iterator[None]:
    """Acts inside happen at business time `at` (aware): the demo plays what was reported before it was started.

    Record time stays the machine's. ClockNotSettable outside demo mode.
    """
    from django.conf import settings

    if not settings.DEMO:
        raise ClockNotSettable("The past is played in demo mode only (DIENHONG_DEMO=1).")
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone: give business time with one, for example HANOI.")
    token = _played.set(at)
    try:
        yield
    finally:
        _played.reset(token)


def played_moment() -> dt.datetime | None:
    """The business time at which the demo is playing an act; None when nothing is played."""
    return _played.get()


def business_at(record_time: dt.datetime) -> dt.datetime:
    """What business time was at a past moment of record time (aware), replayed from the settings; Hanoi."""
    if record_time.tzinfo is None:
        raise ValueError(f"{record_time} has no time zone: record time is aware.")
    return (record_time + _offset_at(record_time)).astimezone(HANOI)


def set_business_now(to: dt.datetime, *, by: str, reason: str) -> "ClockSetting":
    """Set business time from now on (aware; may go back). ClockNotSettable outside demo mode.

    The caller, in a room above, writes the journal event in the same transaction. Other processes follow within
    CACHE_SECONDS.
    """
    from django.conf import settings
    from django.db import transaction
    from django.utils.translation import gettext as _

    from dienhong.base.models import ClockSetting

    if not settings.DEMO:
        raise ClockNotSettable(
            _("Giờ nghiệp vụ chỉ đặt được ở chế độ trình diễn (DIENHONG_DEMO=1); hệ thống thật chạy theo giờ máy.")
        )
    if to.tzinfo is None:
        raise ValueError(f"{to} has no time zone: give business time with one, for example HANOI.")
    if not by.strip() or not reason.strip():
        raise ValueError("Setting the business clock says by whom and why: `by` and `reason` must not be empty.")
    row = ClockSetting.objects.create(set_at=record_now(), business_at=to, set_by=by, reason=reason)
    reset_cache()
    transaction.on_commit(reset_cache)  # another thread may have read the old setting before the commit
    return row
