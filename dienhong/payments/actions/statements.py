"""The bank's statement: taken whole or not at all, once, and compared line by line."""

import datetime as dt
import hashlib
import logging

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dienhong.base import clock, store
from dienhong.base.refusal import Refused
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role
from dienhong.organizations.permissions import require
from dienhong.organizations.registry import action
from dienhong.payments import banking, camt, queries, reconciliation
from dienhong.payments.models import CollectingAccount, StatementFile, StatementLine
from dienhong.payments.providers.contract import Unreachable

log = logging.getLogger("dienhong.payments")


@action("payments.take_statement")
def take_statement(*, by: Person, data: bytes) -> list[StatementFile]:
    """A camt.053 file from a person's hands: accountant of every unit whose account stands in it. Raises Refused."""
    statements = _read(data)
    for each in statements:
        unit = queries.account_unit(each.account)
        if unit is None:
            raise Refused("unknown_account", _("Tài khoản %(account)s không có trong sổ.") % {"account": each.account})
        require(by, Role.ACCOUNTANT, unit)
    return _take(by.actor, data, statements)


@action("payments.pull_statements")
def pull_statements(*, by: str, day: dt.date | None = None) -> int:
    """Ask the bank for the statement of each collecting account of that day (yesterday). Returns how many were new.
    A bank that is down is asked again next time."""
    day = day or clock.business_today() - dt.timedelta(days=1)
    new = 0
    for number in CollectingAccount.objects.order_by("number").values_list("number", flat=True).distinct():
        try:
            data = banking.statement(number, day)
        except Unreachable as error:
            log.warning("statement of %s: %s", number, error)
            continue
        before = StatementFile.objects.count()
        _take(by, data, _read(data))
        new += StatementFile.objects.count() - before
    return new


def _read(data: bytes) -> list[camt.Statement]:
    try:
        return camt.read(data)
    except camt.Unreadable as error:
        why = error.en if get_language() == "en" else error.vi
        raise Refused("unreadable", _("Không đọc được sao kê: %(why)s") % {"why": why}) from error


@transaction.atomic
def _take(by: str, data: bytes, statements: list[camt.Statement]) -> list[StatementFile]:
    store.put(data)
    return [_one(by, hashlib.sha256(data).hexdigest(), place, each) for place, each in enumerate(statements)]


def _one(by: str, digest: str, place: int, statement: camt.Statement) -> StatementFile:
    # One file may hold several accounts; the first keeps the bare digest, by which the bytes are found.
    name = digest if not place else hashlib.sha256(f"{digest}{place}".encode()).hexdigest()
    file, new = StatementFile.objects.get_or_create(
        digest=name,
        defaults={
            "statement_id": statement.statement_id[:60], "account_number": statement.account[:34],
            "day": statement.day, "taken_by": by, "business_at": clock.business_now(),
        },
    )  # fmt: skip
    if not new:
        return file
    lines = [_line(file, each) for each in statement.entries]
    fresh = [line for line, first in lines if first]
    for line in fresh:
        reconciliation.take_line(by, line)
    reconciliation.what_is_missing(by, file)
    unit = queries.account_unit(statement.account)
    record(
        by=by, verb="payments.take_statement", object_kind="statement", object_id=file.pk,
        unit_id=unit.pk if unit else "",
        data={"id": statement.statement_id[:60], "lines": len(lines), "new": len(fresh), "day": str(statement.day)},
    )  # fmt: skip
    return file


def _line(file: StatementFile, entry: camt.Entry) -> tuple[StatementLine, bool]:
    return StatementLine.objects.get_or_create(
        account_number=file.account_number, entry_ref=entry.entry_ref, credit=entry.credit,
        defaults={
            "file": file, "amount": entry.amount, "booking_date": entry.booking_date, "value_date": entry.value_date,
            "remittance": entry.remittance, "end_to_end": entry.end_to_end,
        },
    )  # fmt: skip
