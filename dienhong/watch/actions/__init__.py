"""Every verb of checks, questions and alerts."""

from dienhong.watch.actions.alerts import acknowledge, close_alert, explain
from dienhong.watch.actions.differences import agree, answer_difference, disagree
from dienhong.watch.actions.questions import answer_question, ask
from dienhong.watch.actions.rules import Wording, rewrite_rule, write_rule
from dienhong.watch.actions.targets import Asked, set_target

__all__ = [
    "Asked",
    "Wording",
    "acknowledge",
    "agree",
    "answer_difference",
    "answer_question",
    "ask",
    "close_alert",
    "disagree",
    "explain",
    "rewrite_rule",
    "set_target",
    "write_rule",
]
