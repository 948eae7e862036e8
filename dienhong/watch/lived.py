"""Types of rows that `queries.lists` annotated: for the type checker only."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from dienhong.watch.models import Alert, Difference

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Stated(TypedDict):
        state: str
        state_at: dt.datetime
        due_now: dt.date | None
        left: Decimal
        right: Decimal
        left_batch: int
        right_batch: int | None

    class Standing(TypedDict):
        state: str
        state_at: dt.datetime

    StatedDifference = WithAnnotations[Difference, Stated]
    StatedAlert = WithAnnotations[Alert, Standing]
else:
    StatedDifference, StatedAlert = Difference, Alert
