"""The hand-written matrix of payments, cell by cell, by carrying out the act itself.

The act asks for the unit that collects: a province that ends on 1 July 2025 and whose place another one takes.
"""

import datetime as dt
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.journal.models import Event
from dienhong.organizations import registry
from dienhong.organizations.models import Person, Role, Unit
from dienhong.organizations.tests import worlds
from dienhong.payments import actions, receipts  # noqa: F401  (registers every action)
from dienhong.payments.differences import open_difference
from dienhong.payments.models import Bill, Capture, Purpose, Suspense
from dienhong.payments.sandbox_bank import statement

ROWS = [row for row in registry.matrix("payments") if row.role in Role.values]
NAMES = sorted({row.action.removeprefix("payments.") for row in ROWS})
NUMBER = "3511000099999"
DAYS = {"own": dt.date(2020, 8, 20), "successor": dt.date(2025, 9, 4)}


def _bill(unit: Unit) -> Bill:
    return actions.make_bill(
        by="job:test", owner_kind="case", owner_id=1, title_vi="Lệ phí", payer_name="Nguyễn Văn Mẫu", unit=unit,
        purpose=Purpose.CHARGE, lines=[actions.Line("A", "Lệ phí", 100)],
    )  # fmt: skip


def _money(bill: Bill) -> dict[str, Any]:
    now = clock.business_now()
    return {
        "provider": "vietqr", "key": "FT1", "bank_ref": "FT1", "account_number": NUMBER, "amount": 100,
        "paid_at": now, "value_date": now.date(),
    }  # fmt: skip


def _do(name: str, unit: Unit) -> Callable[[Person], object]:
    bill = _bill(unit)
    capture = Capture.objects.create(bill=bill, matched="code", business_at=clock.business_now(), **_money(bill))
    asker = worlds.person()
    worlds.grant(asker, Role.ACCOUNTANT, unit)

    def asked() -> Any:
        return actions.ask_refund(by=asker, capture=capture, amount=1, reason="refused_dossier")

    difference = open_difference(by="job:test", kind="double", account=NUMBER, key="x", capture=capture)
    actions.answer_difference(by=asker, difference=difference, text="vì thế")
    waiting = Suspense.objects.create(reason="no_reference", **{**_money(bill), "key": "FT2"})
    refund = asked()
    return {
        "ask_refund": lambda by: actions.ask_refund(by=by, capture=capture, amount=1, reason="refused_dossier"),
        "approve_refund": lambda by: actions.approve_refund(by=by, refund=refund),
        "decline_refund": lambda by: actions.decline_refund(by=by, refund=refund, reason="vì thế"),
        "assign_suspense": lambda by: actions.assign_suspense(by=by, suspense=waiting, bill=bill, reason="vì thế"),
        "answer_difference": lambda by: actions.answer_difference(by=by, difference=difference, text="vì thế"),
        "close_difference": lambda by: actions.close_difference(by=by, difference=difference, reason="vì thế"),
        "take_statement": lambda by: actions.take_statement(
            by=by, data=statement.write(NUMBER, clock.business_today(), 0, [])
        ),
    }[name]


def _said(do: Callable[[Person], object], by: Person) -> str:
    before = Event.objects.count()
    with transaction.atomic():
        try:
            with transaction.atomic():
                do(by)
        except NotPermitted:
            assert Event.objects.count() == before
            return "no"
        assert Event.objects.count() > before
        transaction.set_rollback(True)
    return "yes"


@pytest.mark.parametrize("name", NAMES)
def test_the_matrix_is_true(db: None, settings: Any, tmp_path: Any, name: str) -> None:
    settings.DEMO, settings.STORE = True, tmp_path
    world = worlds.world()
    grounds = {
        "own": (world.lao_cai, False), "subtree": (world.nation, True), "other": (world.ha_noi, False),
        "successor": (world.lao_cai, False),
    }  # fmt: skip
    rows = [row for row in ROWS if row.action == f"payments.{name}"]
    assert [row.role for row in rows] == list(Role.values)
    for relation, (where, wide) in grounds.items():
        day = DAYS.get(relation, DAYS["own"])
        collects = world.new if relation == "successor" else world.lao_cai
        with transaction.atomic(), clock.played(dt.datetime.combine(day, dt.time(9), clock.HANOI)):
            actions.register_account(
                by="job:test", unit=collects, purpose=Purpose.CHARGE, bank_bin="970436", bank_name="Ngân hàng mẫu",
                number=NUMBER, holder="KHO BAC MAU",
            )  # fmt: skip
            do = _do(name, collects)
            for row in rows:
                by = worlds.person()
                worlds.grant(by, row.role, where, subtree=wide)
                assert _said(do, by) == getattr(row, relation), f"{row.action}, {row.role}, {relation}"
            transaction.set_rollback(True)


def test_only_the_machine_does_what_only_the_machine_does() -> None:
    mine = {name: do for name, do in registry.ACTIONS.items() if name.startswith("payments.")}
    by_person = {f"payments.{name}" for name in NAMES}
    for name, do in mine.items():
        assert inspect.signature(do).parameters["by"].annotation is (Person if name in by_person else str), name
    assert mine.keys() == {row.action for row in registry.matrix("payments")}
