"""What follows from a number: the assignment closes by itself, opens again, or its condition freezes.

Asking twice writes nothing new: a verdict stands once for a condition and a version, and what follows from it is
written in the same transaction.
"""

from collections.abc import Iterable

from django.db import transaction

from dienhong.base import clock, periods
from dienhong.directives.actions.states import enter, last, lock
from dienhong.directives.conditions import basis as bases
from dienhong.directives.conditions import telling
from dienhong.directives.conditions.telling import Told
from dienhong.directives.models import (
    OPEN,
    Assignment,
    AssignmentState,
    Condition,
    ConditionFreeze,
    ConditionVerdict,
    Scope,
    State,
)
from dienhong.indicators import queries
from dienhong.indicators.actions import ensure_period_of
from dienhong.indicators.models import Period
from dienhong.indicators.queries import AsOf
from dienhong.journal.actions import record
from dienhong.organizations.registry import action

BY = "job:judge"


def standing_condition(assignment: Assignment) -> Condition | None:
    """The condition that holds: the newest one."""
    rows = assignment.conditions.select_related("period", "indicator", "unit", "breakdown", "freeze")
    return rows.order_by("-number").first()


@action("directives.judge")
@transaction.atomic
def judge(*, by: str = BY, condition: int, as_of: AsOf = None) -> int:
    """Judge the versions published up to the moment that were not judged yet; returns how many verdicts were written.

    One that was followed by another condition, or is frozen, or whose assignment was cancelled or replaced, is done.
    """
    assignment = lock(Assignment.objects.get(conditions=condition))
    held = standing_condition(assignment)
    if held is None or held.pk != condition or last(assignment).state in (State.CANCELLED, State.REPLACED):
        return 0
    if hasattr(held, "freeze"):
        return 0
    at = queries.moment(as_of)
    written = list(held.verdicts.order_by("known_at", "pk"))
    known = frozenset((each.period_id, each.batch_id) for each in written)
    said = [_told(each) for each in written]
    count = 0
    for told in telling.tolds(held, at, known):
        weight = telling.weight(said, told)
        if weight == "freeze":
            freeze(by, assignment, held, told)
            return count
        if weight == "skip":
            continue
        verdict = _write(held, told)
        said.append(told)
        _follow(by, assignment, held, said, verdict)
        count += 1
    if as_of is None:
        _watch_basis(by, assignment, held, at)
    return count


def _told(row: ConditionVerdict) -> Told:
    return Told(row.period_id, row.batch_id, row.value, row.meets, row.later, row.sent_at, row.known_at)


def _write(condition: Condition, told: Told) -> ConditionVerdict:
    return ConditionVerdict.objects.create(
        condition=condition,
        period_id=told.period_id,
        batch_id=told.batch_id,
        value=told.value,
        meets=told.meets,
        later=told.later,
        sent_at=told.sent_at,
        known_at=told.known_at,
    )


def _follow(
    by: str, assignment: Assignment, condition: Condition, said: Iterable[Told], verdict: ConditionVerdict
) -> None:
    """Close what is carried now, reopen what the number closed and no longer carries."""
    carries, now = telling.carried(said), last(assignment)
    if carries is not None and now.state in OPEN:
        run = condition.verdicts.get(period=carries.period_id, batch=carries.batch_id)
        _enter(by, assignment, State.CLOSED, run, verdict, verb="directives.close_by_number")
    elif carries is None and now.state == State.CLOSED and now.verdict_id is not None:
        _enter(by, assignment, State.REOPENED, verdict, verdict, verb="directives.reopen_by_number")
    elif carries is not None and _moved(now, carries):
        # What carried it was undone and another period carries it: it stays closed, done when that one was sent.
        run = condition.verdicts.get(period=carries.period_id, batch=carries.batch_id)
        _enter(by, assignment, State.CLOSED, run, verdict, verb="directives.close_by_number")


def _moved(now: AssignmentState, carries: telling.Carried) -> bool:
    held = now.verdict
    return held is not None and (held.period_id, held.batch_id) != (carries.period_id, carries.batch_id)


def _enter(
    by: str, assignment: Assignment, state: State, decided: ConditionVerdict, latest: ConditionVerdict, *, verb: str
) -> None:
    """At the moment when the version that brought it about became known: the same whenever this runs."""
    enter(
        by=None, actor=by, assignment=assignment, state=state, verb=verb, verdict=decided,
        done_at=decided.sent_at if state == State.CLOSED else None,
        at=clock.business_at(latest.known_at),
        data={"condition": decided.condition_id, "batch": decided.batch_id, "period": decided.period_id,
              "value": None if decided.value is None else str(decided.value),
              "sent_at": decided.sent_at.isoformat()},
    )  # fmt: skip


def _watch_basis(by: str, assignment: Assignment, condition: Condition, at: queries.Moment) -> None:
    """The catalogue may change before a value comes: the issuer is asked then, not months later."""
    if last(assignment).state == State.CLOSED:
        return
    asked, period = telling.asked_of(condition), Period.objects.get(pk=condition.basis["period"])
    total = asked.total(period, at)
    below = bases.made_below(total) if total.value is not None else bool(condition.basis[bases.SCOPE]["below"])
    now = bases.basis(asked, period, at, below=below)
    if differs := bases.changed(condition.basis, now):
        _freeze(by, assignment, condition, differs, now, None)
    elif condition.scope == Scope.LATER and (coming := _coming(condition)) is not None:
        given = bases.basis(asked, coming, queries.moment(condition.at), below=below)
        now = bases.basis(asked, coming, at, below=below)
        if given[bases.FORMULA] != now[bases.FORMULA]:
            _freeze(by, assignment, condition, [bases.FORMULA], now, None)


def _coming(condition: Condition) -> Period | None:
    """The next period that will be spoken of: a method that holds from now on is not one of the baseline's period."""
    judged = Period.objects.filter(pk__in=condition.verdicts.values("period")).order_by("-first").first()
    found = periods.following(queries.plain(judged or condition.period))
    return ensure_period_of(found) if found is not None else None


def freeze(by: str, assignment: Assignment, condition: Condition, told: Told) -> None:
    asked, at = telling.asked_of(condition), queries.moment(told.known_at)
    period = next(each for each in telling.periods_of(condition) if each.pk == told.period_id)
    now = bases.basis(asked, period, at, below=bases.made_below(asked.total(period, at)))
    _freeze(by, assignment, condition, list(told.changed), now, told.batch_id)


def _freeze(
    by: str, assignment: Assignment, condition: Condition, differs: list[str], now: bases.Basis, batch: int | None
) -> None:
    ConditionFreeze.objects.create(
        condition=condition, changed=differs, basis=now, batch_id=batch, business_at=clock.business_now()
    )
    record(
        by=by,
        verb="directives.freeze",
        object_kind="assignment",
        object_id=assignment.pk,
        unit_id=assignment.issuer_id,
        data={"condition": condition.pk, "changed": differs},
    )


def asked_again(condition: Condition, as_of: AsOf = None) -> tuple[bool, list[Told]]:
    """Whether the condition was met as of a moment, and by what: read anew from the publications, nothing written.

    The trap: up to a freeze only; what came after it decides nothing.
    """
    said: list[Told] = []
    for told in telling.tolds(condition, as_of):
        weight = telling.weight(said, told)
        if weight == "freeze":
            break
        if weight == "judge":
            said.append(told)
    return telling.carried(said) is not None, said
