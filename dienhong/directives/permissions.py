"""Who may do what with directives: predicates over grants, each with its administrative reason.

A leader or the chair of the issuing unit assigns, judges and closes. Officers and the leader of the lead unit do the
work; whoever did any of it never closes it, whatever grants they hold.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.directives.models import Assignment, AssignmentState, AssignmentUnit, Directive, Progress, State
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Heir, Person, Role, Unit

ISSUING = (Role.LEADER, Role.CHAIR)
DOING = (Role.ENTRY_OFFICER, Role.LEADER)
LEADING = (Role.LEADER,)
SEEING = (
    Role.ENTRY_OFFICER, Role.LEADER, Role.CLERK, Role.RECEIVER, Role.VIEWER, Role.AUDITOR, Role.STEERING_OFFICER,
    Role.CHAIR,
)  # fmt: skip
WORK = (State.ACKNOWLEDGED, State.IN_PROGRESS, State.MET)


def own_units(by: Person) -> QuerySet[Unit]:
    """The units the person issues for in their own name, and those that took their place; not all that lie below."""
    today = clock.business_today()
    held = permissions.in_force(by.grants.filter(role__in=ISSUING), today).values("unit")
    heirs = Heir.objects.filter(unit__in=held, since__lte=today).values("heir")
    return Unit.objects.filter(Q(pk__in=held) | Q(pk__in=heirs))


def require_issuer(by: Person, issuer: Unit) -> permissions.Decision:
    return permissions.require(by, ISSUING, issuer)


def require_judge(by: Person, assignment: Assignment) -> permissions.Decision:
    """A leader of the issuing unit who did none of the work."""
    decision = permissions.require(by, ISSUING, assignment.issuer)
    if did_some(by, assignment):
        raise NotPermitted(
            "own_work",
            _("Bạn đã làm hoặc báo cáo việc này nên không tự xác nhận được; cần một lãnh đạo khác của bên giao."),
        )
    return decision


def did_some(by: Person, assignment: Assignment) -> bool:
    states = AssignmentState.objects.filter(assignment=assignment, by=by, state__in=WORK)
    return assignment.progress.filter(by=by).exists() or states.exists() or assignment.extensions.filter(by=by).exists()


def require_doer(by: Person, assignment: Assignment) -> permissions.Decision:
    return permissions.require(by, DOING, assignment.lead)


def require_lead(by: Person, assignment: Assignment) -> permissions.Decision:
    return permissions.require(by, LEADING, assignment.lead)


def doing_for(by: Person, assignment: Assignment) -> Unit:
    """The unit for which the person reports: the lead unit, else one that co-operates. NotPermitted for neither."""
    if permissions.may(by, DOING, assignment.lead):
        return assignment.lead
    for row in assignment.with_units.select_related("unit").order_by("pk"):
        if permissions.may(by, DOING, row.unit):
            return row.unit
    permissions.require(by, DOING, assignment.lead)
    raise AssertionError("require raises where may says no")


def directs_any(issuer: Unit) -> bool:
    """Whether there is a unit that it may assign to: for what a page offers, never for an action."""
    today = clock.business_today()
    below = organizations.command(today).filter(ancestor=issuer)
    return below.exists() or organizations.of_the_centre(issuer, today)


def directs_provinces(issuer: Unit | int) -> bool:
    """Whether “every province” is something it may assign to: for a hint, never for an action."""
    return organizations.of_the_centre(issuer, clock.business_today())


def require_within_reach(issuer: Unit, lead: Unit) -> None:
    """An agency of the centre directs any unit but the nation; every other unit those below it in a tree of command."""
    today = clock.business_today()
    rows = organizations.command(today).filter(descendant=lead)
    if rows.filter(ancestor=issuer).exists() or (rows.exists() and organizations.of_the_centre(issuer, today)):
        return
    names = organizations.full_names([issuer.pk, lead.pk], today, get_language() or "vi")
    raise NotPermitted(
        "out_of_reach",
        _("%(issuer)s không giao việc cho %(lead)s được: chỉ giao cho đơn vị cấp dưới của mình.")
        % {"issuer": names[issuer.pk], "lead": names[lead.pk]},
    )


def visible(by: Person) -> QuerySet[Assignment]:
    """Assignments the person may see: issued, led or co-operated in by a unit they have a part in, or that waited for
    such a unit."""
    units = permissions.units_for(by, SEEING).values("pk")
    helped = AssignmentUnit.objects.filter(assignment=OuterRef("pk"), unit__in=units)
    named = Progress.objects.filter(assignment=OuterRef("pk"), waiting_for__in=units)
    mine = Q(issuer__in=units) | Q(lead__in=units) | Q(directive__issuer__in=units) | Exists(helped) | Exists(named)
    return Assignment.objects.filter(mine)


def may_see(by: Person, assignment: Assignment) -> bool:
    units = [assignment.lead, assignment.issuer, assignment.directive.issuer]
    units += [row.unit for row in assignment.with_units.select_related("unit").order_by("pk")]
    waited = assignment.progress.exclude(waiting_for=None).select_related("waiting_for").order_by("pk")
    units += [row.waiting_for for row in waited if row.waiting_for]
    return _any(by, units)


def may_see_directive(by: Person, directive: Directive) -> bool:
    """Who may see one of its assignments sees the directive; of the assignments, those they may see."""
    return _any(by, [directive.issuer]) or visible(by).filter(directive=directive).exists()


def _any(by: Person, units: Iterable[Unit]) -> bool:
    return any(permissions.may(by, SEEING, unit) for unit in units)
