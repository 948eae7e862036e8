"""Differences between figures, questions to their reporters, alerts. Every change of state is a row."""

from dienhong.watch.models.alerts import (
    Alert,
    AlertEscalation,
    AlertReceiver,
    AlertRule,
    AlertRuleVersion,
    AlertStand,
    AlertState,
    Comparison,
    Severity,
    Side,
)
from dienhong.watch.models.differences import STANDING, WAITING, Difference, DifferenceState, Kind, Reading, Stand
from dienhong.watch.models.questions import Answer, Question

__all__ = [
    "STANDING",
    "WAITING",
    "Alert",
    "AlertEscalation",
    "AlertReceiver",
    "AlertRule",
    "AlertRuleVersion",
    "AlertStand",
    "AlertState",
    "Answer",
    "Comparison",
    "Difference",
    "DifferenceState",
    "Kind",
    "Question",
    "Reading",
    "Severity",
    "Side",
    "Stand",
]
