"""What a comparison says of one place: both sides, who sent them, and whose turn it is."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dienhong.base import clock
from dienhong.indicators.feeds.publishers import SCHEME as PUBLISHER
from dienhong.indicators.models import Batch, Period, Responsible
from dienhong.organizations import queries as organizations
from dienhong.rules.expressions import rounded

DIGITS = 10  # of a stored value


@dataclass(frozen=True, slots=True)
class Place:
    """What a difference is about; its identity together with the check's key.

    Of two sources the one with the lower id is the left one, whoever speaks: who speaks may change.
    """

    indicator_id: int
    period_id: int
    unit_id: int
    breakdown_id: int
    measure: int = 0
    source_id: int | None = None
    other_source_id: int | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """Both figures of one place, known both. `speaker`: id of the source that speaks there, of two sources."""

    place: Place
    left: Decimal
    right: Decimal
    left_batch: int
    right_batch: int | None
    agrees: bool
    speaker: int | None = None


def stored(value: Fraction | Decimal) -> Decimal:
    return rounded(Fraction(value), DIGITS)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who answers, and who judges the answer."""

    owner_id: int
    counterpart_id: int


def turns(found: Iterable[Compared]) -> dict[Place, Turn]:
    """Whose turn it is at each place, in four questions for all.

    The agency that the catalogue names responsible holds the authoritative figure: the other side answers. Where
    neither side is its own, the source that does not speak answers; otherwise the unit of the left figure. A publisher
    outside the State, whose file was loaded, answers nobody: then the other side does.
    """
    rows = list(found)
    batches = {batch for row in rows for batch in (row.left_batch, row.right_batch) if batch}
    reporters = dict(Batch.objects.filter(pk__in=batches).values_list("pk", "reporter"))
    periods = Period.objects.in_bulk({row.place.period_id for row in rows})
    held: dict[int, list[Responsible]] = {}
    for each in Responsible.objects.filter(indicator__in={row.place.indicator_id for row in rows}).order_by("pk"):
        held.setdefault(each.indicator_id, []).append(each)
    kinds = organizations.kinds(reporters.values(), clock.business_today())
    outside = {unit for unit, kind in kinds.items() if kind == PUBLISHER}
    made = {}
    for row in rows:
        last = periods[row.place.period_id].last
        said = (each.unit_id for each in held.get(row.place.indicator_id, ()) if last in each.validity)
        left = reporters[row.left_batch]
        right = reporters[row.right_batch] if row.right_batch and row.place.source_id else left
        stands = row.speaker is not None and row.speaker == row.place.source_id
        made[row.place] = turn(left, right, next(said, None), stands=stands, outside=outside)
    return made


def turn(
    left: int, right: int, responsible: int | None, *, stands: bool, outside: Collection[int] = frozenset()
) -> Turn:
    """`stands`: the left source is the one that speaks. `outside`: units of which nobody is here to answer."""
    order = (right, left) if stands else (left, right)
    here = [unit for unit in order if unit not in outside]
    others = [unit for unit in here if unit != responsible]
    owner = next(iter([*others, *here]), responsible or order[0])
    judges = [unit for unit in (responsible, left, right) if unit is not None and unit != owner and unit not in outside]
    return Turn(owner, judges[0] if judges else owner)
