"""What is asked about money: facts and states of bills, who may see them, whose money waits."""

import datetime as dt
import hmac
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Max, Q, QuerySet, Sum

from dienhong.base import clock
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person, Role, Unit
from dienhong.organizations.permissions import units_for
from dienhong.payments import owners
from dienhong.payments.models import (
    Attempt,
    AttemptState,
    Bill,
    Cancellation,
    Capture,
    CollectingAccount,
    Difference,
    Purpose,
    Refund,
    RefundState,
    StatementFile,
    Suspense,
)
from dienhong.payments.states import (
    GIVEN_UP,
    AttemptStep,
    BillState,
    Facts,
    RefundStep,
    attempt_state,
    bill_state,
    refund_state,
)
from dienhong.rules.workdays import Calendar

READING = (Role.ACCOUNTANT, Role.LEADER, Role.AUDITOR)
BOOKS = (Role.ACCOUNTANT,)


def facts(bills: Iterable[Bill], at: dt.datetime | None = None) -> dict[int, Facts]:
    """By id of the bill, in five queries however many they are. `at` is business time, for the expiry."""
    at = at or clock.business_now()
    found = {bill.pk: bill for bill in bills}
    captured = dict(_sums(Capture.objects.filter(bill__in=found)))
    cancelled = set(Cancellation.objects.filter(bill__in=found).values_list("bill", flat=True))
    tried = _attempt_states(found)
    back = _refunds(found)
    return {
        pk: Facts(
            amount=bill.amount,
            captured=captured.get(pk, 0),
            refunding=back[pk][0],
            refunded=back[pk][1],
            attempts=frozenset(tried[pk]),
            cancelled=pk in cancelled,
            expired=bill.expires_at is not None and bill.expires_at <= at,
        )
        for pk, bill in found.items()
    }


def facts_of(bill: Bill, at: dt.datetime | None = None) -> Facts:
    return facts([bill], at)[bill.pk]


def state_of(bill: Bill, at: dt.datetime | None = None) -> BillState:
    return bill_state(facts_of(bill, at))


def _sums(rows: QuerySet[Capture]) -> Iterable[tuple[int, int]]:
    return rows.order_by().values_list("bill").annotate(sum=Sum("amount"))


def _attempt_states(bills: Iterable[int]) -> dict[int, set[AttemptStep]]:
    steps: dict[tuple[int, int], set[str]] = defaultdict(set)
    rows = AttemptState.objects.filter(attempt__shares__bill__in=bills)
    for bill, attempt, step in rows.values_list("attempt__shares__bill", "attempt", "step"):
        steps[bill, attempt].add(step)
    found: dict[int, set[AttemptStep]] = defaultdict(set)
    for (bill, _attempt), said in steps.items():
        found[bill].add(attempt_state(said))
    return found


def _refunds(bills: Iterable[int]) -> dict[int, tuple[int, int]]:
    """By bill: asked, approved or sent; done."""
    open_: dict[int, int] = defaultdict(int)
    done: dict[int, int] = defaultdict(int)
    for refund in Refund.objects.filter(bill__in=bills).prefetch_related("steps"):
        state = refund_step(refund)
        if state == RefundStep.DONE:
            done[refund.bill_id] += refund.amount
        elif state not in GIVEN_UP:
            open_[refund.bill_id] += refund.amount
    return defaultdict(lambda: (0, 0), {pk: (open_[pk], done[pk]) for pk in {*open_, *done}})


def refund_step(refund: Refund) -> RefundStep:
    return refund_state({each.step for each in refund.steps.all()})


def given_back(capture: int) -> list[tuple[int, dt.date]]:
    """What of this money has gone back, and on which day (business time), in their order."""
    rows = RefundState.objects.filter(refund__capture=capture, step=RefundStep.DONE).order_by("pk")
    done = rows.values_list("refund__amount", "at")
    return [(amount, clock.business_at(at).astimezone(clock.HANOI).date()) for amount, at in done]


def refundable(capture: Capture) -> int:
    """What of this money was not yet asked back."""
    rows = capture.refunds.prefetch_related("steps")
    return capture.amount - sum(each.amount for each in rows if refund_step(each) not in GIVEN_UP)


def account_for(unit: Unit, purpose: str, on: dt.date) -> CollectingAccount | None:
    """The account of that unit, else of the nearest one above it that has one."""
    above = {each.pk: place for place, each in enumerate(_line_of_command(unit, on))}
    rows = CollectingAccount.objects.filter(purpose=purpose, validity__contains=on, unit__in=above)
    found = sorted(rows, key=lambda row: (above[row.unit_id], row.pk))
    return found[0] if found else None


def _line_of_command(unit: Unit, on: dt.date) -> list[Unit]:
    return [unit, *organizations.ancestors("administrative", unit, on), *organizations.ancestors("sector", unit, on)]


def may_open(bill: Bill, person: Person | AnonymousUser | None, token: str) -> bool:
    """By the link, by being its owner, or by collecting it."""
    if token and hmac.compare_digest(token.encode(), bill.token.encode()):
        return True
    if not isinstance(person, Person) or not person.is_active:
        return False
    return owners.may_open(person, bill) or units_for(person, READING).filter(pk=bill.unit_id).exists()


def bills_for(person: Person) -> QuerySet[Bill]:
    return Bill.objects.filter(unit__in=units_for(person, READING)).order_by("-pk")


def differences_for(person: Person) -> QuerySet[Difference]:
    """Those of one's units; those of no known unit belong to whoever keeps books anywhere."""
    return Difference.objects.filter(Q(unit__in=units_for(person, READING)) | Q(unit=None)).order_by("-pk")


def refunds_for(person: Person) -> QuerySet[Refund]:
    return Refund.objects.filter(bill__unit__in=units_for(person, READING)).order_by("-pk")


def owed_back(person: Person) -> list[tuple[Bill, int]]:
    """Bills into which more came than they ask for, each with what of it nobody asked back yet, đồng; newest first."""
    came = bills_for(person).annotate(came=Sum("captures__amount"))
    rows = list(came.filter(Q(came__gt=F("amount")) | Q(cancellation__isnull=False, came__gt=0)))
    known = facts(rows)
    return [(row, known[row.pk].refund_due) for row in rows if known[row.pk].refund_due]


def refunds_to_decide(person: Person) -> QuerySet[Refund]:
    """Those that wait for this leader: asked by somebody else, nobody decided."""
    decided = RefundState.objects.exclude(step=RefundStep.ASKED).values("refund")
    rows = Refund.objects.filter(bill__unit__in=units_for(person, Role.LEADER)).exclude(asked_by=person)
    return rows.exclude(pk__in=decided).order_by("pk")


def leads_a_till(person: Person) -> bool:
    """Whether a unit that the person leads ever asked for money. One query for each request's person: menus ask."""
    known: bool | None = person.__dict__.get("_leads_a_till")
    if known is None:
        known = person.__dict__["_leads_a_till"] = Bill.objects.filter(
            unit__in=units_for(person, Role.LEADER)
        ).exists()  # fmt: skip
    return known


def suspense_for(person: Person) -> QuerySet[Suspense]:
    """What came into accounts of one's units; into an account that nobody has, seen by whoever keeps books anywhere."""
    somebody_s = CollectingAccount.objects.values("number")
    mine = accounts_for(person).values("number")
    return Suspense.objects.filter(Q(account_number__in=mine) | ~Q(account_number__in=somebody_s)).order_by("-pk")


def accounts_for(person: Person) -> QuerySet[CollectingAccount]:
    """Accounts of the units for which the person answers, itself or from above."""
    return CollectingAccount.objects.filter(unit__in=units_for(person, READING))


def account_unit(number: str) -> Unit | None:
    """Who has the account, now or else last. None for an account that is not in the register."""
    rows = CollectingAccount.objects.filter(number=number).select_related("unit").order_by("-pk")
    row = rows.filter(validity__contains=clock.business_today()).first() or rows.first()
    return row.unit if row else None


@dataclass(frozen=True, slots=True)
class Compared:
    """How far the bank's books were compared with ours: accounts without any statement, and the last day that every
    other one covers."""

    without: tuple[str, ...]
    until: dt.date | None


def compared_for(person: Person) -> Compared:
    numbers = set(accounts_for(person).values_list("number", flat=True))
    rows = StatementFile.objects.filter(account_number__in=numbers).order_by().values_list("account_number")
    last = dict(rows.annotate(last=Max("day")))
    return Compared(tuple(sorted(numbers - last.keys())), min(last.values(), default=None))


def work_calendar() -> Calendar:
    return Calendar(organizations.holidays())


def value_date(paid_at: dt.datetime, cut_off: int) -> dt.date:
    """The day on which money counts: after the cut-off hour, or on a day off, the next working day."""
    local, calendar = paid_at.astimezone(clock.HANOI), work_calendar()
    day = local.date()
    if calendar.is_working(day) and local.hour < cut_off:
        return day
    return calendar.add_working_days(day, 1)


def open_attempts(older: dt.timedelta, younger: dt.timedelta) -> QuerySet[Attempt]:
    """Attempts without an end, by the machine's clock: the platform is asked about these."""
    now = clock.record_now()
    ended = AttemptState.objects.filter(step__in=[AttemptStep.CAPTURED, AttemptStep.FAILED]).values("attempt")
    return Attempt.objects.filter(at__lte=now - older, at__gte=now - younger).exclude(pk__in=ended).order_by("pk")


def figures(person: Person, first: dt.date, last: dt.date) -> dict[str, Any]:
    """What came and went in those days, in the person's units: number and đồng."""
    mine = units_for(person, READING)
    rows = Capture.objects.filter(bill__unit__in=mine, value_date__range=(first, last))
    by_purpose = rows.order_by().values_list("bill__purpose").annotate(sum=Sum("amount"))
    return {
        "count": rows.count(),
        "sum": rows.aggregate(sum=Sum("amount"))["sum"] or 0,
        "purposes": [(Purpose(each).label, total) for each, total in sorted(by_purpose)],
        "waiting": suspense_for(person).filter(assignment=None).count(),
        "differences": differences_for(person).filter(closing=None).count(),
    }
