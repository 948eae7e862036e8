"""One question to a bank over HTTP: what did not come back whole and in time is Unreachable, never a guess."""

import json
import urllib.error
import urllib.request
from typing import Any

from dienhong.payments.providers.contract import Unreachable

SECONDS = 10
LARGEST = 5_000_000


def post(url: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> bytes:
    """Send JSON, give the bytes of the answer. Raises Unreachable for any other end than 200."""
    if not url.startswith(("http://", "https://")):
        raise Unreachable("no address of this bank is set")
    data = json.dumps(body, ensure_ascii=False).encode()
    request = urllib.request.Request(  # noqa: S310  the scheme is asked for above
        url, data, {"Content-Type": "application/json", **(headers or {})}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            said = bytes(answer.read(LARGEST + 1))
    except urllib.error.HTTPError as error:
        error.close()  # it is an open answer as well
        raise Unreachable(f"the answer is {error.code}") from error
    except (OSError, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
    if len(said) > LARGEST:
        raise Unreachable(f"the answer is longer than {LARGEST} bytes")
    return said


def post_json(url: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    try:
        said = json.loads(post(url, body, headers))
    except ValueError as error:
        raise Unreachable("the answer is not JSON") from error
    if not isinstance(said, dict):
        raise Unreachable("the answer is not a JSON object")
    return said
