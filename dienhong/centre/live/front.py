"""The front of the streams, within a web worker: admits, connects to the hub, and passes its bytes on. It never waits
in a thread, so a hundred walls take nothing from the pages."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Any
from urllib.parse import parse_qs

from django.db import DatabaseError, InterfaceError

from dienhong.centre.live import topics
from dienhong.centre.live.topics import Topic

log = logging.getLogger("dienhong.live")
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
PIECE = 2**16
ADMITTED = 30.0  # seconds after which it is asked again whether one may listen: a screen may have been unpaired
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def stream(scope: Scope, receive: Receive, send: Send, threads: Executor) -> None:
    """Answer one request under /live/. 403 for who may not, 503 where the hub or the database is away. The hub is
    looked for first: while it begins again, a hundred walls that come back cost the database nothing."""
    headers = dict(scope["headers"])
    asked = (scope["path"], scope["query_string"].decode("latin-1"), headers.get(b"cookie", b"").decode("latin-1"))
    last = headers.get(b"last-event-id", b"").decode("latin-1") or parse_qs(asked[1]).get("last", [""])[0]
    try:
        reader, writer = await asyncio.open_unix_connection(str(topics.address()))
    except OSError:
        return await _refuse(send, 503)
    try:
        topic = await asyncio.get_running_loop().run_in_executor(threads, topics.admitted, *asked)
        if topic is None or scope["method"] != "GET":
            return await _refuse(send, 403)
        writer.write(json.dumps(_wish(topic, last)).encode() + b"\n")
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": b": \n\n", "more_body": True})
        loop = asyncio.get_running_loop()
        await _pass_on(reader, receive, send, lambda: loop.run_in_executor(threads, _still, topic, asked))
    except (DatabaseError, InterfaceError):  # of admitting: nothing else asks the database
        await _refuse(send, 503)
    finally:
        writer.close()


def _wish(topic: Topic, last: str) -> dict[str, Any]:
    number = int(last) if last.isascii() and last.isdigit() and len(last) < 19 else 0
    return {"kind": topic.kind, "slug": topic.slug, "lang": topic.lang, "last": number}


def _still(topic: Topic, asked: tuple[str, str, str]) -> bool:
    """Whether who listens may go on. While the database is away nobody is sent off: nothing new can be told either."""
    try:
        return topics.admitted(*asked) == topic
    except (DatabaseError, InterfaceError):
        return True


async def _pass_on(
    reader: asyncio.StreamReader, receive: Receive, send: Send, still: Callable[[], Awaitable[bool]]
) -> None:
    """Bytes of the hub to the browser, until either goes or `still`, asked every ADMITTED seconds, says no."""
    gone = asyncio.ensure_future(_gone(receive))
    piece = asyncio.ensure_future(reader.read(PIECE))
    clock = asyncio.get_running_loop().time
    until = clock() + ADMITTED
    try:
        while not gone.done():
            left = max(0.0, until - clock())
            await asyncio.wait({piece, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if piece.done():
                if not piece.result():
                    break
                await send({"type": "http.response.body", "body": piece.result(), "more_body": True})
                piece = asyncio.ensure_future(reader.read(PIECE))
            if clock() >= until:
                if not await still():
                    break
                until = clock() + ADMITTED
        if not gone.done():
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        gone.cancel()
        piece.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store"), (b"retry-after", b"5")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
