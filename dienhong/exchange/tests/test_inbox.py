"""What partners send by themselves: signed, once, answered as before when it comes again; the rest is refused."""

import datetime as dt
import json
import time
from dataclasses import replace

import pytest
from django.test import Client

from dienhong.base import clock
from dienhong.exchange import actions, envelope, keys, queries, signing, testing
from dienhong.exchange.answers import State
from dienhong.exchange.envelope import US, Envelope
from dienhong.exchange.models import Content, Inbox, Issue, Message, Outbox, Partner, Verdict
from dienhong.exchange.programs import keys as demo_keys
from dienhong.exchange.tests.test_outbox import OWNER, fee
from dienhong.journal.models import Event

KEY = "police_registration"
RESULT = {
    "dossier_code": "HS-1", "plate": "30A-000.01", "plate_kind": "white", "certificate_no": "MAU 1",
    "issued_on": "2020-08-24", "valid_until": "", "office_code": "PC08",
}  # fmt: skip


def letter(**more: object) -> Envelope:
    said = Envelope(
        kind="RegistrationResult", sender=KEY, receiver=US, sent_at=clock.record_now().isoformat(), content=RESULT,
        business_key="HS-1 RegistrationResult 1",
    )  # fmt: skip
    return replace(said, **more)


@pytest.fixture
def theirs(exchange_home, police) -> signing.SigningKey:
    return demo_keys.of(exchange_home, "police")


def put(client: Client, key: signing.SigningKey, said: Envelope | bytes, partner: str = KEY):
    body = said if isinstance(said, bytes) else said.bytes()
    return client.post(f"/partners/{partner}/inbox", body, content_type="application/json", headers=key.headers(body))


def test_it_is_taken_and_acknowledged_under_our_signature(client, theirs):
    said = letter()
    answer = put(client, theirs, said)
    assert answer.status_code == 200
    assert signing.is_signed(keys.ours().public, answer[signing.SIGNATURE_HEADER], answer.content)
    receipt = envelope.read(answer.content)
    assert (receipt.kind, receipt.in_reply_to, receipt.content["status"]) == ("Acknowledgement", said.id, "accepted")
    event = Event.objects.get(verb="exchange.received")
    assert (event.actor, event.data["kind"], event.data["business_key"]) == (
        f"partner:{KEY}", "RegistrationResult", "HS-1 RegistrationResult 1",
    )  # fmt: skip
    assert queries.content_of(event.object_id) == RESULT


def test_the_same_again_changes_nothing(client, theirs):
    said = letter()
    first = put(client, theirs, said)
    again = put(client, theirs, said)
    assert envelope.read(again.content).content == {
        **envelope.read(first.content).content, "status": "repeated",
    }  # fmt: skip
    other_id = letter()
    assert other_id.id != said.id
    assert envelope.read(put(client, theirs, other_id).content).content["status"] == "repeated"
    assert Inbox.objects.count() == Event.objects.filter(verb="exchange.received").count() == 1
    assert list(Message.objects.get().replies.order_by("id").values_list("verdict", flat=True)) == [
        "accepted", "repeated", "repeated",
    ]  # fmt: skip


def refused(answer, status: int, code: str) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["title"] == code
    assert Event.objects.filter(verb="exchange.received").count() == Inbox.objects.count()
    message = Message.objects.filter(kind="Refused").latest("id")
    assert message.replies.get().verdict == Verdict.REFUSED
    assert message.replies.get().problem.startswith(code)
    assert not Content.objects.filter(message=message).exists()


def test_another_content_under_an_id_or_a_key_that_was_taken(client, theirs):
    said = letter()
    put(client, theirs, said)
    changed = {**RESULT, "plate": "30A-999.99"}
    refused(put(client, theirs, replace(said, content=changed)), 409, "replayed")
    refused(put(client, theirs, letter(content=changed)), 409, "conflict")
    assert queries.content_of(str(Inbox.objects.get().message.uid)) == RESULT


def test_a_signature_that_is_not_theirs(client, theirs, exchange_home):
    stranger = signing.load(exchange_home / "stranger.pem")
    refused(put(client, stranger, letter()), 401, "signature")
    body = letter().bytes()
    lying = {signing.KEY_HEADER: theirs.key_id, signing.SIGNATURE_HEADER: stranger.sign(body)}
    refused(
        client.post(f"/partners/{KEY}/inbox", body, content_type="application/json", headers=lying), 401, "signature"
    )
    refused(client.post(f"/partners/{KEY}/inbox", body, content_type="application/json"), 401, "signature")
    assert Issue.objects.get().kind == "signature"


def test_one_partner_does_not_speak_for_another(client, theirs, registers):
    refused(put(client, theirs, letter(sender="vehicle_register"), "vehicle_register"), 401, "signature")
    refused(put(client, theirs, letter(sender="vehicle_register")), 403, "address")
    refused(put(client, theirs, letter(receiver="somebody")), 403, "address")


def test_a_key_holds_from_day_to_day(client, theirs, admin):
    row = Partner.objects.get(key=KEY).keys.get()
    actions.end_key(by=admin, key=row, reason="thử hết hiệu lực")
    refused(put(client, theirs, letter()), 401, "signature")
    now = clock.record_now()
    Partner.objects.get(key=KEY).keys.update(valid_from=now + dt.timedelta(hours=1), valid_until=None)
    refused(put(client, theirs, letter()), 401, "signature")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"kind": "FeePaidData"}, 422, "kind"),
        ({"content": {"plate": "30A"}}, 422, "content"),
        ({"in_reply_to": "00000000-0000-0000-0000-000000000000"}, 422, "in_reply_to"),
        ({"in_reply_to": "x"}, 422, "in_reply_to"),
        ({"business_key": "a\x00b"}, 400, "envelope"),
        ({"content": {**RESULT, "pl\x00": 1}}, 400, "envelope"),
        ({"content": {**RESULT, "plate": "\x00"}}, 200, ""),
        ({"sent_at": "hôm qua"}, 400, "sent_at"),
        ({"sent_at": "2020-08-20T10:00:00"}, 400, "sent_at"),
        ({"sent_at": "2020-08-20T10:00:00+07:00"}, 409, "stale"),
        ({"sent_at": "2999-01-01T00:00:00+00:00"}, 409, "stale"),
    ],
)
def test_what_is_not_taken(client, theirs, change, status, code):
    answer = put(client, theirs, forced(letter(**change)))
    if status == 200:
        assert answer.status_code == 200
    else:
        refused(answer, status, code)


def forced(said: Envelope) -> bytes:
    """Its bytes, past the checks that keep ourselves from sending such a thing."""
    value = {name: getattr(said, name) for name in (*envelope.TEXTS, "content")}
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize("spoil", [
    lambda body: body.replace(b'":', b'": ', 1),
    lambda body: body[:-1],
    lambda body: body.replace(b'{', b'{"id":"1",', 1),
    lambda body: b"[]",
    lambda body: json.dumps({**json.loads(body), "more": 1}).encode(),
])  # fmt: skip
def test_only_canonical_envelopes(client, theirs, spoil):
    refused(put(client, theirs, spoil(letter().bytes())), 400, "envelope")


def test_too_long_unknown_and_paused(client, theirs):
    long = letter(content={**RESULT, "plate": "x" * envelope.LONGEST})
    assert put(client, theirs, long).status_code == 413
    assert put(client, theirs, letter(), "nobody").status_code == 404
    assert client.get(f"/partners/{KEY}/inbox").status_code == 405
    Partner.objects.filter(key=KEY).update(active=False)
    refused(put(client, theirs, letter()), 403, "paused")


def test_a_stranger_cannot_fill_the_log(client, theirs, exchange_home, monkeypatch):
    monkeypatch.setattr("dienhong.exchange.actions.receiving.MOST_REFUSED", 3)
    stranger = signing.load(exchange_home / "stranger.pem")
    assert [put(client, stranger, letter()).status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert Message.objects.count() == 3
    assert put(client, theirs, letter()).status_code == 200


def test_our_public_keys_are_there_for_all(client, db):
    now = keys.ours()
    shown = client.get("/partners/keys").json()
    assert {"key_id": now.key_id, "algorithm": "Ed25519", "public": now.public, "in_use": True} in shown["keys"]


def waiting(question, seconds: float = 6) -> object:
    until = time.monotonic() + seconds
    while not (found := question()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_slow_register_answers_later(live_server, registers_program, settings, empty_queue):
    settings.SITE_ADDRESS = live_server.url
    testing.introduce(registers_program)
    registers_program.fail("late", "vehicle_register", times=1, seconds=3.2)
    asked = {"slip_no": "MAU-2020-0001", "chassis_no": "MAUVFFAD000000001"}
    first = actions.ask("vehicle_register", asked, by="job:test", purpose="Kiểm tra phiếu", owner=OWNER)
    assert first.state == State.SLOW
    assert waiting(lambda: queries.answer(first.message_id).state == State.FOUND)
    late = queries.answer(first.message_id)
    assert late.data["brand"] == "VinFast"
    assert queries.asked_about(*OWNER)[-1].late
    last = Event.objects.filter(verb="exchange.answered").latest("id")
    assert (last.object_id, last.data["late"], last.data["owner_id"]) == (first.message_id, True, "12")
    assert last.actor == "partner:vehicle_register"


@pytest.mark.django_db(transaction=True)
def test_the_police_promise_and_acknowledge_later(live_server, police_program, settings, empty_queue):
    settings.SITE_ADDRESS = live_server.url
    testing.introduce(police_program)
    police_program.fail("promise", KEY, times=1, seconds=0.3)
    uid = actions.send_later(
        by="job:test", partner=KEY, kind="FeePaidData", business_key="hua FeePaidData 1", content=fee(),
        purpose="Chuyển dữ liệu", owner=OWNER,
    )  # fmt: skip
    message = Message.objects.get(uid=uid)
    assert actions.deliver(message.pk) == Verdict.PENDING
    assert not Outbox.objects.get().delivered_at
    assert waiting(lambda: Outbox.objects.get().delivered_at)
    assert Event.objects.filter(verb="exchange.delivered", object_id=uid).count() == 1
    sent = police_program.tell("result", dossier_code="HS-9", reply_to=f"{live_server.url}/partners/{KEY}/inbox",
                               in_reply_to=uid)  # fmt: skip
    assert sent == {"status": 200}
    received = Event.objects.get(verb="exchange.received")
    assert (received.data["owner_kind"], received.data["owner_id"]) == OWNER
    assert queries.content_of(received.object_id)["plate"] == "30A-000.00"
