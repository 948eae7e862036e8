"""For tests and benches: streams read as a display reads them."""

import asyncio
from collections.abc import AsyncIterator


async def events(reader: asyncio.StreamReader, silence: float | None = None) -> AsyncIterator[dict[str, str]]:
    """Server-sent events (field -> text) out of the chunks of an answer whose head was read, until it ends.

    A letter may lie in two chunks. TimeoutError after `silence` seconds without one, IncompleteReadError where the line
    breaks amid one.
    """
    said = b""
    while size := int((await asyncio.wait_for(reader.readline(), silence)).strip() or b"0", 16):
        said += (await reader.readexactly(size + 2))[:-2]
        *whole, said = said.split(b"\n\n")
        for event in whole:
            lines = event.decode().splitlines()
            yield dict(line.split(": ", 1) for line in lines if line[:1] not in ("", ":"))
