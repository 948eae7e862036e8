"""What one person may do with one dossier where it stands: the acts of its places, and those of the dossier itself.

Nothing here decides: the acts ask again. What is not offered is refused there too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dienhong.dossiers import reviewing, sending, tasks
from dienhong.dossiers.models import Dossier, Place, Stop
from dienhong.dossiers.permissions import held_over
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import catcher, message
from dienhong.dossiers.queries import comparing
from dienhong.dossiers.timekeeping import SUPPLEMENT_DAYS
from dienhong.organizations.models import Person, Role

FACTS = {"acceptance": ("accept", "refuse"), "withdrawal": ("withdrawal",), "lapse": ("lapse",)}
STOPS = (Stop.Code.INELIGIBLE, Stop.Code.TRANSFERRED)


@dataclass(frozen=True, slots=True)
class Offer:
    """One act with what its form needs. `key` tells the forms of a page apart."""

    act: str
    place: Place | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.act}-{self.place.pk}" if self.place else self.act


@dataclass(frozen=True, slots=True)
class Standing:
    """One place where the dossier waits: what it is called, whose turn, who has it, what this person may do there."""

    place: Place
    name: str
    role: str
    mine: bool
    claim: bool
    release: bool
    offers: list[Offer]


@dataclass(frozen=True, slots=True)
class Open:
    standings: list[Standing]
    offers: list[Offer]  # of the dossier itself: supplement, stop
    leads: bool

    def find(self, key: str) -> Offer | None:
        every = [*self.offers, *(one for standing in self.standings for one in standing.offers)]
        return next((one for one in every if one.key == key), None)


def of(by: Person, dossier: Dossier) -> Open:
    held = _Held(by, dossier)
    rows = Place.objects.filter(dossier=dossier).exclude(kind=Place.Kind.TIMER)
    places = rows.select_related("dossier__version__service", "claimed_by").order_by("due_at", "pk")
    standings = [_standing(by, place, held) for place in places]
    return Open(standings, _of_dossier(dossier, held), held(Role.LEADER))


class _Held:
    """The roles that this person holds for this dossier."""

    def __init__(self, by: Person, dossier: Dossier) -> None:
        self.roles = {role for role, _scope in held_over(by, dossier)}

    def __call__(self, role: str) -> bool:
        return str(role) in self.roles


def _standing(by: Person, place: Place, held: _Held) -> Standing:
    turn = bool(place.role) and held(place.role)
    free, own = place.claimed_by_id is None, place.claimed_by_id == by.pk
    mine = turn and (free or own)
    return Standing(
        place,
        tasks.name_of(place),
        str(Role(place.role).label) if place.role else "",
        mine,
        claim=turn and free,
        release=not free and ((own and turn) or held(Role.LEADER)),
        offers=_of_place(place) if mine else [],
    )


def _of_place(place: Place) -> list[Offer]:
    sheet = place.dossier.version.sheet.get("reasons", {})
    acts = FACTS.get(tasks.fact_of(place))
    if acts:
        again = tasks.again(place) if "accept" in acts and sending.before(place.dossier) else []
        days = (place.dossier.version.sheet.get("supplement_limit") or {}).get("count", SUPPLEMENT_DAYS)
        return [Offer(act, place, {"templates": sheet.get(act, []), "again": again, "days": days}) for act in acts]
    outcomes, asks = tasks.outcomes(place), tasks.asks(place)
    reason = any(each.needs_reason for each in outcomes)
    reason = reason or any(each.get("reason") for ask in asks for each in ask.choices)
    data = {"outcomes": outcomes, "asks": asks, "reason": reason, "plain": len(outcomes) == 1 and not asks}
    data |= {
        "comparison": comparing.of(place.dossier) if tasks.compares(place) else None,
        "grounds": reviewing.grounds(place.dossier) if place.element == reviewing.FIXING else [],
    }
    return [Offer("decide", place, data)]


def _of_dossier(dossier: Dossier, held: _Held) -> list[Offer]:
    sheet = dossier.version.sheet
    found = []
    asker = Role.ONE_STOP_CLERK if dossier.accepted_at is None else Role.CASE_OFFICER
    if held(asker) and _awaits(dossier, "supplement_asked"):
        days = (sheet.get("supplement_limit") or {}).get("count", SUPPLEMENT_DAYS)
        templates = sheet.get("reasons", {}).get("supplement", [])
        found.append(Offer("supplement", None, {"templates": templates, "days": days}))
    if held(Role.CASE_OFFICER) and _awaits(dossier, "stopped"):
        found.append(Offer("stop", None, {"templates": sheet.get("reasons", {}).get("stop", []), "codes": STOPS}))
    return found


def _awaits(dossier: Dossier, name: str) -> bool:
    process = persist.process_of(dossier)
    return catcher(process, frozenset(persist.tokens(dossier)), message(name)) is not None
