"""A page under ASGI is the page under WSGI: its path, headers and body, whole, in one thread."""

import asyncio

from dienhong.config.threads import Threads


def application(environ: dict, start):
    body = environ["wsgi.input"].read()
    start("201 Created", [("X-Path", environ["PATH_INFO"]), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    yield f"{environ['REQUEST_METHOD']} {environ['QUERY_STRING']} {environ.get('HTTP_X_A')} ".encode()
    yield body
    yield b"x" * 600_000


def ask(messages: list[dict]) -> list[dict]:
    scope = {
        "type": "http", "method": "POST", "path": "/đường", "raw_path": b"/%C4%91%C6%B0%E1%BB%9Dng",
        "query_string": b"q=1", "http_version": "1.1", "headers": [(b"x-a", b"1"), (b"x-a", b"2")], "server": ("h", 80),
        "client": ("c", 1),
    }  # fmt: skip
    sent: list[dict] = []

    async def run() -> None:
        given = iter(messages)

        async def receive() -> dict:
            return next(given)

        async def send(message: dict) -> None:
            sent.append(message)

        await Threads(application, 1)(scope, receive, send)

    asyncio.run(run())
    return sent


def test_a_request_runs_whole_in_a_thread_and_large_answers_come_in_pieces():
    pieces = ((b"ab", True), (b"c", False))
    sent = ask([{"type": "http.request", "body": body, "more_body": more} for body, more in pieces])
    assert sent[0]["status"] == 201
    assert [value for name, value in sent[0]["headers"] if name == b"set-cookie"] == [b"a=1", b"b=2"]
    path = dict(sent[0]["headers"])[b"x-path"].decode("latin-1").encode("latin-1").decode()
    assert path == "/đường"
    body = b"".join(message["body"] for message in sent[1:])
    assert body.startswith(b"POST q=1 1,2 abc")
    assert (len(sent) > 2, sent[-1]["more_body"]) == (True, False)


def test_a_request_that_was_cut_never_reaches_the_application():
    assert ask([{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}]) == []
