"""Passports: where a figure comes from, as plain data. The schema is described in README.md of this room."""

from dienhong.indicators.passports.leaf import leaf
from dienhong.indicators.passports.parts import SCHEMA
from dienhong.indicators.passports.recompute import recompute
from dienhong.indicators.passports.spans import recompute_and_record, recompute_span, span
from dienhong.indicators.passports.story import batch_story, versions
from dienhong.indicators.passports.totals import branch, passport, total
from dienhong.indicators.passports.why import why

__all__ = [
    "SCHEMA",
    "batch_story",
    "branch",
    "leaf",
    "passport",
    "recompute",
    "recompute_and_record",
    "recompute_span",
    "span",
    "total",
    "versions",
    "why",
]
