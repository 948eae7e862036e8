"""Where a figure is shown: the address of its passport. A unit stands there by its code, or as u<id> without one."""

import datetime as dt
import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from dienhong.base.brief import brief
from dienhong.base.once import once
from dienhong.indicators.models import Period
from dienhong.indicators.queries import SeriesKey, kept
from dienhong.organizations.models import Unit, UnitCode

# Codes of these schemes cannot be mistaken for one another: digits, letters, lower-case words.
SCHEMES = ("gso", "iso3166", "region", "agency")
_SAFE = "!$&'()*+,;=/~:@"  # what stands unquoted in a path (RFC 3986), as Django leaves it
_ID = re.compile(r"u([0-9]{1,18})")


@brief(2)
def code_of(unit_id: int, on: dt.date) -> str:
    """What stands for one unit in an address on that day; a new code of a unit is seen two seconds later."""
    return codes([unit_id], on)[unit_id]


def codes(unit_ids: Iterable[int], on: dt.date) -> dict[int, str]:
    """unit id -> what stands for it in an address on that day."""
    wanted = list(unit_ids)
    rows = UnitCode.objects.filter(unit__in=wanted, scheme__key__in=SCHEMES, validity__contains=on)
    found: dict[int, tuple[int, str]] = {}
    for unit_id, scheme, code in rows.values_list("unit_id", "scheme__key", "code"):
        rank = SCHEMES.index(scheme)
        if unit_id not in found or rank < found[unit_id][0]:
            found[unit_id] = (rank, code)
    return {unit: found[unit][1] if unit in found else f"u{unit}" for unit in wanted}


@once
@brief(2, settled=True)
def unit(code: str, on: dt.date) -> Unit:
    """The unit of an address on that day, not to be changed by who asks. Unit.DoesNotExist otherwise."""
    match = _ID.fullmatch(code)
    if match:
        return Unit.objects.get(pk=int(match[1]))
    rows = UnitCode.objects.filter(scheme__key__in=SCHEMES, code=code, validity__contains=on)
    ranked = sorted(rows.select_related("unit", "scheme"), key=lambda row: SCHEMES.index(row.scheme.key))
    if not ranked:
        said = _("Mã %(code)s không thuộc đơn vị nào vào ngày %(day)s.")
        raise Unit.DoesNotExist(said % {"code": code[:40], "day": f"{on:%d/%m/%Y}"})
    return ranked[0].unit


def figure_url(
    code: str, period: Period, unit_code: str, *, key: SeriesKey | None = None, name: str = "figure", as_of: str = ""
) -> str:
    """The passport's address; breakdown, measure, a source other than the authoritative one, a moment as parameters."""
    parts = (code, period.calendar, period.key, unit_code)
    path = _pattern(name).format(*(quote(each, safe=_SAFE) for each in parts))
    more = (parameters(key) if key else {}) | ({"as_of": as_of} if as_of else {})
    return f"{path}?{urlencode(more)}" if more else path


@cache
def _pattern(name: str) -> str:
    """The address with places for code, calendar, period and unit: a board asks for two thousand, and looking each up
    in the table of addresses takes longer than its figure."""
    return re.sub("-([0-3])-", r"{\1}", reverse(f"indicators:{name}", args=["-0-", "-1-", "-2-", "-3-"]))


def parameters(key: SeriesKey) -> dict[str, str]:
    more: dict[str, str] = {}
    if key.breakdown_id:
        breakdown = kept.breakdown_text(key.breakdown_id)
        more |= {"breakdown": breakdown} if breakdown else {}
    if key.measure:
        more["measure"] = str(key.measure)
    if key.source_id:
        more["source"] = str(key.source_id)
    return more
