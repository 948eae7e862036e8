"""Entering a state: one row and one event of the journal, under the lock of what it is about."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Person
from dienhong.watch.models import Alert, AlertStand, AlertState, Difference, DifferenceState, Reading, Stand

MOST_TEXT = 4000
VERBS = {
    Stand.OPEN: "watch.difference_opened",
    Stand.ANSWERED: "watch.answer_difference",
    Stand.AGREED: "watch.agree",
    Stand.CLOSED: "watch.difference_closed",
    Stand.REOPENED: "watch.difference_reopened",
}
ALERT_VERBS = {
    AlertStand.RAISED: "watch.alert_raised",
    AlertStand.ACKNOWLEDGED: "watch.acknowledge",
    AlertStand.EXPLAINED: "watch.explain",
    AlertStand.CLOSED: "watch.alert_closed",
}


def lock(difference: Difference) -> Difference:
    """The difference, locked until the end of the transaction: two acts on it come one after the other."""
    rows = Difference.objects.select_for_update(of=("self",)).select_related("owner", "counterpart", "unit")
    return rows.get(pk=difference.pk)


def last_states(differences: Iterable[int]) -> dict[int, DifferenceState]:
    """difference id -> where it stands."""
    rows = DifferenceState.objects.filter(difference__in=list(differences)).select_related("reading")
    return {row.difference_id: row for row in rows.order_by("difference", "-pk").distinct("difference")}


def require_stand(difference: Difference, allowed: Iterable[str]) -> DifferenceState:
    """Where it stands; Refused where the act does not follow that state."""
    now = last_states([difference.pk])[difference.pk]
    if now.state not in set(allowed):
        raise Refused(
            "state",
            _("Chỗ lệch đang ở trạng thái “%(state)s”, nên việc này không làm được. Tải lại trang để xem mới nhất.")
            % {"state": Stand(now.state).label},
        )
    return now


def enter(
    *,
    by: Person | None,
    difference: Difference,
    reading: Reading,
    state: Stand,
    actor: str = "",
    verb: str = "",
    text: str = "",
    due: dt.date | None = None,
) -> DifferenceState:
    """Write the state and its event. `by` None: the figures decided, and the job `actor` says so."""
    before = difference.states.order_by("-pk").first()
    row = DifferenceState.objects.create(
        difference=difference,
        state=state,
        reading=reading,
        by=by,
        text=text,
        due=due,
        business_at=clock.business_now(),
    )
    record(
        by=by.actor if by else actor,
        verb=verb or VERBS[state],
        object_kind="watch_difference",
        object_id=difference.pk,
        unit_id=difference.owner_id,
        from_state=before.state if before else "",
        to_state=state,
        reason=text,
        data={"check": difference.check_key, "left": str(reading.left), "right": str(reading.right)},
    )
    return row


def enter_alert(*, by: Person | None, alert: Alert, state: AlertStand, actor: str = "", text: str = "") -> AlertState:
    """Write the state and its event; closing also frees the place of the one open alert of its rule and unit."""
    before = alert.states.order_by("-pk").first()
    now = clock.business_now()
    row = AlertState.objects.create(alert=alert, state=state, by=by, text=text, business_at=now)
    if state == AlertStand.CLOSED:
        Alert.objects.filter(pk=alert.pk).update(closed_at=now)
    record(
        by=by.actor if by else actor,
        verb=ALERT_VERBS[state] if by is None or state != AlertStand.CLOSED else "watch.close_alert",
        object_kind="alert",
        object_id=alert.pk,
        unit_id=alert.unit_id,
        from_state=before.state if before else "",
        to_state=state,
        reason=text,
        data={"rule": alert.rule_id, "period": alert.period_id, "batch": alert.batch},
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
