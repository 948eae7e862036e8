"""Every verb of money. `notices` holds the one place where money becomes ours."""

from dienhong.payments.actions.attempts import begin_attempt
from dienhong.payments.actions.bills import Line, cancel_bill, make_bill
from dienhong.payments.actions.differences import answer_difference, close_difference
from dienhong.payments.actions.notices import finish_notices, take_notice
from dienhong.payments.actions.polling import poll
from dienhong.payments.actions.refunds import approve_refund, ask_refund, decline_refund, send_refunds
from dienhong.payments.actions.registers import register_account
from dienhong.payments.actions.statements import pull_statements, take_statement
from dienhong.payments.actions.suspense import assign_suspense

__all__ = [
    "Line",
    "answer_difference",
    "approve_refund",
    "ask_refund",
    "assign_suspense",
    "begin_attempt",
    "cancel_bill",
    "close_difference",
    "decline_refund",
    "finish_notices",
    "make_bill",
    "poll",
    "pull_statements",
    "register_account",
    "send_refunds",
    "take_notice",
    "take_statement",
]
