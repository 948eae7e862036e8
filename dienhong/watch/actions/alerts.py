"""What people do with an alert: a receiver takes it on and explains, the rule's owner closes."""

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base.refusal import Refused
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action
from dienhong.watch.actions.states import enter_alert, needed
from dienhong.watch.models import Alert, AlertStand, AlertState
from dienhong.watch.permissions import require_receiver, require_rule_owner


def lock_alert(alert: Alert) -> Alert:
    rows = Alert.objects.select_for_update(of=("self",)).select_related("rule__owner", "version", "unit")
    return rows.get(pk=alert.pk)


def _require_stand(alert: Alert, *allowed: AlertStand) -> None:
    now = alert.states.order_by("-pk").values_list("state", flat=True)[:1].get()
    if now not in allowed:
        raise Refused(
            "state",
            _("Cảnh báo đang ở trạng thái “%(state)s”, nên việc này không làm được. Tải lại trang để xem mới nhất.")
            % {"state": AlertStand(now).label},
        )


@action("watch.acknowledge")
@transaction.atomic
def acknowledge(*, by: Person, alert: Alert) -> AlertState:
    """A receiver has seen it and takes it on; it goes no level up any more."""
    alert = lock_alert(alert)
    require_receiver(by, alert)
    _require_stand(alert, AlertStand.RAISED)
    return enter_alert(by=by, alert=alert, state=AlertStand.ACKNOWLEDGED)


@action("watch.explain")
@transaction.atomic
def explain(*, by: Person, alert: Alert, text: str) -> AlertState:
    """A receiver says why the figure is so and what is done. Also a second time, when more is known."""
    alert = lock_alert(alert)
    require_receiver(by, alert)
    _require_stand(alert, AlertStand.RAISED, AlertStand.ACKNOWLEDGED, AlertStand.EXPLAINED)
    said = needed(text, _("Viết giải trình: vì sao số như vậy, đang làm gì."))
    return enter_alert(by=by, alert=alert, state=AlertStand.EXPLAINED, text=said)


@action("watch.close_alert")
@transaction.atomic
def close_alert(*, by: Person, alert: Alert, text: str) -> AlertState:
    """The rule's owner ends it with a reason. The same figure does not raise it again; another one does."""
    alert = lock_alert(alert)
    require_rule_owner(by, alert.rule.owner)
    _require_stand(alert, AlertStand.RAISED, AlertStand.ACKNOWLEDGED, AlertStand.EXPLAINED)
    said = needed(text, _("Viết vì sao đóng cảnh báo, ít nhất một câu."))
    return enter_alert(by=by, alert=alert, state=AlertStand.CLOSED, text=said)
