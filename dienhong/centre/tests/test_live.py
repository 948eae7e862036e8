"""Live: what changed and nothing else is sent, in rising numbers; who comes back gets what is missing; streams pass
from the hub through the front."""

import asyncio
import json
import threading
from pathlib import Path

import pytest

from dienhong.centre.live import front, topics
from dienhong.centre.live.hub import Channel, Hub
from dienhong.centre.live.topics import Topic

WALL = Topic("wall", "tuong", "vi")


def tile(html: str) -> dict:
    return {"html": html, "known": 1.0, "fresh": 60}


def told(frame: bytes) -> list[tuple[int, str, dict]]:
    found = []
    for part in frame.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in part.splitlines() if ": " in line)
        if "event" in lines:
            found.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
    return found


def test_only_what_changed_is_sent_and_numbers_rise():
    channel = Channel(WALL)
    [(first, name, whole)] = told(channel.take({"now": 1, "cue": 1, "tiles": {"a": tile("1"), "b": tile("1")}}))
    assert (name, set(whole["tiles"])) == ("all", {"a", "b"})
    assert channel.take({"now": 2, "cue": 1, "tiles": {"a": tile("1"), "b": tile("1")}}) == b""
    [(second, name, change)] = told(channel.take({"now": 3, "cue": 1, "tiles": {"a": tile("2"), "b": tile("1")}}))
    assert (name, change["tiles"], second > first) == ("change", {"a": tile("2")}, True)
    [(third, _name, change)] = told(channel.take({"now": 4, "cue": 2, "tiles": {"a": tile("2"), "b": tile("1")}}))
    assert (change["cue"], change["tiles"]) == (2, {})
    assert [number for number, _n, _d in told(channel.since(first))] == [second, third]
    assert channel.since(third) == b""
    assert channel.since(first - 1) is None
    assert told(channel.whole)[0][2]["cue"] == 2


@pytest.fixture
def socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "live.sock"
    monkeypatch.setattr(topics, "address", lambda: path)
    return path


def test_a_hundred_streams_get_the_same_bytes_and_catch_up(socket: Path, monkeypatch: pytest.MonkeyPatch):
    pictures = {"now": 1, "tiles": {"a": tile("1")}}
    monkeypatch.setattr(Topic, "picture", lambda self: {**pictures, "tiles": dict(pictures["tiles"])})
    monkeypatch.setattr(topics, "admitted", lambda path, query, cookies: WALL if "ok" in cookies else None)
    asyncio.run(_streams(pictures))


async def _streams(pictures: dict) -> None:
    hub = Hub()
    server = await asyncio.start_unix_server(hub._stream, str(topics.address()))
    async with server:
        walls = [Listener() for _number in range(100)]
        tasks = [asyncio.ensure_future(each.listen()) for each in walls]
        await until(lambda: all(b"event: all" in each.body for each in walls))
        pictures["tiles"]["a"] = tile("2")
        [channel] = hub.channels.values()
        assert len(channel.listeners) == 100
        frame = channel.take(await hub.ask(channel.topic.picture))
        hub._send(channel, frame)
        await until(lambda: all(each.body.endswith(frame) for each in walls))
        first = told(walls[0].body)[0][0]
        back = Listener(last=first)
        tasks.append(asyncio.ensure_future(back.listen()))
        await until(lambda: b"event: beat" in back.body)
        assert [name for _number, name, _data in told(back.body)] == ["change", "beat"]
        walls[0].leave.set()
        await until(lambda: len(channel.listeners) == 100)
        for each in [*walls, back]:
            each.leave.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)
        stranger = Listener(cookie="no")
        await stranger.listen()
        assert (stranger.status, stranger.body) == (403, b"")


def test_who_waits_for_the_first_picture_is_not_forgotten(socket: Path, monkeypatch: pytest.MonkeyPatch):
    drawn, asked = threading.Event(), []

    def picture(self: Topic) -> dict:
        asked.append(self)
        drawn.wait(10)
        return {"now": 1, "tiles": {"a": tile("1")}}

    monkeypatch.setattr(Topic, "picture", picture)
    monkeypatch.setattr(topics, "admitted", lambda *_asked: WALL)
    asyncio.run(_opening(drawn, asked))


async def _opening(drawn: threading.Event, asked: list[Topic]) -> None:
    hub, first, second = Hub(), Listener(), Listener()
    server = await asyncio.start_unix_server(hub._stream, str(topics.address()))
    async with server:
        tasks = [asyncio.ensure_future(first.listen())]
        await until(lambda: asked)
        hub._forget()
        tasks.append(asyncio.ensure_future(second.listen()))
        await until(lambda: hub.channels[WALL].opening == 2)
        drawn.set()
        await until(lambda: all(b"event: beat" in each.body for each in (first, second)))
        assert len(hub.channels[WALL].listeners) == 2
        assert len(asked) == 1
        for each in (first, second):
            each.leave.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)


def test_who_may_no_longer_listen_is_sent_off_and_others_stay(socket: Path, monkeypatch: pytest.MonkeyPatch):
    paired = {"ok", "ended"}
    monkeypatch.setattr(front, "ADMITTED", 0.05)
    monkeypatch.setattr(Topic, "picture", lambda self: {"now": 1, "tiles": {"a": tile("1")}})
    monkeypatch.setattr(topics, "admitted", lambda path, query, cookies: WALL if cookies in paired else None)

    async def listening() -> None:
        hub, stays, ends = Hub(), Listener(), Listener(cookie="ended")
        async with await asyncio.start_unix_server(hub._stream, str(topics.address())):
            tasks = [asyncio.ensure_future(each.listen()) for each in (stays, ends)]
            await until(lambda: all(b"event: all" in each.body for each in (stays, ends)))
            paired.discard("ended")
            await asyncio.wait_for(tasks[1], 5)
            assert not tasks[0].done()
            stays.leave.set()
            await asyncio.wait_for(tasks[0], 5)

    asyncio.run(listening())


async def until(question) -> None:
    for _turn in range(400):
        if question():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come about")


class Listener:
    """An ASGI server's side of one stream."""

    def __init__(self, cookie: str = "ok", last: int = 0) -> None:
        self.status, self.body, self.leave = 0, b"", asyncio.Event()
        headers = [(b"cookie", cookie.encode())] + ([(b"last-event-id", str(last).encode())] if last else [])
        self.scope = {"path": "/live/screen", "query_string": b"", "method": "GET", "headers": headers}

    async def listen(self) -> None:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as threads:
            await front.stream(self.scope, self.receive, self.send, threads)

    async def receive(self) -> dict:
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body += message["body"]


def test_without_a_hub_the_stream_is_refused_and_the_browser_tries_again(socket: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(topics, "admitted", lambda *_asked: WALL)

    async def ask() -> int:
        listener = Listener()
        await listener.listen()
        return listener.status

    assert asyncio.run(ask()) == 503
