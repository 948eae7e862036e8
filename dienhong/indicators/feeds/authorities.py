"""For which indicators and years a feed is the source whose word counts."""

import datetime as dt
from collections.abc import Iterable

from psycopg.types.range import DateRange

from dienhong.indicators import actions
from dienhong.indicators.feeds.tables import Table
from dienhong.indicators.models import Authority, Indicator, Method, Source

NOBODY = "none"


def set_all(table: Table, source: Source, indicators: Iterable[Indicator], *, by: str) -> list[str]:
    """Set what the table's `authority` line says; returns codes left to a regime or to a formula.

    The line: spans of years joined by `|`, each for all its indicators or, with a code before it, for that one:
    `02.001 2006..2006|..2016`. An indicator named with a code takes only those spans. `none`: stands beside others.
    """
    general, special = _spans(table.said("authority"))
    kept = []
    for indicator in sorted(indicators, key=lambda row: row.code):
        for days in special.get(indicator.code, general):
            if _owed(indicator, days) or _computed(indicator):
                kept.append(indicator.code)
                break
            actions.set_authority(indicator, source, days, by=by, reason=table.key)
    return kept


def _spans(text: str) -> tuple[list[DateRange], dict[str, list[DateRange]]]:
    general: list[DateRange] = []
    special: dict[str, list[DateRange]] = {}
    for part in text.split("|"):
        code, _space, span = part.rpartition(" ")
        if not part or span == NOBODY:
            continue
        (special.setdefault(code, []) if code else general).append(_years(span))
    return general, special


def _years(span: str) -> DateRange:
    """`2006..2009`, `..2016`, `2017..`, `..` -> days; both years belong to it."""
    first, _dots, last = span.partition("..")
    return DateRange(dt.date(int(first), 1, 1) if first else None, dt.date(int(last) + 1, 1, 1) if last else None)


def _owed(indicator: Indicator, days: DateRange) -> bool:
    """Whether a report regime speaks for the indicator in these days."""
    rows = Authority.objects.filter(indicator=indicator, validity__overlap=days, source__kind=Source.Kind.REGIME)
    return rows.exists()


def _computed(indicator: Indicator) -> bool:
    """What the system computes is never spoken for by a feed: the published figure stands beside it."""
    method = Method.objects.filter(indicator=indicator).order_by("-number").first()
    return bool(method and method.formula)
