"""Recorded viewers, a program of its own: each loads a page once as a browser with full caches does.

`python -m bench.centre_viewers` reads JSON {"base", "cookies", "asked": [{"method", "path", "body", "type"}],
"viewers"}, says "ready", and begins at the next line of its input: the page first, then the rest over six lines. It
prints one line of JSON: seconds of whole loads (p50, p95), answers, errors, its own CPU seconds.
"""

import asyncio
import json
import sys
import time
from typing import Any

import httpx

LINES = 6  # connections of one browser to one host
PATIENCE = 600.0


async def _viewer(wanted: dict[str, Any], took: list[float], errors: list[str]) -> None:
    limits = httpx.Limits(max_connections=LINES, max_keepalive_connections=LINES)
    client = httpx.AsyncClient(
        base_url=wanted["base"], cookies=wanted["cookies"], limits=limits, timeout=PATIENCE, trust_env=False
    )
    first, *rest = wanted["asked"]
    async with client:
        began = time.perf_counter()
        await _ask(client, first, errors)
        await asyncio.gather(*(_ask(client, each, errors) for each in rest))
        took.append(time.perf_counter() - began)


async def _ask(client: httpx.AsyncClient, each: dict[str, str], errors: list[str]) -> None:
    head = {"Content-Type": each["type"]} if each["body"] else {}
    try:
        answer = await client.request(each["method"], each["path"], content=each["body"] or None, headers=head)
    except httpx.HTTPError as error:
        errors.append(f"{each['path']}: {type(error).__name__}")
        return
    if answer.status_code >= 400:
        errors.append(f"{each['path'][:200]}: {answer.status_code}")


async def load(wanted: dict[str, Any]) -> dict[str, Any]:
    took: list[float] = []
    errors: list[str] = []
    await asyncio.gather(*(_viewer(wanted, took, errors) for _ in range(wanted["viewers"])))
    took.sort()
    return {
        "p50": round(took[len(took) // 2], 3), "p95": round(took[int(len(took) * 0.95) - 1], 3),
        "answers": len(wanted["asked"]) * wanted["viewers"], "errors": len(errors), "first_error": errors[:1],
        "cpu_s": round(time.process_time(), 2),
    }  # fmt: skip


def main() -> None:
    wanted = json.loads(sys.stdin.readline())
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(asyncio.run(load(wanted))), flush=True)


if __name__ == "__main__":
    main()
