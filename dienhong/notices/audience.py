"""Whom to tell: who holds a role for each of many units, in a constant number of queries.

The same rule as organizations.permissions.may, asked from the units' side; a test holds the two equal. `holders` there
asks for one unit and reads every holder of the role, which 11,000 communes could not wait for.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from dienhong.base.clock import business_today
from dienhong.organizations import queries
from dienhong.organizations.models import Grant, Heir
from dienhong.organizations.permissions import in_force


def holders_of(
    roles: str | Iterable[str], unit_ids: Iterable[int], scope: str = "", on: dt.date | None = None
) -> dict[int, set[int]]:
    """unit id -> ids of active people who hold one of `roles` for it on that business day; units without one too."""
    on = on or business_today()
    units = set(unit_ids)
    direct, wide = _origins(units, on)
    asked = {each for found in (*direct.values(), *wide.values()) for each in found}
    wanted = [str(roles)] if isinstance(roles, str) else [str(each) for each in roles]
    grants = in_force(Grant.objects.filter(role__in=wanted, scope__in={"", scope}, person__is_active=True), on)
    held: dict[tuple[int, bool], set[int]] = defaultdict(set)
    for unit, subtree, person in grants.filter(unit__in=asked).values_list("unit", "subtree", "person"):
        held[unit, subtree].add(person)
    found: dict[int, set[int]] = {}
    for unit in units:
        narrow = [held[origin, subtree] for origin in direct[unit] for subtree in (False, True)]
        found[unit] = set().union(*narrow, *(held[origin, True] for origin in wide[unit]))
    return found


def _origins(units: set[int], on: dt.date) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """For each unit: the units a grant on which covers it by itself, and those a grant with subtree on which does."""
    stand = {unit: {unit} for unit in units}
    for unit, heir in Heir.objects.filter(unit__in=units, since__lte=on).values_list("unit", "heir"):
        stand[unit].add(heir)
    standing = set().union(*stand.values())
    above: dict[int, set[int]] = defaultdict(set)
    rows = queries.command(on)
    for below, ancestor in rows.filter(descendant__in=standing).values_list("descendant", "ancestor"):
        above[below].add(ancestor)
    everyone = standing.union(*above.values())
    before: dict[int, set[int]] = defaultdict(set)
    for old, heir in Heir.objects.filter(heir__in=everyone, since__lte=on).values_list("unit", "heir"):
        before[heir].add(old)
    direct = {unit: set().union(*({each} | before[each] for each in stand[unit])) for unit in units}
    wide = {unit: set().union(*({each} | before[each] for own in stand[unit] for each in above[own])) for unit in units}
    return direct, wide
