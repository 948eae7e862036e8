"""A bill: made from lines into the account of the register, replaced, cancelled, begun only while something is owed."""

import pytest

from dienhong.base.refusal import Refused
from dienhong.journal.models import Event
from dienhong.payments import actions
from dienhong.payments.tests.conftest import PlayBank, Scene, begin, qr, state

BY = "job:test"


def test_nothing_to_pay_is_no_bill(scene: Scene) -> None:
    with pytest.raises(Refused) as refused:
        scene.bill(0)
    assert refused.value.code == "nothing_to_pay"


def test_no_account_no_bill(scene: Scene) -> None:
    with pytest.raises(Refused) as refused:
        scene.bill(unit=scene.world.lao_cai)
    assert refused.value.code == "no_account"


def test_the_account_of_the_unit_above_serves_the_one_below(scene: Scene) -> None:
    assert scene.bill(unit=scene.world.ba_dinh).account.unit == scene.unit


def test_a_bill_that_replaces_another(scene: Scene, play: PlayBank) -> None:
    old = scene.bill(1000)
    new = scene.bill(400, replaces=old)
    assert (state(old), state(new)) == ("cancelled", "new")
    assert old.cancellation.reason.endswith(new.code)
    actions.cancel_bill(by=BY, bill=old, reason="lại")
    assert Event.objects.filter(verb="payments.cancel_bill").count() == 1, "once"


def test_nothing_outstanding_nothing_begun(scene: Scene, play: PlayBank) -> None:
    bill = scene.bill(1000)
    play.pay(qr(bill))
    play.bring()
    with pytest.raises(Refused) as refused:
        begin(bill)
    assert refused.value.code == "nothing_outstanding"
