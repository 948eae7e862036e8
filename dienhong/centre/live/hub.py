"""The hub of live pictures: one process a host. It listens to the sealer, draws each touched tile once, and hands the
same bytes to every stream of a topic.

Web workers connect over a socket in the installation's home, one connection a stream, and say in a line what they want:
{"kind", "slug", "lang", "last"}. Back comes what the browser gets, server-sent events with increasing numbers:
`all` (the whole picture), `change` (what is new since), `beat` (the line lives; every BEAT seconds).
"""

import asyncio
import json
import logging
import os
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, connections
from django.http import Http404

from dienhong.centre import stamps
from dienhong.centre.live import topics
from dienhong.centre.live.topics import Topic
from dienhong.journal.sealer import CHANNEL

log = logging.getLogger("dienhong.live")
T = TypeVar("T")
BEAT = 8.0  # seconds
AGAIN = 55.0  # seconds after which a picture is looked at though nothing was said: who is late depends on the clock
REMEMBERED = 200  # changes of a topic that a stream which comes back can catch up with
BEHIND = 4 * 2**20  # bytes that wait for one stream; a slower one is cut and comes back
SEALED = "sealed"


@dataclass
class Channel:
    """One topic: who listens, what was sent. `picture` and `whole` are the state and its bytes as one event. `opening`:
    streams that wait for the first picture; they take turns at `first`, so that one of them asks for it."""

    topic: Topic
    listeners: set[asyncio.StreamWriter] = field(default_factory=set)
    picture: dict[str, Any] = field(default_factory=dict)
    whole: bytes = b""
    number: int = 0
    opening: int = 0
    first: asyncio.Lock = field(default_factory=asyncio.Lock)
    history: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def since(self, last: int) -> bytes | None:
        """The events after `last`; None where it is too old to catch up, or of another life of the hub."""
        if last == self.number:
            return b""
        held = [number for number, _frame in self.history]
        if not held or last < held[0] or last not in held:
            return None
        return b"".join(frame for number, frame in self.history if number > last)

    def take(self, picture: dict[str, Any]) -> bytes:
        """The picture as it is now; the bytes of what changed, b"" where nothing did."""
        old, first = self.picture, not self.picture
        tiles = {key: tile for key, tile in picture["tiles"].items() if old.get("tiles", {}).get(key) != tile}
        rest = {name: value for name, value in picture.items() if name not in _PASSING and old.get(name) != value}
        gone = old.get("tiles", {}).keys() - picture["tiles"].keys()
        self.picture = picture
        if not first and not tiles and not rest and not gone:
            return b""
        self.number = max(self.number + 1, time.time_ns() // 1_000_000)
        self.whole = event("all", self.number, picture | {"whole": True})
        if first:
            self.history.append((self.number, self.whole))
            return self.whole
        change = {name: picture[name] for name in ("now", "clock") if name in picture} | rest
        frame = event("change", self.number, change | {"tiles": tiles, "whole": False})
        self.history.append((self.number, frame))
        return frame


_PASSING = ("now", "clock", "tiles")


def event(name: str, number: int, data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {number}\nevent: {name}\ndata: {text}\n\n".encode()


class Hub:
    """Django's questions run one after another in a thread of their own; everything else in the loop."""

    def __init__(self) -> None:
        self.channels: dict[Topic, Channel] = {}
        self.thread = ThreadPoolExecutor(1, "pictures")
        self.news = asyncio.Event()
        self.published = False
        self.said: tuple[object, ...] = ()

    async def run(self) -> None:
        path = topics.address()
        path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._stream, str(path))
        os.chmod(path, 0o600)
        log.info("live pictures at %s", path)
        async with server:
            await asyncio.gather(self._listen(), self._draw(), self._beat(), server.serve_forever())

    async def ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.thread, _asked, question)

    async def _listen(self) -> None:
        """The sealer's word, over a connection of its own; when the database was away everything is looked at anew."""
        wait = 0.5
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as line:
                    await line.execute(f"LISTEN {CHANNEL}")
                    wait, self.published = 0.5, True
                    self.news.set()
                    async for word in line.notifies():
                        self.published |= bool(json.loads(word.payload or "{}").get("published"))
                        self.news.set()
            except (psycopg.Error, OSError) as error:
                log.warning("the database is away, trying again: %s", str(error).strip() or type(error).__name__)
            await asyncio.sleep(wait)
            wait = min(5.0, wait * 2)

    async def _draw(self) -> None:
        """Look at every topic that has listeners, when something was said or AGAIN seconds have passed."""
        looked = time.monotonic()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), AGAIN)
            self.news.clear()
            published, self.published = self.published, False
            self._forget()
            try:
                word = await self.ask(topics.said)
                due = published or word != self.said or time.monotonic() - looked >= AGAIN
                if not due:
                    continue
                cued = not published and word[1:] == self.said[1:]
                self.said, looked = word, time.monotonic()
                for channel in list(self.channels.values()):
                    await self._look(channel, cued)
            except (DatabaseError, InterfaceError) as error:
                log.warning("pictures were not drawn: %s", str(error).strip() or type(error).__name__)
                await asyncio.sleep(0.5)
                self.published = True  # whatever it was that had moved
                self.news.set()

    def _forget(self) -> None:
        """Topics that nobody listens to. The trap: a stream that waits for its first picture is no listener yet, and
        would be left with a channel that nothing is sent to any more."""
        self.channels = {each.topic: each for each in self.channels.values() if each.listeners or each.opening}

    async def _look(self, channel: Channel, cued: bool) -> None:
        """Send what is new. Where only a cue was given it goes at once, before any tile is looked at."""
        topic, old = channel.topic, channel.picture
        try:
            if cued and (cue := await self.ask(lambda: topic.cue(old))) is not None:
                self._send(channel, channel.take({**old, "cue": cue}))
            self._send(channel, channel.take(await self.ask(topic.picture)))
        except Http404 as gone:
            log.info("a picture is no longer there: %s", gone)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            for channel in list(self.channels.values()):
                self._send(channel, event("beat", channel.number, {}))

    def _send(self, channel: Channel, frame: bytes) -> None:
        if not frame:
            return
        for writer in list(channel.listeners):
            if writer.is_closing() or writer.transport.get_write_buffer_size() > BEHIND:
                channel.listeners.discard(writer)
                writer.close()
            else:
                writer.write(frame)

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One stream, until the other end goes."""
        channel: Channel | None = None
        try:
            asked = json.loads(await reader.readline())
            topic = Topic(str(asked["kind"]), str(asked["slug"]), str(asked["lang"]))
            channel = self.channels.setdefault(topic, Channel(topic))
            await self._begin(channel, writer, int(asked.get("last") or 0))
            await reader.read()  # ends when the web worker closes
        except (DatabaseError, InterfaceError, Http404, ConnectionError, ValueError, KeyError) as error:
            log.info("a stream ended: %s", str(error).strip() or type(error).__name__)
        finally:
            if channel is not None:
                channel.listeners.discard(writer)
            writer.close()

    async def _begin(self, channel: Channel, writer: asyncio.StreamWriter, last: int) -> None:
        """What the stream has not seen; from now on it listens."""
        channel.opening += 1
        try:
            async with channel.first:
                if not channel.listeners:  # nobody has listened: what it holds may be old
                    channel.take(await self.ask(channel.topic.picture))
                missing = channel.since(last)
                writer.write(channel.whole if missing is None else missing)
                writer.write(event("beat", channel.number, {}))
                channel.listeners.add(writer)
        finally:
            channel.opening -= 1


def _asked(question: Callable[[], T]) -> T:
    """In the thread: on a connection that lives."""
    close_old_connections()
    try:
        return question()
    except (DatabaseError, InterfaceError):
        connections.close_all()
        stamps.forget()
        raise


def _parameters() -> dict[str, Any]:
    """Of the database that Django uses, for a connection that only listens."""
    given = connection.get_connection_params()
    kept = ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "connect_timeout")
    return {name: given[name] for name in kept if name in given} | {"application_name": "dienhong-live"}
