"""What was ordered, of whom, until when, on which condition. Every change of state is a row of its own noun."""

from dienhong.directives.models.conditions import (
    Comparison,
    Condition,
    ConditionFreeze,
    ConditionVerdict,
    Direction,
    Scope,
)
from dienhong.directives.models.life import (
    APART,
    OPEN,
    AssignmentState,
    ClosingException,
    EvidenceFile,
    Extension,
    ExtensionAnswer,
    Progress,
    State,
)
from dienhong.directives.models.ordered import Assignment, AssignmentUnit, Directive, Origin

__all__ = [
    "APART",
    "OPEN",
    "Assignment",
    "AssignmentState",
    "AssignmentUnit",
    "ClosingException",
    "Comparison",
    "Condition",
    "ConditionFreeze",
    "ConditionVerdict",
    "Direction",
    "Directive",
    "EvidenceFile",
    "Extension",
    "ExtensionAnswer",
    "Origin",
    "Progress",
    "Scope",
    "State",
]
