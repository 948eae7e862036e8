"""As of which moment. `known_at` runs on record time; what people choose on screen is business time.

In production the two agree. In the demo the business clock is set, so a chosen business moment is looked up in the
settings of the clock.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from dienhong.base import clock
from dienhong.base.brief import brief
from dienhong.indicators import publisher
from dienhong.organizations.models import Ancestry

# Before the first publication nothing is known; a moment earlier than any.
NOTHING_KNOWN = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """A resolved moment (record time): `at` is never later than the publisher's last word.

    `past` tells a chosen moment from "as known now". What is not published but dated itself (hierarchies, names) is
    read as of `trees`: None means as it stands. `read` is for queries that are asked the same again and again as of one
    moment: one answer (a page, a call) resolves one moment, and what it read there it reads once.
    """

    at: dt.datetime
    past: bool = False
    trees: dt.datetime | None = None
    read: dict[tuple[Any, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def business(self) -> dt.datetime:
        """The same moment by the business clock, for people."""
        return clock.business_at(self.at)


AsOf = dt.datetime | Moment | None
"""None: as known now. A moment is record time, aware. A Moment is taken as it is: resolve once, ask many times."""


def cap() -> dt.datetime | None:
    """The publisher's last word; None before the first. An answer "as of" this moment never changes again."""
    with connection.cursor() as cursor:
        cursor.execute(publisher.CAP)
        found: dt.datetime | None = cursor.fetchone()[0]
    return found


def moment(as_of: AsOf = None) -> Moment:
    """Resolve; ValueError for a moment without a time zone."""
    if isinstance(as_of, Moment):
        return as_of
    if as_of is not None and as_of.tzinfo is None:
        raise ValueError(f"{as_of} has no time zone: as-of is record time, aware.")
    if as_of is None:
        return Moment(cap() or NOTHING_KNOWN)
    if as_of > _lately():
        as_of, asked = min(as_of, cap() or NOTHING_KNOWN), as_of
        return Moment(as_of, past=True, trees=_trees(min(asked, clock.record_now())))
    return Moment(as_of, past=True, trees=_trees(as_of))


@brief(5, settled=True)
def _lately() -> dt.datetime:
    """The publisher's last word a few seconds ago, which only grows: what lies before it need not be asked."""
    return cap() or NOTHING_KNOWN


def _trees(at: dt.datetime) -> dt.datetime | None:
    """Before the first tree was known (the demo plays such days) the trees are read as they stand."""
    try:
        return at if at >= _first_tree() else None
    except Ancestry.DoesNotExist:
        return None


@brief(60, settled=True)
def _first_tree() -> dt.datetime:
    """When the first tree was known, which never changes. Ancestry.DoesNotExist before."""
    return Ancestry.objects.earliest("pk").known_at


def from_business(chosen: dt.datetime) -> dt.datetime:
    """The last moment of record time at which the business clock had not passed `chosen` (aware)."""
    settings = clock.settings_made()
    ends = [*(row[0] for row in settings[1:]), clock.record_now()][: len(settings)]
    for (set_at, business_at), end in reversed(list(zip(settings, ends, strict=True))):
        if business_at <= chosen:
            return min(set_at + (chosen - business_at), end)
    if settings:  # before the clock was first set: as if that setting had always held, which is when the demo plays
        return settings[0][0] + (chosen - settings[0][1])
    return min(chosen, clock.record_now())
