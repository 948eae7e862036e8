"""Whether a dossier is late: the comparison of the national score (Decision 766/QĐ-TTg, indicator 2.1)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dienhong.rules.deadlines import Limit, Pause, due, joined, local
from dienhong.rules.office_hours import USUAL, OfficeHours
from dienhong.rules.workdays import Calendar

SUPPLEMENT = "5"
SUPPLEMENTS_IN_TIME = 1  # a second request counts as late in the score even when the dossier ends in time
# Which status ends the processing, the first that has a moment; 7 counts only for a dossier that was accepted.
ENDS = ("9", "10", "8", "3")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`late`: past the due moment. `late_in_score`: also when papers were asked for more than once.

    `compared`: what was held against `due_at`; `open` while nothing has ended the processing. `early` has its use in
    the operations centre only: the score does not part early from on time.
    """

    late: bool
    late_in_score: bool
    early: bool
    open: bool
    compared: dt.datetime
    due_at: dt.datetime | None
    because: str


def _ended(moments: Mapping[str, dt.datetime], accepted: bool) -> tuple[str, dt.datetime] | None:
    for status in (*ENDS, *(("7",) if accepted else ())):
        if status in moments:
            return status, local(moments[status])
    return None


def verdict(
    moments: Mapping[str, dt.datetime],
    accepted_at: dt.datetime | None,
    due_at: dt.datetime | None,
    *,
    as_of: dt.datetime,
    pauses: Sequence[Pause] = (),
    limit: Limit | None = None,
    calendar: Calendar | None = None,
    office_hours: OfficeHours = USUAL,
) -> Verdict:
    """`moments`: national status -> when it was reached; `as_of`: the end of the period, for a dossier still open.

    Without a due moment the procedure's `limit` decides, less the time waited for papers (needs `calendar`); without
    either the dossier cannot be late. While papers are waited for, the moment of the request is compared.
    """
    ended = _ended(moments, accepted_at is not None)
    waits = joined(pauses)
    asked = [pause for pause in waits if pause.cause == SUPPLEMENT]
    waiting = next((pause for pause in asked if pause.end is None), None)
    if ended is not None:
        because, compared = f"ended_{ended[0]}", ended[1]
    elif waiting is not None:
        because, compared = "waiting_for_papers", waiting.start
    else:
        because, compared = "open", local(as_of)
    at = local(due_at) if due_at is not None else None
    if at is None and limit is not None and calendar is not None and accepted_at is not None:
        closed = [Pause(pause.start, pause.end or compared, pause.cause) for pause in asked if pause.start <= compared]
        at = due(limit, local(accepted_at), closed, calendar, office_hours).at
    late = at is not None and compared > at
    twice = len(asked) > SUPPLEMENTS_IN_TIME
    early = ended is not None and at is not None and compared < at
    return Verdict(late, late or twice, early, ended is None, compared, at, because)
