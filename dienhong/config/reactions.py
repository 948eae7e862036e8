"""Which functions follow which event. One table, read from top to bottom; the journal knows nothing of it.

`with_it` runs in the transaction of the act itself: if it fails, the act did not happen. `after_it` runs once the act
is committed and sealed, through the queue, at least once; the functions are safe to repeat. What the demo plays in the
past is history and tells nobody.
"""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from dienhong.base import clock
from dienhong.directives import reactions as directives
from dienhong.directives.conditions import watching
from dienhong.dossiers import reactions as dossiers
from dienhong.dossiers import telling
from dienhong.journal.models import Event
from dienhong.notices import money, reading
from dienhong.notices import reactions as notices
from dienhong.payments import receipts
from dienhong.reporting import holidays
from dienhong.reporting import reactions as reporting
from dienhong.watch import reactions as watch
from dienhong.watch.checking import watching as publications

log = logging.getLogger("dienhong.reactions")
Function = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Reaction:
    function: Function
    same_transaction: bool
    always: bool = False

    @property
    def name(self) -> str:
        """As the queue keeps it: a job waits under this name, so a function that is renamed leaves it behind."""
        return f"{self.function.__module__}.{self.function.__qualname__}"


def with_it(function: Function) -> Reaction:
    return Reaction(function, same_transaction=True)


def part_of_it(function: Function) -> Reaction:
    """In the act's transaction, and when the demo plays it too: without it the act would be half done."""
    return Reaction(function, same_transaction=True, always=True)


def after_it(function: Function) -> Reaction:
    return Reaction(function, same_transaction=False)


NOTHING: tuple[Reaction, ...] = ()
# The queue takes the highest first. Hundreds of comparisons wait after many reports: what a person just did, an order
# that a number closes and an alert do not wait behind them.
ACTS, CONDITIONS, RULES = 30, 20, 10

REACTIONS: dict[str, tuple[Reaction, ...]] = {
    # A role or a new sign-in never comes without its holder hearing of it.
    "organizations.grant": (with_it(notices.role_given),),
    "organizations.confirm_grant": (with_it(notices.role_given),),
    "organizations.delegate": (with_it(notices.role_given),),
    "organizations.hand_over": (with_it(notices.role_given),),
    "organizations.revoke": (with_it(notices.role_taken),),
    "organizations.reset_sign_in": (with_it(notices.sign_in_reset),),
    "organizations.confirm_reset": (with_it(notices.sign_in_reset),),
    # Who had until a day that is now off has until the next day of work.
    "organizations.declare_holiday": (with_it(holidays.follow), after_it(dossiers.holiday)),
    # A report's way.
    "reporting.open_duties": (after_it(reporting.opened),),
    "reporting.in_entry": NOTHING,
    "reporting.submitted": (after_it(reporting.submitted),),
    "reporting.sent_back": (after_it(reporting.sent_back),),
    "reporting.approved": (after_it(reporting.approved),),
    "reporting.sent": (after_it(reporting.sent),),
    "reporting.received": (after_it(reporting.received),),
    "reporting.returned": (after_it(reporting.returned),),
    "reporting.withdrawn": (after_it(reporting.withdrawn),),
    "reporting.correction": (after_it(reporting.correction),),
    "reporting.consolidated": NOTHING,
    "reporting.extend": (after_it(reporting.extended),),
    "reporting.exempt": (after_it(reporting.exempted),),
    "reporting.remind": (after_it(reporting.reminded),),
    # Money moves its dossier, or neither happened; answers and deliveries of other agencies come after commit.
    "payments.captured": (
        part_of_it(dossiers.paid),
        after_it(receipts.follow),
        after_it(telling.paid),
        after_it(money.overpaid),
    ),
    "payments.cancel_bill": (after_it(money.overpaid),),
    "payments.waiting": (after_it(money.waiting),),
    "payments.ask_refund": (after_it(money.refund_asked),),
    "payments.refund_done": (after_it(telling.refunded),),
    "payments.refund_failed": (after_it(money.refund_failed),),
    "exchange.answered": (after_it(dossiers.answered),),
    "exchange.delivered": (after_it(dossiers.delivered),),
    "exchange.received": NOTHING,
    # An administrator sees these as issues on the page of partners; a dossier goes on by a person's hand.
    "exchange.refused": (after_it(dossiers.given_up),),
    "exchange.dead": (after_it(dossiers.given_up),),
    # A dossier's way, told to its applicant and to whose turn it is.
    "dossiers.file": (after_it(telling.filed),),
    "dossiers.step": (after_it(telling.moved),),
    "dossiers.ask_supplement": (after_it(telling.supplement_asked),),
    "dossiers.supplement": (after_it(telling.supplemented),),
    "dossiers.decide": (after_it(telling.decided),),
    "dossiers.complain": (after_it(telling.complained),),
    "dossiers.answer_complaint": (after_it(telling.complaint_answered),),
    # A directive's way. A condition is judged once it is committed: what was published meanwhile was read without it.
    "directives.assigned": (after_it(directives.assigned),),
    "directives.report": (after_it(directives.reported),),
    "directives.say_met": (after_it(directives.met),),
    "directives.ask_extension": (after_it(directives.extension_asked),),
    "directives.answer_extension": (after_it(directives.extension_answered),),
    "directives.close": (after_it(directives.closed),),
    "directives.close_by_exception": (after_it(directives.closed),),
    "directives.close_by_number": (after_it(directives.closed),),
    "directives.reopen": (after_it(directives.judged), after_it(directives.reopened)),
    "directives.reopen_by_number": (after_it(directives.reopened),),
    "directives.cancel": (after_it(directives.cancelled),),
    "directives.replace": (after_it(directives.cancelled),),
    "directives.restate": (after_it(directives.judged),),
    "directives.freeze": (after_it(directives.frozen),),
    # Checks, questions and alerts. What figures open, close or raise is told where it is written.
    "watch.answer_difference": (after_it(watch.difference_answered),),
    "watch.agree": (after_it(watch.difference_judged),),
    "watch.disagree": (after_it(watch.difference_judged),),
    "watch.ask": (after_it(watch.asked),),
    "watch.answer_question": (after_it(watch.question_answered),),
    "watch.write_rule": (after_it(watch.rule_written),),
    "watch.rewrite_rule": (after_it(watch.rule_written),),
    "watch.set_target": (after_it(watch.target_set),),
    "watch.explain": (after_it(watch.alert_explained),),
    "watch.close_alert": (after_it(watch.alert_closed),),
}


def in_the_act(verb: str) -> bool:
    """Whether something of this verb runs in the act's own transaction."""
    return any(each.same_transaction for each in REACTIONS.get(verb, NOTHING))


def follow(event: Event) -> None:
    """Run what belongs to the act's own transaction; the journal calls this for each event it writes."""
    played = clock.played_moment() is not None
    for reaction in REACTIONS.get(event.verb, NOTHING):
        if reaction.same_transaction and (reaction.always or not played):
            reaction.function(event)


def read_once() -> int:
    """Queue what follows the events sealed and the batches published since the last reading. Returns how many."""
    verbs = [verb for verb, found in REACTIONS.items() if any(not each.same_transaction for each in found)]
    return (
        reading.read("reactions", verbs, _queue)
        + watching.read_once(_judge)
        + publications.read_once(_check, _evaluate)
    )


def _judge(condition: int) -> None:
    from dienhong.config.jobs import judge

    judge.configure(priority=CONDITIONS).defer(condition=condition)


def _check(key: str, periods: list[int]) -> None:
    from dienhong.config.jobs import check

    check.defer(key=key, periods=periods)


def _evaluate(rule: int) -> None:
    from dienhong.config.jobs import evaluate_rule

    evaluate_rule.configure(priority=RULES).defer(rule=rule)


def _queue(event: Event) -> None:
    from dienhong.config.jobs import react

    if _played(event):
        return
    for reaction in REACTIONS[event.verb]:
        if not reaction.same_transaction:
            react.configure(priority=ACTS).defer(event=event.pk, function=reaction.name)


def _played(event: Event) -> bool:
    """Whether the demo played the act: then its business time is not what the clock said when it was written."""
    return abs(clock.business_at(event.at) - event.business_at) > dt.timedelta(minutes=5)


def run(event: int, function: str) -> None:
    """What the queue does: one function for one event. An entry that the table no longer holds is dropped."""
    row = Event.objects.get(pk=event)
    for reaction in REACTIONS.get(row.verb, NOTHING):
        if reaction.name == function:
            reaction.function(row)
            return
    log.warning("event %s: %s no longer follows %s", event, function, row.verb)
