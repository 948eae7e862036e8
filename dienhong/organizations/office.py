"""The administrator's office: who runs the whole installation, the tabs of its screens, what upper rooms add to them.

What lies above this room (duties of a unit, the state of the system) is put in from there: nothing here calls up.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet

from dienhong.base.clock import business_today
from dienhong.organizations import permissions, queries
from dienhong.organizations.models import Ancestry, Grant, Person, Role
from dienhong.organizations.permissions import Decision, NotAllowed

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


NEAR = 300  # roles that a list of colleagues is made from
# Whose work lies apart from that of units: they are not proposed to stand in for somebody.
ELSEWHERE = {Role.JURIST, Role.VIEWER, Role.STEERING_OFFICER, Role.CHAIR}


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the office. `whole`: only for who runs the whole installation."""

    label: "str | _StrPromise"
    url_name: str
    order: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """What an upper room says about a unit: a sentence and, where there is more to see, its address."""

    text: str
    url: str = ""


AboutUnit = Callable[[int], Link | None]
_tabs: dict[str, Tab] = {}
_about: list[AboutUnit] = []


def register(tab: Tab) -> None:
    _tabs[tab.url_name] = tab


def tabs(person: Person) -> list[Tab]:
    whole = bool(runs_all(person))
    return sorted((each for each in _tabs.values() if whole or not each.whole), key=lambda each: each.order)


def tell_about_units(function: AboutUnit) -> None:
    """`function(unit id)` adds a line to that unit's page, and to the account closed by who works there."""
    if function not in _about:
        _about.append(function)


def about_unit(unit_id: int) -> list[Link]:
    return [said for each in _about if (said := each(unit_id)) is not None]


def runs_all(person: permissions.Who, on: dt.date | None = None) -> Decision:
    """Whether the person administers the whole installation: with all below, at a unit that nothing is above."""
    day = on or business_today()
    if isinstance(person, Person) and person.is_active:
        above = Ancestry.objects.filter(
            hierarchy__key="administrative", descendant=OuterRef("unit"), validity__contains=day, superseded_at=None
        )
        below = Ancestry.objects.filter(
            hierarchy__key="administrative", ancestor=OuterRef("unit"), validity__contains=day, superseded_at=None
        )
        held = permissions.live_grants(person, [Role.ADMINISTRATOR], "", day).filter(subtree=True)
        found = held.filter(Exists(below), ~Exists(above)).first()
        if found is not None:
            return Decision(True, lambda: ("Quản trị toàn hệ thống.", "Administers the whole system."), found.pk)
    return Decision(
        False,
        lambda: (
            "Cần vai trò “Quản trị hệ thống” của toàn hệ thống, gồm mọi cấp dưới.",
            "This needs the role “System administrator” for the whole system, with all units below.",
        ),
    )


def require_all(person: Person) -> Decision:
    """The decision if it is yes; raises NotAllowed with it if it is no."""
    decision = runs_all(person)
    if not decision:
        raise NotAllowed(decision)
    return decision


def grants_seen_by(person: Person) -> QuerySet[Grant]:
    """Grants of the units the person administers, of all times."""
    return Grant.objects.filter(unit__in=permissions.units_for(person, Role.ADMINISTRATOR))


def people_seen_by(person: Person) -> QuerySet[Person]:
    """Who holds or held a role at a unit one administers, and who holds none anywhere."""
    here = grants_seen_by(person).filter(person=OuterRef("pk"))
    return Person.objects.filter(Exists(here) | ~Exists(Grant.objects.filter(person=OuterRef("pk"))))


def find_people(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Whose name or username holds the text, tones or none; each word anywhere."""
    from dienhong.base.text import fold

    for word in fold(text).split():
        people = people.extra(  # the SQL twin of base.text.fold
            where=["dienhong_fold(display_name) LIKE %s OR dienhong_fold(username) LIKE %s"],
            params=[f"%{_literal(word)}%"] * 2,
        )
    return people


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@dataclass(frozen=True, slots=True)
class Held:
    """A grant in words."""

    grant: Grant
    role: str
    unit: str
    live: bool

    @property
    def last(self) -> dt.date | None:
        """The last day on which it holds."""
        return last_day(self.grant)


def last_day(grant: Grant) -> dt.date | None:
    """The last day of a grant; None where it has no end."""
    return grant.validity.upper - dt.timedelta(days=1) if grant.validity.upper else None


def colleagues(held: Grant, on: dt.date, lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Who may take the role on, for a list: those with a role at its unit, then above it, then right below, without
    whom it would be refused. By unit, (username, name with role and username)."""
    above = queries.parent("administrative", held.unit_id, on)
    below = list(queries.children("administrative", held.unit_id, on).values_list("pk", flat=True)[:100])
    places = [held.unit_id, *([above.pk] if above else []), *below]
    there = permissions.in_force(Grant.objects.filter(unit__in=places, person__is_active=True), on)
    apart = {Role.ADMINISTRATOR, Role.AUDITOR} - {held.role}
    kept_apart = permissions.not_ended(Grant.objects.filter(role__in=apart), on)
    rows = there.exclude(person=held.person_id).exclude(person__in=kept_apart.values("person"))
    rows = rows.exclude(role__in=ELSEWHERE - {held.role})
    rows = rows.select_related("person").order_by("person__sort_key", "person", "pk")
    names = queries.full_names(places, on, lang)
    people: dict[int, dict[Person, list[str]]] = {place: {} for place in places}
    for row in rows[:NEAR]:
        people[row.unit_id].setdefault(row.person, []).append(str(Role(row.role).label))
    return [
        (names.get(place, ""), [(who.username, _called(who, ", ".join(roles))) for who, roles in found.items()])
        for place, found in people.items()
        if found
    ]


def called(people: Iterable[Person], on: dt.date, lang: str) -> list[str]:
    """Each with a role and unit, so that two of one name are told apart; the username comes last."""
    rows = list(people)
    held = permissions.in_force(Grant.objects.filter(person__in=rows), on).order_by("-pk")
    grants = {row.person_id: row for row in held}
    names = queries.full_names({row.unit_id for row in grants.values()}, on, lang)
    roles = {pk: f"{Role(row.role).label}, {names.get(row.unit_id, '')}" for pk, row in grants.items()}
    return [_called(who, roles.get(who.pk, "")) for who in rows]


def _called(who: Person, role: str) -> str:
    return " · ".join(filter(None, [who.name, role, who.username]))


def in_words(grants: Iterable[Grant], lang: str) -> list[Held]:
    """Grants with the names of their units on the business day, in two queries."""
    rows, on = list(grants), business_today()
    names = queries.full_names({row.unit_id for row in rows}, on, lang)
    live = set(
        permissions.in_force(Grant.objects.filter(pk__in=[row.pk for row in rows]), on).values_list("pk", flat=True)
    )
    return [Held(row, str(Role(row.role).label), names.get(row.unit_id, ""), row.pk in live) for row in rows]
