"""What can be asked of indicators. Every question takes `as_of`: None, a moment of record time, or a `Moment`."""

from dienhong.indicators.queries.catalogue import entries, entry, indicator, method, methods, search
from dienhong.indicators.queries.figures import (
    TOTAL,
    Figure,
    SeriesKey,
    Version,
    authorities,
    authority,
    cells,
    figure,
    series,
    total_breakdown,
    versions,
)
from dienhong.indicators.queries.levels import Below, Change, Series, descendants, level
from dienhong.indicators.queries.moments import AsOf, Moment, cap, from_business, moment
from dienhong.indicators.queries.totals import Total, Words, largest_changes, plain, refusal, shifted, total

__all__ = [
    "TOTAL",
    "AsOf",
    "Below",
    "Change",
    "Figure",
    "Moment",
    "Series",
    "SeriesKey",
    "Total",
    "Version",
    "Words",
    "authorities",
    "authority",
    "cap",
    "cells",
    "descendants",
    "entries",
    "entry",
    "figure",
    "from_business",
    "indicator",
    "largest_changes",
    "level",
    "method",
    "methods",
    "moment",
    "plain",
    "refusal",
    "search",
    "series",
    "shifted",
    "total",
    "total_breakdown",
    "versions",
]
