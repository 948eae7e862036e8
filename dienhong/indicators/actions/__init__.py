"""Every verb of indicators that changes state."""

from dienhong.indicators.actions.batches import Proof, Row, close_batch, open_batch, write_batch
from dienhong.indicators.actions.catalogue import Loaded, load_catalogue
from dienhong.indicators.actions.keys import (
    ensure_breakdown,
    ensure_member,
    ensure_period,
    ensure_period_of,
    ensure_periods,
    ensure_source,
    set_authority,
)

__all__ = [
    "Loaded",
    "Proof",
    "Row",
    "close_batch",
    "ensure_breakdown",
    "ensure_member",
    "ensure_period",
    "ensure_period_of",
    "ensure_periods",
    "ensure_source",
    "load_catalogue",
    "open_batch",
    "set_authority",
    "write_batch",
]
