"""SMS gateway and webhook against a small server on this machine: what arrives, what is signed, what is refused."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dienhong.notices import sending
from dienhong.notices.channels import Lost, Undeliverable, http, webhook
from dienhong.notices.models import Delivery, Notice, Preference, Reach, State
from dienhong.notices.tests.conftest import KIND
from dienhong.notices.tests.test_notify import tell


class Machine(HTTPServer):
    """Answers `status` and remembers what it was sent; `slow` seconds before it does."""

    status, slow, heard = 200, 0.0, []
    location = ""

    class Handler(BaseHTTPRequestHandler):
        server: "Machine"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.heard.append((self.path, dict(self.headers), body))
            threading.Event().wait(self.server.slow)
            self.send_response(self.server.status)
            if self.server.location:
                self.send_header("Location", self.server.location)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass


@pytest.fixture
def machine() -> Iterator[Machine]:
    server = Machine(("127.0.0.1", 0), Machine.Handler)
    server.heard = []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url(machine: Machine) -> str:
    return f"http://127.0.0.1:{machine.server_port}/in"


@pytest.fixture
def hooked(person, machine, settings):
    """A person who listens by SMS and webhook. The action takes https only; the row here is written past it."""
    settings.HOOK_HOSTS = {f"127.0.0.1:{machine.server_port}"}
    settings.SMS_URL, settings.SMS_TOKEN = url(machine), "secret-token"
    Reach.objects.create(person=person, phone="+84912345678", hook_url=url(machine), language="vi")
    for channel, rhythm in (("sms", "at_once"), ("webhook", "at_once"), ("mail", "off")):
        Preference.objects.create(person=person, kind=KIND, channel=channel, rhythm=rhythm)
    person.refresh_from_db()
    return person


def delivery(channel: str) -> Delivery:
    return Delivery.objects.get(channel=channel)


def test_the_webhook_is_signed(hooked, machine, settings):
    settings.SITE_ADDRESS = "https://baocao.example.vn"
    tell([hooked], url="/duties/7/")
    assert sending.deliver(delivery("webhook").pk) == State.SENT
    path, headers, body = machine.heard[0]
    said = json.loads(body)
    assert path == "/in"
    assert said["kind"] == KIND
    assert said["subject"] == {"kind": "duty", "id": "7"}
    assert said["url"] == "https://baocao.example.vn/duties/7/"
    parts = dict(part.split("=") for part in headers["X-Dienhong-Signature"].split(","))
    key = webhook.key(hooked.reach)
    expected = hmac.new(key.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
    assert parts["v1"] == expected
    assert len(key) == 64


def test_the_key_changes_with_person_number_and_installation(hooked, settings):
    first = webhook.key(hooked.reach)
    hooked.reach.hook_number += 1
    second = webhook.key(hooked.reach)
    settings.SECRET_KEY = "x" * 50
    assert len({first, second, webhook.key(hooked.reach)}) == 3


def test_the_gateway_gets_title_and_number(hooked, machine):
    tell([hooked], params={"what": "một", "reason": "điều riêng"})
    assert sending.deliver(delivery("sms").pk) == State.SENT
    _path, headers, body = machine.heard[0]
    said = json.loads(body)
    assert said["to"] == "+84912345678"
    assert "Đăng nhập một" in said["text"]
    assert "điều riêng" not in said["text"]
    assert headers["Authorization"] == "Bearer secret-token"


def test_the_same_key_at_every_attempt(hooked, machine):
    tell([hooked])
    machine.status = 503
    assert sending.deliver(delivery("webhook").pk) == State.FAILED
    machine.status = 204
    assert sending.deliver(delivery("webhook").pk) == State.SENT
    assert len({json.loads(body)["id"] for _path, _headers, body in machine.heard}) == 1


def test_gone_is_given_up(hooked, machine):
    tell([hooked])
    machine.status = 410
    assert sending.deliver(delivery("webhook").pk) == State.DEAD


def test_a_redirect_is_not_followed(machine):
    machine.status, machine.location = 302, url(machine) + "ner"
    with pytest.raises(Lost, match="302"):
        http.post(url(machine), b"{}", {})
    assert [path for path, _headers, _body in machine.heard] == ["/in"]


def test_a_machine_that_does_not_answer_is_left(machine):
    machine.slow = 1.0
    with pytest.raises(Lost, match="not reached"):
        http.post(url(machine), b"{}", {}, timeout=0.1)


def test_nobody_listens(machine):
    with pytest.raises(Lost, match="not reached"):
        http.post("http://127.0.0.1:9/in", b"{}", {})


def test_what_is_not_set_up_is_given_up_at_once(hooked, settings):
    tell([hooked])
    settings.SMS_URL, settings.HOOK_HOSTS = "", frozenset()
    for channel in ("sms", "webhook"):
        assert sending.deliver(delivery(channel).pk) == State.DEAD
    assert Notice.objects.get().in_app  # it stands on the page all the same


def test_undeliverable_is_another_thing_than_lost():
    assert not issubclass(Undeliverable, Lost)
