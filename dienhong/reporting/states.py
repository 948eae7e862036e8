"""The state of a version and of a duty, and the one place where a version enters a state."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Person
from dienhong.reporting.lived import StatedVersion
from dienhong.reporting.models import COUNTS, Duty, State, StateChange, Submission, Version

# What may follow what (domain page 3.3). A correction and a repair after return begin a new version.
FOLLOWS: dict[State, frozenset[State]] = {
    State.IN_ENTRY: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.SENT_BACK, State.APPROVED}),
    State.SENT_BACK: frozenset({State.SUBMITTED}),
    State.APPROVED: frozenset({State.SENT, State.SENT_BACK}),
    State.SENT: frozenset({State.RECEIVED, State.RETURNED, State.WITHDRAWN, State.CORRECTION}),
    State.RECEIVED: frozenset({State.RETURNED, State.CORRECTION, State.CONSOLIDATED}),
    State.CORRECTION: frozenset({State.CONSOLIDATED}),
    State.CONSOLIDATED: frozenset({State.CORRECTION}),
    State.RETURNED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
EDITABLE = (State.IN_ENTRY, State.SENT_BACK)


def state_of(version: Version) -> State:
    return State(version.states.order_by("-pk").values_list("state", flat=True)[0])


def lock(version: Version) -> Version:
    """The version, read anew under a lock on its submission: two acts on one report follow one another."""
    Submission.objects.select_for_update(of=("self",)).get(pk=version.submission_id)
    return Version.objects.select_related(
        "submission__duty__unit",
        "submission__duty__regime",
        "submission__duty__period",
        "submission__duty__receiver",
        "regime_version__regime",
    ).get(pk=version.pk)


def enter(
    *, by: Person, version: Version, state: State, reason: str = "", data: dict[str, object] | None = None
) -> StateChange:
    """Write the state row and its journal event. Raises Refused when the state does not follow from the present one."""
    before = version.states.order_by("-pk").values_list("state", flat=True).first()
    if before is not None and state not in FOLLOWS[State(before)]:
        raise Refused(
            "state",
            _("Báo cáo đang ở trạng thái “%(now)s”, không chuyển sang “%(next)s” được. Tải lại trang để xem.")
            % {"now": State(before).label, "next": state.label},
        )
    change = StateChange.objects.create(
        version=version, state=state, by=by, business_at=clock.business_now(), reason=reason
    )
    duty = version.submission.duty
    record(
        by=f"person:{by.pk}",
        verb=f"reporting.{state.name.lower()}",
        object_kind="version",
        object_id=version.pk,
        unit_id=duty.unit_id,
        from_state=before or "",
        to_state=int(state),
        reason=reason,
        data={"regime": duty.regime.code, "period": duty.period.key, "number": version.number, **(data or {})},
    )
    return change


def with_state(versions: QuerySet[Version]) -> "QuerySet[StatedVersion]":
    latest = StateChange.objects.filter(version=OuterRef("pk")).order_by("-pk")
    return versions.annotate(
        state=Subquery(latest.values("state")[:1]), state_at=Subquery(latest.values("business_at")[:1])
    )


@dataclass(frozen=True, slots=True)
class Punctuality:
    """From the first sending that passed all error checks and was not withdrawn; one that was returned counts."""

    due_at: dt.datetime
    sent_at: dt.datetime | None

    def word(self, now: dt.datetime) -> str:
        if self.sent_at is not None:
            return "on_time" if self.sent_at <= self.due_at else "late"
        return "not_due" if now <= self.due_at else "missing"


def first_valid_sending(duty: Duty) -> dt.datetime | None:
    """Business time of the first sending of a version not withdrawn (sending itself asks for passed checks)."""
    return (
        StateChange.objects.filter(version__submission__duty=duty, state=State.SENT)
        .exclude(version__states__state=State.WITHDRAWN)
        .order_by("business_at")
        .values_list("business_at", flat=True)
        .first()
    )


def counting_version(duty: Duty) -> Version | None:
    """The version whose figures count now: the latest one sent and neither returned nor withdrawn."""
    return (
        with_state(Version.objects.filter(submission__duty=duty, batch__isnull=False))
        .filter(state__in=COUNTS)
        .order_by("-number")
        .first()
    )
