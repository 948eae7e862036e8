"""Canonical bytes of a message, so that both sides sign and hash the same. Plain Python; partners' programs use it too.

JSON with sorted keys, no spaces, UTF-8: what RFC 8785 prints for the values that messages may hold. Keys are ASCII
(elsewhere its order of keys would differ), numbers are whole: money is đồng, the rest is text.
"""

import hashlib
import json
from typing import Any


class NotCanonical(ValueError):
    """Bytes that are no canonical message; the text says why."""


def canonical(value: object) -> bytes:
    """Raises NotCanonical for a value that a message may not hold: a fraction, a key that is not ASCII text."""
    _fits(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def parse(data: bytes) -> dict[str, Any]:
    """The object whose canonical bytes these are, exactly: a key that stands twice or a space is refused."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotCanonical("not JSON") from error
    if not isinstance(value, dict):
        raise NotCanonical("not an object")
    try:
        same = canonical(value) == data
    except UnicodeEncodeError as error:
        raise NotCanonical("half a character") from error
    if not same:
        raise NotCanonical("not in canonical form")
    return value


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def _fits(value: object, depth: int = 0) -> None:
    if depth > 20:
        raise NotCanonical("nested too deep")
    if isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(key, str) or not key.isascii() or not key.isprintable():
                raise NotCanonical(f"the key {key!r} is not plain ASCII text")
            _fits(each, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            _fits(each, depth + 1)
    elif not (value is None or isinstance(value, str | bool | int)):
        raise NotCanonical(f"{type(value).__name__} has no place in a message: write text or a whole number")
