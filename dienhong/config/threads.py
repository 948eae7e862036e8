"""A WSGI application under an ASGI server: each request runs whole in one thread of a pool, as it did before.

The trap: a page's database connection belongs to its thread, so the answer is also read to its end there. What fits
into AT_ONCE goes back in one step; more is passed on piece by piece, and the thread waits for a slow reader.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote_to_bytes

from dienhong.config.whole_body import IN_MEMORY, LARGEST

AT_ONCE = 2**18
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Threads:
    """The ASGI application; `pool` is for others that have a short question for the database too."""

    def __init__(self, application: Wsgi, count: int) -> None:
        self.application = application
        self.pool = ThreadPoolExecutor(count, "page")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        with SpooledTemporaryFile(IN_MEMORY) as body:
            length = await _body(receive, body)
            if length is None:
                return
            answer = _Answer(asyncio.get_running_loop(), send)
            environ = _environ(scope, body, length)
            await asyncio.get_running_loop().run_in_executor(self.pool, self._run, environ, answer)
        await answer.rest()

    def _run(self, environ: dict[str, Any], answer: "_Answer") -> None:
        made = self.application(environ, answer.start)
        try:
            for piece in made:
                answer.add(piece)
        finally:
            if (close := getattr(made, "close", None)) is not None:
                close()


class _Answer:
    """What the application said so far. `start` and `add` are called in the thread, `rest` in the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Any) -> None:
        self.loop, self.send = loop, send
        self.status, self.headers = 500, list[tuple[bytes, bytes]]()
        self.held: list[bytes] = []
        self.size, self.begun = 0, False

    def start(self, status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], None]:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self.add

    def add(self, piece: bytes) -> None:
        self.held.append(piece)
        self.size += len(piece)
        if self.size >= AT_ONCE:
            asyncio.run_coroutine_threadsafe(self._pass_on(True), self.loop).result()

    async def rest(self) -> None:
        await self._pass_on(False)

    async def _pass_on(self, more: bool) -> None:
        if not self.begun:
            self.begun = True
            await self.send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        piece, self.held, self.size = b"".join(self.held), [], 0
        await self.send({"type": "http.response.body", "body": piece, "more_body": more})


async def _body(receive: Any, into: "SpooledTemporaryFile[bytes]") -> int | None:
    """Bytes that came; None where the other end went before all of them had, for half a form is a form. What is over
    the largest body is counted and not kept: the guard behind refuses it by its length."""
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        length += len(piece)
        if length <= LARGEST:
            into.write(piece)
        if not message.get("more_body", False):
            into.seek(0)
            return length


def _environ(scope: dict[str, Any], body: Any, length: int) -> dict[str, Any]:
    """As PEP 3333 has it: texts are bytes in latin-1."""
    raw = scope.get("raw_path")
    path = unquote_to_bytes(raw.split(b"?")[0]) if raw else scope["path"].encode("utf-8")
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        glue = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{glue}{text}" if key in environ else text
    if length and "CONTENT_LENGTH" not in environ:
        environ["CONTENT_LENGTH"] = str(length)
    return environ
