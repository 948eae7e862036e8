"""Every verb of directives."""

from dienhong.directives.actions.deciding import answer_extension, cancel, close, reopen, replace, restate
from dienhong.directives.actions.doing import Handed, acknowledge, ask_extension, report, say_met
from dienhong.directives.actions.excepting import close_by_exception
from dienhong.directives.actions.giving import Wanted
from dienhong.directives.actions.issuing import Document, Task, assign, due_of, issue, sub_assign

__all__ = [
    "Document",
    "Handed",
    "Task",
    "Wanted",
    "acknowledge",
    "answer_extension",
    "ask_extension",
    "assign",
    "cancel",
    "close",
    "close_by_exception",
    "due_of",
    "issue",
    "reopen",
    "replace",
    "report",
    "restate",
    "say_met",
    "sub_assign",
]
