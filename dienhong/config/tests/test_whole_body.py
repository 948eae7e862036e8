"""Bodies that are whole reach the application; those that are cut or huge do not."""

import io
from typing import Any

from dienhong.config.whole_body import IN_MEMORY, LARGEST, whole_bodies


def asked(sent: bytes, length: str | None) -> tuple[str, bytes, list[bytes]]:
    """Status, answer, and what the application read."""
    read: list[bytes] = []
    status: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        read.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"done"]

    environ = {"wsgi.input": io.BytesIO(sent)} | ({} if length is None else {"CONTENT_LENGTH": length})
    answer = b"".join(whole_bodies(application)(environ, lambda said, _headers: status.append(said)))
    return status[0][:3], answer, read


def test_a_whole_body_passes() -> None:
    for size in (1, IN_MEMORY, IN_MEMORY * 3 + 5):
        data = bytes(range(256)) * (size // 256 + 1)
        assert asked(data[:size], str(size)) == ("200", b"done", [data[:size]])


def test_a_body_that_was_cut_does_not() -> None:
    for there in (0, 1, 8):
        status, said, read = asked(b"c=12904&"[:there], "20")
        assert (status, read) == ("400", [])
        assert b"not whole" in said


def test_what_is_huge_is_not_read() -> None:
    assert asked(b"x", str(LARGEST + 1))[0::2] == ("413", [])


def test_without_a_length_there_is_no_body() -> None:
    assert asked(b"", None)[0] == "200"
    assert asked(b"", "")[0] == "200"
