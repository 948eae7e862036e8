"""Questions to registers over the line: every state an answer can have, and that the log has all of them."""

import datetime as dt
import time

import pytest
from django.db import transaction

from dienhong.base import clock
from dienhong.exchange import actions, breaker, log, partner_files, proof, queries, signing, transport
from dienhong.exchange.answers import Answer, State
from dienhong.exchange.models import Breaker, Content, Message, Partner, PartnerKey, Reply, ReplyContent
from dienhong.journal.models import Event

FADIL = {"slip_no": "MAU-2020-0001", "chassis_no": "MAUVFFAD000000001"}
PERSON = {"identity_no": "001085000001", "name": "Nguyễn Văn Mẫu", "birth_date": "1985-03-12"}
INVOICE = {"seller_tax_code": "0399999903", "form_no": "01GTKT0/001", "symbol": "MA/20E", "number": "0000001"}
WHY = "Lập tờ khai lệ phí trước bạ"


def ask(register: str, question: dict[str, str], **more: object) -> Answer:
    return actions.ask(register, question, **{"by": "person:7", "purpose": WHY, "owner": ("dossier", "12"), **more})


def test_the_slip_of_the_journey_is_found(registers):
    answer = ask("vehicle_register", {"slip_no": "mau-2020-0001", "chassis_no": "mauvffad 000000001"})
    assert answer.state == State.FOUND
    assert answer.data["brand"] == "VinFast"
    assert answer.data["plant"] == "Hải Phòng"
    assert (answer.data["seats"], answer.data["payload_kg"], answer.data["origin"]) == (5, None, "domestic")
    assert answer.data["status"] == "free"


@pytest.mark.parametrize(("number", "status"), [("0004", "used"), ("0005", "cancelled")])
def test_a_used_or_cancelled_slip_is_found_and_says_so(registers, number, status):
    chassis = {"0004": "MAUVFFAD000000004", "0005": "MAUTYVXG000000005"}[number]
    answer = ask("vehicle_register", {"slip_no": f"MAU-2020-{number}", "chassis_no": chassis})
    assert (answer.state, answer.data["status"]) == (State.FOUND, status)


def test_no_such_slip(registers):
    answer = ask("vehicle_register", {**FADIL, "slip_no": "MAU-2020-9999"})
    assert (answer.state, dict(answer.data), answer.known) == (State.MISSING, {}, True)


def test_the_slip_of_another_chassis_is_not_shown(registers):
    answer = ask("vehicle_register", {**FADIL, "chassis_no": "MAUVFFAD000000002"})
    assert (answer.state, answer.mismatch, dict(answer.data)) == (State.MISMATCH, ("chassis_no",), {})


def test_the_population_database_names_the_fields_that_differ(registers):
    assert ask("population", PERSON).state == State.FOUND
    answer = ask("population", {**PERSON, "name": "Nguyễn Văn Mâu", "birth_date": "1985-12-03"})
    assert (answer.state, answer.mismatch) == (State.MISMATCH, ("birth_date", "name"))
    assert ask("population", {**PERSON, "identity_no": "001085999999"}).state == State.MISSING


def test_a_name_typed_with_loose_tones_is_the_same_name(registers):
    import unicodedata

    assert ask("population", {**PERSON, "name": unicodedata.normalize("NFD", "nguyễn  văn mẫu")}).state == State.FOUND


def test_an_invoice_for_another_chassis(registers):
    found = ask("tax_invoices", {**INVOICE, "chassis_no": FADIL["chassis_no"]})
    assert (found.state, found.data["total"]) == (State.FOUND, 425_000_000)
    assert found.data["price_before_vat"] + found.data["vat"] == found.data["total"]
    other = ask("tax_invoices", {**INVOICE, "chassis_no": "MAUVFFAD000000002"})
    assert (other.state, other.mismatch) == (State.MISMATCH, ("chassis_no",))


def test_the_police_know_what_is_registered_and_what_is_wanted(police):
    def record(chassis: str, engine: str) -> Answer:
        return ask("police_registration", {"chassis_no": chassis, "engine_no": engine})

    assert record("MAUVFFAD000000001", "MAU14F0000001").state == State.MISSING
    assert record("MAUTYVXE000000011", "MAU2NR0000011").data["registered"] is True
    assert record("MAUTYNNV000000007", "MAU1TR0000007").data["wanted"] is True
    assert record("MAUTYVXE000000011", "MAU2NR0000099").mismatch == ("engine_no",)


def test_slow_is_not_down_and_ends_in_time(registers):
    registers.fail("slow", "vehicle_register", seconds=4)
    began = time.monotonic()
    answer = ask("vehicle_register", FADIL)
    assert (answer.state, answer.problem, answer.known) == (State.SLOW, "timeout", False)
    assert 2.9 < time.monotonic() - began < 3.9


def test_who_trickles_is_cut_off_as_well():
    """A byte a second would reset a read's own limit for ever."""
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as door:

        def trickle() -> None:
            line, _ = door.accept()
            with line:
                for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 9":
                    try:
                        line.sendall(bytes([byte]))
                    except OSError:
                        return
                    time.sleep(0.05)

        thread = threading.Thread(target=trickle)
        thread.start()
        began = time.monotonic()
        with pytest.raises(transport.Slow):
            transport.post(f"http://127.0.0.1:{door.getsockname()[1]}/x", b"{}", {}, connect_s=0.5, answer_s=0.4)
        assert time.monotonic() - began < 0.8
        thread.join()


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("down", "status 503"),
        ("cut", "answer: RemoteDisconnected"),
        ("forged", "signature: not the partner's"),
        ("tampered", "signature: not the partner's"),
        ("unsigned", "signature: none"),
        ("garbage", "signature: none"),
        ("other", "envelope: answers another message"),
    ],
)
def test_what_cannot_be_believed_is_down(registers, fault, problem):
    registers.fail(fault, "vehicle_register", times=1)
    answer = ask("vehicle_register", FADIL)
    assert (answer.state, answer.problem, dict(answer.data)) == (State.DOWN, problem, {})
    assert ask("vehicle_register", FADIL).state == State.FOUND


def test_nobody_listens(registers):
    Partner.objects.filter(key="vehicle_register").update(base_url="http://127.0.0.1:9/vehicle_register")
    answer = ask("vehicle_register", FADIL)
    assert answer.state == State.DOWN
    assert answer.problem.startswith("connect: ")


def test_without_address_or_paused_nothing_is_sent(db):
    assert ask("vehicle_register", FADIL).problem == "no_address"
    Partner.objects.filter(key="vehicle_register").update(active=False)
    assert ask("vehicle_register", FADIL).problem == "paused"
    assert not Breaker.objects.exists()


def test_data_may_make_a_register_fail(registers):
    answer = ask("vehicle_register", {"slip_no": "MAU-2020-0009", "chassis_no": "MAUVFFAD000000009"})
    assert answer.state == State.DOWN


def test_every_question_stands_in_the_log_with_its_purpose(registers):
    registers.fail("down", "population", times=1)
    answers = [ask("vehicle_register", FADIL), ask("population", PERSON), ask("population", PERSON)]
    rows = list(queries.with_latest(Message.objects.order_by("id")))
    assert [str(row.uid) for row in rows] == [each.message_id for each in answers]
    assert {(row.asked_by, row.purpose, row.owner_kind, row.owner_id) for row in rows} == {
        ("person:7", WHY, "dossier", "12")
    }
    assert [row.verdict for row in rows] == ["found", "down", "found"]
    assert rows[0].fields == ["chassis_no", "slip_no"]
    assert "001085000001" not in str(Message.objects.values_list("digest", "fields", "business_key", "purpose"))
    shown = queries.asked_about("dossier", 12)
    assert [(each.kind, each.verdict, each.purpose) for each in shown] == [
        ("PersonQuery", "found", WHY), ("PersonQuery", "down", WHY), ("SlipQuery", "found", WHY),
    ]  # fmt: skip


def test_the_journal_holds_the_digest_of_question_and_answer_and_no_content(registers):
    answer = ask("population", PERSON)
    events = list(Event.objects.filter(object_id=answer.message_id).order_by("id"))
    assert [each.verb for each in events] == ["exchange.asked", "exchange.answered"]
    message = Message.objects.get()
    assert events[0].data["digest"] == message.digest
    assert events[1].data["digest"] == message.replies.get().digest
    assert "Mẫu" not in str([each.data for each in events])


def test_the_question_is_on_record_before_it_leaves(registers, monkeypatch):
    seen = []

    def post(*args: object, **more: object) -> None:
        seen.append(Message.objects.count())
        raise KeyboardInterrupt  # the machine stops here

    monkeypatch.setattr(transport, "post", post)
    with pytest.raises(KeyboardInterrupt):
        ask("vehicle_register", FADIL)
    assert seen == [1]
    assert queries.answer(str(Message.objects.get().uid)).problem == "unanswered"


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_refuses_to_ask():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        ask("vehicle_register", FADIL)


@pytest.mark.parametrize(
    ("question", "purpose"),
    [({"slip_no": "MAU-2020-0001"}, WHY), ({**FADIL, "colour": "đỏ"}, WHY), (FADIL, " ")],
)
def test_half_a_question_is_a_mistake_of_the_programmer(db, question, purpose):
    with pytest.raises(ValueError, match=r"lacks|what for"):
        ask("vehicle_register", question, purpose=purpose)
    with pytest.raises(KeyError):
        ask("no_such_register", FADIL)


def test_an_answer_is_kept_where_the_register_allows_it(registers):
    first, again = ask("tax_invoices", INVOICE), ask("tax_invoices", INVOICE)
    assert (first.kept, again.kept, again.data) == (False, True, first.data)
    assert Message.objects.count() == 2
    registers.fail("down", "tax_invoices")
    assert ask("tax_invoices", INVOICE).state == State.FOUND
    assert ask("tax_invoices", {**INVOICE, "number": "0000002", "seller_tax_code": "0199999906"}).state == State.DOWN
    Reply.objects.update(good_until=clock.record_now() - dt.timedelta(seconds=1))
    assert ask("tax_invoices", INVOICE).state == State.DOWN


def test_a_slip_is_asked_for_anew_each_time(registers):
    assert not ask("vehicle_register", FADIL).kept
    assert not ask("vehicle_register", FADIL).kept


def test_after_a_change_of_key_only_the_new_one_is_believed(registers, admin):
    partner = Partner.objects.get(key="vehicle_register")
    old = PartnerKey.objects.get(partner=partner)
    proved = Message.objects.get(uid=ask("vehicle_register", FADIL).message_id)
    public = registers.tell("rotate")["public"]
    try:
        assert ask("vehicle_register", FADIL).problem == "signature: not the partner's"
        actions.add_key(by=admin, partner=partner, public=public, reason="công văn đổi khóa")
        assert ask("vehicle_register", FADIL).state == State.FOUND
        actions.end_key(by=admin, key=old, reason="công văn đổi khóa")
    finally:
        restart(registers)
    assert ask("vehicle_register", FADIL).problem == "signature: not the partner's"
    assert proof.of_reply(proved.replies.get()).signature == proof.GOOD


def restart(program) -> None:
    """Its key in the file is the old one again."""
    from dienhong.exchange import testing

    port = int(program.url.rpartition(":")[2])
    program.kill()
    program.process.stdout.close()
    program.process = testing.start(program.name, program.home, port).process


def test_the_breaker_opens_spares_the_line_and_closes(registers):
    partner, folder = Partner.objects.get(key="population"), partner_files.get("population")
    registers.fail("down", "population")
    for _ in range(folder.failures):
        assert ask("population", PERSON).problem == "status 503"
    assert breaker.open_until(partner)
    registers.heal("population")
    assert ask("population", PERSON).problem == "open"
    Breaker.objects.update(open_until=clock.record_now() - dt.timedelta(seconds=1))
    assert ask("population", PERSON).state == State.FOUND
    assert breaker.open_until(partner) is None
    assert Breaker.objects.get().failures == 0


def test_when_the_pause_is_over_one_may_try(db):
    folder = partner_files.get("population")
    partner = log.partner_row(folder)
    for _ in range(folder.failures):
        breaker.failed(partner, folder)
    Breaker.objects.update(open_until=clock.record_now() - dt.timedelta(seconds=1))
    assert [breaker.may_try(partner, folder) for _ in range(3)] == [True, False, False]
    breaker.failed(partner, folder)
    assert breaker.open_until(partner)


def test_proof_of_a_row_and_of_one_that_was_changed(registers):
    answer = ask("population", PERSON)
    message = Message.objects.get(uid=answer.message_id)
    good = proof.of_message(message)
    assert (good.bytes_hold, good.signature) == (proof.GOOD, proof.GOOD)
    assert good.journal
    reply = proof.of_reply(message.replies.get())
    assert (reply.bytes_hold, reply.signature) == (proof.GOOD, proof.GOOD)
    kept = Content.objects.get(message=message)
    Content.objects.update(body=kept.body.replace("1985", "1986"))
    bad = proof.of_message(message)
    assert (bad.bytes_hold, bad.signature) == (proof.BAD, proof.BAD)
    Message.objects.update(digest="0" * 64)
    assert proof.of_message(Message.objects.get()).journal is None


def test_content_is_erased_and_the_log_stays(registers):
    answer = ask("population", PERSON)
    assert actions.erase_content(by="job:test", owner=("dossier", "12"), reason="hết hạn lưu") == 2
    assert not Content.objects.exists()
    assert not ReplyContent.objects.exists()
    assert queries.asked_about("dossier", "12")[0].verdict == "found"
    again = queries.answer(answer.message_id)
    assert (again.state, dict(again.data), again.problem) == (State.FOUND, {}, "erased")
    assert proof.of_message(Message.objects.get()).signature == proof.ERASED


def test_two_equal_questions_have_different_digests(registers):
    """Else the digest of an identity number could be found by trying all numbers, after erasure too."""
    ask("population", PERSON)
    ask("population", PERSON)
    assert len(set(Message.objects.values_list("digest", flat=True))) == 2


def test_a_register_asks_who_asks(registers, exchange_home):
    signing.load(exchange_home / "secrets" / "exchange.pem")
    for published in (exchange_home / "keys").glob("exchange-*.pub"):
        published.rename(published.with_suffix(".gone"))
    try:
        assert ask("vehicle_register", FADIL).problem == "status 401"
    finally:
        for gone in (exchange_home / "keys").glob("exchange-*.gone"):
            gone.rename(gone.with_suffix(".pub"))
