"""One POST to a partner: a short time to connect, a short time for the whole answer, no redirects, no proxies."""

import http.client
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

LARGEST = 512 * 1024  # bytes of an answer
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Slow(Exception):
    """Sent, and no whole answer came in time: it may come later."""


class Down(Exception):
    """No answer that could be used; the text is a code, then details."""


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: bytes
    headers: http.client.HTTPMessage


def may_be_used(url: str) -> bool:
    """Whether we would send there: https, or plain http to this machine itself."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    plain = parts.scheme == "http" and host in LOOPBACK
    return bool(host) and not parts.username and not parts.query and (parts.scheme == "https" or plain)


def post(url: str, body: bytes, headers: dict[str, str], *, connect_s: float, answer_s: float) -> Answered:
    """Raises Slow and Down. `answer_s` is the time for everything after the line stands."""
    if not may_be_used(url):
        raise Down("no_address")
    parts = urlsplit(url)
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        line = http.client.HTTPSConnection(parts.netloc, timeout=connect_s, context=context)
    else:
        line = http.client.HTTPConnection(parts.netloc, timeout=connect_s)
    try:
        try:
            line.connect()
        except TimeoutError as error:
            raise Down("connect: no line in time") from error
        except OSError as error:
            raise Down(f"connect: {error.strerror or type(error).__name__}") from error
        return _exchange(line, parts.path, body, headers, answer_s)
    finally:
        line.close()


def _exchange(
    line: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str], answer_s: float
) -> Answered:
    """A read's own time limit starts anew with each byte that trickles in; the watchdog's does not."""
    too_late = threading.Event()
    assert line.sock is not None
    line.sock.settimeout(answer_s)
    watchdog = threading.Timer(answer_s, _hang_up, (line.sock, too_late))
    watchdog.daemon = True
    began = time.monotonic()
    watchdog.start()
    try:
        line.request("POST", path, body, headers)
        with line.getresponse() as answer:
            data = answer.read(LARGEST + 1)
            if too_late.is_set():
                raise Slow
            if len(data) > LARGEST:
                raise Down("answer: too long")
            return Answered(answer.status, data, answer.headers)
    except (OSError, http.client.HTTPException) as error:
        if too_late.is_set() or isinstance(error, TimeoutError) or time.monotonic() - began >= answer_s:
            raise Slow from error
        raise Down(f"answer: {type(error).__name__}") from error
    finally:
        watchdog.cancel()


def _hang_up(sock: socket.socket, too_late: threading.Event) -> None:
    too_late.set()
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was quicker
