"""Whose money is it? From a reference or from the transfer's text to bills and shares; never a guess about money."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dienhong.payments import codes
from dienhong.payments.models import Attempt, AttemptShare, Bill
from dienhong.payments.providers.contract import Said

_REFERENCE = re.compile(r"dvc[0-9A-Z]{11}[0-9]{20}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Match:
    """Bills with the amount of each; `how`: reference, code, cut or person. Empty shares: nobody's yet, and why."""

    shares: tuple[tuple[Bill, int], ...] = ()
    attempt: Attempt | None = None
    how: str = ""
    why: str = ""


def match(said: Said) -> Match:
    """By the attempt's reference where the provider gives one, else by the codes in the content."""
    if said.reference:
        attempt = Attempt.objects.filter(reference=said.reference).first()
        if attempt is None:
            return Match(why="unknown_reference")
        return Match(spread(_asked(attempt), said.amount), attempt, "reference")
    return by_content(said.content, said.amount, said.account_number)


def by_content(text: str, amount: int, account: str) -> Match:
    """Codes in the text of a transfer into that account ("" where the bank does not say which)."""
    found = codes.found_in(text)
    if group := next((each for each in found if each.startswith(codes.GROUP)), None):
        attempt = Attempt.objects.filter(reference=group).first()
        if attempt is not None and _into(_asked(attempt), account):
            return Match(spread(_asked(attempt), amount), attempt, "code")
    bills = {each.code: each for each in Bill.objects.filter(code__in=found)}
    asked = [(bills[each], bills[each].amount) for each in found if each in bills]
    if asked and len(asked) == len(found) and _into(asked, account):
        return Match(spread(asked, amount), None, "code")
    if asked or found:
        return Match(why="wrong_account" if asked else "unknown_reference")
    return _cut(text, amount, account)


def _cut(text: str, amount: int, account: str) -> Match:
    """A code cut by the bank counts only where one bill alone begins so, and asks for exactly this amount."""
    for beginning in codes.cut_in(text):
        bills = list(Bill.objects.filter(code__startswith=beginning).order_by("pk")[:2])
        if len(bills) == 1 and bills[0].amount == amount and _into([(bills[0], amount)], account):
            return Match(((bills[0], amount),), None, "cut")
        return Match(why="cut_reference")
    return Match(why="no_reference")


def _into(asked: Sequence[tuple[Bill, int]], account: str) -> bool:
    return not account or all(bill.account_number == account for bill, _amount in asked)


def _asked(attempt: Attempt) -> list[tuple[Bill, int]]:
    rows = AttemptShare.objects.filter(attempt=attempt).select_related("bill").order_by("bill")
    return [(each.bill, each.amount) for each in rows]


def spread(asked: Sequence[tuple[Bill, int]], amount: int) -> tuple[tuple[Bill, int], ...]:
    """The amount over the bills, in their order, up to what was asked of each; what is left over goes to the last.

    What was asked is fixed, never what happens to be open now: so the order of arrival changes nothing.
    """
    given: list[tuple[Bill, int]] = []
    left = amount
    for place, (bill, share) in enumerate(asked, 1):
        part = left if place == len(asked) else min(left, share)
        if part:
            given.append((bill, part))
        left -= part
    return tuple(given)


def references_in(text: str) -> list[str]:
    """References of attempts in a statement's text, in whatever case the bank left them."""
    return [f"dvc{found[3:].upper()}" for found in _REFERENCE.findall(text)]
