"""Types of rows that `life.with_life` and `states.with_state` annotated: for the type checker only."""

import datetime as dt
from typing import TYPE_CHECKING, TypedDict

from dienhong.reporting.models import Duty, Version

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Life(TypedDict):
        due: dt.datetime
        exempt: bool
        version_number: int | None
        version_pk: int | None
        state: int | None
        state_at: dt.datetime | None
        sent_at: dt.datetime | None
        counts: bool

    class Standing(TypedDict):
        state: int
        state_at: dt.datetime

    LivedDuty = WithAnnotations[Duty, Life]
    StatedVersion = WithAnnotations[Version, Standing]
else:
    LivedDuty, StatedVersion = Duty, Version
