"""Whatever order notices come in and however often: the same state, and our captures are the bank's movements."""

import itertools
import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dienhong.payments import actions
from dienhong.payments.models import Capture, Suspense
from dienhong.payments.providers.contract import Raw
from dienhong.payments.providers.vietqr.payload import Transfer, build
from dienhong.payments.tests.conftest import ACCOUNT, PlayBank, Scene, begin, qr, state

pytestmark = pytest.mark.django_db
Told = tuple[str, str, str]
RARE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _messages(play: PlayBank) -> list[Told]:
    rows = play.bank.books.ask("SELECT * FROM message ORDER BY id")
    return [(row["provider"], row["body"], row["signature"]) for row in rows]


def _scene(scene: Scene, play: PlayBank) -> tuple[list[Any], list[Told]]:
    """Two bills; a failed attempt, a pending one, part payments, a double, one transfer for both, nameless money."""
    one, two = scene.bill(1000), scene.bill(3000)
    failed, paid, both = begin(one), begin(one), begin(one, two)
    play.follow(failed, good=False)
    play.follow(paid)
    play.follow(both)
    play.pay(qr(two), amount=700)
    play.pay(build(Transfer("970436", ACCOUNT, 77, "KHONG CO MA")))
    play.pay(build(Transfer("970436", ACCOUNT, 4100, f"{two.code} {one.code}")))
    told = _messages(play)
    pending = play.bank._confirmation({**dict(play.bank.find_row(paid.reference)), "state": "3"})
    pending |= {"TrangThaiGD": "3"}
    forged = json.dumps({**json.loads(told[1][1]), "SoTien": "999999"})
    return [one, two], [*told, ("gateway", json.dumps(pending), ""), ("gateway", forged, "")]


def _end(bills: list[Any], order: list[Told]) -> tuple[Any, ...]:
    for provider, body, signature in order:
        actions.take_notice(by=f"partner:{provider}", provider=provider, raw=Raw(body, signature))
    captures = Capture.objects.values_list("bill", "provider", "key", "amount")
    return tuple(state(each) for each in bills), sorted(captures), sorted(Suspense.objects.values_list("key", "amount"))


def test_any_order_and_multiplicity(scene: Scene, play: PlayBank) -> None:
    bills, told = _scene(scene, play)
    with transaction.atomic():
        expected = _end(bills, told)
        transaction.set_rollback(True)
    came = play.bank.books.ask("SELECT sum(amount) AS sum FROM movement WHERE payee = ?", ACCOUNT)[0]["sum"]
    assert sum(row[3] for row in expected[1]) + sum(row[1] for row in expected[2]) == came
    assert expected[0] == ("overpaid", "overpaid")

    @RARE
    @given(st.permutations(told), st.lists(st.sampled_from(told), max_size=6))
    def check(order: list[Told], again: list[Told]) -> None:
        with transaction.atomic():
            mixed = list(itertools.chain.from_iterable(itertools.zip_longest(order, again)))
            assert _end(bills, [each for each in mixed if each]) == expected
            transaction.set_rollback(True)

    check()


def test_what_was_heard_in_part_has_no_more_than_came(scene: Scene, play: PlayBank) -> None:
    """Any notices may be lost: then there is less, never more, and never money that the bank has not."""
    bills, told = _scene(scene, play)
    refs = {row["ref"]: row["amount"] for row in play.bank.books.ask("SELECT * FROM movement")}

    @RARE
    @given(st.lists(st.sampled_from(told), max_size=8))
    def check(order: list[Told]) -> None:
        with transaction.atomic():
            _end(bills, order)
            by_ref: dict[str, int] = {}
            for capture in Capture.objects.all():
                by_ref[capture.bank_ref] = by_ref.get(capture.bank_ref, 0) + capture.amount
            assert all(refs[ref] == amount for ref, amount in by_ref.items())
            transaction.set_rollback(True)

    check()
