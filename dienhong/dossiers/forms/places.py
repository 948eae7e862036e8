"""Provinces, districts and communes for the form, as the units of the day say; the fields hold statistics codes."""

import datetime as dt

from dienhong.base.brief import brief
from dienhong.dossiers.forms.problems import language
from dienhong.organizations import queries

KINDS = {
    "province": queries.PROVINCIAL,
    "district": ("district", "urban_district", "town", "city"),
    "commune": queries.COMMUNAL,
}
SCHEME, TREE = "gso", "administrative"
SECONDS = 5.0


class Units:
    """kinds.Places over the organizations of that day."""

    def options(self, level: str, within: str, on: dt.date) -> list[tuple[str, str]]:
        """By name in Vietnamese order. Without `within` provinces only: eleven thousand communes help nobody."""
        if not within and level != "province":
            return []
        return list(_options(level, within, on, language()))

    def exists(self, level: str, code: str, within: str, on: dt.date) -> bool:
        return _exists(level, code, within, on)

    def name(self, level: str, code: str, on: dt.date) -> str:
        return _name(code, on, language())


@brief(SECONDS)
def _exists(level: str, code: str, within: str, on: dt.date) -> bool:
    unit = _unit(code, on)
    if unit is None or queries.kinds([unit], on).get(unit) not in KINDS[level]:
        return False
    if not within:
        return True
    above = _unit(within, on)
    return above is not None and above in {each.pk for each in queries.ancestors(TREE, unit, on)}


def _unit(code: str, on: dt.date) -> int | None:
    return queries.units_by_code(SCHEME, on, [code]).get(code)


@brief(SECONDS)
def _options(level: str, within: str, on: dt.date, lang: str) -> tuple[tuple[str, str], ...]:
    codes = queries.units_by_code(SCHEME, on)
    units = set(queries.units_of_kind(KINDS[level], on).order_by("pk").values_list("pk", flat=True))
    if within:
        above = codes.get(within)
        if above is None:
            return ()
        below = queries.descendants(TREE, above, on).order_by("pk").values_list("pk", flat=True)
        units &= set(below)
    found = {code: unit for code, unit in codes.items() if unit in units}
    rows = queries.name_rows(found.values(), on)
    names = queries.names(found.values(), on, lang)
    order = sorted(found, key=lambda code: (rows[found[code]].sort_key, code))
    return tuple((code, names[found[code]]) for code in order)


@brief(SECONDS)
def _name(code: str, on: dt.date, lang: str) -> str:
    unit = _unit(code, on)
    return queries.full_name(unit, on, lang) if unit is not None else code
