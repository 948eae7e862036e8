"""Work lists, boards, ageing: what a unit has to do, what an issuer has asked for, how long it has been overdue."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from dienhong.base import clock
from dienhong.directives.lived import LivedAssignment
from dienhong.directives.models import OPEN, Assignment, AssignmentUnit, Condition, State
from dienhong.directives.permissions import DOING, ISSUING, SEEING, own_units, visible
from dienhong.directives.queries.standing import APART, FOUR, OVERDUE, Counts, count, lived
from dienhong.organizations import permissions
from dienhong.organizations.models import Person
from dienhong.rules.workdays import Calendar

SOON = 5  # working days: from here on a day is near
# Days overdue, upper bounds inside; the last has none.
AGES = ((1, 7), (8, 30), (31, 90), (91, None))
DONE = ("on_time", "late")
SHOWN = ("open", "overdue", "soon", "met", "frozen", "asks", "waits", "unread", "done", "apart", *FOUR, *APART)


def owed_by(by: Person) -> QuerySet[Assignment]:
    """What the person's units have to do, as lead or together with others."""
    units = permissions.units_for(by, DOING).values("pk")
    helped = AssignmentUnit.objects.filter(assignment=OuterRef("pk"), unit__in=units)
    return Assignment.objects.filter(Q(lead__in=units) | Exists(helped))


def waited_for(by: Person) -> "QuerySet[LivedAssignment]":
    """Open assignments whose last report says that they wait for one of the person's units."""
    units = permissions.units_for(by, DOING).values("pk")
    return lived(visible(by)).filter(state__in=OPEN, waits_on__in=units)


def led_by(by: Person) -> QuerySet[Assignment]:
    """What the person's units lead: each assignment is counted at its lead unit only."""
    return Assignment.objects.filter(lead__in=permissions.units_for(by, DOING).values("pk"))


def issued_by(by: Person) -> QuerySet[Assignment]:
    """What the person's own units have asked of others."""
    return Assignment.objects.filter(issuer__in=own_units(by).values("pk"))


def boards_of(by: Person) -> QuerySet[Assignment]:
    """What may stand on the boards a person opens: assigned by units they have a part in, or watch."""
    return Assignment.objects.filter(issuer__in=permissions.units_for(by, SEEING).values("pk"))


def last_soon(days: Calendar, today: dt.date) -> dt.date:
    """The last day that is no more than SOON working days away."""
    return days.add_working_days(today, SOON + 1) - dt.timedelta(days=1)


def filtered(
    rows: "QuerySet[LivedAssignment]", *, show: str, text: str = "", key: bool = False, soon: dt.date | None = None
) -> "QuerySet[LivedAssignment]":
    """`show` is one of SHOWN or "" for all; `text` is looked for in number, title, content and document."""
    if text:
        rows = rows.filter(
            Q(content__icontains=text)
            | Q(directive__title__icontains=text)
            | Q(directive__document_number__icontains=text)
            | _numbered(text)
        )
    if key:
        rows = rows.filter(key=True)
    if show == "soon":
        return rows.filter(state__in=OPEN, due_now__gte=clock.business_today(), due_now__lte=soon)
    chosen = {
        "open": Q(state__in=OPEN),
        "met": Q(state=State.MET),
        "frozen": Q(frozen=True, state__in=OPEN),
        "asks": Q(asks_extension=True, state__in=OPEN),
        "waits": Q(waits_on__isnull=False, state__in=OPEN),
        "unread": Q(state=State.ISSUED),
        "done": Q(standing__in=DONE),
        "apart": Q(standing__in=APART),
    }
    if show in chosen:
        return rows.filter(chosen[show])
    return rows.filter(standing=show) if show in (*FOUR, *APART) else rows


def _numbered(text: str) -> Q:
    """12, 12/2020 or 12/2020-3."""
    number, _slash, rest = text.strip().partition("/")
    year, _dash, task = rest.partition("-")
    if not number.isdecimal() or len(number) > 6:
        return Q(pk=None)
    found = Q(directive__number=int(number))
    if year.isdecimal() and len(year) == 4:
        found &= Q(directive__year=int(year))
    return found & Q(number=int(task)) if task.isdecimal() and len(task) < 5 else found


def ordered(rows: "QuerySet[LivedAssignment]") -> "QuerySet[LivedAssignment]":
    """What is due first stands first; what has no day comes after."""
    return rows.select_related("directive", "issuer", "lead").order_by(F("due_now").asc(nulls_last=True), "pk")


def newest_done_first(rows: "QuerySet[LivedAssignment]") -> "QuerySet[LivedAssignment]":
    return rows.select_related("directive", "issuer", "lead").order_by("-state_at", "-pk")


@dataclass(frozen=True, slots=True)
class Age:
    """How many are overdue since `first` to `last` days (None: longer)."""

    first: int
    last: int | None
    number: int


def ages(rows: QuerySet[Assignment], at: dt.datetime | None = None) -> list[Age]:
    """The overdue ones by how long, in one query; their sum is the number of overdue."""
    today = (at or clock.business_now()).astimezone(clock.HANOI).date()
    asked = {}
    for first, last in AGES:
        inside = Q(due_now__lte=today - dt.timedelta(days=first))
        if last is not None:
            inside &= Q(due_now__gte=today - dt.timedelta(days=last))
        asked[f"n_{first}"] = Count("pk", filter=inside)
    found = lived(rows, at, ()).filter(standing=OVERDUE).order_by().aggregate(**asked)
    return [Age(first, last, found[f"n_{first}"]) for first, last in AGES]


def parts_of(assignment: Assignment) -> QuerySet[Assignment]:
    """Everything that was handed on from it, at any depth, without itself."""
    found: set[int] = set()
    level = [assignment.pk]
    while level:
        level = list(Assignment.objects.filter(parent__in=level).order_by("pk").values_list("pk", flat=True))
        found.update(level)
    return Assignment.objects.filter(pk__in=found)


def open_parts(assignment: Assignment) -> int:
    """How many of them are still to be done."""
    return lived(parts_of(assignment), None, ()).filter(state__in=OPEN).count()


def rolled_up(assignment: Assignment) -> Counts:
    return count(parts_of(assignment))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a leader's word, on what their units have issued."""

    met: list[LivedAssignment]
    asks: list[LivedAssignment]
    frozen: list[LivedAssignment]

    @property
    def number(self) -> int:
        return len(self.met) + len(self.asks) + len(self.frozen)


def waiting_for(by: Person) -> Waiting:
    rows = (
        lived(issued_by(by)).filter(state__in=OPEN).filter(Q(state=State.MET) | Q(asks_extension=True) | Q(frozen=True))
    )
    found = list(rows.select_related("directive", "issuer", "lead").order_by("state_at", "pk"))
    return Waiting(
        [row for row in found if row.state == State.MET],
        [row for row in found if row.asks_extension],
        [row for row in found if row.frozen],
    )


def about_figure(by: Person, indicator_id: int, unit_id: int, breakdown_id: int, measure: int) -> list[LivedAssignment]:
    """Assignments that a figure of this indicator and unit gave rise to, or that wait for it, newest first.

    Most figures have none: that is asked by itself, for writing out the life of assignments costs more than all else on
    the page of a figure.
    """
    same = {"indicator": indicator_id, "unit": unit_id, "breakdown": breakdown_id, "measure": measure}
    born = Assignment.objects.filter(**{f"directive__{name}": value for name, value in same.items()})
    waits = Condition.objects.filter(**same)
    found = list(born.order_by().values_list("pk").union(waits.order_by().values_list("assignment")))
    if not found:
        return []
    rows = lived(visible(by).filter(pk__in=[pk for (pk,) in found]), flags=())
    return list(rows.select_related("directive", "lead").order_by("-pk")[:MOST_BESIDE])


MOST_BESIDE = 5


def leads(by: Person) -> bool:
    """Whether the person may issue for a unit anywhere: for what a page offers, never for an action."""
    return not permissions.menu_roles(by).isdisjoint(ISSUING)
