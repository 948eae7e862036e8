"""The malware hook: clamd over INSTREAM where an installation names one, otherwise an honest "not scanned".

settings.CLAMD is "host:port" (DIENHONG_CLAMD). A scanner that is named and does not answer refuses the file: what an
installation asked to be scanned is never let in unseen.
"""

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext as _

CHUNK = 64 * 1024
SECONDS = 15.0
LONGEST_REPLY = 4096


class State(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`found`: the name that the scanner gave, or why it did not answer."""

    state: State
    found: str = ""

    def sentence(self, name: str) -> str:
        said = {"name": name, "found": self.found}
        match self.state:
            case State.CLEAN:
                return _("Tệp “%(name)s” đã được quét, không thấy mã độc.") % said
            case State.INFECTED:
                return (
                    _("Tệp “%(name)s” có mã độc (%(found)s) nên không được nhận. Hãy quét máy rồi tải tệp khác.") % said
                )
            case State.UNREACHABLE:
                return _("Máy quét mã độc chưa trả lời, nên tệp “%(name)s” chưa được nhận. Thử lại sau ít phút.") % said
        return _("Tệp “%(name)s” chưa được quét mã độc: hệ thống này không nối máy quét.") % said


def scan(data: bytes) -> Verdict:
    """What the installation's scanner says of these bytes. Never raises."""
    address = str(getattr(settings, "CLAMD", ""))
    return clamd(data, address) if address else Verdict(State.NOT_SCANNED)


def clamd(data: bytes, address: str, seconds: float = SECONDS) -> Verdict:
    """Ask clamd at host:port. `seconds` bounds each wait."""
    host, _colon, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=seconds) as connection:
            connection.sendall(b"zINSTREAM\0")
            for part in _parts(data):
                connection.sendall(part)
            reply = _reply(connection)
    except (OSError, ValueError) as error:
        return Verdict(State.UNREACHABLE, str(error)[:200])
    return _understood(reply)


def _parts(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), CHUNK):
        part = data[start : start + CHUNK]
        yield struct.pack("!I", len(part)) + part
    yield struct.pack("!I", 0)


def _reply(connection: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_REPLY:
        part = connection.recv(LONGEST_REPLY)
        if not part:
            break
        said += part
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


def _understood(reply: str) -> Verdict:
    """`stream: OK`, `stream: Eicar-Test-Signature FOUND`, or anything else, which is no answer."""
    said = reply.removeprefix("stream: ")
    if said == "OK" and said != reply:
        return Verdict(State.CLEAN)
    if said.endswith(" FOUND"):
        return Verdict(State.INFECTED, said.removesuffix(" FOUND")[:100])
    return Verdict(State.UNREACHABLE, reply[:200])
