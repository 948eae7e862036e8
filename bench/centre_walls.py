"""Walls that listen, a program of its own.

`python -m bench.centre_walls PORT` reads codes of paired screens, one a line up to an empty one, and opens a stream for
each as a display does. When all have their first picture it says {"pictures": n, "seconds": s}. At each further line of
its input it prints what came since the last one: for every wall the moments (seconds of the epoch) of its changes, and
how many streams ended. At the end of its input it prints how many pictures differ from the one most walls hold.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from dienhong.centre.testing import events

PATIENCE = 120.0


@dataclass
class Wall:
    code: str
    changes: list[float] = field(default_factory=list)
    tiles: dict[str, str] = field(default_factory=dict)
    ended: int = 0

    async def listen(self, port: int) -> None:
        """One stream, read event by event; a display opens it anew when it ends."""
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
            asked = f"GET /live/screen HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: wall={self.code}\r\n\r\n"
            writer.write(asked.encode())
            await reader.readuntil(b"\r\n\r\n")
            async for event in events(reader):
                if event.get("event") in ("all", "change"):
                    self._take(event["event"], json.loads(event["data"]))
            writer.close()
            self.ended += 1

    def _take(self, name: str, data: dict[str, Any]) -> None:
        if name == "all":
            self.tiles = {}
        self.tiles |= {key: tile["html"] for key, tile in data.get("tiles", {}).items()}
        if data.get("tiles"):
            self.changes.append(time.time())


async def listen(port: int, codes: list[str]) -> None:
    walls = [Wall(code) for code in codes]
    began = time.monotonic()
    tasks = [asyncio.ensure_future(wall.listen(port)) for wall in walls]
    while not all(wall.tiles for wall in walls) and time.monotonic() - began < PATIENCE:
        await asyncio.sleep(0.01)
    seen = sum(bool(wall.tiles) for wall in walls)
    print(json.dumps({"pictures": seen, "seconds": round(time.monotonic() - began, 3)}), flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        ended = sum(wall.ended for wall in walls)
        print(json.dumps({"changes": [wall.changes for wall in walls], "ended": ended}), flush=True)
        for wall in walls:
            wall.changes = []
    pictures = Counter(json.dumps(wall.tiles, sort_keys=True) for wall in walls)
    held, alike = pictures.most_common(1)[0]
    print(json.dumps({"differ": len(walls) - alike, "tiles": json.loads(held)}), flush=True)
    for task in tasks:
        task.cancel()


def main() -> None:
    codes = []
    while code := sys.stdin.readline().strip():
        codes.append(code)
    asyncio.run(listen(int(sys.argv[1]), codes))


if __name__ == "__main__":
    main()
