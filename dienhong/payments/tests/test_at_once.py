"""Two at once, in threads with connections of their own: one capture, one refund, no deadlock."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.journal.models import Event
from dienhong.payments import actions, queries
from dienhong.payments.models import Attempt, Bill, Capture, Notice, Verdict
from dienhong.payments.providers.contract import Raw
from dienhong.payments.tests.conftest import NOON, PlayBank, Scene, begin, ledger, qr, state

pytestmark = [pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run them together; what each gave or raised."""
    ended: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            with clock.played(NOON):
                ended[place] = act()
        except Exception as error:  # noqa: BLE001
            ended[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "they wait for one another"
    return ended


def tell(message: Any) -> Callable[[], Any]:
    raw = Raw(message["body"], message["signature"])
    name = message["provider"]
    return lambda: actions.take_notice(by=f"partner:{name}", provider=name, raw=raw).said


def test_the_same_notice_at_once(transactional_db: None, scene: Scene, play: PlayBank) -> None:
    bill = scene.bill(1000)
    play.pay(qr(bill))
    [message] = play.bank.books.ask("SELECT * FROM message")
    assert at_once(*[tell(message)] * 4) == ["applied"] * 4
    assert (ledger(bill), Notice.objects.count(), Verdict.objects.count()) == (1000, 1, 1)
    assert Event.objects.filter(verb="payments.captured").count() == 1


def test_notice_and_query_at_once(transactional_db: None, scene: Scene, play: PlayBank) -> None:
    """Two different texts about the same money."""
    bill = scene.bill(1000)
    attempt = begin(bill)
    play.follow(attempt)
    [message] = play.bank.books.ask("SELECT * FROM message")
    from dienhong.payments.actions.polling import ask

    ended = at_once(tell(message), lambda: ask("job:test", Attempt.objects.get(pk=attempt.pk)).said)
    assert sorted(ended) == ["applied", "known"]
    assert ledger(bill) == 1000


def test_two_transfers_for_the_same_two_bills_at_once(transactional_db: None, scene: Scene, play: PlayBank) -> None:
    """Bills are locked by ascending id, whatever order the content names them in."""
    one, two = scene.bill(1000), scene.bill(2000)
    from dienhong.payments.providers.vietqr.payload import Transfer, build

    for first, second in ((one, two), (two, one)):
        play.pay(build(Transfer(one.bank_bin, one.account_number, 3000, f"{first.code} {second.code}")))
    messages = play.bank.books.ask("SELECT * FROM message")
    assert at_once(*map(tell, messages)) == ["applied", "applied"]
    assert ledger(one) + ledger(two) == 6000
    assert Capture.objects.count() == 4


def test_two_refunds_at_once_never_exceed_what_came(transactional_db: None, scene: Scene, play: PlayBank) -> None:
    bill = scene.bill(1000)
    play.pay(qr(bill))
    play.bring()
    capture = Capture.objects.get()

    def ask() -> Any:
        return actions.ask_refund(by=scene.accountant, capture=capture, amount=600, reason="refused_dossier")

    ended = at_once(ask, ask)
    assert sum(isinstance(each, Refused) for each in ended) == 1
    assert queries.facts_of(Bill.objects.get(pk=bill.pk)).refunding == 600
    assert state(bill) == "refunding"
