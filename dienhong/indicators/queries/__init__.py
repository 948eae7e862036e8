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
from dienhong.indicators.queries.moments import AsOf, Moment, cap, from_business, moment

__all__ = [
    "TOTAL",
    "AsOf",
    "Figure",
    "Moment",
    "SeriesKey",
    "Version",
    "authorities",
    "authority",
    "cap",
    "cells",
    "entries",
    "entry",
    "figure",
    "from_business",
    "indicator",
    "method",
    "methods",
    "moment",
    "search",
    "series",
    "total_breakdown",
    "versions",
]
