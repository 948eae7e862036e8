"""Types of rows that `queries.lived` annotated: for the type checker only."""

import datetime as dt
from typing import TYPE_CHECKING, TypedDict

from dienhong.directives.models import Assignment

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Life(TypedDict):
        last: int
        state: str
        state_at: dt.datetime
        done_at: dt.datetime | None
        due_now: dt.date | None
        standing: str
        extended: int
        was_overdue: bool
        by_exception: bool
        conditioned: bool
        frozen: bool
        asks_extension: bool
        waits_on: int | None

    LivedAssignment = WithAnnotations[Assignment, Life]
else:
    LivedAssignment = Assignment
