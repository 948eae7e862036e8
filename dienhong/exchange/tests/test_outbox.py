"""Messages that leave after commit: once, whatever fails, until somebody has to look."""

import datetime as dt
import json
import threading

import pytest
from django.db import connection, connections, transaction

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.exchange import actions, keys, partner_files, proof, queries, signing, talk, testing
from dienhong.exchange.actions import delivering
from dienhong.exchange.models import Breaker, Content, Issue, Message, Outbox, Partner, Reply, Verdict
from dienhong.journal.models import Event
from dienhong.organizations.tests import worlds

OWNER = ("dossier", "12")


def fee(**more: object) -> dict[str, object]:
    said = {
        "dossier_code": "000.00.00.G22-200820-000001", "notice_no": "TB-1", "payer_name": "Nguyễn Văn Mẫu",
        "address": "Hà Nội", "vehicle_kind": "Ô tô con", "brand": "VinFast", "model": "Fadil 1.4 CVT",
        "chassis_no": "MAUVFFAD000000001", "engine_no": "MAU14F0000001", "base_value": 425_000_000, "rate": "0.06",
        "amount": 25_500_000, "exemption_code": "", "paid_at": "2020-08-20T10:00:00+07:00", "tax_office": "0100",
    }  # fmt: skip
    return said | more


_numbers = iter(range(1, 10_000))


def send(key: str = "", **more: object) -> Message:
    """The police keep what they took for the whole file: a business key of its own for each test."""
    key = key or f"key-{next(_numbers)} FeePaidData 1"
    uid = actions.send_later(
        by="job:test", partner="police_registration", kind="FeePaidData", business_key=key, content=fee(**more),
        purpose="Chuyển dữ liệu nộp lệ phí trước bạ", owner=OWNER,
    )  # fmt: skip
    return Message.objects.select_related("outbox").get(uid=uid)


def due(message: Message) -> None:
    """Time passes."""
    Outbox.objects.filter(pk=message.pk).update(next_try_at=clock.record_now() - dt.timedelta(seconds=1))


def deliver(message: Message) -> Verdict | None:
    due(message)
    return actions.deliver(message.pk)


def taken(police, message: Message) -> int:
    return sum(row["id"] == str(message.uid) for row in police.tell("received"))


def verbs(message: Message) -> list[str]:
    return list(Event.objects.filter(object_id=str(message.uid)).order_by("id").values_list("verb", flat=True))


def test_it_is_taken_and_the_journal_says_for_whom(police):
    message = send()
    assert actions.deliver(message.pk) == Verdict.ACCEPTED
    assert taken(police, message) == 1
    assert verbs(message) == ["exchange.queued", "exchange.delivered"]
    event = Event.objects.get(verb="exchange.delivered")
    assert (event.data["owner_kind"], event.data["owner_id"], event.data["kind"]) == (*OWNER, "FeePaidData")
    assert queries.delivered("police_registration", "FeePaidData", message.business_key)
    assert actions.deliver(message.pk) is None


@pytest.mark.parametrize("chassis", ["RLMAUX20081900100", "JTMHU09J5B4000001"], ids=["the demo's", "a citizen's"])
def test_a_vehicle_that_the_police_hear_of_for_the_first_time_is_taken(police, chassis):
    assert actions.deliver(send(chassis_no=chassis, engine_no="X1").pk) == Verdict.ACCEPTED


def test_it_is_signed_when_it_is_queued_over_canonical_bytes(police):
    message = send()
    kept = Content.objects.get(message=message)
    assert signing.is_signed(keys.ours().public, kept.signature, kept.body.encode())
    keys.rotate()
    assert deliver(message) == Verdict.ACCEPTED
    assert proof.of_message(message).signature == proof.GOOD


def test_one_business_key_is_one_message(police):
    first = send("ho-so-1 FeePaidData 1")
    assert send("ho-so-1 FeePaidData 1").pk == first.pk
    assert Message.objects.count() == 1
    with pytest.raises(Refused) as refused:
        send("ho-so-1 FeePaidData 1", amount=1)
    assert refused.value.code == "sent_otherwise"
    assert send("ho-so-1 FeePaidData 2", amount=1).pk != first.pk


def test_what_is_rolled_back_is_never_sent(police):
    with transaction.atomic():
        message = send()
        transaction.set_rollback(True)
    assert actions.deliver(message.pk) is None
    assert not Message.objects.exists()


@pytest.mark.parametrize("content", [{"amount": 25.5}, {"amount": None, "engine_no": object()}])
def test_a_fraction_or_a_stranger_cannot_be_signed(db, content):
    with pytest.raises(ValueError, match="has no place in a message"):
        send(**content)
    with pytest.raises(ValueError, match="lacks"):
        actions.send_later(by="job:test", partner="police_registration", kind="FeePaidData", business_key="x",
                           content={}, purpose="thử")  # fmt: skip


@pytest.mark.parametrize(
    ("more", "reason"),
    [({"engine_no": "MAU14F0000002"}, "engine_no"), ({"chassis_no": "MAUVFFAD000000099"}, "chassis_no"),
     ({"chassis_no": "MAUVFFAD000000012", "engine_no": "MAU14F0000012"}, "engine_no")],
)  # fmt: skip
def test_the_police_refuse_another_chassis_or_engine_and_somebody_must_look(police, admin, more, reason):
    message = send(**more)
    assert actions.deliver(message.pk) == Verdict.REFUSED
    assert taken(police, message) == 0
    row = Outbox.objects.get()
    assert row.dead_at
    assert row.last_error == reason
    assert verbs(message)[-1] == "exchange.refused"
    issue = Issue.objects.get()
    assert (issue.kind, issue.said, issue.message) == ("refused", reason, message)
    actions.close_issue(by=admin, issue=issue, reason="đã báo cơ quan thuế")
    with pytest.raises(Refused):
        actions.close_issue(by=admin, issue=issue, reason="đã báo cơ quan thuế")


def test_down_then_up_is_delivered_once(police):
    police.fail("down", "police_registration", times=2)
    message = send()
    assert actions.deliver(message.pk) == Verdict.DOWN
    row = Outbox.objects.get()
    assert (row.tries, row.last_error) == (1, "status 503")
    assert 5 < (row.next_try_at - clock.record_now()).total_seconds() <= 10
    assert actions.deliver(message.pk) is None, "not due yet"
    assert deliver(message) == Verdict.DOWN
    assert 20 < (Outbox.objects.get().next_try_at - clock.record_now()).total_seconds() <= 30
    assert deliver(message) == Verdict.ACCEPTED
    assert taken(police, message) == 1
    assert [each.verdict for each in message.replies.order_by("id")] == ["down", "down", "accepted"]


def test_an_acknowledgement_that_is_lost_on_the_way_changes_nothing(police):
    """The police have it on disk, the line is cut: sent again under the same id, they do it once."""
    police.fail("cut", "police_registration", times=1)
    message = send()
    assert actions.deliver(message.pk) == Verdict.DOWN
    assert taken(police, message) == 1
    assert deliver(message) == Verdict.REPEATED
    assert taken(police, message) == 1
    assert verbs(message).count("exchange.delivered") == 1


def test_a_forged_acknowledgement_is_none(police):
    police.fail("forged", "police_registration", times=1)
    message = send()
    assert actions.deliver(message.pk) == Verdict.DOWN
    assert not Outbox.objects.get().delivered_at
    assert deliver(message) == Verdict.REPEATED


def test_killed_between_sending_and_noting(police, monkeypatch):
    message, attempt = send(), talk.attempt

    def killed(*args: object) -> None:
        attempt(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(talk, "attempt", killed)
        with pytest.raises(KeyboardInterrupt):
            actions.deliver(message.pk)
    assert taken(police, message) == 1
    row = Outbox.objects.get()
    assert (row.tries, row.delivered_at) == (1, None)
    assert row.next_try_at > clock.record_now() + delivering.LEASE / 2, "leased: nobody else sends meanwhile"
    assert actions.sweep() == 0
    Outbox.objects.update(next_try_at=clock.record_now() - delivering.LEASE)
    assert actions.sweep() == 1
    assert Outbox.objects.get().delivered_at
    assert taken(police, message) == 1
    assert [each.verdict for each in message.replies.all()] == ["repeated"]


def test_the_police_are_killed_and_still_know_what_they_took(police):
    message = send()
    police.fail("cut", "police_registration", times=1)
    actions.deliver(message.pk)
    port = int(police.url.rpartition(":")[2])
    police.kill()
    assert deliver(message) == Verdict.DOWN
    police.process.stdout.close()
    police.process = testing.start("police", police.home, port).process
    assert deliver(message) == Verdict.REPEATED
    assert taken(police, message) == 1


def test_given_up_at_last_and_sent_again_by_hand(police, admin):
    tries = partner_files.get("police_registration").tries
    message = send()
    police.fail("down", "police_registration")
    Outbox.objects.update(tries=tries - 1)
    assert actions.deliver(message.pk) == Verdict.DOWN
    assert Outbox.objects.get().dead_at
    assert verbs(message)[-1] == "exchange.dead"
    issue = Issue.objects.get()
    assert (issue.kind, issue.closed_at) == ("dead", None)
    assert deliver(message) is None
    police.heal("police_registration")
    with pytest.raises(NotPermitted):
        actions.try_now(by=worlds.person(), message=message)
    actions.try_now(by=admin, message=message)
    assert actions.deliver(message.pk) == Verdict.ACCEPTED
    issue.refresh_from_db()
    assert (issue.closing, bool(issue.closed_at)) == ("delivered", True)
    with pytest.raises(Refused):
        actions.try_now(by=admin, message=message)


def test_an_open_breaker_costs_no_attempt(police):
    folder, partner = partner_files.get("police_registration"), Partner.objects.get(key="police_registration")
    until = clock.record_now() + dt.timedelta(seconds=20)
    Breaker.objects.create(partner=partner, failures=folder.failures, opened_at=until, open_until=until)
    message = send()
    assert actions.deliver(message.pk) is None
    row = Outbox.objects.get()
    assert (row.tries, row.next_try_at, row.last_error) == (0, until, "open")
    assert not Reply.objects.exists()
    Breaker.objects.update(open_until=clock.record_now() - dt.timedelta(seconds=1))
    assert deliver(message) == Verdict.ACCEPTED
    assert Breaker.objects.get().failures == 0


def test_a_question_that_may_wait(registers):
    uid = actions.ask_later(
        "vehicle_register", {"slip_no": "MAU-2020-0001", "chassis_no": "MAUVFFAD000000001"}, by="job:test",
        purpose="Kiểm tra phiếu", owner=OWNER, business_key="ho-so-2 SlipQuery 1",
    )  # fmt: skip
    message = Message.objects.get(uid=uid)
    registers.fail("down", "vehicle_register", times=1)
    assert actions.deliver(message.pk) == Verdict.DOWN
    assert deliver(message) == Verdict.FOUND
    assert queries.answer(uid).data["brand"] == "VinFast"
    events = list(Event.objects.filter(object_id=uid).order_by("id"))
    assert [(each.verb, each.data.get("verdict")) for each in events] == [
        ("exchange.asked", None), ("exchange.answered", "found"),
    ]  # fmt: skip
    assert [each.verdict for each in message.replies.order_by("id")] == ["down", "found"]


def test_queued_in_the_callers_transaction(db):
    message = send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'exchange.deliver' AND status = 'todo'")
        rows = [row[0] for row in cursor.fetchall()]
    assert [row if isinstance(row, dict) else json.loads(row) for row in rows] == [{"message": message.pk}]


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_message_send_it_once(police_program, empty_queue):
    testing.introduce(police_program)
    police_program.fail("slow", "police_registration", seconds=0.5)
    message, said = send(), []

    def work() -> None:
        said.append(actions.deliver(message.pk))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    police_program.heal("police_registration")
    assert sorted(map(str, said)) == ["None", "None", "None", "accepted"]
    assert taken(police_program, message) == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_queue_the_same_effect(police_program, empty_queue):
    testing.introduce(police_program)
    barrier, said = threading.Barrier(2), []

    def work() -> None:
        with transaction.atomic():
            barrier.wait()
            said.append(send("hai-lan FeePaidData 1").pk)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(said)) == 1
    assert (Message.objects.count(), Outbox.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="exchange.queued").count() == 1
