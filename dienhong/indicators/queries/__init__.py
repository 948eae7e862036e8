"""What can be asked of indicators. Every question takes `as_of`: None, a moment of record time, or a `Moment`."""

from dienhong.indicators.queries.asking import Ask, plain, shifted
from dienhong.indicators.queries.catalogue import entries, entry, indicator, indicator_of, method, methods, search
from dienhong.indicators.queries.computed import (
    Made,
    is_computed,
    joined_in,
    of_units,
    periods_known,
    speaker,
    units_of,
)
from dienhong.indicators.queries.conflicts import MOST as MOST_CONFLICTS
from dienhong.indicators.queries.conflicts import Conflict, conflicts, count_conflicts
from dienhong.indicators.queries.figures import (
    TOTAL,
    Figure,
    SeriesKey,
    Version,
    authorities,
    authority,
    cells,
    figure,
    many,
    resolved,
    series,
    texts,
    total_breakdown,
    versions,
)
from dienhong.indicators.queries.histories import SumVersion, other_sources, sum_versions
from dienhong.indicators.queries.known import Known, demo_periods, rows_of
from dienhong.indicators.queries.levels import Below, Change, Series, descendants, level
from dienhong.indicators.queries.moments import AsOf, Moment, cap, from_business, moment
from dienhong.indicators.queries.recipes import Recipe, cells_of, recipe
from dienhong.indicators.queries.recipes import level as recipe_level
from dienhong.indicators.queries.recipes import own as own_figures
from dienhong.indicators.queries.spans import Span, combined, fraction, over_periods, side_rules
from dienhong.indicators.queries.standing import given, parts_said
from dienhong.indicators.queries.totals import (
    Total,
    Words,
    hierarchy_of,
    largest_changes,
    refusal,
    total,
)

__all__ = [
    "MOST_CONFLICTS",
    "TOTAL",
    "AsOf",
    "Ask",
    "Below",
    "Change",
    "Conflict",
    "Figure",
    "Known",
    "Made",
    "Moment",
    "Recipe",
    "Series",
    "SeriesKey",
    "Span",
    "SumVersion",
    "Total",
    "Version",
    "Words",
    "authorities",
    "authority",
    "cap",
    "cells",
    "cells_of",
    "combined",
    "conflicts",
    "count_conflicts",
    "demo_periods",
    "descendants",
    "entries",
    "entry",
    "figure",
    "fraction",
    "from_business",
    "given",
    "hierarchy_of",
    "indicator",
    "indicator_of",
    "is_computed",
    "joined_in",
    "largest_changes",
    "level",
    "many",
    "method",
    "methods",
    "moment",
    "of_units",
    "other_sources",
    "over_periods",
    "own_figures",
    "parts_said",
    "periods_known",
    "plain",
    "recipe",
    "recipe_level",
    "refusal",
    "resolved",
    "rows_of",
    "search",
    "series",
    "shifted",
    "side_rules",
    "speaker",
    "sum_versions",
    "texts",
    "total",
    "total_breakdown",
    "units_of",
    "versions",
]
