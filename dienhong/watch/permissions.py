"""Who may do what: predicates over grants, each with its administrative reason.

Officers and the leader of a unit answer for its figures; a leader of the other side judges the answer, never whoever
gave it. A unit's leader lays down its alert rules and closes their alerts; who receives one takes it on and explains.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person, Role, Unit
from dienhong.watch.models import Alert, Difference, DifferenceState, Question, Stand

ANSWERING = (Role.ENTRY_OFFICER, Role.LEADER)
LEADING = (Role.LEADER,)
ORDERING = (Role.LEADER, Role.CHAIR)  # who is offered to give a directive; that room asks again
ASKING = (Role.ENTRY_OFFICER, Role.LEADER, Role.RECEIVER, Role.VIEWER, Role.STEERING_OFFICER, Role.CHAIR)
RECEIVING = (Role.ENTRY_OFFICER, Role.LEADER, Role.RECEIVER, Role.VIEWER, Role.CHAIR)
SEEING = (*RECEIVING, Role.CLERK, Role.AUDITOR, Role.STEERING_OFFICER)


def require_owner(by: Person, difference: Difference) -> permissions.Decision:
    return permissions.require(by, ANSWERING, difference.owner)


def require_judge(by: Person, difference: Difference) -> permissions.Decision:
    """A leader of the other side who did not write the answer."""
    decision = permissions.require(by, LEADING, difference.counterpart)
    last = difference.states.filter(state=Stand.ANSWERED).order_by("-pk").first()
    if last is not None and answered_by(last, by):
        raise NotPermitted(
            "own_answer", _("Bạn đã viết giải trình này nên không tự thống nhất được; cần một lãnh đạo khác.")
        )
    return decision


def answered_by(state: DifferenceState, by: Person) -> bool:
    return state.by_id == by.pk


def require_asker(by: Person, asker: Unit) -> permissions.Decision:
    return permissions.require(by, ASKING, asker)


def require_reporter(by: Person, question: Question) -> permissions.Decision:
    return permissions.require(by, ANSWERING, question.reporter)


def require_rule_owner(by: Person, owner: Unit) -> permissions.Decision:
    return permissions.require(by, LEADING, owner)


def receivers_of(alert: Alert) -> list[Unit]:
    """The units whose people an alert goes to: those its rule names, and the unit the figure is about."""
    units = [row.unit for row in alert.version.receivers.select_related("unit").order_by("pk")]
    return [*units, alert.unit] if alert.version.to_reporter and alert.unit not in units else units


def require_receiver(by: Person, alert: Alert) -> permissions.Decision:
    """Whoever belongs to a unit that received it."""
    units = receivers_of(alert) or [alert.rule.owner]
    for unit in units:
        decision = permissions.may(by, RECEIVING, unit)
        if decision:
            return decision
    return permissions.require(by, RECEIVING, units[0])


def require_within_reach(owner: Unit, receivers: Iterable[Unit]) -> None:
    """A rule wakes the people of the unit that laid it down and of units below; an agency of the centre, of any."""
    if beyond := beyond_reach(owner, receivers):
        names = organizations.full_names([owner.pk, beyond[0]], clock.business_today(), get_language() or "vi")
        raise NotPermitted(
            "out_of_reach",
            _("%(owner)s không báo cho %(unit)s được: chỉ báo trong đơn vị mình và xuống cấp dưới.")
            % {"owner": names[owner.pk], "unit": names[beyond[0]]},
        )


def require_target_giver(by: Person, owner: Unit, unit: Unit) -> permissions.Decision:
    """A leader of `owner` asks something of it or of a unit below; an agency of the centre, of any."""
    decision = permissions.require(by, LEADING, owner)
    if beyond_reach(owner, [unit]):
        names = organizations.full_names([owner.pk, unit.pk], clock.business_today(), get_language() or "vi")
        raise NotPermitted(
            "out_of_reach",
            _("%(owner)s không giao chỉ tiêu cho %(unit)s được: chỉ giao cho mình và cấp dưới.")
            % {"owner": names[owner.pk], "unit": names[unit.pk]},
        )
    return decision


def beyond_reach(owner: Unit, units: Iterable[Unit]) -> list[int]:
    """Ids of those that are neither the owner nor below it; none for an agency right below the nation."""
    today = clock.business_today()
    if organizations.of_the_centre(owner, today):
        return []
    wanted = {unit.pk for unit in units} - {owner.pk}
    below = organizations.command(today).filter(ancestor=owner, descendant__in=wanted)
    reached = set(below.values_list("descendant", flat=True))
    return sorted(wanted - reached)


def own_differences(by: Person) -> QuerySet[Difference]:
    """Those that wait for, or concern, a unit the person has a part in."""
    units = permissions.units_for(by, SEEING).values("pk")
    return Difference.objects.filter(Q(owner__in=units) | Q(counterpart__in=units) | Q(unit__in=units))


def own_questions(by: Person) -> QuerySet[Question]:
    units = permissions.units_for(by, SEEING).values("pk")
    return Question.objects.filter(Q(asker__in=units) | Q(reporter__in=units) | Q(by=by))


def visible_alerts(by: Person) -> QuerySet[Alert]:
    """Alerts that came to a unit the person has a part in, are about one, or were laid down by one."""
    units = permissions.units_for(by, SEEING).values("pk")
    return Alert.objects.filter(
        Q(rule__owner__in=units) | Q(version__receivers__unit__in=units) | Q(unit__in=units)
    ).distinct()


def may_see_alert(by: Person, alert: Alert) -> bool:
    return any(permissions.may(by, SEEING, unit) for unit in (alert.rule.owner, alert.unit, *receivers_of(alert)))
