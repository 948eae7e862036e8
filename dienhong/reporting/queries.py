"""What is asked of reporting: my duties, the receiver's board, what waits for a signature, a duty's whole life."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.text import slug
from dienhong.indicators.models import Period
from dienhong.journal.models import Event
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person, Role
from dienhong.reporting.life import with_life
from dienhong.reporting.lived import LivedDuty
from dienhong.reporting.models import (
    Approval,
    Duty,
    Edit,
    Narrative,
    Regime,
    RegimeVersion,
    State,
    StateChange,
    Submission,
    Version,
)
from dienhong.reporting.permissions import OWN_ROLES

STANDINGS = ("exempt", "reported", "late", "returned", "missing", "not_due")


def standing(duty: LivedDuty, now: dt.datetime | None = None) -> str:
    """One word for a duty that `with_life` annotated: exempt, reported, late, returned, missing, not_due.

    A returned one was sent: it waits for its correction and keeps its punctuality (`was_late`).
    """
    if duty.exempt:
        return "exempt"
    if duty.counts:
        return "late" if was_late(duty) else "reported"
    if duty.sent_at:
        return "returned"
    return "not_due" if (now or clock.business_now()) <= duty.due else "missing"


def waiting_words(duties: Iterable[LivedDuty], now: dt.datetime | None = None) -> dict[int, str]:
    """duty id -> why nothing of it counts now, for those whose standing is "returned": the latest version that was
    taken back was given back, or its sender withdrew it."""
    wait = [duty.pk for duty in duties if standing(duty, now) == "returned"]
    if not wait:
        return {}
    back = StateChange.objects.filter(
        version__submission__duty__in=wait, state__in=(State.RETURNED, State.WITHDRAWN)
    ).order_by("version__number", "pk")
    latest = dict(back.values_list("version__submission__duty", "state"))
    words = {State.WITHDRAWN: _("đã thu hồi, chờ gửi lại"), State.RETURNED: _("bị trả lại, chờ bản sửa")}
    return {pk: words[State(latest.get(pk, State.RETURNED))] for pk in wait}


def was_late(duty: LivedDuty) -> bool:
    """Whether the first sending that was not withdrawn came after the due time; one that was returned counts."""
    return duty.sent_at is not None and duty.sent_at > duty.due


def my_duties(person: Person) -> "QuerySet[LivedDuty]":
    """The open duties of the units a person enters, signs or sends for; those that are due first."""
    units = permissions.units_for(person, OWN_ROLES)
    return with_life(Duty.objects.filter(unit__in=units, opens_at__lte=clock.business_now())).order_by(
        "due", "regime__code", "pk"
    )


def entered_by(person: Person, version: Version) -> bool:
    """Whether the person began the report or wrote anything in it: such a one does not approve it."""
    written = (rows.filter(version=version, by=person) for rows in (Edit.objects, Narrative.objects))
    return version.started_by_id == person.pk or any(rows.exists() for rows in written)


def to_sign(person: Person) -> QuerySet[Version]:
    """Versions that wait for the person's approval; not those the person entered."""
    units = permissions.units_for(person, Role.LEADER)
    latest = StateChange.objects.filter(version=OuterRef("pk")).order_by("-pk")
    return (
        Version.objects.filter(submission__duty__unit__in=units)
        .annotate(state=Subquery(latest.values("state")[:1]), state_at=Subquery(latest.values("business_at")[:1]))
        .filter(state=State.SUBMITTED)
        .exclude(started_by=person)
        .filter(
            *(~Exists(rows.filter(version=OuterRef("pk"), by=person)) for rows in (Edit.objects, Narrative.objects))
        )
        .select_related(
            "submission__duty__unit", "submission__duty__regime", "submission__duty__period", "regime_version"
        )
        .order_by("submission__duty__due_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class Board:
    """One regime and period as its receiver sees it: every duty once, in one of six groups."""

    reported: list[LivedDuty]
    late: list[LivedDuty]
    returned: list[LivedDuty]
    missing: list[LivedDuty]
    exempt: list[LivedDuty]
    not_due: list[LivedDuty]

    @property
    def owing(self) -> int:
        return len(self.sent) + len(self.missing) + len(self.not_due)

    @property
    def sent(self) -> list[LivedDuty]:
        """Those that have sent, also what was returned since."""
        return [*self.reported, *self.late, *self.returned]


def board(regime: Regime, period: Period) -> Board:
    names = ("reported", "late", "returned", "missing", "exempt", "not_due")
    groups: dict[str, list[LivedDuty]] = {name: [] for name in names}
    now = clock.business_now()
    found = with_life(Duty.objects.filter(regime=regime, period=period))
    order = organizations.name_rows([duty.unit_id for duty in found], period.last)
    for duty in sorted(found, key=lambda one: order[one.unit_id].sort_key if one.unit_id in order else ""):
        groups[standing(duty, now)].append(duty)
    return Board(**groups)


def periods_of(regime: Regime) -> QuerySet[Period]:
    """Periods with duties of the regime, newest first."""
    return Period.objects.filter(pk__in=Duty.objects.filter(regime=regime).values("period")).order_by("-first", "-last")


def life(submission: Submission) -> QuerySet[StateChange]:
    """Every state every version was in, newest first, with who and why."""
    return (
        StateChange.objects.filter(version__submission=submission)
        .select_related("by", "version", "approval", "returned")
        .prefetch_related("returned__cells__cell")
        .order_by("-pk")
    )


def workbook_name(version: Version) -> str:
    """What the file of a sent version is called, in its passport and when fetched: RR22-2020-Q2-lao-cai-1.xlsx."""
    duty = version.submission.duty
    unit = slug(organizations.name(duty.unit_id, duty.period.last))
    return f"{duty.regime.code}-{duty.period.key}-{unit}-{version.number}.xlsx"


def versions_of(submission: Submission) -> QuerySet[Version]:
    return submission.versions.prefetch_related(
        Prefetch("states", StateChange.objects.select_related("by", "approval").order_by("pk"))
    ).order_by("-number")


def approvals(versions: Iterable[Version]) -> dict[int, Approval]:
    """The latest approval of each version, by version id."""
    rows = Approval.objects.filter(change__version__in=versions).select_related("change__by").order_by("change_id")
    return {row.change.version_id: row for row in rows}


def reminded_on(duty: Duty) -> dt.date | None:
    """The business day on which the receiver last reminded the unit of it."""
    said = Event.objects.filter(verb="reporting.remind", object_kind="duty", object_id=str(duty.pk)).order_by("-pk")
    at = said.values_list("business_at", flat=True).first()
    return at.astimezone(clock.HANOI).date() if at else None


def visible(person: Person) -> QuerySet[Duty]:
    """Duties a person may see: their own units', and those received or watched."""
    own = permissions.units_for(person, OWN_ROLES)
    watched = permissions.units_for(person, (Role.RECEIVER, Role.VIEWER, Role.AUDITOR, Role.REGIME_MANAGER))
    return Duty.objects.filter(Q(unit__in=own) | Q(receiver__in=watched) | Q(unit__in=watched))


def regime_names(regime_ids: Iterable[int], lang: str) -> dict[int, str]:
    """The name of each regime in its latest version."""
    rows = RegimeVersion.objects.filter(regime__in=regime_ids).order_by("regime_id", "-number").distinct("regime_id")
    return {row.regime_id: getattr(row, f"name_{lang}") for row in rows}
