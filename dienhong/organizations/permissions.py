"""Who may do what, where: one rule, asked two ways, with a reason an official can read (shapes.md, 25).

A grant on a unit covers that unit; its heirs (units that took its place and inherit), since the day they did; with
`subtree`, all units below those in the trees of command; and the ended units for which any of these now stands.
`may` answers for one unit with the reason; `units_for` is the same rule as a filter. Tests hold the two equal.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, override
from psycopg.types.range import DateRange

from dienhong.base.clock import business_today
from dienhong.base.once import once
from dienhong.base.refusal import NotPermitted
from dienhong.organizations import queries
from dienhong.organizations.models import Grant, Heir, Person, Role, Unit

Who = Person | AnonymousUser | None


Said = tuple[str, str]  # in Vietnamese, in English


@dataclass(frozen=True)
class Decision:
    """Yes or no with its administrative reason. `grant` is the id of the grant that allows it.

    `why` makes the reason's words when somebody reads them: a page asks for ten decisions and shows one reason, and
    the reason of a refusal takes more queries than the refusal.
    """

    allowed: bool
    why: Callable[[], Said]
    grant: int | None = None

    @cached_property
    def _said(self) -> Said:
        return self.why()

    @property
    def reason_vi(self) -> str:
        return self._said[0]

    @property
    def reason_en(self) -> str:
        return self._said[1]

    def __bool__(self) -> bool:
        return self.allowed

    def reason(self, lang: str) -> str:
        return self.reason_en if lang == "en" else self.reason_vi


class NotAllowed(NotPermitted):
    """Refused by `require`; `decision` says why in both languages."""

    def __init__(self, decision: Decision) -> None:
        super().__init__("not_permitted", decision.reason(get_language() or "vi"))
        self.decision = decision


def may(person: Who, roles: str | Iterable[str], unit: Unit, scope: str = "", on: dt.date | None = None) -> Decision:
    """Whether the person holds one of `roles` for the unit on that business day (today if not given).

    `scope` is a regime code; "" asks for what belongs to no single regime, which only grants without scope cover.
    """
    on = on or business_today()
    wanted = _roles(roles)
    if not isinstance(person, Person) or not person.is_active:
        return Decision(
            False, lambda: ("Cần đăng nhập bằng tài khoản đang hoạt động.", "Sign in with an active account first.")
        )
    grants = [each for each in _grants(person.pk, on) if each.role in wanted and each.scope in {"", scope}]
    covering = _covering(grants, unit, on)
    if covering is None:
        return Decision(False, partial(_refusal, person, wanted, unit, scope, on))
    return Decision(True, partial(_consent, covering, on), covering.pk)


def _consent(covering: Grant, on: dt.date) -> Said:
    where_vi, where_en = queries.name_in_both(covering.unit_id, on)
    role_vi, role_en = _role_words([covering.role])
    return (
        f"{role_vi} tại {where_vi}, theo phân quyền số {covering.pk}.",
        f"{role_en} at {where_en}, by grant no. {covering.pk}.",
    )


def roles_over(person: Who, unit: Unit, on: dt.date | None = None) -> list[tuple[str, str]]:
    """(role, scope) of every grant that covers the unit: what `may` would say of each role, in four queries for all.

    For pages that offer; an action asks `may`.
    """
    on = on or business_today()
    if not isinstance(person, Person) or not person.is_active:
        return []
    grants = sorted(_grants(person.pk, on), key=lambda each: each.pk)
    reach = _reach(unit.pk, on) if grants else None
    return [(each.role, each.scope) for each in grants if reach and reach.covers(each)]


def require(
    person: Who, roles: str | Iterable[str], unit: Unit, scope: str = "", on: dt.date | None = None
) -> Decision:
    """The decision if it is yes; raises NotAllowed with it if it is no."""
    decision = may(person, roles, unit, scope, on)
    if not decision:
        raise NotAllowed(decision)
    return decision


def units_for(person: Who, roles: str | Iterable[str], scope: str = "", on: dt.date | None = None) -> QuerySet[Unit]:
    """The units for which `may` says yes. Lazy: use it as `filter(unit__in=units_for(...))`."""
    on = on or business_today()
    if not isinstance(person, Person) or not person.is_active:
        return Unit.objects.none()
    grants = live_grants(person, _roles(roles), scope, on)
    acting = _acting(grants, on)
    estate = Heir.objects.filter(since__lte=on, heir__in=Unit.objects.filter(acting).values("pk")).values("unit")
    return Unit.objects.filter(acting | Q(pk__in=estate))


@once
def _grants(person: int, on: dt.date) -> tuple[Grant, ...]:
    """All that are in force for the person that day, those over a subtree first."""
    return tuple(in_force(Grant.objects.filter(person=person), on).order_by("-subtree", "pk"))


def live_grants(person: Person, roles: Iterable[str], scope: str, on: dt.date) -> QuerySet[Grant]:
    """Grants in force on that day: not revoked, and for a delegation, the grant it stands in for likewise."""
    return in_force(Grant.objects.filter(person=person, role__in=list(roles), scope__in={"", scope}), on)


def in_force(grants: QuerySet[Grant], on: dt.date) -> QuerySet[Grant]:
    """A delegation lives no longer than what it stands in for, and than its giver's account."""
    own = Q(stands_in_for=None) | Q(
        stands_in_for__revoked_at=None, stands_in_for__validity__contains=on, stands_in_for__person__is_active=True
    )
    return grants.filter(own, revoked_at=None, validity__contains=on)


def not_ended(grants: QuerySet[Grant], on: dt.date) -> QuerySet[Grant]:
    """Grants in force on that day or later, not revoked.

    By overlap: a comparison with the end of a range is unknown, not false, for a grant that has no end.
    """
    return grants.filter(revoked_at=None, validity__overlap=DateRange(on, None))


def holders(roles: str | Iterable[str], unit: Unit, scope: str = "", on: dt.date | None = None) -> list[Person]:
    """Active people for whom `may` says yes, by name: whom to tell, whose turn it is."""
    on = on or business_today()
    held = Grant.objects.filter(person__is_active=True, role__in=_roles(roles), scope__in={"", scope})
    reach = _reach(unit.pk, on)
    near = held.filter(unit__in=reach.wide)
    found = {each.person for each in in_force(near, on).select_related("person") if reach.covers(each)}
    return sorted(found, key=lambda each: each.name)


def superiors(units: Iterable[int], on: dt.date) -> set[int]:
    """The units right above these in the trees of command on that day."""
    above = queries.command(on).filter(depth=1, descendant__in=list(units))
    return set(above.values_list("ancestor", flat=True))


def holds(person: Who, roles: str | Iterable[str], on: dt.date | None = None) -> bool:
    """Whether the person holds one of the roles anywhere, in any scope: for menus, never for an action."""
    if not isinstance(person, Person) or not person.is_active:
        return False
    wanted = _roles(roles)
    return any(each.role in wanted for each in _grants(person.pk, on or business_today()))


def menu_roles(person: Who) -> frozenset[str]:
    """Every role the person holds anywhere today: for menus, never for an action."""
    if not isinstance(person, Person) or not person.is_active:
        return frozenset()
    return frozenset(each.role for each in _grants(person.pk, business_today()))


def works_here(person: Who) -> bool:
    """Whether the person holds any role today; who holds none is a citizen."""
    return bool(menu_roles(person))


def not_the_author(person: Person, authors: Iterable[int], what_vi: str, what_en: str) -> Decision:
    """No one approves their own entry. `authors`: ids of all who entered or changed what is to be approved."""
    if person.pk in set(authors):
        said = (
            f"Người nhập không tự duyệt {what_vi}; cần một lãnh đạo khác duyệt.",
            f"Who entered figures cannot approve {what_en}; another leader has to.",
        )
        return Decision(False, lambda: said)
    return Decision(True, lambda: (f"Không phải người nhập {what_vi}.", f"Not an author of {what_en}."))


def _acting(grants: QuerySet[Grant], on: dt.date) -> Q:
    """Units on whose behalf the holder acts, as a condition on Unit."""
    own, wide = grants.values("unit"), grants.filter(subtree=True).values("unit")
    heirs = Heir.objects.filter(since__lte=on)
    inherited, inherited_wide = heirs.filter(unit__in=own).values("heir"), heirs.filter(unit__in=wide).values("heir")
    below = queries.command(on).filter(Q(ancestor__in=wide) | Q(ancestor__in=inherited_wide)).values("descendant")
    return Q(pk__in=own) | Q(pk__in=inherited) | Q(pk__in=below)


@dataclass(frozen=True, slots=True)
class _Reach:
    """Units from which a grant covers one unit: at the unit itself, or above it if it is for the whole subtree."""

    direct: frozenset[int]
    wide: frozenset[int]

    @classmethod
    def of(cls, unit: int, on: dt.date) -> "_Reach":
        """From the unit's side upwards, three small queries."""
        stand = {unit, *Heir.objects.filter(unit=unit, since__lte=on).values_list("heir", flat=True)}
        above = set(queries.command(on).filter(descendant__in=stand).values_list("ancestor", flat=True))
        origins: dict[int, set[int]] = {each: {each} for each in stand | above}
        for old, heir in Heir.objects.filter(heir__in=stand | above, since__lte=on).values_list("unit", "heir"):
            origins[heir].add(old)
        direct = frozenset().union(*(origins[each] for each in stand))
        return cls(direct, direct.union(*(origins[each] for each in above)))

    def covers(self, grant: Grant) -> bool:
        return grant.unit_id in (self.wide if grant.subtree else self.direct)


@once
def _reach(unit: int, on: dt.date) -> _Reach:
    return _Reach.of(unit, on)


def _covering(grants: list[Grant], unit: Unit, on: dt.date) -> Grant | None:
    """The first grant that covers the unit."""
    if not grants:
        return None
    reach = _reach(unit.pk, on)
    return next((each for each in grants if reach.covers(each)), None)


def _refusal(person: Person, roles: list[str], unit: Unit, scope: str, on: dt.date) -> Said:
    """Why not, from the nearest miss: other days, revoked, another scope, other units, not at all."""
    vi, en = _role_words(roles)
    at_vi, at_en = queries.name_in_both(unit, on)
    held = list(person.grants.filter(role__in=roles).select_related("stands_in_for__person"))
    here = [each for each in held if _covering([each], unit, on)]
    day = f"{on:%d/%m/%Y}"
    if any(each.revoked_at is None and each.scope not in {"", scope} and on in each.validity for each in here):
        return (
            f"Vai trò {vi} tại {at_vi} chỉ giới hạn ở chế độ báo cáo khác.",
            f"The role {en} at {at_en} is limited to another regime.",
        )
    if any(each.revoked_at is not None for each in here):
        return f"Vai trò {vi} tại {at_vi} đã bị thu hồi.", f"The role {en} at {at_en} was revoked."
    if here:
        return (
            f"Vai trò {vi} tại {at_vi} không có hiệu lực vào ngày {day}.",
            f"The role {en} at {at_en} is not in force on {day}.",
        )
    if held:
        return (
            f"Vai trò {vi} được giao cho đơn vị khác, không phải {at_vi}.",
            f"The role {en} is held for another unit, not for {at_en}.",
        )
    return f"Cần vai trò {vi} tại {at_vi}.", f"This needs the role {en} at {at_en}."


def _roles(roles: str | Iterable[str]) -> list[str]:
    return [str(roles)] if isinstance(roles, str) else [str(each) for each in roles]


def _role_words(roles: list[str]) -> tuple[str, str]:
    with override("vi"):
        vi = " hoặc ".join(str(Role(each).label) for each in roles)
    with override("en"):
        en = " or ".join(str(Role(each).label) for each in roles)
    return f"“{vi}”", f"“{en}”"
