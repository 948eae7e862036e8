"""What the partners' small programs share: HTTP on this machine only, our signature checked, answers signed, faults.

Standard library and the signing of messages; no Django, no database of the house. These are stand-ins for other
agencies' systems: for the demo, for tests and for whoever wants to see what happens when one of them fails.
"""

import argparse
import json
import os
import signal
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from dienhong.exchange import signing
from dienhong.exchange.canonical import NotCanonical
from dienhong.exchange.envelope import LONGEST, US, Envelope, read
from dienhong.exchange.programs import keys

FAULTS = ("down", "slow", "late", "cut", "forged", "tampered", "garbage", "other", "unsigned", "promise")
SECONDS = 4.0  # how long slow and late take: longer than the house waits
Environ = dict[str, Any]


@dataclass(slots=True)
class Fault:
    """`times`: for how many requests; None until it is cleared."""

    name: str
    times: int | None = None
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler says: an envelope's kind and content, the status of HTTP, a fault that the data ask for."""

    kind: str
    content: dict[str, Any]
    status: int = 200
    fault: str = ""


Handler = Callable[[Envelope], Answer]


@dataclass
class Program:
    """Handlers by (partner, kind), one signing key, faults by partner ("" for all)."""

    name: str
    home: Path
    trust: Path
    handlers: dict[tuple[str, str], Handler] = field(default_factory=dict)
    doors: dict[str, Callable[[dict[str, Any]], object]] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.key = keys.of(self.home, self.name)
        self.doors.update({"/faults": self._set_fault, "/rotate": self._rotate})

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> list[bytes]:
        """The WSGI application."""
        path, data = environ["PATH_INFO"], self._body(environ)
        if path in self.doors:
            said = self.doors[path](json.loads(data or b"{}"))
            return _plain(start, 200, said)
        partner, _, kind = path.strip("/").partition("/")
        handler = self.handlers.get((partner, kind))
        if handler is None:
            return _plain(start, 404, {"detail": "no such question"})
        return self._answer(environ, start, partner, handler, data)

    def _body(self, environ: Environ) -> bytes:
        length = min(int(environ.get("CONTENT_LENGTH") or 0), LONGEST)
        data: bytes = environ["wsgi.input"].read(length) if length else b""
        return data

    def _answer(
        self, environ: Environ, start: Callable[..., Any], partner: str, handler: Handler, data: bytes
    ) -> list[bytes]:
        fault = self._fault(partner)
        if fault and fault.name == "down":
            return _plain(start, 503, {"detail": "down"})
        try:
            asked = self._authentic(environ, partner, data)
        except PermissionError as error:
            return _plain(start, 401, {"detail": str(error)})
        except NotCanonical as error:
            return _plain(start, 400, {"detail": str(error)})
        said = handler(asked)
        fault = fault or (Fault(said.fault) if said.fault else None)
        if fault and fault.name == "down":
            return _plain(start, 503, {"detail": "down"})
        if fault and fault.name == "promise" and said.status < 300:
            said = self._promised(partner, asked, said, fault.seconds)
        return self._send(environ, start, partner, asked, said, fault)

    def _promised(self, partner: str, asked: Envelope, said: Answer, seconds: float) -> Answer:
        """Taken, but only a promise is given at once; the acknowledgement goes to the inbox of who sent it."""
        key = f"{asked.business_key} taken"
        letter = self.letter(partner, said.kind, said.content, in_reply_to=asked.id, business_key=key)
        timer = threading.Timer(seconds, self.post, (asked.reply_to, letter))
        timer.daemon = True
        timer.start()
        return Answer("Acknowledgement", {"status": "pending"}, 202)

    def _authentic(self, environ: Environ, partner: str, data: bytes) -> Envelope:
        """Who asks must have signed: the log of the asked side needs a name too."""
        key_id, signature = environ.get("HTTP_X_EXCHANGE_KEY", ""), environ.get("HTTP_X_EXCHANGE_SIGNATURE", "")
        public = signing.published(self.trust, "exchange").get(key_id)
        if public is None or not signing.is_signed(public, signature, data):
            raise PermissionError("not signed by a key that is known here")
        asked = read(data)
        if (asked.sender, asked.receiver) != (US, partner):
            raise PermissionError("sender or receiver is another")
        return asked

    def _send(
        self, environ: Environ, start: Callable[..., Any], partner: str, asked: Envelope, said: Answer,
        fault: Fault | None,
    ) -> list[bytes]:  # fmt: skip
        name = fault.name if fault else ""
        letter = self.letter(partner, said.kind, said.content, in_reply_to=asked.id, business_key=asked.business_key)
        if name in {"slow", "late"}:
            time.sleep(fault.seconds if fault else SECONDS)
        if name == "late":
            self.post(asked.reply_to, letter)
        if name == "cut":
            environ["exchange.cut"]()
            return _plain(start, 200, [])
        if name == "garbage":
            return _plain(start, 200, ["not", "an", "envelope"])
        if name == "other":
            letter = replace(letter, in_reply_to="00000000-0000-0000-0000-000000000000")
        body = letter.bytes()
        headers = (keys_of_nobody() if name == "forged" else self.key).headers(body)
        if name == "tampered":
            body = replace(letter, purpose="changed on the way").bytes()
        shown = [] if name == "unsigned" else list(headers.items())
        start(f"{said.status} said", [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *shown])
        return [body]

    def letter(self, partner: str, kind: str, content: dict[str, Any], **more: str) -> Envelope:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        return Envelope(kind=kind, sender=partner, receiver=US, sent_at=now, content=content, **more)

    def post(self, url: str, letter: Envelope) -> int:
        """Send a letter of our own to an inbox on this machine; the status, 0 when nobody was there."""
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "localhost"}:
            return 0
        body = letter.bytes()
        headers = {"Content-Type": "application/json", **self.key.headers(body)}
        try:
            with urlopen(Request(url, body, headers, method="POST"), timeout=10) as answer:  # noqa: S310 - http, here
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code
        except (URLError, OSError):
            return 0

    def _fault(self, partner: str) -> Fault | None:
        with self.lock:
            for name in (partner, ""):
                fault = self.faults.get(name)
                if fault is None:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        del self.faults[name]
                return replace(fault)
        return None

    def _set_fault(self, asked: dict[str, Any]) -> object:
        """{"partner": "" for all, "fault": one of FAULTS or "none", "times": n, "seconds": s}; {} only tells."""
        with self.lock:
            name = asked.get("fault")
            if name == "none":
                self.faults.pop(asked.get("partner", ""), None)
            elif name in FAULTS:
                fault = Fault(name, asked.get("times"), float(asked.get("seconds", SECONDS)))
                self.faults[asked.get("partner", "")] = fault
            return {partner: [each.name, each.times, each.seconds] for partner, each in self.faults.items()}

    def _rotate(self, asked: dict[str, Any]) -> object:
        """Sign with a new key from now on; it lasts until the program ends."""
        self.key = keys_of_nobody()
        return {"public": self.key.public}


def keys_of_nobody() -> signing.SigningKey:
    """A key that is in no file."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw().hex()
    return signing.SigningKey(signing.key_id_of(public), public, private)


def _plain(start: Callable[..., Any], status: int, said: object) -> list[bytes]:
    body = json.dumps(said, ensure_ascii=False).encode()
    start(f"{status} said", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _Line(WSGIRequestHandler):
    def get_environ(self) -> Environ:
        environ: Environ = super().get_environ()
        environ["exchange.cut"] = lambda: self.connection.shutdown(socket.SHUT_RDWR)
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: what a partner logs is its own business."""


def serve(program: Program, port: int) -> None:
    """Until SIGTERM, on 127.0.0.1 only; says on its first line where."""
    with make_server("127.0.0.1", port, program, _Server, _Line) as server:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
        print(f"{program.name} http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever(0.2)


def arguments(name: str) -> argparse.Namespace:
    home = Path(os.environ.get("DIENHONG_HOME") or ".dienhong").resolve()
    parser = argparse.ArgumentParser(prog=f"dienhong.exchange.programs.{name}")
    parser.add_argument("--port", type=int, default=keys.port(name, int(os.environ.get("PORT") or 8000)))
    parser.add_argument("--home", type=Path, default=home, help="where its key and what it has taken lie")
    parser.add_argument("--trust", type=Path, default=None, help="folder with the public keys of the house")
    said = parser.parse_args()
    said.trust = said.trust or said.home / "keys"
    return said
