"""Who publishes a feed: an agency of the bundle, or a body outside the State that is not in it."""

import datetime as dt

from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.base.text import fold, sort_key
from dienhong.journal.actions import record
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import CodeScheme, Unit, UnitCode, UnitKind, UnitName
from dienhong.organizations.queries import NoUnitError

SCHEME = "publisher"
# Bodies outside the list of agencies; their first day is not known to us.
OUTSIDE = {
    "world-bank": ("Ngân hàng Thế giới", "World Bank", "WB"),
    "papi": ("PAPI (CECODES, VFF-CRT, RTA, UNDP)", "PAPI (CECODES, VFF-CRT, RTA, UNDP)", "PAPI"),
}


def publisher(said: str, *, by: str, on: dt.date | None = None) -> Unit:
    """`agency:GSO` or `publisher:world-bank` -> the unit. Refused for one that nobody knows."""
    scheme, _colon, code = said.partition(":")
    if scheme == SCHEME and code in OUTSIDE:
        return _outside(code, by=by)
    try:
        return organizations.unit_by_code(scheme, code, on or clock.business_today())
    except NoUnitError as error:
        raise Refused("publisher_unknown", str(error)) from error


def _outside(code: str, *, by: str) -> Unit:
    """The unit of a publisher outside the bundle, made the first time it is asked for."""
    there = UnitCode.objects.filter(scheme__key=SCHEME, code=code).select_related("unit").first()
    if there:
        return there.unit
    vi, en, short = OUTSIDE[code]
    always = DateRange(None, None)
    unit = Unit.objects.create(validity=always, start_unknown=True, remark="publisher of statistics")
    UnitName.objects.create(
        unit=unit, name_vi=vi, name_en=en, short=short, sort_key=sort_key(vi), search_key=fold(vi), validity=always
    )
    UnitKind.objects.create(unit=unit, kind=SCHEME, validity=always)
    scheme, _made = CodeScheme.objects.get_or_create(key=SCHEME, defaults={"name": "Nhà xuất bản số liệu"})
    UnitCode.objects.create(unit=unit, scheme=scheme, code=code, validity=always)
    record(by=by, verb="organizations.publisher_added", object_kind="unit", object_id=unit.pk, data={"code": code})
    return unit
