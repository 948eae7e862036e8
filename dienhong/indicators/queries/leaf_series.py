"""One indicator in one period, of whichever units."""

from dataclasses import dataclass
from typing import Any

from dienhong.indicators.queries.moments import Moment


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator in one period over many units. All ids resolved."""

    indicator_id: int
    period_id: int
    breakdown_id: int
    measure: int
    source_id: int

    def values(self, at: Moment) -> list[Any]:
        return [self.indicator_id, self.period_id, self.breakdown_id, self.measure, self.source_id, at.at]
