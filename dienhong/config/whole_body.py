"""A request is answered once its body is whole; one whose line was cut never reaches the application.

The trap: the server ends a body that was cut like one that is whole, and half a form is a form: `c=12904` cut short
would be saved as `c=129`, and an approval without its `seen=` would approve what was not seen.
"""

from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

LARGEST = 64 * 2**20  # bytes; what a view takes is less, and says so in a sentence
IN_MEMORY = 2**20
PIECE = 2**16
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def whole_bodies(application: Wsgi) -> Wsgi:
    """The WSGI application behind a guard: 400 where bytes are missing (nobody is listening), 413 where it is huge."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        said = environ.get("CONTENT_LENGTH") or "0"
        length = int(said) if said.isdecimal() else 0
        if not length:
            return application(environ, start_response)
        if length > LARGEST:
            return _refuse(start_response, "413 Content Too Large", f"Too large: {LARGEST >> 20} MiB at most.")
        with SpooledTemporaryFile(IN_MEMORY) as body:
            if _copy(environ["wsgi.input"], body, length) < length:
                return _refuse(start_response, "400 Bad Request", "The line was cut: the request is not whole.")
            body.seek(0)
            environ["wsgi.input"] = body
            return application(environ, start_response)

    return guarded


def _copy(stream: Any, body: Any, length: int) -> int:
    """Bytes that came, up to `length`."""
    there = 0
    while there < length:
        piece = stream.read(min(PIECE, length - there))
        if not piece:
            break
        body.write(piece)
        there += len(piece)
    return there


def _refuse(start_response: Callable[..., Any], status: str, sentence: str) -> list[bytes]:
    data = sentence.encode()
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(data)))])
    return [data]
