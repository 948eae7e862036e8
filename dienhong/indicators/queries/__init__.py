"""What can be asked of indicators. Every question takes `as_of`: None, a moment of record time, or a `Moment`."""

from dienhong.indicators.queries.ahead import wanted
from dienhong.indicators.queries.asking import Ask, plain, shifted
from dienhong.indicators.queries.catalogue import (
    by_codes,
    entries,
    entry,
    indicator,
    indicator_of,
    method,
    methods,
    search,
)
from dienhong.indicators.queries.computed import (
    Made,
    is_computed,
    joined_in,
    of_units,
    periods_known,
    periods_of_many,
    speaker,
    units_of,
)
from dienhong.indicators.queries.conflicts import MOST as MOST_CONFLICTS
from dienhong.indicators.queries.conflicts import Conflict, conflicts, count_conflicts
from dienhong.indicators.queries.figures import (
    TOTAL,
    Figure,
    SeriesKey,
    Text,
    Version,
    adding,
    all_speakers,
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
from dienhong.indicators.queries.kept import period_by_id as kept_period
from dienhong.indicators.queries.known import Known, demo_periods, rows_of
from dienhong.indicators.queries.leaf_series import Series
from dienhong.indicators.queries.levels import Below, Change, descendants, level
from dienhong.indicators.queries.moments import AsOf, Moment, cap, from_business, moment
from dienhong.indicators.queries.recipes import Recipe, cells_of, recipe
from dienhong.indicators.queries.recipes import adding as recipe_adding
from dienhong.indicators.queries.recipes import level as recipe_level
from dienhong.indicators.queries.recipes import own as own_figures
from dienhong.indicators.queries.shelf import Wanted
from dienhong.indicators.queries.shelf import fill as read_ahead
from dienhong.indicators.queries.shelf import of as shelf_of
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
    "Text",
    "Total",
    "Version",
    "Wanted",
    "Words",
    "adding",
    "all_speakers",
    "authorities",
    "authority",
    "by_codes",
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
    "kept_period",
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
    "periods_of_many",
    "plain",
    "read_ahead",
    "recipe",
    "recipe_adding",
    "recipe_level",
    "refusal",
    "resolved",
    "rows_of",
    "search",
    "series",
    "shelf_of",
    "shifted",
    "side_rules",
    "speaker",
    "sum_versions",
    "texts",
    "total",
    "total_breakdown",
    "units_of",
    "versions",
    "wanted",
]
