"""Entering a state: one row and one event of the journal, under the assignment's lock."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.directives.models import Assignment, AssignmentState, ConditionVerdict, State
from dienhong.journal.actions import record
from dienhong.organizations.models import Person

MOST_TEXT = 4000


def lock(assignment: Assignment) -> Assignment:
    """The assignment, locked until the end of the transaction: two acts on it come one after the other."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("directive__issuer", "issuer", "lead")
    return rows.get(pk=assignment.pk)


def last(assignment: Assignment) -> AssignmentState:
    """Where it stands."""
    return assignment.states.select_related("verdict").order_by("-pk")[:1].get()


def require_state(assignment: Assignment, allowed: Iterable[str]) -> AssignmentState:
    """Where it stands; Refused where the act does not follow that state."""
    now = last(assignment)
    if now.state not in set(allowed):
        raise Refused(
            "state",
            _("Nhiệm vụ đang ở trạng thái “%(state)s”, nên việc này không làm được. Tải lại trang để xem mới nhất.")
            % {"state": State(now.state).label},
        )
    return now


def enter(
    *,
    by: Person | None,
    assignment: Assignment,
    state: State,
    verb: str,
    actor: str = "",
    reason: str = "",
    done_at: dt.datetime | None = None,
    verdict: ConditionVerdict | None = None,
    replaced_by: Assignment | None = None,
    at: dt.datetime | None = None,
    data: dict[str, Any] | None = None,
) -> AssignmentState:
    """Write the state and its event. Business time never goes back: what came earlier stands at the last moment."""
    before = assignment.states.order_by("-pk").first()
    moment = at or clock.business_now()
    if before is not None:
        moment = max(moment, before.business_at)
    row = AssignmentState.objects.create(
        assignment=assignment,
        state=state,
        by=by,
        verdict=verdict,
        reason=reason,
        done_at=done_at,
        replaced_by=replaced_by,
        business_at=moment,
    )
    record(
        by=by.actor if by else actor,
        verb=verb,
        object_kind="assignment",
        object_id=assignment.pk,
        unit_id=assignment.lead_id,
        from_state=before.state if before else "",
        to_state=state,
        reason=reason,
        data=data,
    )
    return row


def needed(text: str, sentence: str, least: int = 5) -> str:
    """The words, or Refused with the sentence that says what is missing."""
    said = text.strip()
    if len(said) < least:
        raise Refused("words_missing", sentence)
    if len(said) > MOST_TEXT:
        raise Refused("words_long", _("Viết gọn lại: nhiều nhất %(most)d ký tự.") % {"most": MOST_TEXT})
    return said
